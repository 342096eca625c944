"""Readings of vertical text, put right by its squares."""

from __future__ import annotations

from capture_daemon.frames import Box
from capture_daemon.ocr.columns import Square
from capture_daemon.ocr.ctc import text_of
from capture_daemon.ocr.engine import Character
from capture_daemon.ocr.vertical import with_marks, with_small_kana

SIDE, MIDDLE = 40, 20.0


def _square(number: int, *, ink: Box, runs: tuple[tuple[int, int], ...] = (), slant: float = 0.0) -> Square:
    """The square of a number, with ink in a box of a square of 40 pixels as the column lies."""
    box = ink.shifted(number * SIDE, 0)
    held = tuple((start + box.left, end + box.left) for start, end in runs) or ((box.left, box.right),)
    return Square(number * SIDE, SIDE, SIDE, MIDDLE, box, held, 0.3, slant)


FULL, SMALL, POINT = Box(3, 3, 35, 35), Box(11, 3, 20, 26), Box(2, 3, 10, 10)
DASH, OPENING, CLOSING, ROUND = Box(4, 18, 33, 4), Box(26, 3, 12, 28), Box(2, 9, 12, 28), Box(27, 1, 11, 38)
DOTS = ((0, 5), (14, 19), (28, 33))


def _read(text: str, squares: list[Square], *, clean: bool = True) -> str:
    """What is made of a text of which each character stands in its square; a space stands for one that was lost."""
    characters = [
        Character(one, square.place, 0.95) for one, square in zip(text, squares, strict=True) if not one.isspace()
    ]
    return text_of(with_marks(with_small_kana(characters, squares), squares, clean=clean))


def test_small_kana_are_told_by_their_squares() -> None:
    squares = [_square(0, ink=FULL), _square(1, ink=SMALL), _square(2, ink=FULL)]
    assert _read("きやつ", squares) == "きゃつ"


def test_commas_and_full_stops_that_were_lost_are_told_by_their_slant() -> None:
    squares = [_square(0, ink=FULL), _square(1, ink=POINT, slant=-0.8), _square(2, ink=FULL), _square(3, ink=POINT)]
    assert _read("山 川 ", squares) == "山、川。"
    assert _read("山“川°", squares) == "山、川。"
    assert _read("山 川 ", squares, clean=False) == "山川"


def test_brackets_and_long_vowels_that_were_lost() -> None:
    squares = [_square(0, ink=OPENING), _square(1, ink=FULL), _square(2, ink=DASH), _square(3, ink=CLOSING)]
    assert _read(" コ  ", squares) == "「コー」"
    assert _read("「コ」」", squares) == "「コー」"
    assert _read(" 山", [_square(0, ink=ROUND), _square(1, ink=FULL)]) == "（山"


def test_a_dash_takes_two_squares_and_dots_are_an_ellipsis() -> None:
    squares = [_square(0, ink=FULL), _square(1, ink=DASH), _square(2, ink=DASH)]
    assert _read("山ーー", squares) == "山――"
    squares = [_square(0, ink=FULL), _square(1, ink=DASH, runs=DOTS), _square(2, ink=DASH, runs=DOTS)]
    assert _read("山： ", squares) == "山……"


def test_what_reads_as_many_characters_as_there_are_squares_has_lost_none() -> None:
    squares = [_square(0, ink=FULL), _square(1, ink=CLOSING), _square(2, ink=FULL)]
    characters = [Character("山", 20, 0.9), Character("」", 99, 0.9), Character("川", 105, 0.9)]
    assert text_of(with_marks(characters, squares, clean=True)) == "山」川"
    assert with_marks(characters, [], clean=True) == characters
