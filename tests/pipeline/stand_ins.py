"""Stand-ins for what a pipeline joins: a source, a reader, a recogniser, and a receiver of events."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import numpy as np

from capture_daemon.capture.base import Source, SourceSettings
from capture_daemon.capture.queues import Mailbox
from capture_daemon.frames import Box, ColourImage, Frame, Region, Regions, Size
from capture_daemon.ocr.engine import FoundBox, RowImage, RowText
from capture_daemon.pipeline.sink import Observer
from capture_daemon.reading.events import Event, FindText, ReadRows, Said, Steps
from capture_daemon.reading.reader import Reader

WAIT = 30.0


SIZE = Size(8, 8)


IMAGE = RowImage.whole(np.zeros((8, 8, 3), np.uint8))


REGIONS = Regions(Region.parse("0,0,8,8"))


class Batches(Source):
    """Hands out its frames in batches, then the end, an error, or nothing more until it is closed."""

    def __init__(
        self, batches: Sequence[Sequence[Frame]], *, live: bool = False, error: Exception | None = None
    ) -> None:
        super().__init__("frames", None, SourceSettings(), lambda state, detail: None)
        self.live = live
        self.closed = asyncio.Event()
        self.waiting = asyncio.Event()
        """Set once there is nothing left to hand out."""
        self.left = [list(batch) for batch in batches]
        self._error = error

    async def open(self, *, may_wait: bool = False) -> Size:
        return SIZE

    async def frames(self) -> list[Frame]:
        await asyncio.sleep(0)
        if self.left and not self.closed.is_set():
            return self.left.pop(0)
        self.waiting.set()
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


def blank(count: int, first: int = 1) -> list[Frame]:
    return [
        Frame(np.zeros((8, 8), np.uint8), number / 30, number, Box(0, 0, 8, 8), SIZE)
        for number in range(first, first + count)
    ]


def numbered(batches: list[int], *, live: bool = False, error: Exception | None = None) -> Batches:
    """Batches of so many blank frames."""
    firsts = [1 + sum(batches[:place]) for place in range(len(batches))]
    return Batches([blank(*both) for both in zip(batches, firsts, strict=True)], live=live, error=error)


class OneRowAFrame(Reader):
    """Looks at each frame, reads one row in it, and says what it hears with the frame's number."""

    def __init__(self) -> None:
        super().__init__(REGIONS)
        self.seen: list[int] = []
        self.ended = False

    def see(self, frame: Frame) -> Steps:
        found = yield FindText(IMAGE.pixels, 1.0)
        texts = yield ReadRows((IMAGE,))
        self.seen.append(frame.sequence)
        if found is not None and texts:
            assert isinstance(texts[0], RowText)
            self._utter(f"{frame.sequence}: {texts[0].text}")

    def end(self) -> Steps:
        texts = yield ReadRows((IMAGE,))
        self.ended = True
        if texts:
            assert isinstance(texts[0], RowText)
            self._utter(f"end: {texts[0].text}")

    def _utter(self, text: str) -> None:
        self.events.append(Said(1, None, None, text, (text,), 1.0, 0.0, 0.0, Box(0, 0, 1, 1)))


class Eyes:
    """A looker that answers one call after another while it is `free`; from call `hangs_at` on it isn't."""

    def __init__(self, delay: float = 0.0, *, hangs_at: int | None = None) -> None:
        self.asked = self.read_rows = 0
        self.free = asyncio.Event()
        self.free.set()
        self._delay = delay
        self._hangs_at = hangs_at
        self._busy = False

    async def find(self, picture: ColourImage, scale: float | None = None) -> list[FoundBox] | None:
        await self._look()
        return []

    async def read(self, rows: Sequence[RowImage]) -> list[RowText]:
        await self._look()
        self.read_rows += len(rows)
        return [RowText(f"row {self.read_rows}", 1.0)] * len(rows)

    async def _look(self) -> None:
        assert not self._busy
        self.asked += 1
        if self.asked == self._hangs_at:
            self.free.clear()
        self._busy = True
        try:
            await asyncio.sleep(self._delay)
            await self.free.wait()
        finally:
            self._busy = False


class Counter(Observer):
    def __init__(self) -> None:
        self.frames = self.dropped = self.rows = 0
        self.seconds_behind: list[float] = []

    def saw(self, frames: int, changes: int) -> None:
        self.frames += frames

    def passed_over(self, frames: int) -> None:
        self.dropped += frames

    def behind(self, seconds: float) -> None:
        self.seconds_behind.append(seconds)

    def gave_up(self, rows: int) -> None:
        self.rows += rows


def run(test: Callable[[], Awaitable[None]]) -> None:
    async def limited() -> None:
        async with asyncio.timeout(WAIT):
            await test()

    asyncio.run(limited())


class Kept:
    """Takes events."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    async def __call__(self, event: Event) -> None:
        self.events.append(event)

    @property
    def texts(self) -> list[str]:
        return [event.text for event in self.events if isinstance(event, Said)]
