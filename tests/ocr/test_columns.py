"""Columns cut into characters, and these laid side by side."""

from __future__ import annotations

import numpy as np
import pytest

from capture_daemon.frames import Box
from capture_daemon.ocr.columns import Kind, Laid, Square, comb, laid, worth_comparing
from capture_daemon.ocr.engine import Character, RowImage
from capture_daemon.ocr.prepare import BinarisedRow
from tests.ocr.drawing import column

SIDE = 40


def _laid(image: RowImage) -> Laid:
    found = laid(image, BinarisedRow(image))
    assert found is not None
    return found


@pytest.mark.parametrize("size", [20, 28, 48])
@pytest.mark.parametrize("spread", [1.0, 1.15])
def test_every_character_has_a_square(size: int, spread: float) -> None:
    found = _laid(column("村の人々は毎年秋になる", size, spread=spread))
    assert len(found.squares) == 11
    assert found.squares[0].room == pytest.approx(spread * size, rel=0.04)


def test_the_row_is_as_long_as_its_characters_and_says_where_they_stood() -> None:
    image = column("若者は山を登りました", 32)
    found = _laid(image)
    height, width = found.image.pixels.shape[:2]
    assert width == 10 * height
    first, last = found.placed([Character("若", 0.5 * height, 0.9), Character("た", 9.5 * height, 0.9)])
    assert first.place == pytest.approx(image.row.left + 16, abs=5)
    assert last.place - first.place == pytest.approx(9 * 32, rel=0.04)


def test_ruby_beside_a_column_is_in_no_square() -> None:
    image = column("若者は山を登りました", 32)
    pixels = image.pixels.copy()
    pixels[1:6, 20:100:2] = 235
    beside = RowImage(pixels, Box(image.row.left, 0, image.row.width, image.row.bottom), column=True)
    assert len(_laid(beside).squares) == 10


def test_an_empty_picture_has_none() -> None:
    empty = RowImage(np.full((40, 200, 3), 60, np.uint8), Box(10, 5, 180, 30), column=True)
    assert laid(empty, BinarisedRow(empty)) is None
    assert comb(np.zeros((40, 200), np.bool_), 30) is None


def _square(left: float, top: float, width: float, height: float, *parts: tuple[float, float]) -> Kind:
    """What a square holds, with ink in a box in shares of it as it stands; of its height perhaps only in `parts`."""
    mask = np.zeros((SIDE, SIDE), np.bool_)
    for start, end in parts or ((0.0, 1.0),):
        # As the column lies: its top is on the left, and its right side on top.
        rows = slice(round(SIDE * (1 - left - width)), round(SIDE * (1 - left)))
        mask[rows, round(SIDE * (top + start * height)) : round(SIDE * (top + end * height))] = True
    return Square.of(mask, 0, SIDE, SIDE, SIDE / 2).kind


def test_what_a_square_holds_shows_by_the_place_and_shape_of_its_ink() -> None:
    assert _square(0.08, 0.08, 0.84, 0.88) is Kind.UPRIGHT
    assert _square(0.28, 0.28, 0.64, 0.5) is Kind.SMALL
    assert _square(0.68, 0.06, 0.26, 0.26) is Kind.POINT
    assert _square(0.4, 0.4, 0.2, 0.2) is Kind.UPRIGHT
    assert _square(0.45, 0.1, 0.1, 0.8) is Kind.DASH
    assert _square(0.45, 0.1, 0.1, 0.8, (0, 0.15), (0.42, 0.57), (0.85, 1)) is Kind.DOTS
    assert _square(0.42, 0.1, 0.16, 0.8, (0, 0.65), (0.85, 1)) is Kind.UPRIGHT
    assert _square(0.26, 0.65, 0.7, 0.32) is Kind.OPENING
    assert _square(0.04, 0.04, 0.7, 0.32) is Kind.CLOSING
    assert _square(0.05, 0.45, 0.9, 0.08) is Kind.UPRIGHT


def test_a_reading_that_is_much_less_sure_is_worth_nothing() -> None:
    sure, poor = [Character("山", 5.0, 0.98)], [Character("出", 5.0, 0.5)]
    assert worth_comparing([sure, poor]) == [sure]
    assert worth_comparing([sure, sure]) == [sure, sure]
