"""Exclamation marks read as an l: the dot under the stroke tells them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from capture_daemon.ocr.engine import Character
from capture_daemon.ocr.prepare import Ink

_STROKES = frozenset("lI1|i")


def with_exclamation_marks(characters: Sequence[Character], ink: Ink) -> list[Character]:
    """The characters, the last one an exclamation mark where it was read as a stroke and has a dot under it."""
    result = list(characters)
    if not result or result[-1].text not in _STROKES or not ink.runs or not _dotted_below(ink, ink.runs[-1]):
        return result
    last = result.pop()
    if result and result[-1].text == " ":
        result.pop()
    return [*result, Character("!", last.place, last.probability)]


def _dotted_below(ink: Ink, run: tuple[int, int]) -> bool:
    rows = np.concatenate(([False], ink.mask[:, run[0] : run[1]].any(axis=1), [False]))
    edges = np.flatnonzero(rows[1:] != rows[:-1])
    if len(edges) != 4:
        return False
    stroke, dot = int(edges[1] - edges[0]), int(edges[3] - edges[2])
    return stroke >= 0.4 * ink.text_height and dot <= 0.5 * stroke and run[1] - run[0] <= 0.6 * stroke
