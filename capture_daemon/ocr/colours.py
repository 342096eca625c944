"""Text of one colour taken out of a busy picture: what is unlike that colour is made light, what is like it dark."""

from __future__ import annotations

import cv2
import numpy as np

from capture_daemon.frames import ColourImage
from capture_daemon.ocr.engine import RowImage

CLUSTERS = 5
"""Colours that a row's picture is divided into; 4 to 7: the text, its outline, and what is behind it."""
LEAST_SHARE, MOST_SHARE = 0.06, 0.42
"""Share of a row's pixels that text covers; from 0.04 for thin type to 0.45 for bold capitals."""
UNLIKE = 70.0
"""Distance in CIE Lab, with 8 bits a channel, from which a pixel has nothing of a colour; 50 to 100."""
SAMPLES = 6_000
"""Pixels, evenly spread, by which the colours are found; 3,000 to 20,000: more take longer than reading the row."""
_ITERATIONS, _ATTEMPTS = 20, 2


def in_each_colour(row: RowImage) -> list[RowImage]:
    """The row once for each colour that may be its text's, dark on light in that, the likeliest colour first.

    The colours are the centres of clusters (k-means in CIE Lab). That of type is flat, so its cluster is the tightest.
    """
    lab = cv2.cvtColor(np.ascontiguousarray(row.pixels[:, :, :3]), cv2.COLOR_BGR2LAB).astype(np.float32)
    pixels = lab.reshape(-1, 3)
    if len(pixels) < CLUSTERS:
        return []
    # The same picture is to be divided alike each time.
    cv2.setRNGSeed(1)
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, _ITERATIONS, 1.0)
    some = np.ascontiguousarray(pixels[:: max(1, len(pixels) // SAMPLES)])
    _, _, centres = cv2.kmeans(some, CLUSTERS, np.empty((0, 0), np.int32), criteria, _ATTEMPTS, cv2.KMEANS_PP_CENTERS)
    distances = [np.linalg.norm(lab - centre, axis=2) for centre in centres]
    nearest = np.argmin(distances, axis=0)
    found: list[tuple[float, ColourImage]] = []
    for number, distance in enumerate(distances):
        members = nearest == number
        if not LEAST_SHARE <= float(members.mean()) <= MOST_SHARE:
            continue
        spread = float(np.median(distance[members]))
        grey = np.clip(distance * (255 / UNLIKE), 0, 255).astype(np.uint8)
        found.append((spread, np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), np.uint8)))
    return [RowImage(picture, row.row) for _, picture in sorted(found, key=lambda one: one[0])]
