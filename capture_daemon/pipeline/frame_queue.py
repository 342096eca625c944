"""The frames on their way from a source to its reader: live, those that come while the reader waits for an answer."""

from __future__ import annotations

import asyncio
from collections import deque

from capture_daemon.capture.base import Source
from capture_daemon.errors import RegionError, SourceError
from capture_daemon.frames import Frame
from capture_daemon.pipeline.frame_gate import FrameGate
from capture_daemon.pipeline.observer import Observer

MOST_WAITING = 45
"""Frames that wait at most on a live source: a second and a half at 30 a second."""
MOST_BYTES = 32 << 20
"""What they may keep in memory together."""
AT_ONCE = 8
"""Frames of a live source that are given to the reader at once; those that wait can still be thinned out."""


class FrameQueue:
    """Takes frames from a source that is open, and keeps them in order until the reader has time for them.

    With `live` frames are taken as they come. Where too many wait, every second of them is dropped, but for the first
    and the last: text that stands for a while is still seen. Without `live` the source itself waits: the next frames
    are taken when they are asked for.
    """

    def __init__(self, source: Source, observer: Observer, *, live: bool) -> None:
        self.error: SourceError | RegionError | None = None
        """What the source ended with, if it wasn't just its end."""
        self._source = source
        self._observer = observer
        self._live = live
        self._gate = FrameGate()
        self._waiting: deque[Frame] = deque()
        self._filling: asyncio.Task[None] | None = None
        self._closed = False
        self._came = asyncio.Event()
        self._wanted = asyncio.Event()

    def start(self, group: asyncio.TaskGroup) -> None:
        """Begin to take frames; what goes wrong, but for the source's own errors, is raised in the group."""
        self._filling = group.create_task(self._fill(), name="frame queue")
        self._filling.add_done_callback(lambda task: self._came.set())
        if self._closed:
            self._filling.cancel()

    def close(self) -> None:
        """Take no more frames; those that wait are still handed out. The source goes on."""
        self._closed = True
        if self._filling is not None:
            self._filling.cancel()

    def hurry(self) -> None:
        """Keep few of the frames that wait: soon it is too late, and the last one matters most."""
        self._thin_out(AT_ONCE)

    async def get(self) -> list[Frame]:
        """The next frames, in order, waiting until there are some; none after the source's end or `close`."""
        assert self._filling is not None
        while not self._waiting and not self._filling.done():
            self._came.clear()
            self._wanted.set()
            await self._came.wait()
        most = AT_ONCE if self._live else len(self._waiting)
        return [self._waiting.popleft() for _ in range(min(most, len(self._waiting)))]

    async def _fill(self) -> None:
        try:
            while frames := await self._next():
                self._observer.saw(len(frames), 0)
                if self._source.live:
                    frames = [seen for frame in frames for seen in self._gate.select(frame)]
                if frames:
                    self._waiting.extend(frames)
                    self._thin_out(MOST_WAITING)
                    self._came.set()
        except (SourceError, RegionError) as error:
            self.error = error

    async def _next(self) -> list[Frame]:
        if not self._live:
            await self._wanted.wait()
            self._wanted.clear()
        return await self._source.frames()

    def _thin_out(self, most: int) -> None:
        waiting = self._waiting
        while self._live and len(waiting) > 2 and (len(waiting) > most or _held(waiting) > MOST_BYTES):
            last = len(waiting) - 1
            kept = [frame for place, frame in enumerate(waiting) if place % 2 == 0 or place == last]
            self._observer.passed_over(len(waiting) - len(kept))
            waiting.clear()
            waiting.extend(kept)


def _held(frames: deque[Frame]) -> int:
    """Bytes that frames keep in memory; pictures that several of them share count once."""
    return sum({id(frame.pixels): frame.held for frame in frames}.values())
