"""What a source is, and what all sources share: settings, one thread, opening and closing."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from capture_daemon.errors import RegionError, SourceError
from capture_daemon.frames import MOST_PIXELS, Box, ColourImage, Frame, Regions, Size
from capture_daemon.records import StatusState

if TYPE_CHECKING:
    from capture_daemon.capture.queues import Handover

StatusCallback = Callable[[StatusState, str | None], None]
"""Told how the source is doing, at each change, on the event loop: a state and, where it helps, why."""

CLOSE_LIMIT = 2.0
"""Seconds a thread is given to end before it is left behind."""
NOTHING = Size(0, 0)
"""The size that `open` returns if there is no picture yet."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """How a source is to be read.

    `fps` is the most frames a second that are taken of a live source. `width`, `height` (pixels) and `pixel_format`
    (four characters: `MJPG`, `YUYV`) are requested from a capture device. With `realtime` a recording plays at normal
    speed instead of as fast as it is read. Of a recording only every `every`-th frame is passed on, beginning with the
    last key frame before `start`, in seconds. Frames of more than `max_pixels` are refused. `obs_address` is where OBS
    listens, `obs_password_file` a file with its password. `screen_choice_file` is where the choice of a screen or
    window in a Wayland session is kept, None to keep none. With
    `whole_frames` a few frames a second bring the whole picture along (`Frame.whole`).
    """

    fps: float = 30.0
    width: int | None = None
    height: int | None = None
    pixel_format: str | None = None
    realtime: bool = False
    every: int = 1
    start: float = 0.0
    max_pixels: int = MOST_PIXELS
    obs_address: str = "ws://localhost:4455"
    obs_password_file: Path | None = None
    screen_choice_file: Path | None = None
    whole_frames: bool = False


class Source(ABC):
    """A screen, a device, a stream or a recording: opened once, asked for frames until it ends, closed.

    `name` is what it is called in messages and records, without passwords. `live` says whether its frames are the
    newest (stamped by `time.monotonic`) or all (stamped with media time); `duration` is a recording's length in
    seconds, where its container says it, known once it is open; `size` is that of its newest frame; `damaged` says
    whether a damaged place of a recording has been met so far.
    """

    live: bool

    def __init__(self, name: str, regions: Regions | None, settings: SourceSettings, on_status: StatusCallback) -> None:
        self.name = name
        self.duration: float | None = None
        self.size: Size | None = None
        self.damaged = False
        self._regions = regions
        self._settings = settings
        self._on_status = on_status
        self._stop = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._ended: asyncio.Event | None = None
        self._held = False
        self._progress = time.monotonic()

    @property
    def progress(self) -> float:
        """When the thread took its last step, by `time.monotonic`: a frame, an attempt, a check whether to go on.

        A step takes up to 15 s (a network stream that is reopened and doesn't answer). If it takes much longer,
        a call to the system has hung, and only ending the process helps.
        """
        return self._progress

    @abstractmethod
    async def open(self, *, may_wait: bool = False) -> Size:
        """Open the source and wait for its first frame, whose whole size is returned.

        With `may_wait` what is there but shows no picture for now, as a minimised window, counts as open: its state is
        `waiting`, and `NOTHING` is returned.

        Raises SourceError if it can't be opened or gives no frame in time, RegionError if a region lies outside
        the frame. A source that failed to open has closed itself, and isn't opened a second time.
        """

    @abstractmethod
    async def frames(self) -> list[Frame]:
        """The newest frame not seen yet of a live source; the next frames, in order, of a recording.

        `[]` means that nothing more will come: the recording has ended or the source was closed. Raises
        SourceDamagedError at the end of a recording that ends in damage, RegionError at a change of size that leaves a
        region outside the frame (a live source waits for a better one instead).
        """

    @abstractmethod
    async def whole(self) -> ColourImage:
        """The whole current frame in colour, also of a source that is held; raises SourceError if there is none."""

    def look_at(self, regions: Regions) -> None:
        """Pass on what these regions need from now on. No frame taken for other regions is passed on any more."""
        self._regions = regions

    def set_up(self, settings: SourceSettings) -> None:
        """Use other settings from now on; a device is reopened if its settings change."""
        self._settings = settings

    def hold(self) -> None:
        """Pause until `release`. What a live source, or a recording in real time, shows meanwhile is lost."""
        self._held = True

    def release(self) -> None:
        """Resume after `hold`."""
        self._held = False

    async def close(self) -> None:
        """End the thread and release its resources, within two seconds; a second call does nothing."""
        self._stop.set()
        if self._thread is None or self._ended is None:
            return
        self._handover.discard()
        try:
            async with asyncio.timeout(CLOSE_LIMIT):
                await self._ended.wait()
        except TimeoutError:
            logger.warning("%s doesn't answer: the thread that reads it is left behind", self.name)
        else:
            self._thread.join()
        self._thread = None

    @property
    @abstractmethod
    def _handover(self) -> Handover[Any]:
        """Where the thread leaves what it has read; made in `_start`."""

    @abstractmethod
    def _work(self) -> None:
        """What the thread does: read and hand over until `_stop` is set or the source ends."""

    def _box(self, size: Size) -> Box:
        """The part of a frame of that size that the regions need; raises RegionError."""
        return Box(0, 0, *size) if self._regions is None else self._regions.resolve(size).needed

    def _fits(self, frame: Frame) -> bool:
        """Whether the frame was taken for the regions that hold now."""
        try:
            return frame.box == self._box(frame.size)
        except RegionError:
            return False

    def _step(self) -> None:
        """Note that the thread is at work; from the thread."""
        self._progress = time.monotonic()

    def _start(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._ended = asyncio.Event()
        # A daemon thread, so that one which hangs in a system call can't keep the process from ending.
        self._thread = threading.Thread(target=self._run, name=f"source {self.name}", daemon=True)
        self._thread.start()

    async def _wait_for_first(self, limit: float) -> Any:
        """What the thread hands over first, left there; raises what ended it, or SourceError after `limit` seconds."""
        try:
            async with asyncio.timeout(limit):
                first = await self._handover.first()
        except TimeoutError as error:
            await self.close()
            raise SourceError(self._too_late(limit)) from error
        except BaseException:
            # A cancelled opening, too: nobody else would end the thread.
            await self.close()
            raise
        if first is None:
            raise SourceError(f"{self.name} was closed while it was being opened")
        return first

    def _too_late(self, limit: float) -> str:
        return f"{self.name} gave no picture within {limit:g} s"

    def _run(self) -> None:
        failure: BaseException | None = None
        try:
            self._work()
        except BaseException as error:  # noqa: BLE001 - raised again, whatever it is, where the frames are awaited
            failure = error
        self._handover.end(failure)
        self._call(self._has_ended)

    def _has_ended(self) -> None:
        assert self._ended is not None
        self._ended.set()

    def _call(self, function: Callable[..., None], *arguments: object) -> None:
        """Call something on the event loop, from the thread."""
        assert self._loop is not None
        # A closed loop raises RuntimeError: this thread was left behind, and nobody waits for it.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(function, *arguments)
