from __future__ import annotations

import asyncio
import json
import threading
from typing import Any

import pytest

from capture_daemon.errors import ConfigurationError, RegionError, SourceError
from capture_daemon.server import frame_pictures as rounds_module
from capture_daemon.server.control_interface import FramePicture, PictureRequest
from capture_daemon.server.frame_pictures import HELD, VARIETY, PictureBatcher
from tests.server.helpers import WAIT, until

WHOLE = PictureRequest()


class Frames:
    """Frames that are numbered; how often they were taken and encoded is counted."""

    def __init__(self) -> None:
        self.taken = 0
        self.encoded: list[PictureRequest] = []
        self.threads: set[str] = set()

    async def frame(self) -> Frame:
        self.taken += 1
        return Frame(self, self.taken)


class Frame:
    def __init__(self, frames: Frames, number: int) -> None:
        self._frames = frames
        self._number = number

    def picture(self, wanted: PictureRequest) -> FramePicture:
        if wanted.box == "unforeseen":
            raise ZeroDivisionError
        if wanted.box == "outside":
            raise RegionError("the box reaches outside the frame")
        self._frames.encoded.append(wanted)
        self._frames.threads.add(threading.current_thread().name)
        return FramePicture(b"x", (self._number, 1), [0, 0, 1, 1], {})


async def number_of(rounds: PictureBatcher, wanted: PictureRequest = WHOLE) -> int:
    async with rounds.picture(wanted) as rest:
        said: dict[str, Any] = json.loads(b"{" + rest)
        return int(said["size"][0])


def test_all_who_ask_at_a_time_get_one_frame_encoded_once() -> None:
    async def main() -> None:
        frames = Frames()
        rounds = PictureBatcher(frames.frame)
        numbers = await asyncio.gather(*(number_of(rounds) for _ in range(40)))
        assert set(numbers) == {1}
        assert len(frames.encoded) == 1
        assert all(name.startswith("pictures") for name in frames.threads)
        # Whoever asks later gets a later one.
        assert await number_of(rounds) == 2
        await rounds.close()

    asyncio.run(main())


def test_rounds_have_a_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        frames = Frames()
        rounds = PictureBatcher(frames.frame)
        clock = asyncio.get_running_loop().time
        began = clock()
        for _ in range(4):
            await number_of(rounds)
        assert clock() - began >= 3 * rounds_module.INTERVAL - 0.05
        await rounds.close()

    asyncio.run(main())


def test_so_many_different_pictures_of_a_frame_and_no_more() -> None:
    async def main() -> None:
        frames = Frames()
        rounds = PictureBatcher(frames.frame)
        wishes = [PictureRequest(box=f"0,0,{number},1") for number in range(1, 2 * VARIETY + 1)]
        async with asyncio.timeout(WAIT):
            numbers = await asyncio.gather(*(number_of(rounds, wanted) for wanted in wishes))
        assert max(numbers.count(number) for number in set(numbers)) <= VARIETY
        assert len(frames.encoded) == len(wishes)
        await rounds.close()

    asyncio.run(main())


def test_those_who_take_no_picture_hold_up_the_next_round_a_while_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds_module, "ROUND_LIMIT", 0.2)

    async def main() -> None:
        rounds = PictureBatcher(Frames().frame)
        let_go = asyncio.Event()

        async def sluggish() -> None:
            async with rounds.picture(PictureRequest()):
                await let_go.wait()

        stuck = []
        for number in range(HELD):
            stuck.append(asyncio.create_task(sluggish()))
            await until(lambda: len([one for one in rounds._held if one.people]) > number)  # noqa: B023 - awaited here
        # So many pictures are in memory, and no more are made until one of them is let go of.
        late = asyncio.create_task(number_of(rounds))
        await asyncio.sleep(0.5)
        assert not late.done()
        let_go.set()
        async with asyncio.timeout(WAIT):
            assert await late == HELD + 1
            await asyncio.gather(*stuck)
        await rounds.close()

    asyncio.run(main())


def test_errors_are_told_to_those_whom_they_concern() -> None:
    class NoFrames(Frames):
        async def frame(self) -> Frame:
            raise SourceError("the display is gone")

    async def main() -> None:
        rounds = PictureBatcher(Frames().frame)
        both = await asyncio.gather(
            number_of(rounds), number_of(rounds, PictureRequest(box="outside")), return_exceptions=True
        )
        assert both[0] == 1
        assert isinstance(both[1], ConfigurationError)
        await rounds.close()
        none = PictureBatcher(NoFrames().frame)
        for failed in await asyncio.gather(number_of(none), number_of(none), return_exceptions=True):
            assert isinstance(failed, SourceError)
        await none.close()

    asyncio.run(main())


def test_what_is_unforeseen_in_one_picture_is_told_and_spoils_no_other(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        rounds = PictureBatcher(Frames().frame)
        asked = [
            number_of(rounds, wanted) for wanted in (PictureRequest(box="unforeseen"), WHOLE, PictureRequest("jpeg"))
        ]
        failed, *others = await asyncio.wait_for(asyncio.gather(*asked, return_exceptions=True), WAIT)
        assert isinstance(failed, SourceError)
        assert others == [1, 1]
        assert await number_of(rounds) == 2
        await rounds.close()

    asyncio.run(main())
    [told] = caplog.records
    assert told.name.endswith("pictures")
    assert "please report it" in told.getMessage()


def test_closing_leaves_nobody_waiting() -> None:
    class Hanging(Frames):
        async def frame(self) -> Frame:
            await asyncio.Event().wait()
            raise AssertionError

    async def main() -> None:
        rounds = PictureBatcher(Hanging().frame)
        waiting = asyncio.create_task(number_of(rounds))
        await asyncio.sleep(0.01)
        await rounds.close()
        with pytest.raises(SourceError):
            async with asyncio.timeout(WAIT):
                await waiting

    asyncio.run(main())
