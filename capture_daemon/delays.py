"""Delays between attempts at something that fails: they grow, and no two are alike."""

from __future__ import annotations

from tenacity import RetryCallState, Retrying, wait_exponential, wait_random_exponential


class Delays:
    """How long to wait before the next attempt, in seconds: about `first`, then twice that, up to `longest`.

    Half of each is by chance, so that what failed together is not tried again together.
    """

    def __init__(self, first: float, longest: float) -> None:
        self._wait = wait_exponential(first / 2, longest / 2) + wait_random_exponential(first / 2, longest / 2)
        self._failures = RetryCallState(Retrying(), None, (), {})
        self._failures.attempt_number = 0

    @property
    def failures(self) -> int:
        """How often `next` was asked since the last success."""
        return self._failures.attempt_number

    def next(self) -> float:
        """Note a failure; the seconds to wait before the next attempt."""
        self._failures.attempt_number += 1
        return self._wait(self._failures)

    def reset(self) -> None:
        """Note a success: the next failure is a first one."""
        self._failures.attempt_number = 0
