"""The newest whole pictures of a live source."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import numpy as np

from capture_daemon.frames import Box, ColourImage, Frame
from capture_daemon.pictures.choosing import still_shows
from capture_daemon.pictures.wholes import KEPT, SPACING, WholePictures
from tests.pictures.drawing import SIZE, TEXT, frame, whole


def whole_frame(time: float, picture: ColourImage) -> Frame:
    return Frame(np.ascontiguousarray(picture[:, :, 0]), time, 0, Box(0, 0, *SIZE), SIZE)


def times(*shown: tuple[float, int]) -> tuple[WholePictures, list[float]]:
    """What is kept of whole pictures, each a time and a pattern; and the times of those that were encoded."""
    encoded: list[float] = []

    def encode(one: Frame) -> asyncio.Future[bytes]:
        encoded.append(one.time)
        done: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        done.set_result(b"")
        return done

    pictures = WholePictures(encode)
    for time, pattern in shown:
        pictures.add(frame(time, whole(pattern)), whole_frame(time, whole(pattern)))
    return pictures, encoded


def run(test: Callable[[], None]) -> None:
    async def main() -> None:
        test()

    asyncio.run(main())


def test_the_first_since_a_moment_and_the_last_until_it() -> None:
    def main() -> None:
        pictures, _ = times((1.0, 1), (2.0, 2), (3.0, 3))
        since, until = pictures.since(1.5), pictures.until(2.5)
        assert since is not None
        assert until is not None
        assert (since.frame.time, until.frame.time) == (2.0, 2.0)
        assert (pictures.since(3.5), pictures.until(0.5)) == (None, None)

    run(main)


def test_what_looks_as_before_or_comes_at_once_is_not_encoded() -> None:
    run(lambda: check(times((1.0, 1), (2.0, 1), (3.0, 2), (3.0 + SPACING / 2, 3), (4.0, 3))[1], [1.0, 3.0, 4.0]))


def test_old_ones_are_dropped_and_so_are_those_of_another_clock() -> None:
    def main() -> None:
        assert times((1.0, 1), (2.0 + KEPT, 2))[0].until(5.0) is None
        pictures, _ = times((9.0, 1), (1.0, 2))
        until = pictures.until(99.0)
        assert until is not None
        assert until.frame.time == 1.0

    run(main)


def test_whether_a_line_still_stands_in_a_later_frame() -> None:
    first = frame(1.0, whole(1))
    assert still_shows(first, frame(1.5, whole(1)), TEXT)
    assert not still_shows(first, frame(1.5, whole(2)), TEXT)


def check(found: list[float], wanted: list[float]) -> None:
    assert found == wanted
