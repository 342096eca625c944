"""Accents read as dots or carons: strokes that rise or fall to the right, where those lean to neither side."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import numpy as np

from capture_daemon.frames import Box
from capture_daemon.ocr.engine import Character
from capture_daemon.ocr.prepare import BinarisedRow
from capture_daemon.ocr.shapes import FontMetrics, line_of, shapes_of

_LEANS = 0.63
"""How much a stroke leans at least that is an accent. Most lean by 0.6 to 0.9; of 3700 dots, on type of 15 to 54
pixels and compressed, none of the least size did, while two in a hundred smaller ones lean by chance."""
_LEAST = 4
"""How many pixels long an accent is at least, to lean at all. In type of 20 pixels they are 4 to 6."""
_NEAR = 0.35
"""Of the capitals' height: how far a letter's stem may be from its place, which is known in steps of a quarter."""
_BODY = (0.5, 1.15)
"""How high a letter is below its accent, in heights of capitals: from an x to a capital."""
_NARROW = 0.75
"""Of its height: how wide the stem of an i is at most, with its serifs."""
_ACCENT, _LEAN = 0.45, 0.35
"""Of the capitals' height: how high an accent is at most, and how far off the letter's middle."""
_ACUTE, _GRAVE = "\u0301", "\u0300"
_READ_FOR_ACCENTS = frozenset("\u0302\u0304\u0307\u030c")
"""Circumflex, macron, dot above, caron: of one piece, and leaning to neither side."""


def with_accents(characters: Sequence[Character], ink: BinarisedRow) -> list[Character]:
    """The characters, with the accent on each i and each accented letter that leans in the picture as it does."""
    result = list(characters)
    meant = [(_composed(character.text, _ACUTE), _composed(character.text, _GRAVE)) for character in result]
    if not any(acute or grave for acute, grave in meant):
        return result
    shapes = shapes_of(ink)
    line = line_of(shapes, ink)
    if line is None:
        return result
    for number, (character, (acute, grave)) in enumerate(zip(result, meant, strict=True)):
        if not acute and not grave:
            continue
        accent = _accent_at(character.place, shapes, line, narrow=character.text == "i")
        if accent is None or max(accent.width, accent.height) < _LEAST:
            continue
        slant = _slant(ink, accent)
        # Italian writes ì at the end of words alone, and others hardly at all.
        last = character.text != "i" or not any(one.text.isalpha() for one in result[number + 1 : number + 2])
        text = acute if slant <= -_LEANS else grave if slant >= _LEANS and last else ""
        if text:
            result[number] = Character(text, character.place, character.probability)
    return result


def _composed(letter: str, accent: str) -> str:
    """The letter with that accent in place of its dot or what it was read with; empty if there is none."""
    parts = unicodedata.normalize("NFD", letter)
    if letter != "i" and not (len(parts) == 2 and parts[1] in _READ_FOR_ACCENTS and parts[1] != accent):
        return ""
    composed = unicodedata.normalize("NFC", parts[0] + accent)
    return composed if len(composed) == 1 else ""


def _slant(ink: BinarisedRow, shape: Box) -> float:
    """How a shape leans, from -1, a stroke that rises to the right, over 0, a dot, to 1, one that falls."""
    rows, columns = np.nonzero(ink.mask[shape.top : shape.bottom, shape.left : shape.right])
    if not columns.std() or not rows.std():
        return 0.0
    return float(np.corrcoef(columns, rows)[0, 1])


def _accent_at(place: float, shapes: Sequence[Box], line: FontMetrics, *, narrow: bool) -> Box | None:
    """What stands over the letter at a column; None if it's not one thing over one letter."""
    found = []
    for body in shapes:
        middle = body.left + body.width / 2
        if (
            abs(middle - place) > _NEAR * line.height
            or not _BODY[0] * line.height <= body.height <= _BODY[1] * line.height
            or abs(body.bottom - line.base) > max(1.0, 0.08 * line.height)
            or (narrow and body.width > _NARROW * body.height)
        ):
            continue
        above = [
            shape
            for shape in shapes
            if shape.bottom <= body.top
            and shape.height <= _ACCENT * line.height
            and abs(shape.left + shape.width / 2 - middle) <= _LEAN * line.height
        ]
        if len(above) == 1:
            found.append(above[0])
    return found[0] if len(found) == 1 else None
