"""Menu: from rows of text to the options of a menu. Stateless."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from capture_daemon.frames import Box
from capture_daemon.ocr.engine import RowText
from capture_daemon.reading.layout import on_one_level
from capture_daemon.reading.text import is_readable, join_rows, tidy
from capture_daemon.reading.wording import letters, likeness

FEWEST, MOST = 2, 12
"""Options of a menu; at most 8 to 16: more rows are a page of text."""
ALIKE_HEIGHT = 0.62
"""How high an option is at least beside the usual one; 0.5 to 0.75: boxes round a word vary by its letters."""
SURE_TEXT = 0.8
"""Confidence from which a row beside the options counts as text; 0.7 to 0.9."""
IN_LINE = 0.7
"""How far the edges or middles of options in a column may lie apart, in heights; 0.4 to 1: glyphs have bearings."""
MOSTLY = 0.7
"""Share of the rows that must be options; 0.6 to 0.9: else it is a page of something else."""
WRAPPED_GAP, WRAPPED_WIDTH = 0.9, 0.7
"""The gap between rows of one option at most, in heights, 0.6 to 1.2; and the width of all but its last row at least,
as a share of the widest row's, 0.6 to 0.9: it was full."""
WIDER = 0.5
"""How much wider the gap between options is than that between an option's rows, in heights; 0.3 to 0.8."""
SPACED = 0.55
"""The gap between options, in heights, from which they surely aren't rows of one text; 0.4 to 0.8."""
SAME_OPTION = 0.75
"""Likeness from which two readings are of the same option; 0.7 to 0.85."""
_POINTER = re.compile(r"^\s*(?:[▶►▷▸➤➜→☞❯◆●○♥・•]\s*|[>＞]\s+)")
"""A sign that points at the option that is highlighted."""


@dataclass(frozen=True, slots=True)
class Option:
    """One option: where it stands, in pixels of the region, what it says, and how sure that is, from 0 to 1."""

    box: Box
    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a menu, from top to bottom. `spaced` says that they surely aren't the rows of one text."""

    items: tuple[Option, ...]
    spaced: bool

    @property
    def box(self) -> Box:
        """The box round all of them."""
        whole = self.items[0].box
        for item in self.items[1:]:
            whole = whole.union(item.box)
        return whole

    @property
    def confidence(self) -> float:
        """The confidence of the option that was read least surely."""
        return min(item.confidence for item in self.items)

    def are_those_of(self, other: Options) -> bool:
        """Whether both are the same options in the same order."""
        return len(self.items) == len(other.items) and all(
            is_same(one, another) for one, another in zip(self.items, other.items, strict=True)
        )


def is_same(one: Option, other: Option) -> bool:
    """Whether two options say the same, as far as readings agree."""
    if likeness(one.text, other.text) < SAME_OPTION:
        return False
    # A word's difference is all that "Option 1" and "Option 2" have.
    digits = [[character for character in option.text if character.isdigit()] for option in (one, other)]
    return digits[0] == digits[1]


def options_of(rows: Sequence[tuple[Box, RowText]], least: float) -> Options | None:
    """The menu that rows of text make up; None if they make none. Rows read less surely than `least` are left out."""
    read = [
        Option(box, said, text.confidence)
        for box, text in sorted(rows, key=lambda row: (row[0].top + row[0].height / 2, row[0].left))
        if text.confidence >= least and is_readable(said := _said(text.text)) and letters(said)
    ]
    alone = [one for one in read if _is_lone_letter(one.text)]
    if len(alone) < len(read) - len(alone):
        read = [one for one in read if one not in alone]
    if len(read) < FEWEST:
        return None
    height = median(one.box.height for one in read)
    alike = [one for one in read if ALIKE_HEIGHT < one.box.height / height < 1 / ALIKE_HEIGHT]
    joined = _joined(alike, height)
    items = _in_line(joined, height)
    beside = [one for one in (*joined, *(one for one in read if one not in alike)) if one not in items]
    # What is hardly text may be read in the picture behind a menu.
    others = [one for one in beside if one.confidence >= SURE_TEXT]
    if not FEWEST <= len(items) <= MOST or len(items) < MOSTLY * (len(items) + len(others)):
        return None
    gaps = [after.box.top - before.box.bottom for before, after in pairwise(items)]
    return Options(tuple(items), all(gap >= SPACED * height for gap in gaps) or _beside(items))


def _is_lone_letter(text: str) -> bool:
    """Whether it is one Latin letter: beside words that is a mouse pointer, or the sign of a key."""
    said = letters(text)
    return len(said) == 1 and said.isascii() and said.isalpha()


def _said(text: str) -> str:
    return tidy(_POINTER.sub("", text))


def _beside(items: Sequence[Option]) -> bool:
    return all(on_one_level(one.box, items[0].box) for one in items)


def _joined(rows: Sequence[Option], height: float) -> list[Option]:
    """The rows, those of one option joined: they are close, others are further apart, and all but the last are full."""
    gaps = [after.box.top - before.box.bottom for before, after in pairwise(rows)]
    if not gaps or min(gaps) > WRAPPED_GAP * height or max(gaps) < min(gaps) + WIDER * height:
        return list(rows)
    limit, widest = (min(gaps) + max(gaps)) / 2, max(row.box.width for row in rows)
    groups = [[rows[0]]]
    for before, row, gap in zip(rows, rows[1:], gaps, strict=False):
        full = before.box.width >= WRAPPED_WIDTH * widest
        if gap < limit and full and not on_one_level(before.box, row.box):
            groups[-1].append(row)
        else:
            groups.append([row])
    return [_as_one(group) for group in groups]


def _as_one(rows: Sequence[Option]) -> Option:
    box = rows[0].box
    for row in rows[1:]:
        box = box.union(row.box)
    return Option(box, join_rows([row.text for row in rows]), min(row.confidence for row in rows))


def _in_line(options: Sequence[Option], height: float) -> list[Option]:
    """The most options whose left edges, middles or right edges are in line, or that stand side by side."""
    sides = [[option for option in options if on_one_level(option.box, one.box)] for one in options]
    for place in (_left, _middle, _right):
        for one in options:
            near = [option for option in options if abs(place(option.box) - place(one.box)) <= IN_LINE * height]
            sides.append(near)
    return max(sides, key=len, default=[])


def _left(box: Box) -> float:
    return box.left


def _middle(box: Box) -> float:
    return box.left + box.width / 2


def _right(box: Box) -> float:
    return box.right
