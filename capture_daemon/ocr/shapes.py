"""The separate shapes of a row's ink, and the line its letters stand on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import cv2
import numpy as np

from capture_daemon.frames import Box
from capture_daemon.ocr.prepare import BinarisedRow

_LETTER_SHARE = 0.45
"""Of a row's height: how high a letter is at least. From 0.4, an x under long stems, to 0.5; dots are a fifth."""


@dataclass(frozen=True, slots=True)
class FontMetrics:
    """Between which rows of pixels letters stand: `top` where capitals begin, `base` the line that a g goes below."""

    top: float
    base: float

    @property
    def height(self) -> float:
        """How high its capitals are, in pixels."""
        return self.base - self.top


def shapes_of(ink: BinarisedRow) -> list[Box]:
    """Every connected piece of the ink, in pixels of the row's picture, left to right."""
    _, _, statistics, _ = cv2.connectedComponentsWithStats(ink.mask.astype(np.uint8), connectivity=8)
    return sorted(Box(left, top, width, height) for left, top, width, height, _ in statistics[1:].tolist())


def line_of(shapes: Sequence[Box], ink: BinarisedRow) -> FontMetrics | None:
    """Where the letters among the shapes stand; None if there are none."""
    letters = [shape for shape in shapes if shape.height >= _LETTER_SHARE * ink.text_height]
    if not letters:
        return None
    base = median(shape.bottom for shape in letters)
    top = min(shape.top for shape in letters)
    return FontMetrics(top, base) if top < base else None
