"""Afterglow: text that fades out is not new text, though it goes on changing after it was found to go."""

from __future__ import annotations

import cv2
import numpy as np

from capture_daemon.frames import Box, GreyImage
from capture_daemon.reading.ink import Ink, Mask, grown
from capture_daemon.reading.page import Page, cut

SECONDS = 1.2
"""For how long after a page went its fading remains are looked out for."""
HALF = 0.5
"""Share of a shape's pixels that must have come up for it to have."""


class Afterglow:
    """What a page that went at a time (in seconds) leaves behind while it fades."""

    def __init__(self, page: Page, time: float) -> None:
        self._mask = grown(page.mask, 1)
        half = cv2.convertScaleAbs(page.allowance, alpha=0.5)
        self._floor = cv2.subtract(page.level, half)
        self._rise: GreyImage = np.asarray(half, np.uint8)
        self._lowest: GreyImage = page.level.copy()
        self._until = time + SECONDS

    def is_over(self, ink: Ink) -> bool:
        """Whether nothing of it can be left."""
        return ink.time > self._until

    def remove_from(self, fresh: Mask, ink: Ink) -> None:
        """Take out of the new ink what stands where the old text stood, and is dimmer than that was."""
        cv2.min(self._lowest, ink.still, self._lowest)
        dim = cv2.bitwise_and(cv2.compare(ink.still, self._floor, cv2.CMP_LT), self._mask)
        fresh[:] = np.asarray(cv2.subtract(fresh, dim), np.uint8)

    def has_come_since(self, ink: Ink, box: Box, new: Mask) -> bool:
        """Whether the new ink in a box, cut to it, came up after the old text had faded there."""
        risen = cv2.subtract(cut(ink.still, box), cut(self._lowest, box))
        return bool((risen > cut(self._rise, box))[new > 0].mean() >= HALF)
