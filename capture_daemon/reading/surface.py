"""The surface behind the text: whether the dialogue box itself vanished, or was only cleared."""

from __future__ import annotations

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
_STROKES = np.ones((5, 5), np.uint8)


class Surface:
    """The range of brightness, cell by cell, that the region had behind one line's text."""

    def __init__(self) -> None:
        self._low: NDArray[np.float64] | None = None
        self._high: NDArray[np.float64] | None = None
        self._free: NDArray[np.bool_] | None = None

    def note(self, current: GreyImage, mask: Mask) -> None:
        """Widen the ranges by a frame (in which ink is light) with the text in `mask` on it."""
        cells = _cells(current)
        if self._low is None or self._high is None or self._low.shape != cells.shape:
            self._low, self._high = cells.copy(), cells.copy()
        else:
            np.minimum(self._low, cells, out=self._low)
            np.maximum(self._high, cells, out=self._high)
        covered = cv2.resize(grown(mask[::STEP, ::STEP], 1), CELLS, interpolation=cv2.INTER_AREA)
        self._free = covered < 40

    def vanished_in(self, current: GreyImage) -> bool:
        """Whether in this frame most of the region, away from the text, is brighter or darker than it ever was."""
        if self._low is None or self._high is None or self._free is None:
            return False
        cells = _cells(current)
        tolerance = TOLERANCE + RANGE_SHARE * (self._high - self._low)
        outside = (cells < self._low - tolerance) | (cells > self._high + tolerance)
        looked_at = self._free if self._free.mean() > 0.2 else np.ones_like(self._free)
        return bool(outside[looked_at].mean() > SHARE)


def _cells(current: GreyImage) -> NDArray[np.float64]:
    background = cv2.morphologyEx(np.ascontiguousarray(current[::STEP, ::STEP]), cv2.MORPH_OPEN, _STROKES)
    return np.asarray(cv2.resize(background, CELLS, interpolation=cv2.INTER_AREA), np.float64)
