"""Growth: which of the ink that is new is text, and which is a mark or nothing."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from capture_daemon.frames import Box
from capture_daemon.reading.edge import strays
from capture_daemon.reading.ink import Ink, Mask, empty_mask
from capture_daemon.reading.marks import Marks, cluster, could_be_mark, has_strokes, is_solid, stroke_radius
from capture_daemon.reading.page import Page, cut
from capture_daemon.reading.rows import SMALLEST_LETTER, Shape, could_be_text, find_shapes

CONTRAST_SHARE = 0.5
"""Share of the page's usual contrast that new ink must have to be of the same text."""
LETTER_SHARE = 0.42
"""Share of the letters' height that a letter has at the least: a dash or a dot has less."""
LEAST_AREA = 3
"""Pixels of ink under which a shape is dirt of the picture."""
SHAPES_TO_JUDGE_STROKES = 3
"""Shapes that must stand before their strokes say how thick the text is."""


@dataclass(slots=True, eq=False)
class Growth:
    """New ink: `shapes` are text, `marks` are not; `labels` is the image of their labels. It appeared at `since`.

    `corners` are at the region's edge: of the box's own frame, where that reaches into the region, or behind it.
    """

    shapes: list[Shape]
    marks: list[Shape]
    corners: list[Shape]
    labels: NDArray[np.int32]
    since: float

    def mask(self) -> Mask:
        """The ink of the text."""
        mask = empty_mask((self.labels.shape[0], self.labels.shape[1]))
        if self.shapes:
            box = cluster(self.shapes)
            cut(mask, box)[:] = self.picture(box)
        return mask

    def strength(self, ink: Ink) -> float:
        """The usual contrast of the text's ink, in levels of luma."""
        box = cluster(self.shapes)
        return float(np.median(cut(ink.contrast, box)[self.picture(box) > 0]))

    def picture(self, box: Box) -> Mask:
        """The ink of the text in a box that holds all its shapes, cut to it."""
        labels = cut(self.labels, box)
        chosen = np.zeros(int(labels.max()) + 1, np.uint8)
        chosen[[shape.label for shape in self.shapes]] = 255
        return np.asarray(chosen[labels], np.uint8)

    def shape_mask(self, shape: Shape) -> Mask:
        """The ink of one shape, cut to its box."""
        box = shape.box
        labels = self.labels[box.top : box.bottom, box.left : box.right]
        return np.where(labels == shape.label, np.uint8(255), np.uint8(0))


def sort_growth(  # noqa: PLR0913 - what is known of the text so far
    fresh: Mask, ink: Ink, page: Page, marks: Marks | None, height_hint: int, *, stop: Box | None = None
) -> Growth:
    """Sort new ink into text, marks and corners; what is neither is left out.

    `marks` None: the text shakes, and its letters, smeared, are as solid as marks. `stop` is the box of what is known
    to be a full stop, however small.
    """
    labels, shapes = find_shapes(fresh)
    letter = page.letter_height or height_hint
    floor = CONTRAST_SHARE * page.strength
    shapes = [
        shape
        for shape in shapes
        if (shape.area >= LEAST_AREA and could_be_text(shape) and _strength(shape, labels, ink) >= floor)
        or shape.box == stop
    ]
    corners = strays(shapes, [standing.row.box for standing in page.rows], fresh.shape[1], fresh.shape[0])
    shapes = [shape for shape in shapes if shape not in corners]
    if not page.is_empty and letter:
        shapes = [shape for shape in shapes if _belongs(shape, page, letter)]
    growth = Growth(shapes, [], corners, labels, ink.since)
    if page.is_empty and not _begins_text(shapes, height_hint):
        growth.shapes = []
        return growth
    if marks is None:
        return growth
    stroke = None
    text: list[Shape] = []
    for shape in shapes:
        picture = growth.shape_mask(shape)
        size = letter or shape.box.height
        is_mark = False
        if could_be_mark(picture, size):
            if stroke is None:
                stroke = _stroke(page, fresh, shapes)
            is_mark = marks.knows(picture, size) or (
                stroke > 0
                and is_solid(picture, stroke, size)
                and not has_strokes(picture, cut(ink.contrast, shape.box))
            )
        (growth.marks if is_mark else text).append(shape)
    growth.shapes = text
    return growth


def _stroke(page: Page, fresh: Mask, shapes: list[Shape]) -> float:
    """The text's stroke radius in pixels, or 0 where too little text stands to tell."""
    if len(page.shapes) >= SHAPES_TO_JUDGE_STROKES:
        return stroke_radius(page.mask)
    return stroke_radius(fresh) if len(shapes) > SHAPES_TO_JUDGE_STROKES else 0.0


def _belongs(shape: Shape, page: Page, letter: int) -> bool:
    """Whether a shape may be of the text by its size and place: specks between the letters and far from them aren't.

    What goes on behind a row's last letter may be as small as a dot; anywhere else it must be a letter.
    """
    box = shape.box
    if box.height >= LETTER_SHARE * letter:
        return True
    middle = box.top + box.height / 2
    for standing in page.rows:
        row = standing.row.box
        if row.top - 0.3 * letter <= middle <= row.bottom + 0.3 * letter:
            return row.right - 0.5 * letter <= box.left <= row.right + 2.5 * letter
    left = min((standing.row.box.left for standing in page.rows), default=box.left)
    return abs(box.left - left) <= 2 * letter


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
