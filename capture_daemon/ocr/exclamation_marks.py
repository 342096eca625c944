"""Exclamation marks that were read as a letter: a stroke with a dot under it."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

import numpy as np

from capture_daemon.ocr.engine import Character
from capture_daemon.ocr.prepare import BinarisedRow

_STROKES, _WIDE_STROKES = frozenset("lI1|i"), frozenset("tfrT")
"""What an exclamation mark is read as, and what in pixel type, whose strokes have a thick upper end."""
_PAST_WORD = frozenset(' "”)]»')
"""What may follow the last letter of a word, and a mark behind it."""
_LEAN = 0.2
"""How far to a side of it the dot may stand, in the stroke's height, as in italics; 0.15 to 0.3."""
_OFF = 0.1
"""Of the text's height: how far a character's place may lie beside its ink; 0.05 to 0.15: places are known in steps."""
_LEAST_STROKE, _MOST_DOT, _WIDEST = 0.4, 0.5, 0.85
"""Of an exclamation mark: how high its stroke is at least, in heights of the text, 0.35 to 0.5; and in heights of the
stroke, how high its dot is at most, 0.4 to 0.6, and how wide the mark, 0.7 to 0.9: pixel type makes it wide."""


def with_exclamation_marks(characters: Sequence[Character], ink: BinarisedRow) -> list[Character]:
    """The characters; a stroke at a word's end, such as l, with a dot below it becomes an exclamation mark."""
    result: list[Character] = []
    for place, one in enumerate(characters):
        read = one
        if one.text in _STROKES | _WIDE_STROKES and _may_end_sentence(characters[place + 1 :]):
            is_last = place + 1 == len(characters)
            run = ink.runs[-1] if is_last and ink.runs else _run_at(one.place, ink)
            if run is not None and _dotted_below(ink, run):
                if result and result[-1].text == " ":
                    result.pop()
                read = Character("!", one.place, one.probability)
        result.append(read)
    return result


def _may_end_sentence(after: Sequence[Character]) -> bool:
    """Whether what follows a character may be the next sentence: it begins with a capital or a digit, or is nothing."""
    if not after:
        return True
    following = "".join(one.text for one in after).lstrip("".join(_PAST_WORD))[:1]
    return after[0].text in _PAST_WORD and not following.islower()


def _run_at(place: float, ink: BinarisedRow) -> tuple[int, int] | None:
    """The run of columns with ink in which a place lies, or which is next to it; None if none is near."""
    near = [(max(start - place, place - end, 0.0), (start, end)) for start, end in ink.runs]
    off, run = min(near, default=(inf, None))
    return run if off <= _OFF * ink.text_height else None


def _dotted_below(ink: BinarisedRow, run: tuple[int, int]) -> bool:
    rows = np.concatenate(([False], ink.mask[:, run[0] : run[1]].any(axis=1), [False]))
    edges = np.flatnonzero(rows[1:] != rows[:-1])
    if len(edges) != 4:
        return False
    stroke, dot = int(edges[1] - edges[0]), int(edges[3] - edges[2])
    upper, lower = (
        np.flatnonzero(ink.mask[edges[top] : edges[top + 1], run[0] : run[1]].any(axis=0)) for top in (0, 2)
    )
    lean = _LEAN * stroke
    under = lower[0] >= upper[0] - lean and lower[-1] <= upper[-1] + lean
    high = stroke >= _LEAST_STROKE * ink.text_height and dot <= _MOST_DOT * stroke
    return bool(under) and high and run[1] - run[0] <= _WIDEST * stroke
