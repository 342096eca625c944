"""Growth: which of the ink that is new is text, and which is a mark or nothing."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from capture_daemon.frames import Box
from capture_daemon.reading.ink import Ink, Mask
from capture_daemon.reading.marks import Marks, is_solid, stroke_radius
from capture_daemon.reading.page import FADE_SHARE, Page
from capture_daemon.reading.rows import SMALLEST_LETTER, Shape, could_be_text, find_shapes

CONTRAST_SHARE = 0.5
"""Share of the page's usual contrast that new ink must have to be of the same text."""
SHAPES_TO_JUDGE_STROKES = 3
"""Shapes that must stand before their strokes say how thick the text is."""


@dataclass(slots=True, eq=False)
class Growth:
    """New ink: `shapes` are text, `marks` are not; `labels` is the image of their labels."""

    shapes: list[Shape]
    marks: list[Shape]
    labels: NDArray[np.int32]

    def mask(self) -> Mask:
        """The ink of the text."""
        chosen = np.zeros(int(self.labels.max()) + 1, np.uint8)
        chosen[[shape.label for shape in self.shapes]] = 255
        return chosen[self.labels]

    def shape_mask(self, shape: Shape) -> Mask:
        """The ink of one shape, cut to its box."""
        box = shape.box
        labels = self.labels[box.top : box.bottom, box.left : box.right]
        return ((labels == shape.label) * np.uint8(255)).astype(np.uint8)


@dataclass(slots=True, eq=False)
class Suspicion:
    """A lone small thing that appeared after a rest: perhaps a mark. `since` is when it appeared."""

    box: Box
    since: float
    picture: Mask

    def holds(self, box: Box) -> bool:
        """Whether what is new now is still only that thing, perhaps moved a little."""
        slack = max(self.box.width, self.box.height) // 2
        whole = self.box.union(box)
        return whole.width <= self.box.width + slack and whole.height <= self.box.height + slack


def sort_growth(fresh: Mask, ink: Ink, page: Page, marks: Marks, height_hint: int) -> Growth:
    """Sort new ink into text and marks; what is neither is left out."""
    labels, shapes = find_shapes(fresh)
    letter = page.letter_height or height_hint
    floor = _contrast_floor(page)
    shapes = [
        shape
        for shape in shapes
        if shape.area >= 3 and could_be_text(shape) and _strength(shape, labels, ink) >= floor
    ]
    growth = Growth(shapes, [], labels)
    if page.is_empty and not _begins_text(shapes, height_hint):
        growth.shapes = []
        return growth
    stroke = stroke_radius(page.mask) if len(page.shapes) >= SHAPES_TO_JUDGE_STROKES else 0.0
    if not stroke and len(shapes) > SHAPES_TO_JUDGE_STROKES:
        stroke = stroke_radius(fresh)
    text = []
    for shape in shapes:
        picture = growth.shape_mask(shape)
        is_mark = marks.knows(picture) or (stroke > 0 and is_solid(picture, stroke, letter or shape.box.height))
        (growth.marks if is_mark else text).append(shape)
    growth.shapes = text
    return growth


def _contrast_floor(page: Page) -> float:
    if page.is_empty:
        return 0.0
    allowances = page.allowance[page.mask > 0]
    return CONTRAST_SHARE * float(np.median(allowances)) / FADE_SHARE if allowances.size else 0.0


def _strength(shape: Shape, labels: NDArray[np.int32], ink: Ink) -> float:
    box = shape.box
    window = slice(box.top, box.bottom), slice(box.left, box.right)
    mine = (labels[window] == shape.label).astype(np.uint8)
    return float(cv2.minMaxLoc(ink.contrast[window], mine)[1])


def _begins_text(shapes: list[Shape], height_hint: int) -> bool:
    """Whether a line may begin with this ink: something of a letter's size, or the dots of an ellipsis."""
    if any(shape.box.height >= SMALLEST_LETTER + 1 and shape.area >= 8 for shape in shapes):
        return True
    if not height_hint or len(shapes) < 2:
        return False
    top, bottom = min(s.box.top for s in shapes), max(s.box.bottom for s in shapes)
    return bottom - top <= height_hint
