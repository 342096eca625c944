"""The page: the ink that stands in the region and is taken for text, and how it compares with a new frame."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from capture_daemon.frames import Box, GreyImage
from capture_daemon.reading.filling import FilledRow, Filling
from capture_daemon.reading.ink import STROKE_LIMIT, Ink, Mask, empty_mask, grown
from capture_daemon.reading.rows import Row, Shape, could_be_text, find_rows, find_shapes

FADE_SHARE = 0.4
"""Share of its contrast that a pixel of ink may lose and still be lit."""
FADE_FLOOR = 22
"""Levels of luma that a pixel of ink may lose in any case: video compression takes as much."""
WEAK_SHARE = 0.85
"""Share of the usual contrast under which a shape is weak: it may be of the picture that shows between letters."""
FEW = 0.02
"""Share of the ink whose change says nothing about the rest."""
LEAST_COMING = 5
"""Pixels as light as the text, newly there, that show it's still being typed."""
BLOATED = 1.3
"""Times as much ink as there is now, from which on the page's ink is gone over again."""
SCROLL_FIT = 0.75
"""Correlation of a row with itself further up, from which on the page has scrolled."""
STROKES = np.ones((STROKE_LIMIT, STROKE_LIMIT), np.uint8)


@dataclass(slots=True, eq=False)
class StandingRow:
    """A row of text on the page, and the row of a filling that it is."""

    row: Row
    filling: Filling
    filled: FilledRow
    number: int


Pixel = TypeVar("Pixel", np.uint8, np.int32)


def cut(picture: NDArray[Pixel], box: Box) -> NDArray[Pixel]:
    """The part of a region's picture that lies in the box, as a view."""
    return picture[box.top : box.bottom, box.left : box.right]


def lost_ink(mask: Mask, level: GreyImage, allowance: GreyImage, current: GreyImage) -> Mask:
    """The ink of a mask that is there no more in a frame: darker than its level by more than the allowance."""
    gone = cv2.compare(current, cv2.subtract(level, allowance), cv2.CMP_LT)
    return np.asarray(cv2.bitwise_and(gone, mask), np.uint8)


@dataclass(slots=True, eq=False)
class Page:
    """All that stands in one region. Pictures are of the region, with ink light.

    `mask` is the ink, `level` its luma, `allowance` the luma each pixel may lose before it is gone, `picture` the
    cleanest picture of it so far, to be read.
    """

    mask: Mask
    level: GreyImage
    allowance: GreyImage
    picture: GreyImage
    rows: list[StandingRow] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)
    labels: NDArray[np.int32] | None = None
    _measured: tuple[float, float] | None = None

    @classmethod
    def blank(cls, shape: tuple[int, int]) -> Page:
        """A page with nothing on it, for a region of shape (height, width)."""
        return cls(empty_mask(shape), empty_mask(shape), empty_mask(shape), empty_mask(shape))

    @property
    def is_empty(self) -> bool:
        """Whether no ink stands."""
        return not self.rows and not self.shapes

    @property
    def letter_height(self) -> int:
        """The height of its largest row's letters in pixels, 0 on an empty page."""
        return max((standing.row.letter_height for standing in self.rows), default=0)

    @property
    def strength(self) -> float:
        """The usual contrast of its ink, in levels of luma; 0 on an empty page."""
        return self._measures()[0]

    @property
    def lightness(self) -> float:
        """The usual luma of its ink; 0 on an empty page."""
        return self._measures()[1]

    def _measures(self) -> tuple[float, float]:
        if self._measured is None:
            ink = self.mask > 0
            allowances, levels = self.allowance[ink], self.level[ink]
            self._measured = (
                (float(np.median(allowances)) / FADE_SHARE, float(np.median(levels))) if levels.size else (0.0, 0.0)
            )
        return self._measured

    def is_weak(self, shape: Shape) -> bool:
        """Whether a shape stands out by so much less than the other ink that it is hardly of the same text."""
        strongest = cv2.minMaxLoc(cut(self.allowance, shape.box), self.shape_mask(shape))[1]
        return strongest < WEAK_SHARE * FADE_SHARE * self.strength

    def coming(self, ink: Ink) -> bool:
        """Whether something as light as the text has just appeared near it, too lately to be known as ink."""
        if not self.rows:
            return False
        letter = self.letter_height
        top = max(0, self.rows[0].row.box.top - letter)
        bottom = self.rows[-1].row.box.bottom + 2 * letter
        band = slice(top, bottom)
        lightness = self.lightness - FADE_SHARE * self.strength
        light = cv2.threshold(ink.current[band], lightness, 255, cv2.THRESH_BINARY)[1]
        light = cv2.bitwise_and(light, ink.moved[band])
        return cv2.countNonZero(cv2.subtract(light, grown(self.mask[band], 1))) >= LEAST_COMING

    def lost(self, current: GreyImage) -> Mask:
        """The ink that is there no more in a frame."""
        return lost_ink(self.mask, self.level, self.allowance, current)

    def add(self, new: Mask, ink: Ink) -> None:
        """Let new ink stand."""
        box = Box(*cv2.boundingRect(new))
        if not box.width:
            return
        fresh = cut(new, box)
        cut(self.mask, box)[:] |= fresh
        cv2.copyTo(cut(ink.still, box), fresh, cut(self.level, box))
        share = cv2.convertScaleAbs(cut(ink.contrast, box), alpha=FADE_SHARE)
        cv2.copyTo(cv2.max(share, np.full_like(share, FADE_FLOOR)), fresh, cut(self.allowance, box))
        self.refresh()

    def brighten(self, ink: Ink) -> None:
        """Follow ink that is still fading in: its level rises to what is seen now."""
        risen = cv2.bitwise_and(cv2.compare(ink.still, self.level, cv2.CMP_GT), self.mask)
        count = cv2.countNonZero(risen)
        if not count:
            return
        cv2.copyTo(ink.still, risen, self.level)
        share = cv2.convertScaleAbs(ink.contrast, alpha=FADE_SHARE)
        cv2.copyTo(cv2.max(self.allowance, share), risen, self.allowance)
        if count > FEW * cv2.countNonZero(self.mask):
            self._measured = None

    def stand_anew(self, ink: Ink, slack: int) -> bool:
        """Take what stands in the page's rows, within `slack` pixels, from ink that is looked at in another way.

        False, and no change, where there is none.
        """
        bands = [standing.row.box for standing in self.rows]
        labels, shapes = find_shapes(ink.mask)
        mask = empty_mask(ink.mask.shape)
        for shape in shapes:
            middle = shape.box.top + shape.box.height / 2
            if could_be_text(shape) and any(band.top - slack <= middle <= band.bottom + slack for band in bands):
                own = np.where(cut(labels, shape.box) == shape.label, np.uint8(255), np.uint8(0))
                cut(mask, shape.box)[:] |= own
        if not cv2.countNonZero(mask):
            return False
        self.mask[:] = 0
        self.add(mask, ink)
        self.picture = ink.raw
        return True

    def trim(self, ink: Ink) -> bool:
        """Let go of far more ink than there is now; whether there was so much."""
        sure = cv2.bitwise_and(self.mask, grown(ink.mask, 1))
        if not cv2.countNonZero(self.mask) > BLOATED * cv2.countNonZero(sure) > 0:
            return False
        self.mask[:] = sure
        self.picture = ink.still.copy()
        self.refresh()
        return True

    def remove(self, shapes: list[Shape]) -> None:
        """Take shapes off the page."""
        if self.labels is not None and shapes:
            gone = np.isin(self.labels, [shape.label for shape in shapes])
            self.mask[gone] = 0
        self.refresh()

    def keep(self, rows: list[StandingRow]) -> None:
        """Take everything off the page but these rows."""
        labels = [shape.label for standing in rows for shape in standing.row.shapes]
        if self.labels is None or not labels:
            self.mask[:] = 0
        else:
            self.mask[~np.isin(self.labels, labels)] = 0
        self.rows = list(rows)
        self.refresh()

    def shift(self, up: int) -> None:
        """Move everything up by so many pixels; what leaves the region is taken off."""
        for picture in (self.mask, self.level, self.allowance, self.picture):
            picture[:-up] = picture[up:].copy()
            picture[-up:] = 0
        self.refresh()
        for standing in self.rows:
            box = standing.row.box.shifted(0, -up)
            standing.row = Row(box, standing.row.shapes, standing.row.letter_height)
        self.rows = [standing for standing in self.rows if standing.row.box.top >= 0]

    def scrolled_by(self, current: GreyImage) -> int:
        """By how many pixels the page's text has moved up in a frame, or 0 where it went some other way."""
        if not self.rows:
            return 0
        largest = max(standing.row.area for standing in self.rows)
        row = [standing.row for standing in self.rows if standing.row.area > 0.3 * largest][-1]
        box = row.box
        contrast = cv2.morphologyEx(current, cv2.MORPH_TOPHAT, STROKES)
        floor = 0.5 * self.strength
        lit = cv2.threshold(contrast, floor, 255, cv2.THRESH_BINARY)[1]
        strip = lit[: box.bottom, box.left : box.right]
        fit = cv2.matchTemplate(strip, cut(self.mask, box), cv2.TM_CCORR_NORMED)[:, 0]
        top = int(np.argmax(fit))
        return box.top - top if fit[top] > SCROLL_FIT and top < box.top else 0

    def found_rows(self, height_hint: int) -> list[Row]:
        """The rows that the page's ink makes up now."""
        return find_rows(self.shapes, height_hint)

    def shape_mask(self, shape: Shape) -> Mask:
        """The ink of one shape, cut to its box."""
        assert self.labels is not None
        return np.where(cut(self.labels, shape.box) == shape.label, np.uint8(255), np.uint8(0))

    def refresh(self) -> None:
        """Find the shapes again, after a change of the mask."""
        self.labels, self.shapes = find_shapes(self.mask)
        self._measured = None
