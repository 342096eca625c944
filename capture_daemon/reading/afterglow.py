"""Afterglow: text that fades out is not new text, though it goes on changing after it was found to go."""

from __future__ import annotations

import cv2
import numpy as np

from capture_daemon.reading.ink import Ink, Mask, grown
from capture_daemon.reading.page import Page

SECONDS = 1.2
"""For how long after a page went its fading remains are looked out for."""


class Afterglow:
    """What a page that went at a time (in seconds) leaves behind while it fades."""

    def __init__(self, page: Page, time: float) -> None:
        self._mask = grown(page.mask, 1)
        half = cv2.convertScaleAbs(page.allowance, alpha=0.5)
        self._floor = cv2.subtract(page.level, half)
        self._until = time + SECONDS

    def is_over(self, ink: Ink) -> bool:
        """Whether nothing of it can be left."""
        return ink.time > self._until

    def remove_from(self, fresh: Mask, ink: Ink) -> None:
        """Take out of the new ink what stands where the old text stood, and is dimmer than that was."""
        dim = cv2.bitwise_and(cv2.compare(ink.still, self._floor, cv2.CMP_LT), self._mask)
        fresh[:] = np.asarray(cv2.subtract(fresh, dim), np.uint8)
