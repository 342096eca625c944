"""Whether the whole frame still shows the line."""

from __future__ import annotations

import numpy as np

from capture_daemon.frames import Box
from capture_daemon.pictures.choosing import best
from tests.pictures.drawing import BOX, TEXT, frame, whole


def test_the_whole_frame_while_the_text_stands() -> None:
    now = whole(1)
    now[:300] = 200  # the scene above has changed
    assert best(frame(1.0, whole(1)), now, TEXT) is now


def test_the_part_that_was_read_once_the_text_has_gone() -> None:
    read = frame(1.0, whole(1))
    cleared = np.full_like(whole(1), 40)
    for now in (whole(2), cleared, None, whole(1)[:400]):
        picture = best(read, now, TEXT)
        assert picture.shape[:2] == (BOX.height, BOX.width)
        assert np.array_equal(picture, read.in_colour())


def test_the_part_that_was_read_once_more_text_has_come() -> None:
    now = whole(1)
    ink = np.random.default_rng(5).random((TEXT.height, 80)) < 0.4
    now[TEXT.top : TEXT.bottom, TEXT.right + 10 : TEXT.right + 90][ink] = 240
    read = frame(1.0, whole(1))
    assert np.array_equal(best(read, now, TEXT), read.in_colour())


def test_a_mark_that_blinks_is_no_text() -> None:
    now = whole(1)
    now[TEXT.bottom - 16 : TEXT.bottom, TEXT.right + 10 : TEXT.right + 26] = 240
    assert best(frame(1.0, whole(1)), now, TEXT) is now


def test_a_little_noise_is_no_other_text() -> None:
    noise = np.random.default_rng(3).integers(0, 20, whole(1).shape, np.uint8)
    now = whole(1) - noise
    assert best(frame(1.0, whole(1)), now, TEXT) is now


def test_a_text_outside_of_the_part_that_was_read() -> None:
    now = whole(1)
    assert best(frame(1.0, whole(1)), now, Box(0, 0, 10, 10)) is now
