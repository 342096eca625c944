"""The surface behind the text: whether the dialogue box itself vanished, or was only cleared."""

from __future__ import annotations

from collections import deque

import cv2
import numpy as np
from numpy.typing import NDArray

from capture_daemon.frames import GreyImage
from capture_daemon.reading.ink import Mask, grown

CELLS = (16, 4)
"""Columns and rows of the grid on which surfaces are compared."""
TOLERANCE = 5.0
"""Levels of luma by which a cell may leave the range it had while the text stood, if it hardly changed then."""
RANGE_SHARE = 0.5
"""Share of that range by which it may leave it besides: behind some boxes a picture moves."""
SHARE = 0.5
"""Share of the cells that must have left their range for the box to have vanished."""
STEP = 4
"""Every so many pixels are looked at: surfaces are smooth."""
SAMPLE_SECONDS = 0.1
"""Time between two looks at the surface."""
ENOUGH = 4
"""Looks that show how far a picture that moves behind the box changes it."""
SAMPLES = 64
"""How many looks are remembered."""
FADE_SECONDS = 0.5
"""For how long a box comes and goes: what it looks like then says nothing of how it looks."""
_STROKES = np.ones((5, 5), np.uint8)


class Surface:
    """The range of brightness, cell by cell, that the region had behind one line's text."""

    def __init__(self) -> None:
        self._samples: deque[tuple[float, NDArray[np.float64]]] = deque(maxlen=SAMPLES)
        self._began = 0.0
        self._range: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None
        self._free: NDArray[np.bool_] | None = None

    def note(self, current: GreyImage, mask: Mask, time: float) -> None:
        """Take in a frame (in which ink is light) at a time in seconds, with the text in `mask` on it."""
        if not self._samples:
            self._began = time
        elif time - self._samples[-1][0] < SAMPLE_SECONDS - 1e-3:
            return
        self._samples.append((time, _cells(current)))
        covered = cv2.resize(grown(mask[::STEP, ::STEP], 1), CELLS, interpolation=cv2.INTER_AREA)
        self._free = covered < 40
        self._range = None

    @property
    def is_known(self) -> bool:
        """Whether it was seen for long enough to be sure that the box was neither coming nor going."""
        return bool(self._samples) and self._samples[-1][0] - self._began >= 2 * FADE_SECONDS

    def vanished_in(self, current: GreyImage) -> bool:
        """Whether in this frame most of the region, away from the text, is brighter or darker than it ever was."""
        if not self._samples or self._free is None:
            return False
        if self._range is None:
            steady = np.stack(self._steady())
            self._range = steady.min(axis=0), steady.max(axis=0)
        low, high = self._range
        cells = _cells(current)
        tolerance = TOLERANCE + RANGE_SHARE * (high - low)
        outside = (cells < low - tolerance) | (cells > high + tolerance)
        looked_at = self._free if self._free.mean() > 0.2 else np.ones_like(self._free)
        return bool(outside[looked_at].mean() > SHARE)

    def _steady(self) -> list[NDArray[np.float64]]:
        """What was seen while the box was neither coming nor going; of a short time all of it."""
        last = self._samples[-1][0]
        steady = [cells for time, cells in self._samples if self._began + FADE_SECONDS <= time <= last - FADE_SECONDS]
        return steady if len(steady) >= ENOUGH else [cells for _, cells in self._samples]


def _cells(current: GreyImage) -> NDArray[np.float64]:
    background = cv2.morphologyEx(np.ascontiguousarray(current[::STEP, ::STEP]), cv2.MORPH_OPEN, _STROKES)
    return np.asarray(cv2.resize(background, CELLS, interpolation=cv2.INTER_AREA), np.float64)
