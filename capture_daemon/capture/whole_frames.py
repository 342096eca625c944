"""Whole frames: when a frame is to bring the whole picture along, beside the part that the regions need."""

from __future__ import annotations

EVERY = 0.15
"""Seconds from one whole picture to the next; 0.1 to 0.25: who chooses from a menu rests longer on an option."""
SHARE = 0.05
"""Share of the time at most that a live source spends on them; 0.02 to 0.1: large screens give fewer."""


class WholeFrames:
    """Says when the next whole picture is due, on the source's clock."""

    def __init__(self) -> None:
        self._due = float("-inf")
        self._last = float("-inf")

    def is_due(self, time: float) -> bool:
        """Whether the frame at this time, in seconds, is to bring the whole picture along."""
        return time >= self._due or time < self._last

    def taken(self, time: float, seconds: float = 0.0) -> None:
        """Record that the frame at this time brought the whole picture, which took `seconds`."""
        self._last, self._due = time, time + max(EVERY, seconds / SHARE)
