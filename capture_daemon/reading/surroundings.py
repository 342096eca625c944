"""Surroundings: what is behind text that has no box, told from it by its lightness.

Round outlined letters there is more that stands out than the letters: the picture shows between two outlines, and
where a letter has just come its inside is, for a moment, still the picture with an outline round it. All that is about
as light as the picture is round the text, and the letters are lighter.
"""

from __future__ import annotations

import cv2
import numpy as np

from capture_daemon.frames import GreyImage

STEP = 4
"""Every so many pixels are looked at: a picture changes slowly from place to place."""
REACH = 31
"""Width of the square in which a place's surroundings are looked at, in such steps."""
EDGE = 2
"""Steps round any ink that may be its outline."""
LIGHTER = 0.42
"""Share of the way from the picture's lightness to the text's that ink must have at the least."""
LIGHTEST = 0.55
"""Share of that way from which on it's the text's however the picture's lightness varies."""
SPREAD = 2
"""So many standard deviations of the picture's lightness there ink must be above it."""
ALIKE = 30
"""Levels of luma by which ink may be darker than the lightest in any case."""
BRIGHTEST = 24
"""Pixels of ink that may be lighter than the text's lightness."""


def without_surroundings(mask: GreyImage, still: GreyImage) -> GreyImage:
    """The ink without what is only about as light as its surroundings in the region's picture (ink is light)."""
    levels = cv2.calcHist([still], [0], mask, [256], [0, 256]).ravel()
    lightest = 255.0 - float(np.searchsorted(np.cumsum(levels[::-1]), BRIGHTEST))
    if lightest <= 0:
        return mask
    side = 2 * EDGE + 1
    small = np.ascontiguousarray(still[::STEP, ::STEP])
    size = (small.shape[1], small.shape[0])
    inked = cv2.threshold(cv2.resize(mask, size, interpolation=cv2.INTER_AREA), 0, 255, cv2.THRESH_BINARY)[1]
    free = cv2.bitwise_not(cv2.dilate(inked, np.ones((side, side), np.uint8)))
    weight = cv2.boxFilter(free, cv2.CV_32F, (REACH, REACH)) / np.float32(255)
    light = cv2.boxFilter(cv2.bitwise_and(small, free), cv2.CV_32F, (REACH, REACH))
    squares = cv2.boxFilter(cv2.bitwise_and(small, free).astype(np.float32) ** 2, cv2.CV_32F, (REACH, REACH))
    weight = np.maximum(weight, np.float32(0.01))
    behind = light / weight
    spread = np.sqrt(np.maximum(squares / weight - behind * behind, 0))
    apart = lightest - behind
    above = np.clip(SPREAD * spread, LIGHTER * apart, LIGHTEST * apart)
    needed = np.clip(behind + above, 0, max(0.0, lightest - ALIKE))
    limit = cv2.resize(needed.astype(np.uint8), (still.shape[1], still.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.bitwise_and(mask, cv2.compare(still, limit, cv2.CMP_GE)), np.uint8)
