"""Opening exclamation marks: the recogniser has none, and reads them as an i or as nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence

from capture_daemon.frames import Box
from capture_daemon.ocr.engine import Character
from capture_daemon.ocr.prepare import BinarisedRow
from capture_daemon.ocr.shapes import FontMetrics, line_of, shapes_of

MARK = "¡"
_READ_AS = frozenset("iljtI1|!fr'’")
"""What the mark is read as where it is read at all; a word's own first letter is never put away for anything else."""
_BELOW, _LOWER = 0.1, 0.06
"""Of the capitals' height: how far below their line the mark ends, and how far below their top it begins, at least.
In type it's 0.15 to 0.45 and 0.1 to 0.3; i and ! stand on the line, and j begins at the top."""
_LEAST_HEIGHT, _STEM, _DOT = 0.7, 0.42, 0.5
"""How high mark and stem are at least, in heights of capitals, and the dot at most, in heights of the stem. The comma
of a semicolon, the other dot over something that goes below the line, is a third of a capital."""
_NARROW, _LEAN = 0.5, 0.3
"""Of the stem's height: how wide it is at most, and how far off its middle the dot may be, as it is in italics."""
_MERGED = 0.3
"""Of its height: how wide the mark is at most where stem and dot run into each other. Narrower than any bracket."""
_WORD_GAP = 0.22
"""Of the capitals' height: the gap before a word is at least this; between letters it's up to 0.2."""
_NEAR = 0.5
"""Of the capitals' height: how far a character may be from where it stands, as places are known in steps."""
_BEFORE = frozenset(" ¿¡([{«“‘\"'-–—")
"""What may stand before a sentence's opening mark without a gap."""
_AMPERSAND = re.compile(r"(?<=[i¡l1j|!])&(?=[A-ZÀ-Þ][^?？]*[?？])|^&(?=[A-ZÀ-Þ][^?？]*[?？])")
"""What a ¿ is read as in narrow type, before a question."""
_BEFORE_SENTENCE = re.compile(
    r"(?:^|(?<=[\s¿(«“\"—–-]))(?:[ij](?=[¿A-ZÀ-Þ])|[l1tI|](?=¿)|l(?=[A-ZÀ-Þ][a-zà-ÿ]))(?=[^!！]*[!！])"
)


def with_opening_marks(characters: Sequence[Character], ink: BinarisedRow) -> list[Character]:
    """The characters with a ¡ for each shape at a word's start that is one: a dot over a stem, lower than a letter."""
    result = list(characters)
    if not any(character.text.isalpha() for character in result):
        return result
    shapes = shapes_of(ink)
    line = line_of(shapes, ink)
    if line is None:
        return result
    exclaims = any(character.text in "!！" for character in result)
    for mark, plain in reversed(_marks(shapes, line)):
        if plain or exclaims:
            result = _with_mark(result, mark, shapes, line, ink)
    return result


def as_opening_marks(text: str) -> str:
    """The text with a ¡ for each i before a capital in a sentence that ends with an exclamation mark.

    In type whose ¡ stands on the line its shape is that of an i; no word but those of one maker begins with i and a
    capital, and they don't end in an exclamation mark alone.
    """
    return _BEFORE_SENTENCE.sub(MARK, _AMPERSAND.sub("¿", text))


def _marks(shapes: Sequence[Box], line: FontMetrics) -> list[tuple[Box, bool]]:
    """What has the mark's form and stands where it would, left to right, and whether its dot and stem are apart.

    What is in one piece may be a drop of rain as well.
    """
    merged = [shape for shape in shapes if _is_low(shape, line) and shape.width <= _MERGED * shape.height]
    found = []
    dots = [shape for shape in shapes if shape.height < _STEM * line.height and shape.top < line.base]
    for stem in shapes:
        if stem.height < _STEM * line.height or stem.width > _NARROW * stem.height:
            continue
        middle = stem.left + stem.width / 2
        above = [
            dot
            for dot in dots
            if dot.bottom <= stem.top
            and abs(dot.left + dot.width / 2 - middle) <= _LEAN * stem.height
            and dot.height <= _DOT * stem.height
            and dot.width <= _NARROW * stem.height
        ]
        if len(above) != 1:
            continue
        whole = above[0].union(stem)
        if _is_low(whole, line):
            found.append(whole)
    # A stem that would do alone is not a second mark.
    merged = [one for one in merged if all(one.intersection(whole) is None for whole in found)]
    return sorted([(one, True) for one in found] + [(one, False) for one in merged])


def _is_low(shape: Box, line: FontMetrics) -> bool:
    """Whether a shape as high as a letter begins below the letters' top and ends below their line."""
    return (
        shape.height >= _LEAST_HEIGHT * line.height
        and shape.bottom >= line.base + max(1.5, _BELOW * line.height)
        and shape.top >= line.top + max(0.5, _LOWER * line.height)
    )


def _with_mark(
    characters: list[Character], mark: Box, shapes: Sequence[Box], line: FontMetrics, ink: BinarisedRow
) -> list[Character]:
    """The characters with the mark where it stands, or as they are where it can't be one."""
    middle = mark.left + mark.width / 2
    others = [run for run in ink.runs if not run[0] <= middle < run[1]]
    if any(_is_another(one, mark, others) for one in characters):
        return characters
    first = sum(character.place < middle for character in characters)
    last = first
    # What was read of the mark itself, before or behind its middle.
    if first and _is_of_mark(characters, first - 1, middle, others, line):
        first -= 1
    elif last < len(characters) and _is_of_mark(characters, last, middle, others, line):
        last += 1
    head, rest = characters[:first], characters[last:]
    before = max((end for _, end in others if end <= mark.left), default=None)
    if not (before is None or mark.left - before >= _WORD_GAP * line.height or not head or head[-1].text in _BEFORE):
        return characters
    while rest and rest[0].text == " ":
        # A mark that was not read may stand on either side of a space that was.
        if head and head[-1].text not in _BEFORE:
            head = [*head, rest[0]]
        rest = rest[1:]
    after = min((shape for shape in shapes if _is_after(shape, mark, line)), default=None)
    if not rest or after is None or not (rest[0].text.isalpha() or rest[0].text == "¿"):
        return characters
    if not rest[0].text.isupper() and rest[0].text != "¿":
        # A j: its dot is above the letter that follows.
        near = [one for one in characters if one.text == "j" and abs(one.place - middle) < _NEAR * line.height]
        if near or after.top > mark.top + _LOWER * line.height:
            return characters
    return [*head, Character(MARK, middle, 1.0), *rest]


def _is_another(character: Character, mark: Box, others: Sequence[tuple[int, int]]) -> bool:
    """Whether the shape is a character that was read right: a J, or a ¿ that is as narrow."""
    if character.text == "¿":
        return abs(character.place - mark.left - mark.width / 2) < _distance(character.place, others)
    return mark.left <= character.place < mark.right and character.text not in _READ_AS | {" "}


def _is_of_mark(
    characters: Sequence[Character], number: int, middle: float, others: Sequence[tuple[int, int]], line: FontMetrics
) -> bool:
    """Whether a character is what the mark was read as: no other ink is as near, or it can be nothing else."""
    one, after = characters[number], "".join(other.text for other in characters[number + 1 : number + 2])
    if one.text not in _READ_AS:
        return False
    distance = abs(one.place - middle)
    if one.text in "ij" and (after.isupper() or after == "¿"):
        return distance < _NEAR * line.height
    return distance < _distance(one.place, others)


def _is_after(shape: Box, mark: Box, line: FontMetrics) -> bool:
    """Whether a shape is as high as a letter and stands right of the mark, which in italics may lean over it."""
    return shape.left > mark.left and shape.right > mark.right and shape.height >= _STEM * line.height


def _distance(place: float, runs: Sequence[tuple[int, int]]) -> float:
    """How far a column is from the nearest of the runs; 0 inside one."""
    return min((max(start - place, place - end, 0.0) for start, end in runs), default=float("inf"))
