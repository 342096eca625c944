"""Messages that somebody outside can cause as often as he likes, told at a bounded rate."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

AT_ONCE = 5
"""Messages that may come together, 1 to 50: who sets up a page sees each of his first attempts."""
INTERVAL = 10.0
"""Seconds for one more message to be earned, 1 to 600: at most 8,640 lines a day, whoever knocks how often."""


class RateLimitedLog:
    """Tells messages of one kind: a few at once, then one now and then, which says how many were left out."""

    def __init__(self, logger: logging.Logger, clock: Callable[[], float] = time.monotonic) -> None:
        self._logger = logger
        self._clock = clock
        self._earned = float(AT_ONCE)
        self._since = clock()
        self._left_out = 0

    def tell(self, level: int, message: str, *values: object) -> bool:
        """Tell it, where one has been earned; whether it was."""
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
