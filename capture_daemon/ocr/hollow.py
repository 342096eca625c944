"""Type with an outline: where the outline passes for the ink, the letters are what it encloses."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from capture_daemon.frames import Box, ColourImage, GreyImage

_HELD, _COLUMNS = 0.9, 0.5
"""What share of the ink's width belongs to pieces that enclose something, and what share of its columns that lies in.
Of plain type only letters such as o enclose anything, about 0.4 of a row and in half of their columns; of outlined
type all do, in 0.6 to 0.9 of the columns."""
_ROW_COLUMNS, _ROW_HEIGHT = 0.5, 0.5
"""Of the detector's box: what letters take at least, across and down, where the outline runs into the picture."""
_DIFFERENT = 30.0
"""Levels of some colour between letters and what is round the row, at least, for a word so short that it may be made
of letters like o alone; what these enclose is the background, which differs from itself by up to 20 levels."""
_FAINT = 0.35
"""How far from the outline's threshold to the letters' level what is a little of both may lie."""
_LIKE_PAPER = 0.5
"""How near a piece's colour is to the background's at most, in distances from the letters', to be a part of it."""
_SHORT = 3.0
"""Of a row's height: how wide a word may be that is made of letters like o alone."""
_SPECK = 0.06
"""Of the row's height: the side of what is too small to be a part of a letter. A full stop is 0.1 to 0.2."""


def letters_inside(
    dark: GreyImage, threshold: float, ink: NDArray[np.bool_], pixels: ColourImage, row: Box
) -> NDArray[np.bool_] | None:
    """Where the letters are, if `ink` is only their outline; None if it's the letters themselves.

    All are of one picture, shape (height, width): `dark` with text darker than `threshold`, `ink` what of that was
    taken for text, `pixels` in colour, and `row` where the detector saw the text.
    """
    outline = dark <= threshold
    enclosed = _enclosed(outline, row.height)
    inside = _without_counters(enclosed)
    if not inside.any():
        return None
    around = ~outline & ~inside
    letters = np.median(pixels[inside], axis=0)
    paper = np.median(pixels[around], axis=0) if around.any() else 255 - letters
    different = float(np.abs(letters - paper).max()) >= _DIFFERENT
    if _is_outline(ink, inside):
        # Something inside what is enclosed has two rims: of plain letters only @ has.
        if not (different or row.width >= _SHORT * row.height or (enclosed > inside).any()):
            return None
    elif not different or _spans_row(ink, row) or not _spans_row(inside, row):
        return None
    # Where an outline is faint there's a hole in it, and the letter is not enclosed.
    fainter = threshold + _FAINT * (float(np.median(dark[inside])) - threshold)
    inside |= _without_counters(_enclosed(dark <= fainter, row.height))
    return _nearer(inside, pixels, letters, paper) if different else inside


def _enclosed(outline: NDArray[np.bool_], height: int) -> NDArray[np.uint8]:
    """What is not outline and cut off from the picture's edge by it."""
    _, labels, statistics, _ = cv2.connectedComponentsWithStats((~outline).astype(np.uint8), connectivity=4)
    kept = statistics[:, cv2.CC_STAT_AREA] > max(1.0, (_SPECK * height) ** 2)
    kept[0] = False
    kept[np.concatenate((labels[0], labels[-1], labels[:, 0], labels[:, -1]))] = False
    return np.asarray(kept[labels], np.uint8)


def _without_counters(inside: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Without the background in the middle of an o, which has an outline of its own inside the letter."""
    found, tree = cv2.findContours(inside, cv2.RETR_TREE, cv2.CHAIN_APPROX_NONE)
    result = inside.copy()
    for number, contour in enumerate(found):
        hole = int(tree[0][number][3])
        if hole >= 0 and int(tree[0][hole][3]) >= 0:
            cv2.drawContours(result, [contour], -1, (0,), cv2.FILLED)
    return result.astype(bool)


def _is_outline(ink: NDArray[np.bool_], inside: NDArray[np.bool_]) -> bool:
    _, _, statistics, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    total = held = columns = 0
    for left, top, width, height, _ in statistics[1:].tolist():
        within = inside[top : top + height, left : left + width]
        total += width
        if within.any():
            held += width
            columns += int(within.any(axis=0).sum())
    return total > 0 and held >= _HELD * total and columns >= _COLUMNS * held


def _spans_row(mask: NDArray[np.bool_], row: Box) -> bool:
    part = mask[row.top : row.bottom, row.left : row.right]
    across, down = int(part.any(axis=0).sum()), int(part.any(axis=1).sum())
    return across >= _ROW_COLUMNS * row.width and down >= _ROW_HEIGHT * row.height


def _nearer(
    inside: NDArray[np.bool_], pixels: ColourImage, letters: NDArray[np.float64], paper: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Without the pieces in the background's colour: what lies between two letters whose outlines touch."""
    count, labels = cv2.connectedComponents(inside.astype(np.uint8), connectivity=4)
    sizes = np.maximum(np.bincount(labels.ravel(), minlength=count), 1)
    colours = np.stack(
        [np.bincount(labels.ravel(), pixels[:, :, one].ravel(), minlength=count) / sizes for one in range(3)], axis=1
    )
    kept = np.abs(colours - paper).sum(axis=1) > _LIKE_PAPER * np.abs(colours - letters).sum(axis=1)
    kept[0] = False
    return np.asarray(kept[labels], np.bool_)
