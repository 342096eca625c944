"""Change: whether a region's picture says anything new, so that a still screen costs next to nothing."""

from __future__ import annotations

import cv2

from capture_daemon.frames import GreyImage

NOISE = 6
"""Levels of luma by which no pixel of a still picture changes; video compression does that much."""
STILL_SECONDS = 0.4
"""For how long a still picture is looked at all the same, until what is new in it has been seen to stand."""
LOOK_AGAIN_SECONDS = 0.2
"""How often a still picture is looked at after that, for what depends on time alone."""


class ChangeWatch:
    """Compares a region's pictures with the last one that was looked at."""

    def __init__(self) -> None:
        self.changes = 0
        """How many pictures looked different from the last one that was looked at."""
        self._last: GreyImage | None = None
        self._changed = 0.0
        self._looked = 0.0

    def is_news(self, picture: GreyImage, time: float) -> bool:
        """Whether the picture (uint8, luma) at a time in seconds has to be looked at."""
        last = self._last
        changed = last is None or last.shape != picture.shape or _differ(picture, last)
        if changed:
            self._last, self._changed = picture, time
            self.changes += 1
        if time - self._changed < STILL_SECONDS or time - self._looked >= LOOK_AGAIN_SECONDS:
            self._looked = time
            return True
        return False


def _differ(one: GreyImage, other: GreyImage) -> bool:
    return one is not other and cv2.norm(one, other, cv2.NORM_INF) > NOISE
