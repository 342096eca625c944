"""Exponential backoff with jitter."""

from __future__ import annotations

import random

_MOST_DOUBLINGS = 60
"""More would not lengthen any delay, and a thousand would overflow."""


class Backoff:
    """Delays between attempts, in seconds: `first`, doubled after each failure, at most `longest`.

    Half of each delay is random, so that clients that failed together don't retry together. `failures` is the number
    of calls of `next` since the last success.
    """

    def __init__(self, first: float, longest: float) -> None:
        self._first, self._longest = first, longest
        self.failures = 0

    def next(self) -> float:
        """Count a failure; returns the seconds to wait before the next attempt."""
        most = min(self._first * 2.0 ** min(self.failures, _MOST_DOUBLINGS), self._longest)
        self.failures += 1
        return random.uniform(most / 2, most)

    def reset(self) -> None:
        """Count a success: the delays start over."""
        self.failures = 0
