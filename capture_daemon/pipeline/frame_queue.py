"""Frames on their way from a source to its reader, and which of them are worth reading."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import replace

from capture_daemon.capture.base import Source
from capture_daemon.errors import RegionError, SourceError
from capture_daemon.frames import Frame
from capture_daemon.pipeline.sink import Observer

STILL_AFTER = 2.5
"""Seconds without a change after which frames are passed over. Reading has no patience longer than that."""
LOOK_AGAIN = 1.0
"""Seconds after which an unchanged frame is read anyway: its time also carries information."""


class FrameGate:
    """Skips frames of a live source on which nothing has changed for a while.

    A source that finds a picture unchanged returns the same `pixels` object; without that every frame is read. The
    last skipped frame is read before the first different one, so that the reader knows what was not there before.
    """

    def __init__(self) -> None:
        self._last: Frame | None = None
        self._passed_over: Frame | None = None
        self._changed = self._looked = 0.0

    def select(self, frame: Frame) -> list[Frame]:
        """The frames to read now: none, this one, or the last skipped one and this one."""
        last, self._last = self._last, frame
        if frame.whole is not None and last is not None and frame.pixels is last.pixels:
            # It is for what stands elsewhere.
            self._passed_over = None
            return [frame]
        if last is None or frame.pixels is not last.pixels or frame.size != last.size:
            passed_over, self._passed_over = self._passed_over, None
            self._changed = self._looked = frame.time
            return [frame] if passed_over is None else [passed_over, frame]
        if frame.time - self._changed < STILL_AFTER or not 0 <= frame.time - self._looked < LOOK_AGAIN:
            self._passed_over = None
            self._looked = frame.time
            return [frame]
        self._passed_over = frame
        return []


MOST_WAITING = 45
"""Frames that wait at most on a live source: a second and a half at 30 a second."""
LATE = 4.0
"""Seconds that those which wait may span, 3 to 6: beyond it there are fewer the more they span, for the reader to
catch up. A reader of 3 frames a second is then 8 seconds late; without it, 15."""
MOST_BYTES = 64 << 20
"""What they may keep in memory together, 32 to 128 MiB: ten frames of a whole screen of 1920x1080."""
AT_ONCE = 8
"""Frames of a live source that are given to the reader at once; those that wait can still be thinned out."""

IN_HASTE = 4
"""Frames that are left of those that wait where a second is left to read them, 3 to 6: a busy machine takes so long for
three or four looks, and the last frame must be among what is read."""


class FrameQueue:
    """Takes frames from an open source and keeps them in order until the reader is ready for them.

    With `live`, frames are taken as they arrive. If too many wait, those are dropped that leave the shortest gaps: what
    is left spans all the time evenly, so that text which stayed for a while is still seen. Without `live` the source
    waits: the next frames are taken on request.
    """

    def __init__(self, source: Source, observer: Observer, *, live: bool) -> None:
        self.error: SourceError | RegionError | None = None
        """The error that ended the source; None for a normal end."""
        self._source = source
        self._observer = observer
        self._live = live
        self._gate = FrameGate()
        self._waiting: deque[Frame] = deque()
        self._newest = 0.0
        self._reading: float | None = None
        self._filling: asyncio.Task[None] | None = None
        self._closed = False
        self._came = asyncio.Event()
        self._wanted = asyncio.Event()

    def start(self, group: asyncio.TaskGroup) -> None:
        """Start taking frames; unexpected errors are raised in the group."""
        self._filling = group.create_task(self._fill(), name="frame queue")
        self._filling.add_done_callback(lambda task: self._came.set())
        if self._closed:
            self._filling.cancel()

    def close(self) -> None:
        """Take no more frames; those queued are still returned. The source stays open."""
        self._closed = True
        if self._filling is not None:
            self._filling.cancel()

    def hurry(self) -> None:
        """Drop most of the queued frames: time is short, and the last frame matters most."""
        self._thin_out(IN_HASTE)

    async def get(self) -> list[Frame]:
        """The next frames, in order, waiting for them; empty after the source's end or `close`."""
        assert self._filling is not None
        self._reading = None
        self._tell_how_far_behind()
        while not self._waiting and not self._filling.done():
            self._came.clear()
            self._wanted.set()
            await self._came.wait()
        if self._live and len(self._waiting) > AT_ONCE:
            span = self._waiting[-1].time - self._waiting[0].time
            self._thin_out(max(AT_ONCE, round(MOST_WAITING * LATE / max(span, LATE))))
        most = AT_ONCE if self._live else len(self._waiting)
        frames = [self._waiting.popleft() for _ in range(min(most, len(self._waiting)))]
        self._reading = frames[0].time if frames else None
        return frames

    async def _fill(self) -> None:
        try:
            while frames := await self._next():
                self._observer.saw(len(frames), 0)
                if self._source.live:
                    frames = [seen for frame in frames for seen in self._gate.select(frame)]
                if frames:
                    self._waiting.extend(frames)
                    self._newest = frames[-1].time
                    self._thin_out(MOST_WAITING)
                    self._tell_how_far_behind()
                    self._came.set()
        except (SourceError, RegionError) as error:
            self.error = error

    def _tell_how_far_behind(self) -> None:
        if not self._live:
            return
        next_one = self._waiting[0].time if self._waiting else self._newest
        # A clock may have been put back.
        self._observer.behind(max(0.0, self._newest - (next_one if self._reading is None else self._reading)))

    async def _next(self) -> list[Frame]:
        if not self._live:
            await self._wanted.wait()
            self._wanted.clear()
        return await self._source.frames()

    def _thin_out(self, most: int) -> None:
        waiting = self._waiting
        if self._live and _held(waiting) > MOST_BYTES:
            # Whole pictures are dropped before any frame is.
            slim = [replace(frame, whole=None) for frame in waiting]
            waiting.clear()
            waiting.extend(slim)
        while self._live and len(waiting) > 2 and (len(waiting) > most or _held(waiting) > MOST_BYTES):
            times = [frame.time for frame in waiting]
            # A clock may have been put back.
            gaps = [abs(after - before) for before, after in zip(times, times[2:], strict=False)]
            del waiting[1 + gaps.index(min(gaps))]
            self._observer.passed_over(1)


def _held(frames: deque[Frame]) -> int:
    """Bytes that frames keep in memory; pictures that several of them share count once."""
    wholes = sum(frame.whole.held for frame in frames if frame.whole is not None)
    return wholes + sum({id(frame.pixels): frame.held for frame in frames}.values())
