"""A recording: every frame in order with its media time, as fast as it is read or in real time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from av.video.frame import VideoFrame

from capture_daemon.capture.base import Source, SourceSettings, StatusCallback
from capture_daemon.capture.planes import held_bytes, part_of, size_of
from capture_daemon.capture.queues import Backlog
from capture_daemon.capture.recording import DecodedPicture, Recording
from capture_daemon.capture.whole_frames import EVERY, WholeFrames
from capture_daemon.errors import SourceDamagedError, SourceError
from capture_daemon.frames import Box, ColourImage, Frame, Regions, Size

OPEN_LIMIT = 30.0
"""Seconds a recording is given for its first frame: it may lie on a slow disk or far away."""
BATCH = 32
HELD_BYTES = 32 << 20
"""Bytes that all frames on their way may hold together."""
BATCHES_WAITING = 4
"""Batches that wait for the reader: text being typed takes longer to read than to decode, text that stands less."""
BATCHES_ON_THE_WAY = BATCHES_WAITING + 2
"""Those that wait, one being filled, and one with the reader."""
USUAL_FPS = 30
"""Frames a second of a recording, assumed in deciding how many of its frames are whole."""
LATE = 0.1
"""Seconds after its time up to which a frame in real time counts as shown now."""
LOOK_ROUND = 1.0
"""Seconds after which a thread that waits for a frame's time shows that it is still there."""


class VideoSource(Source):
    """A video file. Its thread decodes a few batches ahead and waits for its reader; nothing is dropped."""

    live = False

    def __init__(self, name: str, regions: Regions | None, settings: SourceSettings, on_status: StatusCallback) -> None:
        """`name` is the path of the file."""
        super().__init__(name, regions, settings, on_status)
        self._shown: VideoFrame | None = None
        self._missing = False
        self._fitted: tuple[Size, Regions | None] | None = None
        self._needed = Box(0, 0, 0, 0)
        self._sequence = 0
        self._most = 1
        self._wholes = WholeFrames()

    async def open(self, *, may_wait: bool = False) -> Size:
        """Open the file and decode its first frame, whose size is returned; `duration` is known from then on."""
        loop = asyncio.get_running_loop()
        self._backlog: Backlog[list[Frame]] = Backlog(loop, capacity=1 if self._settings.realtime else BATCHES_WAITING)
        self._start(loop)
        batch: list[Frame] = await self._wait_for_first(OPEN_LIMIT)
        self._on_status("capturing", None)
        self.size = batch[0].size
        return batch[0].size

    async def frames(self) -> list[Frame]:
        """The next up to 32 frames, in order; in real time one, when its time has come. `[]` at the end.

        Raises SourceDamagedError after the last good frame of a recording that is damaged or cut off.
        """
        while batch := await self._backlog.take():
            if fitting := [frame for frame in batch if self._fits(frame)]:
                self.size = fitting[-1].size
                return fitting
        return []

    async def whole(self) -> ColourImage:
        """The frame decoded last, whole and in colour; raises SourceError before the first and after the end."""
        shown = self._shown
        if shown is None:
            raise SourceError(f"{self.name} has no picture now")
        size = size_of(shown)
        return await asyncio.to_thread(part_of(shown, Box(0, 0, *size))[1])

    def hold(self) -> None:
        """Look at nothing until `release`: in real time frames go by unseen, else they wait."""
        super().hold()
        self._missing = True

    def release(self) -> None:
        """Look on after `hold`; in real time at what is shown now."""
        if self._settings.realtime:
            self._backlog.clear()
        super().release()

    @property
    def _handover(self) -> Backlog[list[Frame]]:
        return self._backlog

    def _work(self) -> None:
        with Recording(self.name, self._settings.start, self._settings.max_pixels) as recording:
            self.duration = recording.duration
            if self._hand_over(recording) and recording.damage is not None:
                raise SourceDamagedError(recording.damage)

    def _hand_over(self, recording: Recording) -> bool:
        """Put every frame into the backlog; False if the source was closed meanwhile."""
        pace = self._pacer() if self._settings.realtime else None
        batch: list[Frame] = []
        most = 1
        try:
            for picture in recording.pictures():
                self._step()
                if self._stop.is_set():
                    return False
                self._shown = picture.frame
                self.damaged = recording.faults > 0
                self._sequence += 1
                if (self._sequence - 1) % self._settings.every:
                    continue
                if pace is not None:
                    late = pace(picture.time)
                    if self._held or (self._missing and late > LATE):
                        continue
                    self._missing = False
                batch.append(self._frame(picture))
                if len(batch) >= most:
                    if not self._backlog.put(batch, self._step):
                        return False
                    # The first frame is passed on alone: opening the source waits for it.
                    most = 1 if pace is not None else self._most
                    batch = []
        finally:
            if batch:
                self._backlog.put(batch, self._step)
            self._shown = None
        return True

    def _frame(self, picture: DecodedPicture) -> Frame:
        size = size_of(picture.frame)
        if (size, self._regions) != self._fitted:
            self._fitted = size, self._regions
            self._needed = self._box(size)
            held = held_bytes(picture.frame, self._needed)
            if self._settings.whole_frames:
                held += round(held_bytes(picture.frame, Box(0, 0, *size)) / (EVERY * USUAL_FPS))
            self._most = max(2, min(BATCH, HELD_BYTES // (BATCHES_ON_THE_WAY * held)))
        pixels, colour = part_of(picture.frame, self._needed)
        held = held_bytes(picture.frame, self._needed)
        whole = self._whole(picture, size) if self._settings.whole_frames else None
        return Frame(pixels, picture.time, self._sequence, self._needed, size, colour, held, whole)

    def _whole(self, picture: DecodedPicture, size: Size) -> Frame | None:
        if not self._wholes.is_due(picture.time):
            return None
        self._wholes.taken(picture.time)
        box = Box(0, 0, *size)
        pixels, colour = part_of(picture.frame, box)
        return Frame(pixels, picture.time, self._sequence, box, size, colour, held_bytes(picture.frame, box))

    def _pacer(self) -> Callable[[float], float]:
        """What waits for a frame's time, and returns how many seconds later it is by then."""
        began: float | None = None

        def wait_until(media_time: float) -> float:
            nonlocal began
            if began is None:
                began = time.monotonic() - media_time
            while (left := began + media_time - time.monotonic()) > 0 and not self._stop.wait(min(left, LOOK_ROUND)):
                self._step()
            return -left

        return wait_until
