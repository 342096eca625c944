"""Crop: the picture of one row, cut from the page to be read."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from capture_daemon.frames import Box, GreyImage
from capture_daemon.ocr.engine import RowImage
from capture_daemon.reading.ink import STROKE_LIMIT, Polarity, grown
from capture_daemon.reading.page import Page, cut
from capture_daemon.reading.rows import Row

MARGIN_SHARE = 0.45
"""Margin round a row, as a share of its letters' height: a tight box loses the last dot."""
_STROKES = np.ones((STROKE_LIMIT, STROKE_LIMIT), np.uint8)


def row_image(page: Page, row: Row, polarity: Polarity) -> RowImage:
    """The row with a margin round it; other rows' ink and marks that reach into it are painted over."""
    region = Box(0, 0, page.mask.shape[1], page.mask.shape[0])
    margin = max(3, round(MARGIN_SHARE * max(row.letter_height, row.box.height * 0.6)))
    box = row.box
    wanted = Box(box.left - margin, box.top - margin, box.width + 2 * margin, box.height + 2 * margin)
    inner = wanted.intersection(region)
    assert inner is not None
    pixels = cut(page.picture, inner).copy()
    own = np.zeros(len(page.shapes) + 1, np.uint8)
    own[[shape.label for shape in row.shapes]] = 255
    assert page.labels is not None
    mine = np.asarray(own[cut(page.labels, inner)], np.uint8)
    others = cv2.bitwise_and(cut(page.mask, inner), cv2.bitwise_not(mine))
    if row.ceiling > inner.top:
        others = others.copy()
        others[: row.ceiling - inner.top] = 255
    if cv2.countNonZero(others):
        surface = cv2.morphologyEx(pixels, cv2.MORPH_OPEN, _STROKES)
        near = cv2.bitwise_and(grown(others.astype(np.uint8), 2), cv2.bitwise_not(grown(mine, 1)))
        cv2.copyTo(surface, near, pixels)
    pixels = _uint8(
        cv2.copyMakeBorder(
            pixels,
            inner.top - wanted.top,
            wanted.bottom - inner.bottom,
            inner.left - wanted.left,
            wanted.right - inner.right,
            cv2.BORDER_REPLICATE,
        )
    )
    if polarity is Polarity.DARK:
        pixels = _uint8(cv2.bitwise_not(pixels))
    return RowImage(
        pixels,
        light_on_dark=polarity is Polarity.LIGHT,
    )


def _uint8(picture: Any) -> GreyImage:
    return np.asarray(picture, np.uint8)
