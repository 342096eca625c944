"""When a log goes on in a new file: by size, by age."""

from __future__ import annotations

import time
from datetime import datetime

from capture_daemon.config.models import LogTable
from capture_daemon.records import Line

AGAIN = 60.0
"""Seconds before a rotation that failed is tried again; the log goes on growing in between."""
_MEGABYTE = 1_000_000
_DAY = 86_400.0


class Rotation:
    """Knows how old the file is that is being written, and whether another is due."""

    def __init__(self, settings: LogTable) -> None:
        self._size = None if settings.rotate_size is None else settings.rotate_size * _MEGABYTE
        self._age = None if settings.rotate_age is None else settings.rotate_age * _DAY
        self._begun: float | None = None
        self._not_before = 0.0

    def begin(self, first: Line | None = None) -> None:
        """A file is being written whose first line is `first`; None where it holds none yet."""
        # A first line of the future was written before the clock was set back: the file's age counts from now.
        self._begun = None if first is None else _elapsed() - max(0.0, time.time() - _unix(first))

    def written(self) -> None:
        """A line was written; if it was the file's first, the file is as old as this."""
        if self._begun is None:
            self._begun = _elapsed()

    def failed(self) -> None:
        """It was due, and could not be done."""
        self._not_before = time.monotonic() + AGAIN

    def is_due(self, size: int, coming: int) -> bool:
        """Whether a file of `size` bytes, to which so many are to be added, is to be left for a new one first."""
        too_large = self._size is not None and size + coming > self._size
        too_old = self._age is not None and self._begun is not None and _elapsed() - self._begun >= self._age
        return size > 0 and (too_large or too_old) and time.monotonic() >= self._not_before


def _elapsed() -> float:
    """Seconds on a clock that never jumps, and where there is one that also counts while the machine sleeps."""
    clock: int | None = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


def _unix(line: Line) -> float:
    try:
        return datetime.fromisoformat(line.time).timestamp()
    except (ValueError, OverflowError, OSError):  # a time that is none, or that the system can't count to
        return time.time()
