"""A picture that moves, to be behind a box in the tests."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.reading.drawing import Picture


def moving_picture(width: int = 640, height: int = 200) -> Picture:
    """Blobs and stripes that drift by some 90 pixels a second, from dark to rather light."""
    noise = np.random.default_rng(7).integers(0, 255, (height, 2 * width, 3), dtype=np.uint8)
    soft = cv2.GaussianBlur(noise, (0, 0), 6)
    wide = cv2.normalize(soft, soft.copy(), 20, 190, cv2.NORM_MINMAX)
    wide[:, ::40, :] = 200

    def at(time: float) -> NDArray[np.uint8]:
        return np.ascontiguousarray(np.roll(wide, -round(90 * time), axis=1)[:, :width]).astype(np.uint8)

    return at
