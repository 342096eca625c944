"""How much may be asked: so many requests a minute, and so many requests and tokens in all."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass


class SpentError(Exception):
    """No more may be asked."""


@dataclass(frozen=True, slots=True)
class Limits:
    """None is no limit."""

    requests_a_minute: float | None = None
    requests: int | None = None
    tokens: int | None = None


class Allowance:
    """Counts what is asked, and holds it back."""

    def __init__(self, limits: Limits) -> None:
        self.requests = 0
        """Requests sent, those that failed too."""
        self.tokens = 0
        """Tokens spent, or held for questions that are on their way."""
        self._limits = limits
        self._next = 0.0

    async def before_request(self) -> None:
        """Wait for one's turn. Raises SpentError where there will be none."""
        limits = self._limits
        if limits.requests is not None and self.requests >= limits.requests:
            raise SpentError
        self.requests += 1
        if limits.requests_a_minute is not None:
            now = asyncio.get_running_loop().time()
            turn = max(now, self._next)
            self._next = turn + 60.0 / limits.requests_a_minute
            await asyncio.sleep(turn - now)

    def hold(self, tokens: int) -> None:
        """Set tokens aside for a question and its answer. Raises SpentError where they would be too many."""
        if self._limits.tokens is not None and self.tokens + tokens > self._limits.tokens:
            raise SpentError
        self.tokens += tokens

    def settle(self, held: int, spent: int) -> None:
        """Put what was spent in the place of what was held."""
        self.tokens += spent - held
