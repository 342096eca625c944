"""Rows: from a mask of ink to the rows of text in it, top to bottom."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from capture_daemon.frames import Box
from capture_daemon.reading.ink import Mask
from capture_daemon.reading.ruby import Run, is_ruby, may_be_ruby

SMALLEST_LETTER = 5
"""Height in pixels under which nothing is a letter; dots and accents are smaller."""
LARGEST_LETTER = 96
"""Height in pixels over which nothing is a letter."""
STACK_OVERLAP = 0.6
"""Share of the narrower part's width that two parts of one letter have in common."""
STACK_GAP = 0.22
"""Gap between them, as a share of the higher part's height; between rows there is more."""
ACCENT_GAP = 0.3
"""Gap between an accent and its letter at the most, as a share of the letters' height; rows are farther apart."""
TAIL = 0.6
"""Height of what hangs from a letter below the line, as a share of the letters' height."""
HIGHEST = 2.4
"""Height of a row from its capitals to its tails, as a share of the small letters' height."""
RULE_RATIO = 14
"""A shape this many times as wide as high is a line of the box's frame, not a letter."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A connected piece of ink: its box in pixels of the region, its area in pixels and its label."""

    box: Box
    area: int
    label: int


@dataclass(frozen=True, slots=True)
class Row:
    """A row of text: its box in pixels of the region, the shapes in it, and the height of its letters.

    `ceiling` is where ruby over it ends, 0 where there is none: what stands above that isn't the row's.
    """

    box: Box
    shapes: tuple[Shape, ...]
    letter_height: int
    ceiling: int = 0

    @property
    def area(self) -> int:
        """How many pixels of ink it has."""
        return sum(shape.area for shape in self.shapes)


def overlap(one: Row, other: Row) -> float:
    """Share of the lower of two rows' heights that they have in common; less than 0 where they stand apart."""
    common = min(one.box.bottom, other.box.bottom) - max(one.box.top, other.box.top)
    return common / min(one.box.height, other.box.height)


def find_shapes(mask: Mask) -> tuple[NDArray[np.int32], list[Shape]]:
    """The connected pieces of ink in the mask, with the image of their labels."""
    left, top, width, height = cv2.boundingRect(mask)
    labels = np.zeros(mask.shape, np.int32)
    if not width:
        return labels, []
    window = slice(top, top + height), slice(left, left + width)
    _, labels[window], statistics, _ = cv2.connectedComponentsWithStats(mask[window], connectivity=8)
    shapes = [
        Shape(Box(left + x, top + y, wide, high), area, label)
        for label, (x, y, wide, high, area) in enumerate(statistics.tolist())
        if label
    ]
    return labels, shapes


def could_be_text(shape: Shape) -> bool:
    """Whether a shape may be a letter, a part of one, or a mark of punctuation, by its size and form alone."""
    box = shape.box
    if shape.area < 2 or box.height > LARGEST_LETTER:
        return False
    if box.height <= 6 and box.width > RULE_RATIO * box.height and box.width > 60:
        return False
    return not (box.width <= 4 and box.height > RULE_RATIO * box.width and box.height > 50)


def typical_height(shapes: list[Shape]) -> int:
    """The height of most of the ink's letters, in pixels; 0 where there is no letter.

    Weighted by width, so that the dots of an ellipsis don't outvote a word; letters that touch count as they are.
    """
    boxes = _stacked([shape.box for shape in shapes])
    heights = [(box.height, box.width) for box in boxes if box.height >= SMALLEST_LETTER]
    if not heights:
        return 0
    heights.sort()
    half = sum(width for _, width in heights) * 0.6
    for height, width in heights:
        half -= width
        if half <= 0:
            return height
    return heights[-1][0]


def _stacked(boxes: list[Box]) -> list[Box]:
    """Boxes with those that stand close above one another joined: an i and its dot, the parts of 青."""
    merged: list[Box] = []
    for box in sorted(boxes, key=lambda box: (box[0], box[1])):
        # Taken apart once: this is where reading spends most of its time in Python.
        left, top, width, height = box
        for place in range(len(merged) - 1, max(-1, len(merged) - 6), -1):
            other_left, other_top, other_width, other_height = merged[place]
            right, other_right = left + width, other_left + other_width
            common = (right if right < other_right else other_right) - (left if left > other_left else other_left)
            if common < STACK_OVERLAP * (width if width < other_width else other_width):
                continue
            gap = max(other_top, top) - min(other_top + other_height, top + height)
            if gap <= STACK_GAP * max(other_height, height):
                merged[place] = merged[place].union(box)
                break
        else:
            merged.append(box)
    return merged


def find_rows(shapes: list[Shape], height_hint: int = 0) -> list[Row]:
    """The rows that the shapes make up, top to bottom; every shape is in one row at most.

    `height_hint` is the height of the letters read here before: it tells an ellipsis alone from specks.
    """
    shapes = [shape for shape in shapes if could_be_text(shape)]
    letter = typical = typical_height(shapes)
    if letter < SMALLEST_LETTER or len(shapes) < 6:
        # A few shapes, such as the halves of "!?", don't say how high the letters are.
        letter = max(letter, height_hint)
    elif max(shape.box.bottom for shape in shapes) - min(shape.box.top for shape in shapes) <= height_hint:
        # All of it has room in one row: dots in the middle of their row, perhaps, and the full stop after them.
        letter = max(letter, height_hint)
    if not shapes or not letter:
        return []
    bands, ceilings = _bands(shapes, letter)
    rows = []
    for (top, _), members in zip(bands, _dealt(shapes, bands), strict=True):
        if members:
            own = typical if len(members) == len(shapes) else typical_height(members)
            rows.append(_row(members, own or letter, ceilings.get(top, 0)))
    return rows


def _dealt(shapes: list[Shape], bands: list[Run]) -> list[list[Shape]]:
    """The shapes of each band; the bands go down and don't overlap, and not every shape is in one."""
    tops = [top for top, _ in bands]
    dealt: list[list[Shape]] = [[] for _ in bands]
    for shape in shapes:
        place = bisect_right(tops, _middle(shape)) - 1
        if place >= 0 and _is_in(shape, bands[place]):
            dealt[place].append(shape)
    return dealt


def _row(members: list[Shape], letter: int, ceiling: int) -> Row:
    members = sorted(members, key=lambda shape: shape.box.left)
    boxes = [shape.box for shape in members]
    left, top = boxes[0].left, min(box.top for box in boxes)
    right, bottom = max(box.right for box in boxes), max(box.bottom for box in boxes)
    return Row(Box(left, top, right - left, bottom - top), tuple(members), letter, ceiling)


def _bands(shapes: list[Shape], letter: int) -> tuple[list[Run], dict[int, int]]:
    """Rows as (top, bottom) in pixels of the region, from how much ink stands at each height.

    With them, by the rows' tops, where ruby over a row ends.
    """
    bottom = max(shape.box.bottom for shape in shapes) + 1
    profile = np.zeros(bottom + 1)
    for shape in shapes:
        # A shape much higher than a letter is two rows that touch, or a stain: it must not join the rows it spans.
        if shape.box.height <= 1.8 * letter:
            profile[shape.box.top : shape.box.bottom] += shape.area / shape.box.height
    filled = profile > 0.5
    edges = np.flatnonzero(np.diff(np.concatenate(([False], filled, [False])).astype(np.int8)))
    runs = [(int(start), int(end)) for start, end in zip(edges[::2], edges[1::2], strict=True)]
    split: list[Run] = []
    for run in runs:
        split.extend(_split(run, profile, letter))
    rows, ceilings = _without_ruby(split, shapes, letter)
    return _joined(rows, letter), ceilings


def _without_ruby(runs: list[Run], shapes: list[Shape], letter: int) -> tuple[list[Run], dict[int, int]]:
    """The runs that aren't ruby, and by their tops where the ruby over them ends."""
    rows: list[Run] = []
    ceilings: dict[int, int] = {}
    for place, run in enumerate(runs):
        under = runs[place + 1] if place + 1 < len(runs) else None
        if under is not None and may_be_ruby(run, under):
            below = [shape for shape in shapes if _is_in(shape, under)]
            own = max(typical_height(below), letter)
            above = [shape.box for shape in shapes if _is_in(shape, run)]
            if is_ruby(run, under, above, [shape.box for shape in below], own):
                ceilings[under[0]] = run[1]
                continue
        rows.append(run)
    return rows, ceilings


def _is_in(shape: Shape, run: Run) -> bool:
    return run[0] <= _middle(shape) < run[1]


def _middle(shape: Shape) -> float:
    return shape.box.top + shape.box.height / 2


def _split(run: Run, profile: NDArray[np.float64], letter: int) -> list[Run]:
    """A run of ink higher than a row is, cut at its emptiest heights."""
    top, bottom = run
    if bottom - top <= 1.75 * letter:
        return [run]
    # A row's descenders may reach the next row's accents; between the two there's still far less ink than in either.
    margin = max(2, int(0.6 * letter))
    inner = profile[top + margin : bottom - margin]
    if inner.size == 0:
        return [run]
    cut = top + margin + int(np.argmin(inner))
    if profile[cut] > 0.35 * min(profile[top:cut].max(), profile[cut:bottom].max()):
        return [run]
    return [*_split((top, cut), profile, letter), *_split((cut, bottom), profile, letter)]


def _joined(runs: list[Run], letter: int) -> list[Run]:
    """Dots of i and j, accents and the like joined to the row they belong to."""
    joined: list[Run] = []
    for run in runs:
        if joined:
            top, bottom = joined[-1]
            gap = run[0] - bottom
            together = run[1] - top
            low = min(run[1] - run[0], bottom - top) < 0.45 * letter
            # Over a capital an accent stands higher than most letters make one think.
            accents = bottom - top < 0.45 * letter and gap <= ACCENT_GAP * letter
            # The tail of a y, where compression parts it from the letter; no row of text is as low, or as near.
            tail = gap <= 2 and run[1] - run[0] <= TAIL * letter and together <= HIGHEST * letter
            if accents or tail or (together <= 1.55 * letter and gap <= 0.4 * letter and (low or gap <= 2)):
                joined[-1] = (top, run[1])
                continue
        joined.append(run)
    return joined
