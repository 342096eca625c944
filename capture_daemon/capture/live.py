"""What screens and devices share: the newest frame wins, and a lost source is waited for."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from abc import abstractmethod
from collections import deque
from collections.abc import Callable, Generator
from contextlib import closing

import numpy as np

from capture_daemon.capture.base import NOTHING, Source, SourceSettings, StatusCallback
from capture_daemon.capture.queues import Mailbox
from capture_daemon.common.backoff import Backoff
from capture_daemon.errors import FrameTooLargeError, RegionError, SourceError
from capture_daemon.frames import Box, ColourImage, Frame, Regions, Size
from capture_daemon.records import StatusState

STALL_LIMIT = 5.0
"""Seconds without a frame after which a source is said to be waiting."""
FIRST_DELAY, LONGEST_DELAY = 0.2, 5.0
"""Seconds, about, between a loss and the first attempt to open again, and what that grows to by doubling."""
WHOLE_LIMIT = 5.0
"""Seconds a whole frame is waited for."""
LOOK_ROUND = 1.0
"""Seconds between two steps of a thread that has nothing to do."""
NO_PICTURE = Frame(np.empty((0, 0), np.uint8), 0.0, 0, Box(0, 0, 0, 0), NOTHING)
"""Stands for the first frame of a source that may wait for one; it isn't passed on."""

logger = logging.getLogger(__name__)


class LiveSource(Source):
    """A source whose newest frame wins. Its thread opens it, reads it, and opens it again when it is lost.

    `retries_opening` says whether the first opening is retried, too; `open_limit` is how long it may take, in seconds;
    `reopens` says whether other settings are applied by reopening it.
    """

    live = True
    retries_opening = False
    open_limit = 10.0
    reopens = True

    def __init__(self, name: str, regions: Regions | None, settings: SourceSettings, on_status: StatusCallback) -> None:
        super().__init__(name, regions, settings, on_status)
        self._sequence = 0
        self._opened = self._may_wait = False
        self._trouble: str | None = None
        self._state: tuple[StatusState, str | None] | None = None
        self._stalled = False
        self._attention = threading.Event()
        self._wishes: deque[asyncio.Future[ColourImage]] = deque()
        self._stall_limit = _stall_limit(settings)
        self._renew = False

    async def open(self, *, may_wait: bool = False) -> Size:
        """Open the source and wait for its first frame up to `open_limit`; returns the whole frame's size.

        `NOTHING` if it `may_wait` and shows no picture for now.
        """
        loop = asyncio.get_running_loop()
        self._mailbox: Mailbox[Frame] = Mailbox(loop)
        self._may_wait = may_wait
        self._start(loop)
        frame: Frame = await self._wait_for_first(self.open_limit)
        if frame is not NO_PICTURE:
            self.size = frame.size
        return frame.size

    async def frames(self) -> list[Frame]:
        """The newest frame not seen yet, waiting for it as long as it takes; `[]` once the source is closed."""
        while True:
            try:
                async with asyncio.timeout(self._stall_limit):
                    frame = await self._mailbox.take()
            except TimeoutError:
                self._notice_stall()
                continue
            if self._stalled:
                self._set_status("capturing", None)
            if frame is None:
                return []
            if frame is NO_PICTURE:
                continue
            self.size = frame.size
            if self._fits(frame):
                return [frame]

    async def whole(self) -> ColourImage:
        """The whole next frame in colour; raises SourceError if none comes within five seconds."""
        wish: asyncio.Future[ColourImage] = asyncio.get_running_loop().create_future()
        self._wishes.append(wish)
        self._attention.set()
        try:
            async with asyncio.timeout(WHOLE_LIMIT):
                return await wish
        except TimeoutError as error:
            raise SourceError(self._trouble or f"{self.name} gives no picture: it doesn't answer") from error
        finally:
            with contextlib.suppress(ValueError):
                self._wishes.remove(wish)

    def look_at(self, regions: Regions) -> None:
        """Pass on what these regions need from now on; a source that waits for regions that fit tries again at once."""
        super().look_at(regions)
        self._attention.set()

    def set_up(self, settings: SourceSettings) -> None:
        """Apply other settings, in general by opening the source anew; does nothing if they are the same."""
        if settings != self._settings:
            self._settings = settings
            self._stall_limit = _stall_limit(settings)
            self._renew = self.reopens
            self._attention.set()

    def release(self) -> None:
        """Resume after `hold`; frames taken before are not passed on any more."""
        self._mailbox.clear()
        super().release()
        self._attention.set()

    async def close(self) -> None:
        """End the thread and release its resources, within two seconds; a second call does nothing."""
        self._stop.set()
        self._attention.set()
        await super().close()

    @abstractmethod
    def _session(self) -> Generator[Frame, None, None]:
        """Open the source, yield frames as they come, and close it however it ends; in the thread.

        Raises SourceError if it can't be opened or is lost, RegionError if a region lies outside the frame.
        Returning means that it must be reopened at once (its size has changed).
        """

    @property
    def _handover(self) -> Mailbox[Frame]:
        return self._mailbox

    def _work(self) -> None:
        delays = Backoff(FIRST_DELAY, LONGEST_DELAY)
        while not self._stop.is_set():
            self._step()
            began = time.monotonic()
            try:
                self._read_session()
            except (SourceError, RegionError) as error:
                comes_later = isinstance(error, SourceError) and not isinstance(error, FrameTooLargeError)
                if not self._opened and not (self.retries_opening and comes_later):
                    raise
                self._lost(error)
            else:
                continue
            if time.monotonic() - began > LONGEST_DELAY:
                delays.reset()
            self._idle(delays.next())

    def _read_session(self) -> None:
        """Hand over what one opening yields, until the source is closed or must be reopened."""
        self._renew = False
        with closing(self._session()) as frames:
            for frame in frames:
                if self._stop.is_set() or self._renew:
                    return
                if not self._held:
                    self._mailbox.put(frame)
                if self._trouble is not None or not self._opened:
                    self._opened, self._trouble = True, None
                    self._call(self._set_status, "capturing", None)

    def _idle(self, seconds: float) -> None:
        """Wait, but no longer than until the source is closed or something is asked of it; in the thread."""
        end = time.monotonic() + seconds
        while not self._stop.is_set() and (left := end - time.monotonic()) > 0:
            if self._attention.wait(min(left, LOOK_ROUND)):
                self._attention.clear()
                return
            self._step()

    def _grant(self, picture: ColourImage) -> None:
        """Hand the whole frame to those who wait for it; in the thread."""
        while self._wishes:
            with contextlib.suppress(IndexError):  # the waiting side may have given up just now
                self._call(_fulfil, self._wishes.popleft(), picture)

    def _lost(self, error: SourceError | RegionError) -> None:
        """Say that the source went away, or that it still hasn't come back."""
        state: StatusState = "waiting" if self._trouble is not None or not self._opened else "lost"
        trouble = str(error) if self.name in str(error) else f"{self.name}: {error}"
        if self._trouble != trouble:
            logger.warning("%s", trouble)
        self._trouble = trouble
        self._call(self._set_status, state, self._trouble)

    def _next_sequence(self) -> int:
        self._sequence += 1
        return self._sequence

    def _notice_stall(self) -> None:
        if self._state is not None and self._state[0] == "capturing":
            self._set_status("waiting", f"{self.name} has given no picture for {self._stall_limit:g} s")
            self._stalled = True

    def _set_status(self, state: StatusState, detail: str | None) -> None:
        self._stalled = False
        if self._state != (state, detail) and not self._stop.is_set():
            self._state = (state, detail)
            self._on_status(state, detail)

    def _too_late(self, limit: float) -> str:
        if self._trouble is not None:
            return f"{self._trouble} (tried for {limit:g} s)"
        return f"{super()._too_late(limit)}: it is there but doesn't answer"


def _stall_limit(settings: SourceSettings) -> float:
    # A source that is looked at less than once in five seconds hasn't stalled between two looks.
    return max(STALL_LIMIT, 3 / settings.fps)


def _fulfil(wish: asyncio.Future[ColourImage], picture: ColourImage) -> None:
    if not wish.done():
        wish.set_result(picture)


def as_it_came(pixels: ColourImage) -> Callable[[], ColourImage]:
    """`Frame.colour` for a source that grabs in colour anyway."""
    return lambda: pixels
