"""Blocks: rows that came at once in several texts: what is said, what the next speaker says, and answers to choose."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Sequence
from enum import Enum
from itertools import pairwise

from capture_daemon.frames import Box
from capture_daemon.reading.dialogue_line import (
    OTHER_COLOUR,
    DialogueLine,
    colours_apart,
    in_order,
    is_other_colour,
    same_hue,
)
from capture_daemon.reading.row import Row
from capture_daemon.reading.text import Ending, ending

PARAGRAPH = 1.2
"""How much further apart two texts stand than the rows of one, at least; 1.15 to 1.35: detectors' boxes vary by a
tenth."""
ALIKE_HEIGHT = 0.7
"""How high one of two rows of texts that are set alike is at least beside the other; 0.6 to 0.8."""
REMEMBERED = 4
"""Colours of answers that are remembered; 2 to 6: the chosen one's and the others'."""
SAME_COLOUR = 45
"""Levels, summed over blue, green and red, by which answers of one kind differ at most; 30 to 60."""
_NUMBER = re.compile(r"^[(\[]?(?:\d{1,2}|[A-Fa-f])\s?[.:)\]]\s?\S|^[①-⑳]|^\d{1,2}\s?[“\"'「]")
"""What stands before a numbered answer; its colon is overlooked easily."""
_COUNTED = re.compile(r"^[(\[]?(\d{1,2})\s?(?:[.:)\]]|(?=[“\"'「]))")
_OPENING = frozenset('“„«"')


def pitch_of(rows: Iterable[Row]) -> float:
    """How far apart rows under one another stand at least, by their middles, in pixels; 0 if none do."""
    pairs = pairwise(sorted(rows, key=lambda row: row.box.top))
    apart = [_middle(lower.box) - _middle(upper.box) for upper, lower in pairs if _is_under(lower.box, upper.box)]
    return min(apart, default=0.0)


class Block(Enum):
    """What a text is that came under another in the same moment."""

    PARAGRAPH = "paragraph"
    COLOURED = "coloured"


def block_of(line: DialogueLine, row: Row, page: Sequence[Row]) -> Block | None:
    """What a row begins that came together with all of a line, under it; None if it is part of that.

    It is set apart from the row above it, and of another colour, or begins with the quotation mark of whoever speaks
    next. What has no sentence's end and stands over it, such as a name, is its head.

    Args:
        line: The line above, as far as it is known.
        row: The row.
        page: All rows that stand, those that came with it among them.

    """
    rows = [one for one in in_order(line.rows) if one is not row]
    above = [one for one in rows if _is_under(row.box, one.box)]
    if not above or any(one.first_seen != row.first_seen or one.steps for one in (*rows, row)):
        return None
    last, usual = above[-1], pitch_of([*rows, *page])
    if not usual or _middle(row.box) - _middle(last.box) < PARAGRAPH * usual:
        return None
    end = ending(last.text)
    if len(rows) == 1 and end is Ending.OPEN:
        return None
    if all(_differs(row, one) for one in above):
        return Block.COLOURED
    return Block.PARAGRAPH if end is Ending.FINAL and row.text[:1] in _OPENING else None


def note_block(line: DialogueLine, near: Sequence[DialogueLine], blocks: Iterable[Block | None]) -> None:
    """Record what a line is to those near which it began: `blocks` says it for each of them."""
    kinds = set(blocks)
    line.is_block = kinds != {None}
    if Block.COLOURED in kinds:
        line.offered = next((other.offered for other in near if other.offered), [])
        line.offered.append(line)


def nearest(lines: list[DialogueLine], row: Row) -> list[DialogueLine]:
    """The lines that a row may be part of: where some came with it under others, the lowest of those."""
    came = [line for line in lines if line.is_block and line.rows[0].first_seen == row.first_seen]
    return [max(came, key=lambda line: line.box().top)] if came else lines


def is_menu(texts: Sequence[str]) -> bool:
    """Whether rows begin with the numbers of answers: 1, 2 and so on."""
    numbers = [int(found[1]) for text in texts if (found := _COUNTED.match(text))]
    return len(numbers) > 1 and numbers == list(range(1, len(numbers) + 1)) and _COUNTED.match(texts[0]) is not None


class Answers:
    """Which texts under a line are what the player may answer: they are offered, and said by nobody yet."""

    def __init__(self) -> None:
        self._colours: deque[tuple[int, int, int]] = deque(maxlen=REMEMBERED)

    def note(self, blocks: Sequence[DialogueLine]) -> None:
        """Mark those of the coloured texts that came under a line, together with it, that are answers.

        They are numbered, or one of them is lit up, as the one that would be chosen, or answers looked so before.
        """
        firsts = [in_order(block.rows)[0] for block in blocks]
        numbered = 2 * sum(_NUMBER.match(first.text) is not None for first in firsts) >= max(1, len(firsts))
        lit = any(_is_lit(one, other) for one in firsts for other in firsts)
        for block, first in zip(blocks, firsts, strict=True):
            if numbered or lit or self._knows(first):
                block.is_answer = True
                self._learn(first)

    def _knows(self, row: Row) -> bool:
        colour = _fill_of(row)
        return colour is not None and any(colours_apart(colour, one) <= SAME_COLOUR for one in self._colours)

    def _learn(self, row: Row) -> None:
        colour = _fill_of(row)
        if colour is not None and not self._knows(row):
            self._colours.append(colour)


def _fill_of(row: Row) -> tuple[int, int, int] | None:
    """The colour of a row's letters: where ink is dark, it may be the outline round lighter ones."""
    if row.ink is None:
        return None
    return row.ink.colour if row.ink.light else row.ink.ends[1]


def _differs(one: Row, other: Row) -> bool:
    """Whether the letters of two rows, or what is behind them, differ in colour."""
    first, second = _fill_of(one), _fill_of(other)
    if first is None or second is None:
        return False
    return is_other_colour(one, other) or colours_apart(first, second) >= OTHER_COLOUR


def _is_lit(one: Row, other: Row) -> bool:
    """Whether a row has another's colour, but more of it."""
    first, second = _fill_of(one), _fill_of(other)
    if first is None or second is None or colours_apart(first, second) < OTHER_COLOUR:
        return False
    return max(first) > max(second) and same_hue(first, second)


def _middle(box: Box) -> float:
    return box.top + box.height / 2


def _is_under(lower: Box, upper: Box) -> bool:
    """Whether a box stands under another that is about as high, in some of its columns."""
    shared = min(lower.right, upper.right) - max(lower.left, upper.left)
    alike = ALIKE_HEIGHT < lower.height / upper.height < 1 / ALIKE_HEIGHT
    return alike and shared > 0 and _middle(lower) - _middle(upper) > 0.5 * min(lower.height, upper.height)
