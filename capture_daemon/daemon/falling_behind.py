"""If reading falls behind a live source for a while: one warning, and the status of OCR says so until it keeps up."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Protocol

from capture_daemon.records import Status

BEHIND = 5.0
"""Seconds that reading must be behind, 4.5 to 8: the queue of frames thins them out from four on (`frame_queue.LATE`),
and most machines then catch up."""
DROPPED_WITHIN = 5.0
"""Seconds for which dropped frames count, 3 to 8: a slow reader drops them in bursts that are a few seconds apart."""
LASTS = 15.0
"""Seconds for which it must have been so, 10 to 60: a game that loads keeps the processor busy for as long."""
KEEPS_UP = 10.0
"""Seconds for which reading must have kept up for it to be well again, 5 to 30."""
STEP = 1.0
"""Seconds between two looks, 0.5 to 2."""
TOLD_EVERY = 5.0
"""Seconds between two changes of the status that clients see, 2 to 10: its numbers change all the time."""

logger = logging.getLogger(__name__)


class ReadingProgress(Protocol):
    """How reading gets on; `Metrics` is one."""

    @property
    def seconds_behind(self) -> float:
        """How far reading is behind its source."""
        ...

    @property
    def dropped(self) -> int:
        """Frames dropped unseen until now."""
        ...


class BehindWarning:
    """Watches how far reading is behind, and warns once each time that it falls behind for a while."""

    def __init__(
        self,
        progress: ReadingProgress,
        states: Callable[[], list[Status]],
        set_status: Callable[[Status], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`states` is how the parts of the daemon are doing; `set_status` has clients see that OCR is degraded."""
        self._progress = progress
        self._states = states
        self._set_status = set_status
        self._clock = clock
        self._since: float | None = None
        """Since when reading has been in trouble; None if it keeps up."""
        self._fine_since: float | None = None
        self._dropped = self._dropped_before = progress.dropped
        self._dropped_at = float("-inf")
        self._shown: Status | None = None
        self._told_at = float("-inf")

    async def run(self) -> None:
        """Look now and then, until it is cancelled."""
        while True:
            await asyncio.sleep(STEP)
            self.look()

    def look(self) -> None:
        """Look how reading gets on now."""
        now, dropped = self._clock(), self._progress.dropped
        if dropped != self._dropped:
            self._dropped, self._dropped_at = dropped, now
        works = all(status.state == "capturing" or status == self._shown for status in self._states())
        behind = self._progress.seconds_behind >= BEHIND
        if works and (behind or now - self._dropped_at < DROPPED_WITHIN):
            self._fine_since = None
            self._note_trouble(now)
        elif self._shown is None:
            self._since = None
        else:
            self._note_well(now)

    def _note_trouble(self, now: float) -> None:
        if self._since is None:
            self._since, self._dropped_before = now, self._dropped
        if now - self._since < LASTS:
            return
        if self._shown is None:
            logger.warning(
                "%s: lines come late, and brief ones may be missed: see what keeps the processor busy, raise "
                "ocr.threads or lower source.fps",
                self._said(),
            )
        if self._shown not in self._states() or now - self._told_at >= TOLD_EVERY:
            self._shown, self._told_at = Status(what="ocr", state="degraded", detail=self._said()), now
            self._set_status(self._shown)

    def _note_well(self, now: float) -> None:
        self._fine_since = self._fine_since if self._fine_since is not None else now
        if now - self._fine_since < KEEPS_UP:
            return
        logger.info("reading keeps up again; %d frames were dropped meanwhile", self._dropped - self._dropped_before)
        # Meanwhile the worker may have said otherwise.
        if self._shown in self._states():
            self._set_status(Status(what="ocr", state="capturing"))
        self._since = self._fine_since = self._shown = None

    def _said(self) -> str:
        dropped = self._dropped - self._dropped_before
        return f"reading is {self._progress.seconds_behind:.0f} s behind, {dropped} frames dropped"
