"""What readings of vertical text get wrong and its squares give away: small kana, and commas, dashes and dots lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from capture_daemon.ocr.columns import Kind, Square
from capture_daemon.ocr.engine import Character

_SMALL = dict(zip("あいうえおつやゆよわアイウエオツヤユヨワ", "ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ", strict=True))
_STROKES = frozenset("|│丨｜I1l」")
_DASHES = frozenset("ー一―—–-") | _STROKES
"""What a dash is read as."""
_LONG_VOWEL = "ー"
_SPECKS = frozenset("”“’‘'\"°`´,.゜･·•○")
"""What a comma or a full stop is read as where it is taken for something else."""
_LONG_DASH, _ELLIPSIS = "―", "…"
_SLANT = 0.35
"""From which slant a point is a comma and no round full stop; 0.25 to 0.5."""
_WIDE_BRACKET = 0.83
"""Share of a square from which a bracket is round; 0.8 to 0.9."""
_SURE = 0.9
"""Probability of a character that stands in a square only by its shape."""


def with_small_kana(characters: Sequence[Character], squares: Sequence[Square]) -> list[Character]:
    """The characters of a column with small kana where a square holds one."""
    return [
        replace(one, text=_SMALL.get(one.text, one.text)) if squares[number].kind is Kind.SMALL else one
        for one, number in zip(characters, _numbers(characters, squares), strict=True)
    ]


def with_marks(characters: Sequence[Character], squares: Sequence[Square], *, clean: bool) -> list[Character]:
    """The characters of a column, in agreement with its squares; places are along the column.

    `clean` says that the squares hold nothing but ink: then what was lost can be told from them, too.
    """
    if not squares:
        return list(characters)
    held: list[list[Character]] = [[] for _ in squares]
    for one, number in zip(characters, _numbers(characters, squares), strict=True):
        held[number].append(one)
    kinds = [square.kind for square in squares]
    lost = sum(kind is not Kind.EMPTY for kind in kinds) - sum(not one.text.isspace() for one in characters)
    result: list[Character] = []
    for number, (square, inside) in enumerate(zip(squares, held, strict=True)):
        near = {kinds[one] for one in (number - 1, number + 1) if 0 <= one < len(kinds)}
        found = _in_square(square, inside, near)
        if not found and clean and lost > 0:
            # As many characters as squares: the one that seems missing was placed in the next square.
            found = _lost(square)
            lost -= len(found)
        result += found
    return result


def _numbers(characters: Sequence[Character], squares: Sequence[Square]) -> list[int]:
    """In which square each character stands."""
    first, room, last = squares[0].place, squares[0].room, len(squares) - 1
    return [min(max(round((one.place - first) / room), 0), last) for one in characters]


def _in_square(square: Square, inside: list[Character], near: set[Kind]) -> list[Character]:
    """What was read in a square, by its shape. `near` is what its neighbours hold."""
    kind = square.kind
    if kind is Kind.POINT:
        return [replace(one, text=_point(square)) if one.text in _SPECKS else one for one in inside]
    if kind is Kind.DOTS:
        return [Character(_ELLIPSIS, square.place, _SURE)]
    if kind is Kind.DASH and all(one.text in _DASHES for one in inside):
        if Kind.DASH in near:
            return [Character(_LONG_DASH, square.place, _SURE)]
        return [replace(one, text=_LONG_VOWEL) if one.text in _STROKES else one for one in inside]
    return inside


def _lost(square: Square) -> list[Character]:
    """The mark in a square in which nothing was read; nothing if there is none."""
    kind = square.kind
    if square.box is None or kind not in {Kind.DASH, Kind.POINT, Kind.OPENING, Kind.CLOSING}:
        return []
    brackets = "（）" if square.box.height >= _WIDE_BRACKET * square.side else "「」"
    mark = {
        Kind.DASH: _LONG_VOWEL,
        Kind.POINT: _point(square),
        Kind.OPENING: brackets[0],
        Kind.CLOSING: brackets[1],
    }[kind]
    return [Character(mark, square.place, _SURE)]


def _point(square: Square) -> str:
    return "、" if abs(square.slant) >= _SLANT else "。"
