"""The full stop that comes last: two or three pixels wide, hardly as strong as ink is, and close beside a letter.

New ink is looked for outside of what stands and a margin round it, and a few pixels alone are nothing new. Where a stop
comes together with letters that doesn't matter; where it comes by itself it would be lost.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from capture_daemon.frames import Box
from capture_daemon.reading.afterglow import Afterglow
from capture_daemon.reading.ink import Ink, Mask, grown
from capture_daemon.reading.page import Page, cut
from capture_daemon.reading.rows import Shape, find_shapes

REACH = 1.2
"""How far behind a row's last letter a stop is looked for, in letter heights."""
ABOVE, BELOW = 0.45, 0.2
"""How far above and below the row's lower edge its lower edge lies at most, in letter heights."""
LARGEST, LEAST_LARGEST = 0.3, 3
"""How wide and high a stop is at most, in letter heights, and what is allowed in any case, in pixels."""
LEAST = 1.4
"""How much ink it has at least, in pixels as strong as the text; it may be a weaker one on each side of it."""
LONGER = 2
"""How many times as long as wide it is at most."""
WEAK_SHARE = 0.3
"""Share of the text's contrast that its outer pixels have at least; one has to be ink like any other."""
FILLED = 0.6
"""Share of its box that it fills."""


@dataclass(frozen=True, slots=True, eq=False)
class Stop:
    """A full stop: its box in pixels of the region, and the mask of its ink, cut to that."""

    box: Box
    mask: Mask


def last_stop(ink: Ink, page: Page, ground: Mask, afterglow: Afterglow | None = None) -> Stop | None:
    """A stop behind the last row that isn't on the page yet, or None.

    `ground` is what isn't text, `afterglow` what may be left of the text before.
    """
    window = _window(page, ink.mask.shape)
    if window is None:
        return None
    whole = _whole(ink, page, ground, window)
    row = page.rows[-1].row
    labels, shapes = find_shapes(whole)
    for shape in shapes:
        place = shape.box.shifted(window.left, window.top)
        # In the first column it would touch the letter, and be the rest of that.
        if not shape.box.left or not _is_stop(shape, row.letter_height):
            continue
        if not -ABOVE <= (place.bottom - row.box.bottom) / row.letter_height <= BELOW:
            continue
        mask = np.where(cut(labels, shape.box) == shape.label, np.uint8(255), np.uint8(0))
        if cut(ink.contrast, place)[mask > 0].sum() < LEAST * page.strength:
            continue
        if afterglow is None or afterglow.has_come_since(ink, place, mask):
            return Stop(place, mask)
    return None


def _whole(ink: Ink, page: Page, ground: Mask, window: Box) -> Mask:
    """The ink in the window that isn't on the page, with the weaker pixels that it is surrounded by."""
    taken = cv2.bitwise_or(cut(page.mask, window), cut(ground, window))
    seeds = cv2.subtract(cut(ink.mask, window), taken).astype(np.uint8, copy=False)
    if not cv2.countNonZero(seeds):
        return seeds
    weak = cv2.threshold(cut(ink.contrast, window), WEAK_SHARE * page.strength, 255, cv2.THRESH_BINARY)[1]
    weak = cv2.subtract(weak, cv2.bitwise_or(taken, cut(ink.moved, window)))
    return cv2.bitwise_or(seeds, cv2.bitwise_and(grown(seeds, 1), weak)).astype(np.uint8, copy=False)


def _window(page: Page, shape: tuple[int, ...]) -> Box | None:
    """Where a stop would come, with some room round it; None where no row stands, or it would be outside."""
    if not page.rows:
        return None
    row, letter = page.rows[-1].row.box, page.rows[-1].row.letter_height
    left, right = row.right, min(shape[1], round(row.right + REACH * letter))
    top, bottom = max(0, round(row.bottom - letter)), min(shape[0], round(row.bottom + letter / 2))
    return Box(left, top, right - left, bottom - top) if right > left and bottom > top else None


def _is_stop(shape: Shape, letter: int) -> bool:
    width, height = shape.box.width, shape.box.height
    largest = max(LEAST_LARGEST, LARGEST * letter)
    return max(width, height) <= min(largest, LONGER * min(width, height)) and shape.area >= FILLED * width * height
