from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import numpy as np
import pytest

from capture_daemon.errors import LogError, SourceDamagedError
from capture_daemon.frames import Box, ColourImage, Frame, Region, Regions, Size
from capture_daemon.ocr.engine import RowImage, RowText
from capture_daemon.pipeline import MOST_OPEN, Pipeline
from capture_daemon.reading.events import Event, RowRequest, Said
from capture_daemon.reading.reader import Reader
from capture_daemon.sources.base import Source, SourceSettings
from capture_daemon.sources.handover import Mailbox
from tests.delivery.helpers import until

WAIT = 20.0
SIZE = Size(8, 8)
IMAGE = RowImage(np.zeros((8, 8), np.uint8))
REGIONS = Regions(Region.parse("0,0,8,8"))


class Frames(Source):
    """So many frames in batches, then the end, an error, or nothing more until it is closed."""

    def __init__(self, batches: list[int], *, live: bool = False, error: Exception | None = None) -> None:
        super().__init__("frames", None, SourceSettings(), lambda state, detail: None)
        self.live = live
        self.closed = asyncio.Event()
        self._batches = batches
        self._error = error
        self._given = 0

    async def open(self) -> Size:
        return SIZE

    async def frames(self) -> list[Frame]:
        if self._batches and not self.closed.is_set():
            return [self._frame() for _ in range(self._batches.pop(0))]
        if self._error is not None:
            raise self._error
        if self.live:
            await self.closed.wait()
        return []

    async def whole(self) -> ColourImage:
        return np.zeros((8, 8, 3), np.uint8)

    async def close(self) -> None:
        self.closed.set()

    @property
    def _handover(self) -> Mailbox[Any]:
        raise NotImplementedError

    def _work(self) -> None:
        raise NotImplementedError

    def _frame(self) -> Frame:
        self._given += 1
        return Frame(np.zeros((8, 8), np.uint8), self._given / 30, self._given, Box(0, 0, 8, 8), SIZE)


class OneRowAFrame(Reader):
    """Asks for one row a frame, each at a place of its own or all at one, and says what it hears, in order."""

    def __init__(self, *, one_place: bool = False) -> None:
        super().__init__(REGIONS)
        self.heard: dict[int, RowText] = {}
        self.ended = False
        self._one_place = one_place
        self._asked = 0

    def see(self, frame: Frame) -> None:
        self._asked += 1
        self.requests.append(RowRequest(self._asked, ("row", 0 if self._one_place else self._asked), IMAGE))

    def hear(self, number: int, answer: RowText) -> None:
        assert number not in self.heard
        self.heard[number] = answer
        if answer.text:
            box = Box(0, 0, 1, 1)
            self.events.append(Said(number, None, None, answer.text, (answer.text,), 1.0, 0.0, 0.0, box))

    def end(self) -> None:
        self.ended = True


class Readers:
    """Reads rows one call after another, each after a delay; remembers how many there were a call."""

    def __init__(self, delay: float = 0.0) -> None:
        self.calls: list[int] = []
        self.free = asyncio.Event()
        self.free.set()
        self._delay = delay
        self._reading = False

    async def __call__(self, rows: Sequence[RowImage]) -> list[RowText]:
        assert not self._reading
        self._reading = True
        await asyncio.sleep(self._delay)
        await self.free.wait()
        self._reading = False
        self.calls.append(len(rows))
        return [RowText(f"row {sum(self.calls) - len(rows) + number}", 1.0) for number in range(1, len(rows) + 1)]


def run(test: Callable[[], Awaitable[None]]) -> None:
    async def limited() -> None:
        async with asyncio.timeout(WAIT):
            await test()

    asyncio.run(limited())


async def keep(events: list[Event], event: Event) -> None:
    events.append(event)


def texts(events: list[Event]) -> list[str]:
    return [event.text for event in events if isinstance(event, Said)]


def test_of_a_recording_every_row_is_answered_in_order() -> None:
    async def main() -> None:
        events: list[Event] = []
        reader, read = OneRowAFrame(), Readers()
        pipeline = Pipeline(Frames([1, 32, 32, 7]), reader, read, lambda event: keep(events, event), live=False)
        await pipeline.run()
        assert texts(events) == [f"row {number}" for number in range(1, 73)]
        assert reader.ended
        assert max(read.calls) > 1
        assert pipeline.position == pytest.approx(72 / 30)

    run(main)


def test_a_recording_is_not_watched_far_ahead_of_what_is_read() -> None:
    async def main() -> None:
        reader, read = OneRowAFrame(), Readers()
        read.free.clear()
        pipeline = Pipeline(Frames([32] * 10), reader, read, lambda event: keep([], event), live=False)
        running = asyncio.create_task(pipeline.run())
        await asyncio.sleep(0.3)
        assert MOST_OPEN < reader._asked <= MOST_OPEN + 32
        read.free.set()
        await running
        assert len(reader.heard) == 320

    run(main)


def test_live_the_newest_row_wins_and_every_request_is_answered_once() -> None:
    async def main() -> None:
        events: list[Event] = []
        reader, read = OneRowAFrame(one_place=True), Readers()
        read.free.clear()
        source = Frames([1] * 30, live=True)
        pipeline = Pipeline(source, reader, read, lambda event: keep(events, event), live=True)
        running = asyncio.create_task(pipeline.run())
        await until(lambda: reader._asked == 30)
        read.free.set()
        await until(lambda: len(reader.heard) == 30)
        pipeline.stop()
        await running
        assert read.calls == [1] * len(read.calls)
        assert len(read.calls) <= 3
        assert reader.heard[30].text
        assert not reader.heard[15].text

    run(main)


def test_stopping_closes_the_source_and_says_the_line_in_hand() -> None:
    async def main() -> None:
        events: list[Event] = []
        reader, source = OneRowAFrame(), Frames([1, 1], live=True)
        pipeline = Pipeline(source, reader, Readers(0.2), lambda event: keep(events, event), live=True)
        running = asyncio.create_task(pipeline.run())
        await asyncio.sleep(0.05)
        pipeline.stop()
        await running
        assert source.closed.is_set()
        assert reader.ended
        assert texts(events) == ["row 1", "row 2"]

    run(main)


@pytest.mark.parametrize("live", [True, False])
def test_stopping_does_not_wait_for_ever_for_what_is_not_read(live: bool) -> None:
    async def main() -> None:
        events: list[Event] = []
        reader, read = OneRowAFrame(), Readers()
        read.free.clear()
        pipeline = Pipeline(Frames([32] * 9, live=live), reader, read, lambda event: keep(events, event), live=live)
        running = asyncio.create_task(pipeline.run())
        await asyncio.sleep(0.2)
        began = asyncio.get_running_loop().time()
        pipeline.stop()
        await running
        assert asyncio.get_running_loop().time() - began < 2.5
        assert not texts(events)

    run(main)


def test_stopping_after_the_end_shortens_the_wait_for_what_is_not_read() -> None:
    async def main() -> None:
        reader, read = OneRowAFrame(), Readers()
        read.free.clear()
        pipeline = Pipeline(Frames([3]), reader, read, lambda event: keep([], event), live=False)
        running = asyncio.create_task(pipeline.run())
        await until(lambda: reader.ended)
        pipeline.stop()
        await asyncio.wait_for(running, 5)

    run(main)


def test_damage_is_told_once_everything_before_it_was_said() -> None:
    async def main() -> None:
        events: list[Event] = []
        source = Frames([3], error=SourceDamagedError("clip.mp4 is cut off"))
        pipeline = Pipeline(source, OneRowAFrame(), Readers(0.01), lambda event: keep(events, event), live=False)
        with pytest.raises(SourceDamagedError):
            await pipeline.run()
        assert len(texts(events)) == 3

    run(main)


def test_what_taking_an_event_raises_ends_it() -> None:
    async def main() -> None:
        async def refuse(event: Event) -> None:
            raise LogError("the disk is full")

        pipeline = Pipeline(Frames([32] * 30), OneRowAFrame(), Readers(), refuse, live=False)
        with pytest.raises(ExceptionGroup) as caught:
            await pipeline.run()
        assert caught.group_contains(LogError)

    run(main)


def test_partials_are_wanted_while_somebody_asks_for_them() -> None:
    async def main() -> None:
        wanted = [True]
        reader, source = OneRowAFrame(), Frames([1], live=True)
        pipeline = Pipeline(
            source, reader, Readers(), lambda event: keep([], event), live=True, wants_partials=lambda: wanted[0]
        )
        running = asyncio.create_task(pipeline.run())
        await until(lambda: reader._asked > 0)
        assert reader.wants_partials
        pipeline.stop()
        await running

    run(main)
