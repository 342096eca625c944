"""Ellipsis: rows of dots, which detectors overlook and recognisers miscount."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from capture_daemon.frames import Box, ColourImage, GreyImage

SAME_COLOUR = 90
"""Levels, summed over blue, green and red, by which a dot may differ from the text; 60 to 120: small type blurs."""
NEARER = 0.5
"""The same as a share of the text's contrast with what is behind it; 0.4 to 0.6: of a dot of two pixels all is edge."""
SMALLEST, LARGEST = 0.06, 0.3
"""Width and height of a dot, in heights of a row's box; 0.04 to 0.4."""
ALIKE = 1.7
"""Ratio of the sizes of two dots of one row, at most; 1.3 to 2."""
UNEVEN = 0.35
"""How much two distances of dots may differ, in the first of them; 0.25 to 0.4: two … of pixel type stand closer than
their dots."""
FEWEST = 3
"""Dots of an ellipsis."""
PATTERN = 5
"""Dots over or under others from which they are what is behind the text; 4 to 7: ??? has three."""
CLUTTER = 0.12
"""Share of the place that may be of the text's colour; 0.05 to 0.2: more is a picture."""
SQUARE, FILLED, PITCH = 0.55, 0.6, 1.4
"""How much longer than wide a dot is at most, in its length, 0.4 to 0.6; the share of its box that it fills at least,
0.5 to 0.75: of o less is ink; and how far apart two are at least, in their width, 1.3 to 1.6: letters stand closer."""
MARGIN = 0.15
"""How much is looked at round dots that are counted, in the height of their box; 0.1 to 0.3."""
CONTRAST = 24
"""Levels of luma between dots that are counted and what is behind them, at least; 15 to 40."""


class Dots(NamedTuple):
    """A row of dots: its box, as high as most of a row of text, and how many they are."""

    box: Box
    number: int


def dots_of_colour(colour: ColourImage, place: Box, text: tuple[int, int, int], height: int) -> Dots | None:
    """The row of dots of one colour in a place; None without any.

    `text` is the colour's blue, green and red; `height` that of a row's box in pixels.
    """
    apart = _apart(colour, place, text)
    level = max(SAME_COLOUR, NEARER * float(np.median(apart)))
    mask = apart <= level
    if not mask.any() or mask.mean() > CLUTTER:
        return None
    sizes = max(2.0, SMALLEST * height), LARGEST * height
    row = _first_row(_shapes(mask), *sizes)
    if not row or _is_pattern(colour, place, text, level, sizes):
        return None
    box = row[0]
    for dot in row[1:]:
        box = box.union(dot)
    # Dots stand at the foot of their row, or in the middle of it.
    top = min(box.top, max(0, box.bottom - round(0.6 * height)))
    return Dots(Box(place.left + box.left, place.top + top, box.width, box.bottom - top), len(row))


def _apart(colour: ColourImage, place: Box, text: tuple[int, int, int]) -> NDArray[np.int64]:
    """How far each pixel of a place is from a colour, in levels summed over blue, green and red."""
    part = colour[place.top : place.bottom, place.left : place.right, :3].astype(np.int16)
    apart: NDArray[np.int64] = np.abs(part - np.array(text, np.int16)).sum(axis=2)
    return apart


def _is_pattern(
    colour: ColourImage, place: Box, text: tuple[int, int, int], level: float, sizes: tuple[float, float]
) -> bool:
    """Whether rows of dots stand over or under a place, too: what is behind the text is dotted."""
    for beside in (place.shifted(0, -place.height), place.shifted(0, place.height)):
        inside = beside.intersection(Box(0, 0, colour.shape[1], colour.shape[0]))
        if inside is None:
            continue
        if len(_first_row(_shapes(_apart(colour, inside, text) <= level), *sizes)) >= PATTERN:
            return True
    return False


def counted_dots(luma: GreyImage, box: Box, letter: float) -> int:
    """How many dots a box holds, if nothing else; 0 if not. `letter` is the height of a row's box in pixels."""
    margin = max(1, round(MARGIN * box.height))
    place = box.grown(margin, margin).intersection(Box(0, 0, luma.shape[1], luma.shape[0]))
    if place is None:
        return 0
    part = np.ascontiguousarray(luma[place.top : place.bottom, place.left : place.right])
    threshold, _ = cv2.threshold(part, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    light = part > threshold
    if not light.any() or light.all() or float(part[light].mean() - part[~light].mean()) < CONTRAST:
        return 0
    mask = light if light.mean() < 0.5 else ~light
    shapes = _shapes(mask)
    row = _first_row(shapes, max(2.0, SMALLEST * letter), LARGEST * letter)
    if not row or len(row) != len(shapes):
        return 0
    size = max(max(dot.width, dot.height) for dot in row)
    square = all(max(dot.width, dot.height) - min(dot.width, dot.height) <= max(1, SQUARE * size) for dot in row)
    filled = mask.sum() >= FILLED * sum(dot.width * dot.height for dot in row)
    return len(row) if square and filled and row[1].left - row[0].left >= PITCH * row[0].width else 0


def _shapes(mask: NDArray[np.bool_]) -> list[Box]:
    """The boxes round what lies together, from left to right, without dirt of a few pixels."""
    _, _, found, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    return sorted((Box(*one[:4]) for one in found[1:].tolist() if one[4] >= 4), key=_left)


def _first_row(shapes: Sequence[Box], least: float, most: float) -> list[Box]:
    """The first row of dots among shapes, each of `least` pixels of height and `most` of width and height."""
    dots = [one for one in shapes if max(one.width, one.height) <= most and one.height >= least]
    rows = (_regular(dots[start:]) for start in range(len(dots) - FEWEST + 1))
    return next((row for row in rows if len(row) >= FEWEST), [])


def _left(box: Box) -> int:
    return box.left


def _regular(dots: Sequence[Box]) -> list[Box]:
    """The dots from the first on that are alike, on one level, and equally far apart."""
    row = [dots[0]]
    for dot in dots[1:]:
        before = row[-1]
        apart = dot.left - before.left
        pitch = row[1].left - row[0].left if len(row) > 1 else apart
        alike = max(dot.height, before.height) <= ALIKE * min(dot.height, before.height)
        if not alike or abs(dot.top - before.top) > 0.5 * before.height + 1:
            continue
        if apart <= dot.width or abs(apart - pitch) > max(2, UNEVEN * pitch) or apart > 5 * dot.width:
            break
        row.append(dot)
    return row
