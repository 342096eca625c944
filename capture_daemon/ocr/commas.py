"""Commas read as full stops, or lost at a row's end: the tail that goes below the line tells them."""

from __future__ import annotations

from collections.abc import Sequence

from capture_daemon.frames import Box
from capture_daemon.ocr.engine import Character
from capture_daemon.ocr.prepare import Ink
from capture_daemon.ocr.shapes import line_of, shapes_of

_SMALL_SHARE = 0.42
"""Of a row's height: how high a comma is at most."""
_LONGER = 1.4
"""How many times higher than wide a comma is at least; a full stop is as wide as high."""
_TAIL_SHARE = 0.05
"""Of a row's height: how far below the letters' line a comma goes at least."""
_NEAR = 0.3
"""Of a row's height: how far from its place a character's ink may lie."""


def with_commas(characters: Sequence[Character], ink: Ink) -> list[Character]:
    """The characters, with a comma for each full stop whose ink is that of one, and one at the end if it is there."""
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
    if last.text.isalnum() and end in commas and end.left > last.place + _NEAR * ink.text_height:
        found.append(Character(",", end.left + end.width / 2, last.probability))
    return found


def _is_comma(shape: Box, line: float, height: float) -> bool:
    """Whether a shape is small, longer than wide, begins above the letters' line and ends below it."""
    return (
        shape.height <= _SMALL_SHARE * height
        and shape.height >= _LONGER * shape.width
        and shape.top < line
        and shape.bottom >= line + max(2.0, _TAIL_SHARE * height)
    )


def _holds(shape: Box, place: float, height: float) -> bool:
    return abs(shape.left + shape.width / 2 - place) <= _NEAR * height
