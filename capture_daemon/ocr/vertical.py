"""What readings of vertical text get wrong and its squares give away: small kana, and commas, dashes and dots lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from capture_daemon.ocr.columns import Kind, Square
from capture_daemon.ocr.engine import Character

_SMALL = dict(zip("あいうえおつやゆよわアイウエオツヤユヨワ", "ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ", strict=True))
_DASHES = frozenset("ー一―—–-|│丨｜I1l」")
"""What a dash is read as."""
_LONG_DASH, _ELLIPSIS = "―", "…"
_SLANT = 0.35
"""From which slant a point is a comma and no round full stop; 0.25 to 0.5."""
_WIDE_BRACKET = 0.83
"""Share of a square from which a bracket is round; 0.8 to 0.9."""
_SURE = 0.9
"""Probability of a character that stands in a square only by its shape."""


def with_marks(characters: Sequence[Character], squares: Sequence[Square]) -> list[Character]:
    """The characters of a column, in agreement with its squares; places are along the column."""
    held: list[list[Character]] = [[] for _ in squares]
    if not squares:
        return list(characters)
    for one in characters:
        number = round((one.place - squares[0].place) / squares[0].side)
        held[min(max(number, 0), len(squares) - 1)].append(one)
    kinds = [square.kind for square in squares]
    result: list[Character] = []
    for number, (square, inside) in enumerate(zip(squares, held, strict=True)):
        near = {kinds[one] for one in (number - 1, number + 1) if 0 <= one < len(kinds)}
        crowded = any(len(held[one]) > 1 for one in (number - 1, number + 1) if 0 <= one < len(held))
        result += _in_square(square, inside, near, crowded=crowded)
    return result


def _in_square(square: Square, inside: list[Character], near: set[Kind], *, crowded: bool) -> list[Character]:
    """What stands in a square. `near` is what its neighbours hold; `crowded`: one of them may hold its character."""
    kind = square.kind
    if kind is Kind.SMALL:
        return [replace(one, text=_SMALL.get(one.text, one.text)) for one in inside]
    if kind is Kind.DOTS:
        return [Character(_ELLIPSIS, square.place, _SURE)]
    if kind is Kind.DASH and Kind.DASH in near and all(one.text in _DASHES for one in inside):
        return [Character(_LONG_DASH, square.place, _SURE)]
    lost = _lost(square, kind) if not inside and not crowded else ""
    return [Character(lost, square.place, _SURE)] if lost else inside


def _lost(square: Square, kind: Kind) -> str:
    """The mark in a square in which nothing was read; empty where there is none."""
    assert square.box is not None or kind is Kind.EMPTY
    if kind is Kind.DASH:
        return "ー"
    if square.box is None or kind not in (Kind.POINT, Kind.OPENING, Kind.CLOSING):
        return ""
    if kind is Kind.POINT:
        return "、" if abs(square.slant) >= _SLANT else "。"
    brackets = "（）" if square.box.height >= _WIDE_BRACKET * square.side else "「」"
    return brackets[kind is Kind.CLOSING]
