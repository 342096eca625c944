"""Pace: how fast text is revealed."""

from __future__ import annotations

from collections import deque

import numpy as np

FIRST_GAP = 0.05
"""Seconds taken for the usual gap before any text was seen."""
LONGEST_GAP = 0.6
"""Gaps of this many seconds and more are pauses, and say nothing about the pace."""


class Pace:
    """The gaps between the moments at which ink was added, in seconds."""

    def __init__(self) -> None:
        self._gaps: deque[float] = deque([FIRST_GAP], maxlen=16)
        self._usual = FIRST_GAP

    def note(self, gap: float) -> None:
        """Ink was added so many seconds after ink was added before."""
        if 0.005 < gap < LONGEST_GAP:
            self._gaps.append(gap)
            self._usual = float(np.percentile(np.asarray(self._gaps), 80))

    def usual_gap(self) -> float:
        """A gap that four in five don't exceed."""
        return self._usual
