"""A full stop is a comma where its ink goes below the line of the letters, and neither is lost at the end."""

from __future__ import annotations

import numpy as np
import pytest

from capture_daemon.ocr.commas import with_commas
from capture_daemon.ocr.ctc import text_of
from capture_daemon.ocr.engine import Character
from capture_daemon.ocr.prepare import BinarisedRow
from tests.ocr.drawing import row_of


def row(top: int, bottom: int, width: int) -> BinarisedRow:
    """Two letters that stand on row 32, a mark of that size after them, and another letter."""
    pixels = np.full((44, 100), 20, np.uint8)
    for left in (6, 26, 70):
        pixels[8:32, left : left + 14] = 230
    pixels[top:bottom, 48 : 48 + width] = 230
    return BinarisedRow(row_of(pixels))


@pytest.mark.parametrize(
    ("ink", "meant"),
    [
        (row(28, 36, 4), "ab,c"),
        (row(28, 32, 4), "ab.c"),  # as wide as high
        (row(26, 32, 3), "ab.c"),  # high, but it stands on the line
        (row(33, 38, 3), "ab.c"),  # dirt below the line
        (row(10, 36, 4), "ab.c"),  # too high
    ],
)
def test_a_tail_below_the_line_makes_a_comma(ink: BinarisedRow, meant: str) -> None:
    places = (13.0, 33.0, 50.0, 77.0)
    characters = [Character(letter, place, 1.0) for letter, place in zip("ab.c", places, strict=True)]
    assert text_of(with_commas(characters, ink)) == meant


def test_what_was_read_as_something_else_stays() -> None:
    ink = row(28, 36, 4)
    for read in ("ab,c", "ab;c", "abc", ""):
        characters = [Character(letter, 13.0 + 20 * number, 1.0) for number, letter in enumerate(read)]
        assert text_of(with_commas(characters, ink)) == read


@pytest.mark.parametrize(("read", "meant"), [("ab", "ab,"), ("ab,", "ab,"), ("ab!", "ab!"), ("", "")])
def test_a_comma_at_the_end_that_was_not_read_is_put_there(read: str, meant: str) -> None:
    pixels = row(28, 36, 4).dark.copy()
    pixels[:, 66:] = pixels.max()
    ink = BinarisedRow(row_of(255 - pixels))
    characters = [Character(letter, 13.0 + 20 * number, 1.0) for number, letter in enumerate(read)]
    assert text_of(with_commas(characters, ink)) == meant


@pytest.mark.parametrize(
    ("ink", "meant"),
    [
        (row(28, 32, 4), "ab."),
        (row(28, 30, 2), "ab"),  # a speck
        (row(18, 22, 4), "ab"),  # above the line
        (row(22, 32, 10), "ab"),  # a mark as large as a letter
    ],
)
def test_a_full_stop_at_the_end_that_was_not_read_is_put_there(ink: BinarisedRow, meant: str) -> None:
    pixels = ink.dark.copy()
    pixels[:, 66:] = pixels.max()
    characters = [Character("a", 13.0, 1.0), Character("b", 33.0, 1.0)]
    assert text_of(with_commas(characters, BinarisedRow(row_of(255 - pixels)))) == meant


def test_a_full_stop_close_to_a_letter_that_is_read_near_its_end_is_put_there() -> None:
    pixels = np.full((44, 70), 20, np.uint8)
    for left in (6, 26):
        pixels[8:32, left : left + 14] = 230
    pixels[28:32, 43:47] = 230
    characters = [Character("a", 13.0, 1.0), Character("b", 37.0, 1.0)]
    assert text_of(with_commas(characters, BinarisedRow(row_of(pixels)))) == "ab."
