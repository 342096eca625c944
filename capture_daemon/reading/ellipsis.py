"""Ellipsis: rows of dots, which detectors overlook and recognisers miscount."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
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
WIDEST_PITCH = 6.5
"""How far apart two dots are at most, in their width; 5 to 7: in pixel type a dot may be one of six columns."""
MARGIN = 0.15
"""How much is looked at round dots that are counted, in the height of their box; 0.1 to 0.3."""
CONTRAST = 24
"""Levels of luma between dots that are counted and what is behind them, at least; 15 to 40."""
GROUND = 0.4
"""Side of a square that is larger than any dot, in heights of a row; 0.35 to 0.5."""
BESIDE, ABOVE, BELOW = 0.45, 0.6, 0.2
"""How far nothing else stands beside, above and below dots by themselves, in heights of a row; 0.3 to 0.8, 0.5 to 0.8
and 0.1 to 0.3."""
UNEVEN_GROUND = 10.0
"""Levels of luma by which what is round dots by themselves differs, as a standard deviation, at most; 5 to 15."""
BLUR = 2
"""Pixels round dots that aren't looked at there; 1 to 4."""
QUOTED, QUOTE_WIDTH, STROKES = 0.8, 0.5, 2
"""How far from dots their quotation marks are, and how wide, in heights of a row, 0.6 to 1 and 0.3 to 0.6; and of how
many strokes they are, at most."""
OWN_BOX = 2.5
"""How far the box of a few dots reaches past them at most, in heights of a row; 2 to 3."""
CLUTTERED = 600
"""Shapes in a place in which dots aren't looked for, as it is a picture; 300 to 1,000: a page of text has as many."""
MOST = 9
"""Dots that stand by themselves, at most; 6 to 12: more are a dotted rule."""


class Dots(NamedTuple):
    """A row of dots: its box, as high as most of a row of text, and how many they are.

    `alone` says that all round them is plain, `quoted` that something stands before and behind them as quotation marks
    or brackets do, `passing` that they may be part of a picture that moves.
    """

    box: Box
    number: int
    alone: bool = False
    quoted: bool = False
    passing: bool = False


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
    shapes = _shapes(mask)
    row = _first_row(shapes, *sizes)
    if not row or _is_pattern(colour, place, text, level, sizes):
        return None
    quotes = _quotes_round(_bounds(row), shapes, height)
    box = _as_row(_bounds([*row, *quotes]), height).shifted(place.left, place.top)
    return Dots(box, len(row), quoted=bool(quotes))


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


def counted_dots(luma: GreyImage, box: Box, letter: float, *, alone: bool = True) -> int:
    """How many dots a box holds, if nothing else, unless they needn't be `alone`; 0 if it holds none.

    `letter` is the height of a row's box in pixels.
    """
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
    if not row or (alone and len(row) != len(shapes)):
        return 0
    ink = sum(int(mask[dot.top : dot.bottom, dot.left : dot.right].sum()) for dot in row)
    return len(row) if _are_round(row, ink) else 0


def dots_by_themselves(
    luma: GreyImage, area: Box, letter: float, contrast: float, light: Iterable[bool] = (True, False)
) -> list[Dots]:
    """The rows of dots in an area round which there is nothing else: not even a picture, only quotation marks.

    `letter` is the height of a row's box in pixels; `contrast` how many levels of luma the dots differ from what is
    behind them, at least; `light` whether they are lighter than that, darker, or either.
    """
    part = np.ascontiguousarray(luma[area.top : area.bottom, area.left : area.right])
    # What is smaller than the square stands out from its ground.
    square = np.ones((round(GROUND * letter) | 1,) * 2, np.uint8)
    found: list[Dots] = []
    # Where video smears, dots hang together but for their middles.
    for lighter in light:
        apart = cv2.morphologyEx(part, cv2.MORPH_TOPHAT if lighter else cv2.MORPH_BLACKHAT, square)
        for level in (max(CONTRAST, contrast / 2), contrast):
            mask = apart >= level
            shapes = _shapes(mask, CLUTTERED)
            for row in _rows(shapes, max(2.0, SMALLEST * letter), LARGEST * letter):
                box = _bounds(row)
                if len(row) > MOST or apart[box.top : box.bottom, box.left : box.right].max() < contrast:
                    continue
                quotes = [one for one in _quotes_round(box, shapes, letter) if one.bottom <= box.top]
                ink = int(mask[box.top : box.bottom, box.left : box.right].sum())
                if _are_round(row, ink) and _is_alone(part, mask, [*row, *quotes], letter):
                    whole = _as_row(_bounds([*row, *quotes]), letter).shifted(area.left, area.top)
                    found.append(Dots(whole, len(row), alone=True, quoted=bool(quotes)))
            if found:
                return found
    return found


def _quotes_round(dots: Box, shapes: Sequence[Box], letter: float) -> list[Box]:
    """What may be the quotation marks or brackets before and behind dots; none if it is on one side only."""
    reach = dots.grown(round(QUOTED * letter), round(letter / 2))
    near = [
        one
        for one in shapes
        if one.intersection(reach) is not None and one.height <= letter and one.width <= QUOTE_WIDTH * letter
    ]
    before = [one for one in near if one.right <= dots.left]
    behind = [one for one in near if one.left >= dots.right]
    return [*before, *behind] if 0 < len(before) <= STROKES and 0 < len(behind) <= STROKES else []


def _are_round(row: Sequence[Box], ink: int) -> bool:
    """Whether dots are as wide as high, filled, and apart; `ink` is how many pixels they have."""
    size = max(max(dot.width, dot.height) for dot in row)
    square = all(max(dot.width, dot.height) - min(dot.width, dot.height) <= max(1, SQUARE * size) for dot in row)
    filled = ink >= FILLED * sum(dot.width * dot.height for dot in row)
    return square and filled and row[1].left - row[0].left >= PITCH * row[0].width


def _is_alone(luma: GreyImage, mask: NDArray[np.bool_], marks: Sequence[Box], letter: float) -> bool:
    """Whether nothing but plain ground is beside, above and below marks; `mask` is all that isn't ground."""
    box = _bounds(marks)
    beside, above, below = (round(share * letter) for share in (BESIDE, ABOVE, BELOW))
    left, top, right, bottom = box.left - beside, box.top - above, box.right + beside, box.bottom + below
    if left < 0 or top < 0 or right > luma.shape[1] or bottom > luma.shape[0]:
        return False
    if mask[top:bottom, left:right].sum() > mask[box.top : box.bottom, box.left : box.right].sum():
        return False
    around = np.ones((bottom - top, right - left), np.bool_)
    # Video leaves a blur.
    around[above - BLUR : above + box.height + BLUR, beside - BLUR : beside + box.width + BLUR] = False
    return float(luma[top:bottom, left:right][around].std()) <= UNEVEN_GROUND


def is_in_own_box(luma: GreyImage, box: Box, letter: float) -> bool:
    """Whether what is round dots ends not far from them on all sides, as a bubble of a few dots does.

    `box` is the dots' in pixels, `letter` the height of a row's box.
    """
    reach = round(OWN_BOX * letter)
    window = box.grown(reach, reach).intersection(Box(0, 0, luma.shape[1], luma.shape[0]))
    if window is None:
        return False
    part = np.ascontiguousarray(luma[window.top : window.bottom, window.left : window.right])
    seed = box.left - window.left - 2, box.top - window.top + box.height // 2
    if seed[0] < 1:
        return False
    filled = np.zeros((part.shape[0] + 2, part.shape[1] + 2), np.uint8)
    flags = 4 | cv2.FLOODFILL_FIXED_RANGE | cv2.FLOODFILL_MASK_ONLY
    _, _, _, (left, top, width, height) = cv2.floodFill(
        part, filled, seed, (0,), (UNEVEN_GROUND,), (UNEVEN_GROUND,), flags
    )
    around = Box(left + window.left, top + window.top, width, height)
    whole = around.intersection(box) == box
    return whole and around.intersection(window.grown(-1, -1)) == around


def _bounds(dots: Sequence[Box]) -> Box:
    """The box round dots."""
    box = dots[0]
    for dot in dots[1:]:
        box = box.union(dot)
    return box


def _as_row(box: Box, height: float) -> Box:
    """The box of dots as high as most of a row: they stand at its foot, or in the middle of it."""
    top = min(box.top, max(0, box.bottom - round(0.6 * height)))
    return Box(box.left, top, box.width, box.bottom - top)


def _shapes(mask: NDArray[np.bool_], most: int | None = None) -> list[Box]:
    """The boxes round what lies together, from left to right, without dirt of a few pixels; none if over `most`."""
    number, _, found, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    if most is not None and number > most:
        return []
    return sorted((Box(*one[:4]) for one in found[1:].tolist() if one[4] >= 4), key=_left)


def _rows(shapes: Sequence[Box], least: float, most: float) -> Iterator[list[Box]]:
    """The rows of dots among shapes, from left to right, each dot in one of them.

    Each is of `least` pixels of height and `most` of width and height.
    """
    dots = [one for one in shapes if max(one.width, one.height) <= most and one.height >= least]
    taken: set[Box] = set()
    for start in range(len(dots) - FEWEST + 1):
        row = [] if dots[start] in taken else _regular(dots, start)
        if len(row) >= FEWEST:
            taken.update(row)
            yield row


def _first_row(shapes: Sequence[Box], least: float, most: float) -> list[Box]:
    """The first of them; empty without any."""
    return next(_rows(shapes, least, most), [])


def _left(box: Box) -> int:
    return box.left


def _regular(dots: Sequence[Box], start: int) -> list[Box]:
    """The dots from one on that are alike, on one level, and equally far apart."""
    row = [dots[start]]
    for dot in islice(dots, start + 1, None):
        before = row[-1]
        apart = dot.left - before.left
        if apart > 2 * WIDEST_PITCH * before.width:
            break
        pitch = row[1].left - row[0].left if len(row) > 1 else apart
        alike = max(dot.height, before.height) <= ALIKE * min(dot.height, before.height)
        if not alike or abs(dot.top - before.top) > 0.5 * before.height + 1:
            continue
        if apart <= dot.width or abs(apart - pitch) > max(2, UNEVEN * pitch) or apart > WIDEST_PITCH * dot.width:
            break
        row.append(dot)
    return row
