"""A column of vertical text, cut into its characters, and these laid side by side as a row of horizontal text has them.

Recognisers read vertical text that lies on its side, but most of what they were trained with is horizontal, and what is
small is lost first: commas, brackets, dashes. Characters stand at an even pitch, so a comb finds where one ends and the
next begins. Most are turned upright. Brackets, dashes and dots are turned in vertical text, so they stay as they lie.
Commas, full stops and small kana stand at the right top of their squares; in a row they stand at the left bottom.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from capture_daemon.frames import Box, ColourImage
from capture_daemon.ocr.ctc import confidence_of
from capture_daemon.ocr.engine import Character, RowImage
from capture_daemon.ocr.prepare import BinarisedRow

USUAL_PITCH, NARROWEST, WIDEST = 0.84, 0.68, 1.1
"""The pitch of characters, in widths of the detector's box round the column: it is a little wider than the column."""
OFF_PITCH = 0.02
"""What a pitch costs that is a tenth of that width off the usual one, in shares of the ink of an average cut."""
CUT_WIDTHS = (0.03, 0.08, 0.15)
"""Half the width of a cut, in pitches: the widest puts it in the middle of the gap, the narrowest finds the gap."""

CLEAN = 0.25
"""What a comb costs at most, in shares of the ink of an average cut, whose ink can be told from the picture."""
REACH = 0.53
"""How far a character reaches to either side of its column's middle, in pitches."""
BOX_ROUND_INK = 1.25
"""How many times as wide as a column's ink the box round a long column is; 1.2 to 1.3."""
SHARP = 0.5
"""How strong an edge of a letter is at least, as a share of the strongest ones; 0.4 to 0.6."""
ENDS = 0.4
"""How far past the ends of the detector's box ink is looked at for the comb, in its widths: borders may stand there."""
NARROW, LONG, POINT = 0.3, 0.66, 0.45
"""Shares of a square: how wide a dash or dots are at most, how long a dash is at least, how large a comma at most."""
LARGEST, TIGHTEST, AIR = 1.12, 0.8, 1.03
"""The side of a square in sizes of the largest ink, and in pitches at least; how much of it is laid in
a row, in sides."""
SLIVER = 0.15
"""Share of a character's room that the edge of the next one takes at most; 0.1 to 0.2."""
MOST_FILLED = 0.5
"""Share of its box that a character's ink takes at most; 0.4 to 0.7: more is a border."""
MUCH_LESS = 0.12
"""How much less sure a reading is, from 0 to 1, that is worse than none; 0.05 to 0.2."""
LEFT, DOWN = 0.09, 0.11
"""How much further left and down a small kana stands in a row than in a column, in squares."""


class Kind(Enum):
    """What a square holds."""

    EMPTY = "nothing"
    UPRIGHT = "a character"
    SMALL = "a small kana, at the right top"
    POINT = "a comma or a full stop, at the right top"
    DASH = "a dash, or a long vowel's"
    DOTS = "dots, one under the other"
    OPENING = "an opening bracket, at the bottom"
    CLOSING = "a closing bracket, at the top"


LYING = (Kind.DASH, Kind.DOTS, Kind.OPENING, Kind.CLOSING)
"""What is turned in vertical text, and lies as it should where the column lies."""


@dataclass(frozen=True, slots=True)
class Laid:
    """A column's characters as a row: its picture, and the squares that it is made of."""

    image: RowImage
    squares: tuple[Square, ...]
    clean: bool
    """Whether the column's ink can be told from the picture."""

    def placed(self, characters: Sequence[Character]) -> list[Character]:
        """Characters that were read in the row, with their places in the column's picture."""
        first, scale = self.squares[0], self.squares[0].room / self.image.row.height
        return [replace(one, place=first.left + one.place * scale) for one in characters]


def worth_comparing(readings: Sequence[list[Character]]) -> list[list[Character]]:
    """The readings of a column without those that are much less sure than the surest: there the comb went wrong."""
    surest = max(confidence_of(reading) for reading in readings)
    return [reading for reading in readings if confidence_of(reading) >= surest - MUCH_LESS]


@dataclass(frozen=True, slots=True)
class Comb:
    """Where characters are cut: the first cut, and from each to the next, in pixels of the lying column's length."""

    first: float
    pitch: float
    cost: float
    """How much ink an average cut hits, as a share of what lies in an average column of pixels."""


def laid(column: RowImage, ink: BinarisedRow) -> Laid | None:
    """The characters of a column that lies on its left side, side by side; None if they can't be separated."""
    found, mask = _best_comb(column, ink)
    if found is None:
        return None
    pitch = found.pitch
    mask = mask.copy()
    mask[: max(0, column.row.top)] = mask[column.row.bottom :] = False
    first = found.first % pitch - pitch
    cuts = [first + number * pitch for number in range(round((mask.shape[1] - first) / pitch))]
    tall = [
        one.box
        for one in (Square.of(mask, cut, pitch, pitch, 0.0) for cut in cuts)
        if one.box and one.box.height > 0.6 * pitch
    ]
    if not tall:
        return None
    middle = median(box.top + box.height / 2 for box in tall)
    # Beside the column there may be ruby.
    mask[: max(0, round(middle - REACH * pitch))] = False
    mask[round(middle + REACH * pitch) :] = False
    boxes = [one.box for one in (Square.of(mask, cut, pitch, pitch, middle) for cut in cuts) if one.box is not None]
    if not boxes:
        return None
    largest = max(max(box.width, box.height) for box in boxes)
    side = min(pitch, max(LARGEST * largest, TIGHTEST * pitch))
    squares = [Square.of(mask, cut, pitch, side, middle) for cut in cuts]
    within = [one.belongs(column.row) for one in squares]
    if not any(within):
        return None
    squares = squares[within.index(True) : len(within) - within[::-1].index(True)]
    pictures = [_drawn(column.pixels, square) for square in squares]
    pixels = np.ascontiguousarray(np.concatenate(pictures, axis=1))
    height = pictures[0].shape[0]
    image = RowImage(pixels, Box(0, 0, height * len(pictures), height))
    return Laid(image, tuple(squares), found.cost <= CLEAN)


def _best_comb(column: RowImage, ink: BinarisedRow) -> tuple[Comb | None, NDArray[np.bool_]]:
    """The comb for a column, by its ink; by its edges where the picture behind it passes for ink."""
    row = column.row
    end = round(ENDS * row.height)
    within = np.zeros(ink.mask.shape, np.bool_)
    within[max(0, row.top) : row.bottom, max(0, row.left - end) : row.right + end] = True
    found = comb(ink.mask & within, row.height)
    if found is None or found.cost > CLEAN:
        luma = np.asarray(cv2.cvtColor(np.ascontiguousarray(column.pixels[:, :, :3]), cv2.COLOR_BGR2GRAY), np.uint8)
        edges = np.asarray(cv2.morphologyEx(luma, cv2.MORPH_GRADIENT, np.ones((2, 2), np.uint8)), np.uint8)
        sharp = edges > SHARP * np.percentile(edges[within], 98)
        other = comb(sharp & within, row.height)
        if other is not None and (found is None or other.cost < found.cost):
            return other, sharp
    return found, ink.mask


def comb(mask: NDArray[np.bool_], width: float) -> Comb | None:
    """The comb that cuts the least ink of a column.

    Args:
        mask: Where the ink of the lying column is.
        width: The width of the detector's box round the upright column, in pixels.

    Returns:
        The comb; None if there is no ink.

    """
    rows = np.flatnonzero(mask.any(axis=1))
    if not len(rows):
        return None
    # Round a few characters the box is wider than round many.
    width = min(width, BOX_ROUND_INK * float(rows[-1] - rows[0] + 1))
    profile = mask.sum(axis=0).astype(np.float64)
    columns = np.flatnonzero(profile)
    left, right = int(columns[0]), int(columns[-1]) + 1
    sums = np.concatenate(([0.0], np.cumsum(profile)))
    places = np.arange(len(sums))
    usual = sums[-1] / (right - left)
    best, least = None, np.inf
    for pitch in np.linspace(NARROWEST * width, WIDEST * width, 43):
        off = OFF_PITCH * ((pitch / width - USUAL_PITCH) / 0.1) ** 2
        firsts = left - pitch + np.arange(0, pitch, max(0.5, pitch / 40))
        cuts = firsts[:, None] + np.arange(0, right - left + 2 * pitch, pitch)
        cost = np.full(len(firsts), off)
        for half in CUT_WIDTHS:
            reach = half * pitch
            hit = np.interp(cuts + reach, places, sums) - np.interp(cuts - reach, places, sums)
            cost += hit.sum(axis=1) / (2 * reach * usual * max(1.0, (right - left) / pitch)) / len(CUT_WIDTHS)
        number = int(cost.argmin())
        if cost[number] < least:
            best, least = Comb(float(firsts[number]), float(pitch), float(cost[number])), float(cost[number])
    return best


@dataclass(frozen=True, slots=True)
class Square:
    """One character's square: where its room begins along the column, how long that is, and how large the square in it.

    `middle` is that of the column's width.

    `box` is round its ink, `runs` are the stretches of its length that hold ink; `filled` is how much of the box is
    ink, and `slant` is from -1 to 1, as the ink goes along a diagonal.
    """

    left: float
    room: float
    side: float
    middle: float
    box: Box | None
    runs: tuple[tuple[int, int], ...] = ()
    filled: float = 0.0
    slant: float = 0.0

    @classmethod
    def of(cls, mask: NDArray[np.bool_], left: float, room: float, side: float, middle: float) -> Square:
        """The square of one character. `mask` is the ink of a lying column; the rest is as in the class, in pixels."""
        start, end = max(0, round(left)), min(mask.shape[1], round(left + room))
        part = mask[:, start:end] if end > start else mask[:, :0]
        rows, columns = np.nonzero(part)
        if not len(rows):
            return cls(left, room, side, middle, None)
        edges = np.flatnonzero(np.diff(np.concatenate(([False], part.any(axis=0), [False])).astype(np.int8)))
        runs = tuple((int(a) + start, int(b) + start) for a, b in zip(edges[::2], edges[1::2], strict=True))
        top = int(rows.min())
        box = Box(runs[0][0], top, runs[-1][1] - runs[0][0], int(rows.max()) - top + 1)
        even = rows.std() == 0 or columns.std() == 0
        slant = 0.0 if even else float(np.corrcoef(rows, columns)[0, 1])
        return cls(left, room, side, middle, box, runs, len(rows) / (box.width * box.height), slant)

    @property
    def place(self) -> float:
        """Where its middle is along the column."""
        return self.left + self.room / 2

    def belongs(self, row: Box) -> bool:
        """Whether it is a character of the column whose box is `row`: past its ends a box's border may stand."""
        if self.box is None or row.left <= self.place < row.right:
            return self.box is not None
        top = max(row.top, self.middle - REACH * self.room) + 1
        bottom = min(row.bottom, self.middle + REACH * self.room) - 1
        if self.box.width < SLIVER * self.room and (
            self.box.left <= self.left + 1 or self.box.right >= self.left + self.room - 1
        ):
            # The edge of the next character.
            return False
        return self.box.top > top and self.box.bottom < bottom and self.filled < MOST_FILLED

    @property
    def kind(self) -> Kind:
        """What it holds, by the shape and the place of its ink."""
        if self.box is None:
            return Kind.EMPTY
        # Shares of the square: from its top and its height, from its right edge and its width, as it stands upright.
        down, high = (self.box.left - self.place) / self.side + 0.5, self.box.width / self.side
        right, wide = (self.box.top - self.middle) / self.side + 0.5, self.box.height / self.side
        if wide <= NARROW and high >= 0.4 and (kind := self._line(high)) is not None:
            return kind
        if max(high, wide) <= POINT:
            return Kind.POINT if max(down + high, right + wide) <= 0.58 else Kind.UPRIGHT
        if 0.18 <= high <= 0.48 and wide > 0.45 and (down >= 0.42 and down + high >= 0.8):
            return Kind.OPENING
        if 0.18 <= high <= 0.48 and wide > 0.45 and (down + high <= 0.6 and right + wide >= 0.78):
            return Kind.CLOSING
        small = high <= 0.75 and wide <= 0.78 and down + high / 2 < 0.56 and right + wide / 2 < 0.45
        return Kind.SMALL if small else Kind.UPRIGHT

    def _line(self, high: float) -> Kind | None:
        """What narrow ink is that goes down the middle; `high` is its length."""
        lengths = [end - start for start, end in self.runs]
        if len(lengths) == 1:
            return Kind.DASH if high >= LONG else None
        return Kind.DOTS if max(lengths) <= 1.5 * min(lengths) + 1 else None


def _drawn(picture: ColourImage, square: Square) -> ColourImage:
    side = max(1, round(AIR * square.side))
    kind = square.kind
    shift = np.array([[1, 0, side / 2 - square.place], [0, 1, side / 2 - square.middle]], np.float64)
    cut = cv2.warpAffine(
        picture[:, :, :3], shift, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    if kind not in LYING:
        cut = np.rot90(cut, -1)
    if kind is Kind.POINT:
        cut = np.roll(cut, (side // 2, -side // 2), (0, 1))
    elif kind is Kind.SMALL:
        moved = np.array([[1, 0, -LEFT * side], [0, 1, DOWN * side]], np.float64)
        cut = cv2.warpAffine(np.ascontiguousarray(cut), moved, (side, side), borderMode=cv2.BORDER_REPLICATE)
    return np.ascontiguousarray(cut, np.uint8)
