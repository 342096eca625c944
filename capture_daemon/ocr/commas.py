"""Commas read as full stops, and either lost at a row's end: the tail that goes below the line tells them."""

from __future__ import annotations

from collections.abc import Sequence

from capture_daemon.frames import Box
from capture_daemon.ocr.engine import Character
from capture_daemon.ocr.prepare import BinarisedRow
from capture_daemon.ocr.shapes import line_of, shapes_of

_SMALL_SHARE = 0.42
"""Of a row's height: how high a comma is at most."""
_LONGER = 1.4
"""How many times higher than wide a comma is at least; a full stop is as wide as high."""
_TAIL_SHARE = 0.05
"""Of a row's height: how far below the letters' line a comma goes at least."""
_STOP, _ROUND = (0.08, 0.22), 0.25
"""Of a row's height: how high a full stop is; and of its own, how much wider or less wide it may be."""
_AFTER = 0.35
"""Of a row's height: how far from the last letter it is at most; in typewriter faces it's 0.3."""
_NEAR = 0.3
"""Of a row's height: how far from its place a character's ink may lie."""


def with_commas(characters: Sequence[Character], ink: BinarisedRow) -> list[Character]:
    """The characters, with a comma for each full stop whose ink is that of one, and either at the end if it's there."""
    if not characters or not (characters[-1].text.isalnum() or any(one.text == "." for one in characters)):
        return list(characters)
    shapes = shapes_of(ink)
    line = line_of(shapes, ink)
    if line is None:
        return list(characters)
    commas = [shape for shape in shapes if _is_comma(shape, line.base, ink.text_height)]
    found = [
        Character(",", character.place, character.probability)
        if character.text == "." and any(_holds(shape, character.place, ink.text_height) for shape in commas)
        else character
        for character in characters
    ]
    last, end = found[-1], max(shapes, key=lambda shape: shape.right)
    # Places are off by some pixels: the last letter has ink of its own where it is read, before what ends the row.
    own = any(shape.left <= last.place <= shape.right <= end.left for shape in shapes)
    if last.text.isalnum() and (own or end.left > last.place + _NEAR * ink.text_height):
        if end in commas:
            found.append(Character(",", end.left + end.width / 2, last.probability))
        elif _is_stop(end, shapes, line.base, ink.text_height):
            found.append(Character(".", end.left + end.width / 2, last.probability))
    return found


def _is_comma(shape: Box, line: float, height: float) -> bool:
    """Whether a shape is small, longer than wide, begins above the letters' line and ends below it."""
    return (
        shape.height <= _SMALL_SHARE * height
        and shape.height >= _LONGER * shape.width
        and shape.top < line
        and shape.bottom >= line + max(2.0, _TAIL_SHARE * height)
    )


def _is_stop(shape: Box, shapes: Sequence[Box], line: float, height: float) -> bool:
    """Whether a shape is as wide as high, of a full stop's size, on the letters' line, and close to the last."""
    before = max((other.right for other in shapes if other != shape), default=0)
    return (
        _STOP[0] * height <= shape.height <= _STOP[1] * height
        and abs(shape.width - shape.height) <= max(1.0, _ROUND * shape.height)
        and abs(shape.bottom - line) <= max(1.0, _TAIL_SHARE * height)
        and 0 < shape.left - before <= _AFTER * height
    )


def _holds(shape: Box, place: float, height: float) -> bool:
    return abs(shape.left + shape.width / 2 - place) <= _NEAR * height
