"""Ink: the pixels of a row that was read, by which it is told from frame to frame whether it still stands."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from capture_daemon.frames import Box, ColourImage, GreyImage
from capture_daemon.reading.parameters import FollowParameters

LEAST_CONTRAST = 14.0
"""Levels of luma between ink and what is round it, below which luma can't tell whether the row stands; 8 to 25."""
LEAST_PIXELS = 12
"""Pixels of ink that say something; 6 to 30: three dots of small text have twelve."""
ENDS = 8.0
"""Percentage of a row's pixels that is its darkest, or its lightest, part; 4 to 12: thin text covers a tenth."""
PART = 1.5
"""Length, in a row's height, of the parts of a row that all hold ink; 1 to 2: two or three letters."""
LITTLE = 0.2
"""Ink of such a part, in that of the usual one, below which it holds none; 0.1 to 0.3: a part may be dots."""
SPREAD = 0.75
"""Share of its parts that hold ink, at least, 0.7 to 0.85. On 149 rows of random games it was 0.86 and more; where
something bright behind red text was taken for ink it was 0.25 to 0.65."""
AT_EDGES, AT_EDGES_OF_COLOUR = 1.0, 0.5
"""Share of a box's edges that is ink, in that of the whole box, at most: 0.9 to 1.2, as boxes cut letters; for ink of
one colour 0.3 to 0.7."""
COLOUR_STEP, COLOURS = 16, 12
"""Levels of blue, green and red by which one colour differs from another, 12 to 24, and how many are tried."""
AS_LIGHT = 0.5
"""Share of the rest that is as light as ink of one colour, at most; 0.4 to 0.6: else luma can't tell that it went."""
LEAST_INK = 0.04
"""Share of a row's box that ink of one colour covers at least; 0.03 to 0.08."""
DROWNED = 0.4
"""Share of what is beside the ink that must have become as light as it for it to be lost in that; 0.3 to 0.6."""
REACH = 2
"""Pixels by which text that shakes leaves its place; 1 to 4."""


@dataclass(frozen=True, slots=True, eq=False)
class Ink:
    """A row's ink in one frame.

    `box` is in pixels of the region, `mask` says which of its pixels are ink, shape (height, width), bool, `level` is
    their luma and `tolerance` by how much it may differ, in levels. `light` says that ink is lighter than what is
    round it. `picture` is the luma of the whole box. `colour` is the ink's usual blue, green and red; `ends` are those
    of the darkest and the lightest pixels of the box: the ink of outlined text is one of them now, now the other.
    """

    box: Box
    mask: NDArray[np.bool_]
    level: NDArray[np.int16]
    tolerance: int
    light: bool
    picture: GreyImage
    colour: tuple[int, int, int]
    ends: tuple[tuple[int, int, int], tuple[int, int, int]]

    def share(self, luma: GreyImage) -> float:
        """Share of the ink that a frame shows as it was, 0 to 1."""
        return float((np.abs(self._part(luma)[self.mask] - self.level) <= self.tolerance).mean())

    def share_nearby(self, luma: GreyImage) -> float:
        """The same where each bit of ink may have moved by a pixel or two, as in text that shakes."""
        part = self._part(luma).astype(np.uint8)
        kernel = np.ones((2 * REACH + 1, 2 * REACH + 1), np.uint8)
        spread = cv2.dilate(part, kernel) if self.light else cv2.erode(part, kernel)
        return float((np.abs(spread.astype(np.int16)[self.mask] - self.level) <= self.tolerance).mean())

    def likeness(self, luma: GreyImage) -> float:
        """Correlation of the box's luma with a frame's there, in the letter's width that is least alike; -1 to 1.

        It tells text that fades, or grows brighter, from another text: the strength of either picture counts nothing.
        """
        before, now = self.picture.astype(np.float64), self._part(luma).astype(np.float64)
        height, width = before.shape
        window = min(width, height)
        count = height * window
        before_sum, now_sum = _sums(before, window), _sums(now, window)
        variance = (_sums(before * before, window) - before_sum**2 / count) / count
        variance_now = (_sums(now * now, window) - now_sum**2 / count) / count
        common = (_sums(before * now, window) - before_sum * now_sum / count) / count
        written = variance > LEAST_CONTRAST**2 / 4
        if not written.any():
            return -1.0
        spread = np.sqrt(np.maximum(variance * variance_now, 1.0))
        return float((common / spread)[written].min())

    def as_in(self, luma: GreyImage, parameters: FollowParameters) -> Ink:
        """The same ink at the strength that it has in a frame."""
        part = self._part(luma)
        ink = replace(self, level=part[self.mask], picture=np.asarray(part, np.uint8))
        # Not by what it was: of text that fades out and in again it would grow each time.
        return replace(ink, tolerance=max(parameters.least_tolerance, round(parameters.tolerance * ink.contrast)))

    @property
    def contrast(self) -> float:
        """Levels of luma between the ink and what is round it in its box, on average."""
        rest = self.picture[~self.mask]
        return abs(float(self.level.mean()) - float(rest.mean())) if rest.size else 0.0

    def share_within(self, luma: GreyImage, left: float, right: float) -> float:
        """The share within columns of the region; 1 where there is no ink."""
        first, last = self._columns(left, right)
        mask = self.mask[:, first:last]
        if not mask.any():
            return 1.0
        apart = np.abs(self._part(luma)[:, first:last] - self._levels()[:, first:last])
        return float((apart[mask] <= self.tolerance).mean())

    def is_drowned(self, luma: GreyImage, left: float, right: float) -> bool:
        """Whether what is beside the ink, between two columns of the region, is as light as it, and wasn't."""
        columns = np.arange(self.box.left, self.box.right)
        beside = ~self.mask & ((columns >= left) & (columns < right))[None, :]
        if not beside.any():
            return False
        level = int(np.median(self.level))
        now, before = (
            float((np.abs(part[beside] - level) <= self.tolerance).mean())
            for part in (self._part(luma), self.picture.astype(np.int16))
        )
        return now > before + DROWNED

    def stands_from(self, luma: GreyImage, least: float) -> int | None:
        """The column of the region from which on the ink stands, letter by letter, where it does so at its end.

        `least` is the share of a letter's ink that must. None if its last letter doesn't stand.
        """
        stands = (np.abs(self._part(luma) - self._levels()) <= self.tolerance) & self.mask
        sums = [np.concatenate(((0,), np.cumsum(pixels.sum(axis=0)))) for pixels in (self.mask, stands)]
        found: int | None = None
        for left in range(self.last_column + 1 - self.box.height // 2, self.first_column - 1, -2):
            first, last = self._columns(left, left + self.box.height / 2)
            ink, standing = (int(columns[last] - columns[first]) for columns in sums)
            if standing < least * ink:
                break
            found = left
        return found if found is None or found > self.first_column + 2 else self.first_column

    def from_column(self, left: int) -> Ink:
        """The part of it from a column of the region on."""
        cut = left - self.box.left
        inside = self.mask.copy()
        inside[:, :cut] = False
        box = Box(left, self.box.top, self.box.right - left, self.box.height)
        level, picture = self.level[inside[self.mask]], self.picture[:, cut:]
        return replace(self, box=box, mask=self.mask[:, cut:], level=level, picture=picture)

    def pixels_within(self, left: float, right: float) -> int:
        """How many pixels of ink are within columns of the region."""
        columns = np.arange(self.box.left, self.box.right)
        return int(self.mask[:, (columns >= left) & (columns < right)].sum())

    def usual_pixels(self, width: int) -> float:
        """The usual number of ink pixels in `width` adjacent columns, of those that have any."""
        within = _sums(self.mask, width)
        return float(np.median(within[within > 0]))

    @property
    def first_column(self) -> int:
        """The leftmost column with ink, in the region."""
        return self.box.left + int(np.flatnonzero(self.mask.any(axis=0))[0])

    @property
    def last_column(self) -> int:
        """The rightmost column with ink, in the region."""
        return self.box.left + int(np.flatnonzero(self.mask.any(axis=0))[-1])

    def _columns(self, left: float, right: float) -> tuple[int, int]:
        """Columns of the region as the first of the mask's columns that lies between them, and the first behind."""
        first, last = (min(max(0, math.ceil(edge - self.box.left)), self.mask.shape[1]) for edge in (left, right))
        return first, max(first, last)

    def _levels(self) -> NDArray[np.int16]:
        """The ink's luma in its places, shape (height, width); 0 elsewhere."""
        levels = np.zeros(self.mask.shape, np.int16)
        levels[self.mask] = self.level
        return levels

    def _part(self, luma: GreyImage) -> NDArray[np.int16]:
        box = self.box
        return luma[box.top : box.bottom, box.left : box.right].astype(np.int16)


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """A piece of the region's luma, kept to see what changes in it; `box` is in pixels of the region."""

    box: Box
    luma: GreyImage

    @classmethod
    def of(cls, luma: GreyImage, box: Box) -> Patch:
        """What is in and round a row's box, with a letter's width to either side."""
        around = box.grown(box.height, box.height // 8).intersection(Box(0, 0, luma.shape[1], luma.shape[0]))
        assert around is not None
        return cls.of_box(luma, around)

    @classmethod
    def of_box(cls, luma: GreyImage, box: Box) -> Patch:
        """What is in a box."""
        return cls(box, luma[box.top : box.bottom, box.left : box.right].copy())

    def changed(self, luma: GreyImage, least: int, left: float | None = None, right: float | None = None) -> int:
        """How many pixels have changed by more than `least` levels, between two columns of the region or anywhere."""
        box = self.box
        changed = cv2.absdiff(luma[box.top : box.bottom, box.left : box.right], self.luma) > least
        return int(self._between(changed, left, right).sum())

    def _between(self, pixels: NDArray[np.bool_], left: float | None, right: float | None) -> NDArray[np.bool_]:
        if left is None or right is None:
            return pixels
        return pixels[:, max(0, round(left) - self.box.left) : max(0, round(right) - self.box.left)]

    def new_ink(self, ink: Ink, luma: GreyImage, left: float | None = None, right: float | None = None) -> int:
        """How many pixels are as light as the ink now, and were not when the piece was kept.

        `left` and `right` are the columns of the region between which they are counted, all without them.
        """
        box = self.box
        level = int(np.median(ink.level))
        now = luma[box.top : box.bottom, box.left : box.right].astype(np.int16)
        before = np.abs(self.luma.astype(np.int16) - level) <= ink.tolerance
        return int(self._between((np.abs(now - level) <= ink.tolerance) & ~before, left, right).sum())

    def newest(self, ink: Ink, pictures: Sequence[GreyImage], width: int) -> int:
        """The most pixels in `width` adjacent columns that have the ink's level in all pictures, and had not before."""
        box = self.box
        level = int(np.median(ink.level))
        new = np.abs(self.luma.astype(np.int16) - level) > ink.tolerance
        for luma in pictures:
            now = luma[box.top : box.bottom, box.left : box.right].astype(np.int16)
            new &= np.abs(now - level) <= ink.tolerance
        return int(_sums(new, width).max())

    def changed_round(self, ink: Ink, luma: GreyImage, least: int, beside: Sequence[Box] = ()) -> int:
        """How many pixels have changed by more than `least` levels, but for the ink and its edges.

        Neither do those count that lie in `beside`: other rows, which may reach into the piece.
        """
        box = self.box
        changed = cv2.absdiff(luma[box.top : box.bottom, box.left : box.right], self.luma) > least
        inside = ink.box.intersection(box)
        if inside is not None:
            near = np.asarray(cv2.dilate(ink.mask.astype(np.uint8), np.ones((3, 3), np.uint8)), np.bool_)
            down, across = inside.top - ink.box.top, inside.left - ink.box.left
            part = near[down : down + inside.height, across : across + inside.width]
            top, left = inside.top - box.top, inside.left - box.left
            changed[top : top + inside.height, left : left + inside.width][part] = False
        for other in filter(None, (one.intersection(box) for one in beside)):
            changed[other.top - box.top : other.bottom - box.top, other.left - box.left : other.right - box.left] = (
                False
            )
        return int(changed.sum())


def _sums(pixels: NDArray[Any], width: int) -> NDArray[Any]:
    """The sum of the pixels in each `width` adjacent columns; of a mask, how many of them are set."""
    sums = np.concatenate(((0,), np.cumsum(pixels.sum(axis=0))))
    width = min(width, pixels.shape[1])
    return np.asarray(sums[width:] - sums[:-width])


def ink_of(luma: GreyImage, colour: ColourImage, box: Box, parameters: FollowParameters) -> Ink | None:
    """The ink within `box` of the region's luma and colours; None if neither tells it from what is round it.

    Ink is the kind of pixel that the box's border has less of (Otsu, 1979), and of that what has the ink's usual luma:
    a moving picture has some of its lightness by chance. What lies in one place of the row alone, or at its edges, may
    be something behind it: then ink is what has the colour that is found all along the row, if there is one, as in red
    on brown.
    """
    part = luma[box.top : box.bottom, box.left : box.right]
    if part.size < LEAST_PIXELS or min(part.shape) < 3:
        return None
    inside = np.ascontiguousarray(colour[box.top : box.bottom, box.left : box.right, :3])
    found = _by_luma(part, parameters)
    if found is None or not (_is_spread(found[0]) and _is_inside(found[0], AT_EDGES)):
        found = _by_colour(part, inside, parameters) or found
    if found is None:
        return None
    mask, tolerance, light = found
    darkest, lightest = np.percentile(part, (ENDS, 100 - ENDS))
    ends = _usual(inside[part <= darkest]), _usual(inside[part >= lightest])
    return Ink(box, mask, part[mask].astype(np.int16), tolerance, light, part.copy(), _usual(inside[mask]), ends)


def _by_luma(part: GreyImage, parameters: FollowParameters) -> tuple[NDArray[np.bool_], int, bool] | None:
    """The ink's mask, its tolerance in levels, and whether it is light, by what is lighter or darker than the rest."""
    threshold, _ = cv2.threshold(np.ascontiguousarray(part), 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    upper = part > threshold
    if upper.all() or not upper.any():
        return None
    contrast = float(part[upper].mean() - part[~upper].mean())
    if contrast < LEAST_CONTRAST:
        return None
    light = _share_at_border(upper) < 0.5
    mask = upper if light else ~upper
    core = np.asarray(cv2.erode(mask.astype(np.uint8), np.ones((2, 2), np.uint8)), np.bool_)
    if core.sum() >= max(LEAST_PIXELS, 0.3 * mask.sum()):
        mask = core
    tolerance = max(parameters.least_tolerance, round(parameters.tolerance * contrast))
    usual = float(np.percentile(part[mask], 80 if light else 20))
    pure = mask & (np.abs(part.astype(np.float32) - usual) <= 1.5 * tolerance)
    if pure.sum() >= max(LEAST_PIXELS, 0.3 * mask.sum()):
        mask = pure
    return (mask, tolerance, light) if mask.sum() >= LEAST_PIXELS else None


def _by_colour(
    part: GreyImage, inside: ColourImage, parameters: FollowParameters
) -> tuple[NDArray[np.bool_], int, bool] | None:
    """The same by the commonest colour that is found all along the row; None if there is none, or it is the rest's."""
    steps = (inside // COLOUR_STEP).astype(np.int32).reshape(-1, 3)
    keys, counts = np.unique(steps @ np.array((1, 64, 4096)), return_counts=True)
    for key in keys[np.argsort(-counts, kind="stable")[:COLOURS]]:
        centre = np.array((key % 64, key // 64 % 64, key // 4096)) * COLOUR_STEP + COLOUR_STEP // 2
        mask = (np.abs(inside.astype(np.int16) - centre) <= COLOUR_STEP).all(axis=2)
        share = float(mask.mean())
        if not (LEAST_INK <= share <= parameters.thin and _is_inside(mask, AT_EDGES_OF_COLOUR) and _is_spread(mask)):
            continue
        level = int(np.median(part[mask]))
        if (np.abs(part[~mask].astype(np.int16) - level) <= parameters.least_tolerance).mean() <= AS_LIGHT:
            return mask, parameters.least_tolerance, level > float(part[~mask].mean())
    return None


def _is_inside(mask: NDArray[np.bool_], most: float) -> bool:
    """Whether there is less of it at a row's edges than within: what is behind a text goes on past its box."""
    return _share_at_border(mask) < most * float(mask.mean())


def _share_at_border(mask: NDArray[np.bool_]) -> float:
    """Share of the pixels at a row's edges that are set."""
    return float(np.concatenate((mask[0], mask[-1], mask[:, 0], mask[:, -1])).mean())


def _is_spread(mask: NDArray[np.bool_]) -> bool:
    """Whether there is ink in nearly all parts of a row."""
    height, width = mask.shape
    parts = np.array_split(mask.mean(axis=0), max(1, round(width / (PART * height))))
    ink = np.array([part.mean() for part in parts])
    return bool((ink >= LITTLE * ink.mean()).mean() >= SPREAD)


def _usual(pixels: NDArray[np.uint8]) -> tuple[int, int, int]:
    """The usual colour of pixels, shape (many, 3)."""
    blue, green, red = (int(value) for value in np.median(pixels, axis=0))
    return blue, green, red
