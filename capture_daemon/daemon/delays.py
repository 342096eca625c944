"""How late lines are: the seconds from a line's last glyph on screen to its publication, of the last lines."""

from __future__ import annotations

import statistics
from collections import deque

KEPT = 100
"""Lines whose delays are remembered, 20 to 1,000: some minutes of play."""


class Delays:
    """The delays of the last lines, in seconds."""

    def __init__(self) -> None:
        self._last: deque[float] = deque(maxlen=KEPT)

    def add(self, delay: float) -> None:
        """One more line."""
        self._last.append(delay)

    def summary(self) -> dict[str, float | int] | None:
        """`median`, `longest` and `last`, in seconds, of the last `lines` lines; None before the first."""
        if not self._last:
            return None
        return {
            "median": round(statistics.median(self._last), 3),
            "longest": round(max(self._last), 3),
            "last": round(self._last[-1], 3),
            "lines": len(self._last),
        }
