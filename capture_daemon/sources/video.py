"""A recording: every frame in order with its media time, as fast as it is read or in real time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from capture_daemon.errors import SourceDamagedError
from capture_daemon.frames import Box, Frame, Regions, Size
from capture_daemon.sources.base import Source, SourceSettings, StatusCallback
from capture_daemon.sources.handover import Backlog
from capture_daemon.sources.planes import held_bytes, part_of, size_of
from capture_daemon.sources.recording import Picture, Recording

OPEN_LIMIT = 30.0
"""Seconds a recording is given for its first frame: it may lie on a slow disk or far away."""
BATCH = 32
HELD_BYTES = 48 << 20
"""What all frames on their way may hold together, in bytes."""
BATCHES_ON_THE_WAY = 3
"""One being filled, one waiting, one with the reader."""


class VideoSource(Source):
    """A video file. Its thread decodes a batch ahead and waits for its reader; nothing is dropped."""

    live = False

    def __init__(self, name: str, regions: Regions | None, settings: SourceSettings, on_status: StatusCallback) -> None:
        """`name` is the path of the file."""
        super().__init__(name, regions, settings, on_status)
        self._size: Size | None = None
        self._needed = Box(0, 0, 0, 0)
        self._sequence = 0
        self._most = 1

    async def open(self) -> Size:
        """Open the file and decode its first frame, whose size is returned; `duration` is known from then on."""
        loop = asyncio.get_running_loop()
        self._backlog: Backlog[list[Frame]] = Backlog(loop, capacity=1)
        self._start(loop)
        batch: list[Frame] = await self._wait_for_first(OPEN_LIMIT)
        self._on_status("capturing", None)
        return batch[0].size

    async def frames(self) -> list[Frame]:
        """The next up to 32 frames, in order; in real time one, when its time has come. `[]` at the end.

        Raises SourceDamagedError after the last good frame of a recording that is damaged or cut off.
        """
        return await self._backlog.take() or []

    @property
    def _handover(self) -> Backlog[list[Frame]]:
        return self._backlog

    def _work(self) -> None:
        with Recording(self.name) as recording:
            self.duration = recording.duration
            if self._hand_over(recording) and recording.damage is not None:
                raise SourceDamagedError(recording.damage)

    def _hand_over(self, recording: Recording) -> bool:
        """Put every frame into the backlog; False where the source was closed meanwhile."""
        pace = self._pacer() if self._settings.realtime else None
        batch: list[Frame] = []
        most = 1
        try:
            for picture in recording.pictures():
                if self._stop.is_set():
                    return False
                batch.append(self._frame(picture))
                if pace is not None:
                    pace(picture.time)
                if len(batch) >= most:
                    if not self._backlog.put(batch):
                        return False
                    # The first frame goes ahead alone: whoever opens the source waits for it.
                    most = 1 if pace is not None else self._most
                    batch = []
        finally:
            if batch:
                self._backlog.put(batch)
        return True

    def _frame(self, picture: Picture) -> Frame:
        size = size_of(picture.frame)
        if size != self._size:
            self._needed = self._box(size)
            self._size = size
            held = BATCHES_ON_THE_WAY * held_bytes(picture.frame, self._needed)
            self._most = max(2, min(BATCH, HELD_BYTES // held))
        self._sequence += 1
        pixels, colour = part_of(picture.frame, self._needed)
        return Frame(pixels, picture.time, self._sequence, self._needed, size, colour=colour)

    def _pacer(self) -> Callable[[float], None]:
        began: float | None = None

        def wait_until(media_time: float) -> None:
            nonlocal began
            if began is None:
                began = time.monotonic() - media_time
            self._stop.wait(max(0.0, began + media_time - time.monotonic()))

        return wait_until
