"""Text place: where this game's lines begin, and whether dots stand there that the detector overlooks."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from capture_daemon.frames import Box, ColourImage
from capture_daemon.ocr.engine import RowText
from capture_daemon.reading.ellipsis import Dots, dots_of_colour
from capture_daemon.reading.row import Row
from capture_daemon.reading.text import is_east_asian

REMEMBERED = 5
"""Lines by which the place is known; 3 to 10."""
ALIGNED = 0.6
"""Heights of a row by which beginnings, or middles, may differ; 0.3 to 1."""
TOUCHES = 0.3
"""Share of its height by which another row's box may reach into the place; 0.2 to 0.4."""
PLACES = 4
"""Lines at whose beginnings dots are looked for; 2 to 6."""
LEVEL = 0.25
"""Heights of a row by which two levels differ at least, 0.2 to 0.35: a line of one row may stand in the middle."""
KNOWN = 2
"""Lines from which the place counts; 2 to 4."""
BEFORE, SQUARE = 0.1, 0.65
"""How far before that place the middle of what is none of the text's characters stands at least, 0 to 0.3, and how far
apart those of a text of two are usually, 0.6 to 0.8; in heights of a row's box."""
STROKES = frozenset("一ー丨lI1")
APART = 1.1
"""How far that is from the text's first character, in the usual distance of two, 1.05 to 1.3: where first rows are
indented the others begin before the place, but no further apart."""
REACH = 6
"""Heights of a row within which dots stand; 4 to 10: six dots take three."""


class TextPlace:
    """Learns from each line that is said; all boxes are in pixels of the region."""

    def __init__(self) -> None:
        self._lines: deque[tuple[Row, Row]] = deque(maxlen=REMEMBERED)
        self._step = 0
        """How far below the row before a paragraph began that came under a line which stood on; 0 before any did."""

    def learn(self, rows: Sequence[Row]) -> None:
        """A line was said that stood in these rows, from top to bottom."""
        if rows[0].ink is None:
            return
        if self._lines and (before := self._lines[-1][1]).gone is None and rows[0].box.top > before.box.bottom:
            self._step = rows[0].box.top - before.box.top
        self._lines.append((rows[0], rows[-1]))

    def dots_in(self, colour: ColourImage, taken: Sequence[Box]) -> Dots | None:
        """A row of dots in the place where lines begin, in the colour of text; None without any.

        `taken` are the rows that stand: where one stands in the place there is nothing to be looked for.
        """
        for place in self._places(colour.shape[1], taken):
            inside = place.intersection(Box(0, 0, colour.shape[1], colour.shape[0]))
            if inside is None or any(_reaches_into(row, inside) for row in taken):
                continue
            # The first row may be a name of another colour; of outlined text either may have been taken for the ink's.
            inks = [row.ink for row in reversed(self._lines[-1]) if row.ink is not None]
            for text in dict.fromkeys(colour for ink in inks for colour in (ink.colour, ink.ends[1], ink.ends[0])):
                found = dots_of_colour(colour, inside, text, place.height)
                if found is not None:
                    return found
        return None

    @property
    def contrast(self) -> float:
        """Levels of luma between the text of the lines that are known and what is behind it, usually; 0 without any."""
        inks = [last.ink for _, last in self._lines if last.ink is not None]
        return float(np.median([abs(_luma(ink.ends[1]) - _luma(ink.ends[0])) for ink in inks])) if inks else 0.0

    @property
    def light(self) -> set[bool]:
        """Whether the text of the lines that are known is lighter than what is behind it: one answer, or both."""
        return {last.ink.light for _, last in self._lines if last.ink is not None}

    def may_hold(self, box: Box) -> bool:
        """Whether a text in a box would begin where others do, or have its middle there; True before any is known."""
        if not self._lines:
            return True
        slack = ALIGNED * self._lines[-1][-1].box.height
        lefts, middles = _usual_places([last.box for _, last in self._lines], slack)
        return any(abs(box.left - left) <= slack for left in lefts) or any(
            abs(_middle(box) - middle) <= slack for middle in middles
        )

    def without_thing_before(self, text: RowText, offset: float, height: float) -> RowText:
        """What was read without its first character, where that stands apart before the place in which lines begin.

        Something beside the box is read as one: a straight thing as 一, whatever else as a character that no text in
        this script has. `offset` is the column of the region at which the characters' columns begin, `height` a row's.
        """
        if len(self._lines) < KNOWN or not _may_be_thing(text):
            return text
        first, second = text.characters[:2]
        lefts, _ = _usual_places([last.box for _, last in self._lines], ALIGNED * height)
        if not lefts or not first.place + offset < min(lefts) - BEFORE * height < second.place + offset:
            return text
        steps = [right.place - left.place for left, right in pairwise(text.characters[1:])]
        usual = float(np.median(steps)) if len(steps) > 1 else SQUARE * height
        if second.place - first.place < APART * usual:
            return text
        return replace(text, text=text.text.removeprefix(first.text).lstrip(), characters=text.characters[1:])

    def _places(self, width: int, taken: Sequence[Box]) -> list[Box]:
        """Where a line of a few dots would stand: at the levels of the last line's first and last rows.

        Besides, where the lines before that began, and on a page that fills, below what stands.
        """
        if not self._lines:
            return []
        first, last = self._lines[-1]
        height = first.box.height
        lefts, middles = _usual_places([row.box for row, _ in self._lines], ALIGNED * height)
        starts = [round(min(lefts)) - height // 2] if lefts else []
        if middles:
            starts.append(round(sum(middles) / len(middles) - REACH * height / 2))
        if not starts:
            return []
        levels = [first.box.top] if first is last else [first.box.top, last.box.top]
        column = [row.top for row in taken if abs(row.left - starts[0]) < height]
        if self._step and column:
            levels.append(max(column) + self._step)
        places = [Box(left, top, REACH * height, height) for left in starts for top in levels if left < width]
        for box in (row.box for row, _ in list(self._lines)[-PLACES:-1]):
            # Boxes may change places.
            place = Box(box.left - height // 2, box.top, REACH * height, height)
            near = (known for known in places if abs(place.left - known.left) < height)
            if all(abs(place.top - known.top) > LEVEL * height for known in near):
                places.append(place)
        return places


def _luma(colour: tuple[int, int, int]) -> float:
    """The luma of blue, green and red (ITU-R BT.601)."""
    blue, green, red = colour
    return 0.114 * blue + 0.587 * green + 0.299 * red


def _middle(box: Box) -> float:
    return box.left + box.width / 2


def _may_be_thing(text: RowText) -> bool:
    """Whether a text's first character is one that a thing is read as: straight, or of another script than the rest."""
    first, *others = [one.text for one in text.characters] or [""]
    wide = [is_east_asian(one) for one in others if one.isalnum()]
    if not wide or not text.text.startswith(first):
        return False
    return first in STROKES if any(wide) else first.isalnum() and is_east_asian(first)


def _reaches_into(row: Box, place: Box) -> bool:
    """Whether a row stands in a place; boxes are higher than their rows, and may touch the place of the next."""
    shared = row.intersection(place)
    return shared is not None and shared.height > TOUCHES * place.height


def _usual_places(boxes: Sequence[Box], slack: float) -> tuple[list[float], list[float]]:
    """The columns at which most boxes begin, and those at which most have their middle; a list is empty without any."""
    return _usual([box.left for box in boxes], slack), _usual([_middle(box) for box in boxes], slack)


def _usual(places: Sequence[float], slack: float) -> list[float]:
    """Those of some places that differ by no more than `slack` in all, if they are more than half; empty if not."""
    near = max(([one for one in places if first <= one <= first + slack] for first in places), key=len)
    return near if 2 * len(near) > len(places) else []
