"""Surface: what is behind a line's text, to tell a box that vanished from one that was cleared."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np

from capture_daemon.frames import Box, GreyImage
from capture_daemon.reading.ink import Ink

TOLERANCE, RANGE_SHARE = 5.0, 0.5
"""Levels of luma by which the surface may leave the range it had while the text stood, 3 to 10, and the share of that
range by which it may besides, 0.3 to 1: behind some boxes a picture moves."""
SAMPLES = 12
"""Pieces of the surface along the row."""
PIXELS = 63
"""Pixels of a piece by which its luma is told, evenly spread; 30 to 200."""


class Surface:
    """The range of luma behind one row, piece by piece, while it stood."""

    def __init__(self, ink: Ink, before: Surface | None = None) -> None:
        """`before` is what was known of it while the row had other ink."""
        self.ink = ink
        box = ink.box
        covered = np.asarray(cv2.dilate(ink.mask.astype(np.uint8), np.ones((5, 5), np.uint8)), np.bool_)
        self._box: Box = box
        edges = np.linspace(0, box.width, SAMPLES + 1).astype(int)
        chosen = []
        for start, end in pairwise(edges):
            free = np.argwhere(~covered[:, start:end])
            if len(free) > 8:
                chosen.append(free[np.linspace(0, len(free) - 1, PIXELS).astype(int)] + np.array((0, start)))
        self._pixels = np.array(chosen, np.intp).reshape(-1, PIXELS, 2)
        """The pixels of each piece as rows and columns of the box, shape (pieces, PIXELS, 2)."""
        alike = before is not None and len(before._pixels) == len(self._pixels) and before._box == box
        self._low: list[float] = before._low if before is not None and alike else []
        self._high: list[float] = before._high if before is not None and alike else []

    def note(self, luma: GreyImage) -> None:
        """The row stands in this frame."""
        levels = self._levels(luma)
        if not self._low:
            self._low, self._high = list(levels), list(levels)
        self._low = [min(pair) for pair in zip(self._low, levels, strict=True)]
        self._high = [max(pair) for pair in zip(self._high, levels, strict=True)]

    def vanished_in(self, luma: GreyImage) -> bool:
        """Whether most of the surface is brighter or darker than it ever was while the row stood."""
        if not self._low:
            return False
        outside = [
            not low - _slack(low, high) <= level <= high + _slack(low, high)
            for level, low, high in zip(self._levels(luma), self._low, self._high, strict=True)
        ]
        return sum(outside) > len(outside) / 2

    def _levels(self, luma: GreyImage) -> list[float]:
        box = self._box
        pixels = luma[box.top : box.bottom, box.left : box.right][self._pixels[..., 0], self._pixels[..., 1]]
        middle = PIXELS // 2
        return [float(level) for level in np.partition(pixels, middle, axis=1)[:, middle]]


def _slack(low: float, high: float) -> float:
    return TOLERANCE + RANGE_SHARE * (high - low)
