"""Marks: the sign by which games say that they wait for their player, and what recognisers read in it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capture_daemon.frames import Box
from capture_daemon.reading.ink import Ink
from capture_daemon.reading.speaker import split_name
from capture_daemon.reading.text import Ending, ending

LARGEST = 1.8
"""Side of the largest mark, in heights of a row; 1.2 to 2.5."""
SLACK, SIZE = 0.4, 0.15
"""How far from there a mark may come, in a row's height, 0.3 to 0.6, as it may bounce, and by what share of it, beside
two pixels, its size may differ, 0.1 to 0.3."""
PLACES = 64
"""How many places are remembered in which something came."""
DISTRUST = 4
"""Lines that it takes to trust such a place again, once text went on; 2 to 8."""
OFTEN = 2
"""Lines after which a mark came in the same place from which it is known there; 2 to 4."""

MARK_LIKE = frozenset("4AVYvyOoQ0DXTZ8>»<«^*+|_=•·∙口回日ロ一▼▽▾▿▲△▶▷►◀◆◇■□●○◎★☆♦♥→↓⇒ㅁㅅㅇㅗㅜ〇０ＯｏＶｖ")
"""What a mark behind a row is read as: a recogniser trained on letters sees one in anything."""
ALONE = frozenset("…‥⋯!?！？—―♪。")
"""Marks of punctuation that are a line by themselves."""
SURE = 0.9
"""Confidence from which a single character of a script that has words of one is taken for one; 0.85 to 0.97."""


GAP = 0.22
"""Share of a row's height by which a mark stands apart from its text; 0.15 to 0.4: dots stand closer to one another."""
LATE, PACES = 0.1, 1.5
"""Seconds by which a mark comes after the last letter, 0.06 to 0.2, besides as many times as long as typing takes for
as many characters; 1.2 to 2."""
CLOSER = 1.6
"""How many times as far dots that are a mark stand from the text as from one another; 1.4 to 2.5."""
MOST_TYPED = 3
"""Dots that are a mark however soon they came, where they stand apart from a full stop; 3 or 4: two may be typed."""
_ELLIPSES = frozenset("…⋯‥")
_DOTS, _TYPED_DOTS = frozenset("·•‚.:…‥⋯-"), frozenset(".…‥")
BEHIND = MARK_LIKE | frozenset("·•*°`´_~^¨‚.:…‥⋯-")
"""What marks, and dots that are one, are read as behind a text."""


def mark_behind(ink: Ink, places: Sequence[tuple[str, float]], since: Callable[[float, float], float]) -> float | None:
    """The column of the region from which on a mark stands behind a text that is complete; None if none does.

    `places` are the characters that were read with their columns. `since` tells since when, in seconds, the ink between
    two columns has stood: that of a mark has come later than the last letter, or moves.
    """
    columns = np.flatnonzero(ink.mask.any(axis=0)) + ink.box.left
    for at in np.flatnonzero(np.diff(columns) >= GAP * ink.box.height):
        end, start = float(columns[at]), float(columns[at + 1])
        body = [character for character, place in places if place < start - 1]
        tail = [character for character, place in places if place >= start - 1 and character != " "]
        if not tail or not all(one in BEHIND for one in tail) or ending("".join(body)) is not Ending.FINAL:
            continue
        if _is_name_and_dots("".join([*body, *tail])):
            continue
        dots = _dots_apart(columns[at + 1 :], start - end)
        ellipsis = dots >= MOST_TYPED or (dots > 0 and set(tail) & _ELLIPSES)
        if body[-1] in ".。" and ellipsis and all(one in _DOTS for one in tail):
            # No text goes on with an ellipsis that stands apart from its full stop.
            return start
        if body[-1] == "." and tail[0] in _TYPED_DOTS and not dots:
            # An ellipsis, in type whose dots stand far apart.
            continue
        came = since(end - 0.6 * ink.box.height, end + 1)
        pace = max(0.0, came - since(float(columns[0]), columns[0] + 0.5 * ink.box.height)) / max(1, len(body))
        if since(start, float(columns[-1]) + 1) - came >= LATE + PACES * len(tail) * pace:
            return start
    return None


def _is_name_and_dots(text: str) -> bool:
    """Whether a text is a name before it and nothing but dots, which are what is said."""
    name, said = split_name(text)
    return name is not None and all(one in _TYPED_DOTS for one in said)


def _dots_apart(columns: NDArray[np.intp], gap: float) -> int:
    """How many dots, in these columns, stand much closer to one another than `gap` columns; 0 if they don't."""
    steps = np.diff(columns)
    between = steps[steps > 1]
    return len(between) + 1 if len(between) and gap > CLOSER * float(between.max()) else 0


def stands_apart(ink: Ink, places: Sequence[tuple[str, float]], body: int) -> bool:
    """Whether what was read behind the first `body` characters, spaces left aside, stands apart as a mark does."""
    characters = [place for character, place in places if character != " "]
    if not 0 < body < len(characters):
        return False
    columns = np.flatnonzero(ink.mask.any(axis=0)) + ink.box.left
    return any(
        characters[body - 1] <= columns[at + 1] and columns[at] <= characters[body]
        for at in np.flatnonzero(np.diff(columns) >= GAP * ink.box.height)
    )


class AdvanceMarks:
    """Where this game shows that it waits: in one place of its box, or right behind the text.

    Its coming is the surest sign that a line is complete.
    """

    def __init__(self) -> None:
        self._places: deque[_Place] = deque(maxlen=PLACES)

    def learn(self, place: Box, text: Box) -> None:
        """Something small came at `place` when the text in `text` was complete; in pixels of the region."""
        for seen in _places_of(place, text):
            known = next((one for one in self._places if one.is_at(seen, text)), None)
            if known is None:
                self._places.append(seen)
            else:
                known.times += 1

    def knows(self, place: Box, text: Box) -> bool:
        """Whether marks have come there before."""
        return any(
            known.times >= OFTEN and known.is_at(seen, text)
            for seen in _places_of(place, text)
            for known in self._places
        )

    def forget(self, place: Box, text: Box) -> None:
        """Text went on after something had come there: that isn't the sign that the game waits."""
        for seen in _places_of(place, text):
            for known in self._places:
                if known.is_at(seen, text):
                    known.times = min(known.times, OFTEN) - DISTRUST


@dataclass(slots=True)
class _Place:
    """A place in the box, or from the text's end, how large what came there was, and how many times; in pixels."""

    behind: bool
    across: float
    down: float
    width: int
    height: int
    times: int = 1

    def is_at(self, other: _Place, text: Box) -> bool:
        """Whether that may be the same place: rows of one game differ a little in the height that is seen."""
        slack = SLACK * max(8, text.height)
        near = abs(self.across - other.across) <= slack and abs(self.down - other.down) <= slack
        alike = abs(self.width - other.width) <= 2 + SIZE * max(self.width, other.width)
        alike = alike and abs(self.height - other.height) <= 2 + SIZE * max(self.height, other.height)
        return self.behind == other.behind and near and alike


def _places_of(place: Box, text: Box) -> list[_Place]:
    across, down = place.left + place.width / 2, place.top + place.height / 2
    from_text = across - text.right, down - text.top - text.height / 2
    return [
        _Place(behind, *where, place.width, place.height)
        for behind, where in ((False, (across, down)), (True, from_text))
    ]


def may_be_mark(words: str, confidence: float) -> bool:
    """Whether what was read may well be a mark: one character, and none that makes a word."""
    bare = words.replace(" ", "")
    if len(set(bare)) != 1 or len(bare) > 3:
        return False
    if bare[0] in ALONE or (bare[0] in ".・" and len(bare) > 1):
        return False
    if len(bare) > 1 and bare[0].isalpha():
        return False
    has_words = "\u3040" <= bare[0] <= "\u30ff" or "\u4e00" <= bare[0] <= "\u9fff" or "\uac00" <= bare[0] <= "\ud7a3"
    return not (has_words and confidence >= SURE and bare[0] not in MARK_LIKE)
