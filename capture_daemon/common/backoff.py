"""Backoff between attempts at something that fails: they grow, and no two are alike."""

from __future__ import annotations

import random

_MOST_DOUBLINGS = 60
"""More would not make any delay longer, and at a thousand its number could not be held."""


class Backoff:
    """How long to wait before the next attempt, in seconds: about `first`, then twice that, up to `longest`.

    Half of each is by chance, so that what failed together is not tried again together. `failures` is how often `next`
    was asked since the last success.
    """

    def __init__(self, first: float, longest: float) -> None:
        self._first, self._longest = first, longest
        self.failures = 0

    def next(self) -> float:
        """Note a failure; the seconds to wait before the next attempt, from half of what it grew to up to all of it."""
        most = min(self._first * 2.0 ** min(self.failures, _MOST_DOUBLINGS), self._longest)
        self.failures += 1
        return random.uniform(most / 2, most)

    def reset(self) -> None:
        """Note a success: the next failure is a first one."""
        self.failures = 0
