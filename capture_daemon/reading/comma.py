"""Commas are told from full stops by their ink: in some faces engines take the one for the other."""

from __future__ import annotations

from statistics import median

from capture_daemon.frames import Box
from capture_daemon.reading.rows import Row

UNDER_LINE = 0.1
"""Share of a letter's height that a comma reaches below the line on which letters stand; a full stop doesn't."""
SLENDER = 1.15
"""A comma is at least this many times as high as wide; a full stop is round, or square."""
LOW = 0.6
"""Share of a letter's height that a mark on the line is high at most."""
STANDING = 0.55
"""Shapes at least so high, as a share of a letter's height, are letters that stand on the line."""


def find_commas(row: Row) -> tuple[bool, ...]:
    """Of each small mark on the line of the row, from left to right, whether it is a comma."""
    letter = row.letter_height
    bottoms = [shape.box.bottom for shape in row.shapes if shape.box.height >= STANDING * letter]
    if not bottoms:
        return ()
    line = median(bottoms)
    boxes = sorted((shape.box for shape in row.shapes), key=lambda box: box.left)
    marks = [box for box in boxes if _is_low(box, line, letter) and not _hangs_under(box, boxes)]
    return tuple(box.height >= SLENDER * box.width and box.bottom - line >= UNDER_LINE * letter for box in marks)


def with_commas(text: str, commas: tuple[bool, ...]) -> str:
    """The text of a row with such marks: full stops that were read in the place of commas are commas.

    Nothing is changed where it isn't clear which mark is which.
    """
    if not text or not any(commas):
        return text
    places = [place for place, character in enumerate(text) if character in ".,"]
    if len(places) != len(commas) or "…" in text:
        places, commas = [len(text) - 1], commas[-1:]
    characters = list(text)
    for place, is_comma in zip(places, commas, strict=True):
        if is_comma and characters[place] == "." and "." not in (text[place - 1 : place], text[place + 1 : place + 2]):
            characters[place] = ","
    return "".join(characters)


def _is_low(box: Box, line: float, letter: int) -> bool:
    return box.height <= LOW * letter and box.width <= LOW * letter and box.bottom >= line - UNDER_LINE * letter


def _hangs_under(box: Box, others: list[Box]) -> bool:
    """Whether something stands over it, as in : ; ! and ?."""
    return any(
        other.bottom <= box.top and min(other.right, box.right) - max(other.left, box.left) > 0
        for other in others
        if other is not box
    )
