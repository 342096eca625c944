"""Rate-limited logging of messages that clients can cause at will."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

AT_ONCE = 5
"""Messages logged in a burst, 1 to 50: somebody who sets up a page sees each of the first attempts."""
INTERVAL = 10.0
"""Seconds per further message, 1 to 600: at most 8,640 lines a day, whatever clients do."""


class RateLimitedLog:
    """Logs messages of one kind: a burst, then one per interval, with the number suppressed in between."""

    def __init__(self, logger: logging.Logger, clock: Callable[[], float] = time.monotonic) -> None:
        self._logger = logger
        self._clock = clock
        self._earned = float(AT_ONCE)
        self._since = clock()
        self._left_out = 0

    def log(self, level: int, message: str, *values: object) -> bool:
        """Log a message unless the rate is exceeded; returns whether it was logged."""
        now = self._clock()
        self._earned = min(AT_ONCE, self._earned + (now - self._since) / INTERVAL)
        self._since = now
        if self._earned < 1:
            self._left_out += 1
            return False
        self._earned -= 1
        if self._left_out:
            message, values = f"{message} (and %d more like it before)", (*values, self._left_out)
            self._left_out = 0
        self._logger.log(level, message, *values)
        return True
