import cv2
import numpy as np
import pytest

from capture_daemon.ocr.ctc import text_of
from capture_daemon.ocr.dots import dot_runs, only_dots, only_rings, with_counted_dots, without_raised_dots
from capture_daemon.ocr.engine import Character
from capture_daemon.ocr.prepare import BinarisedRow
from tests.ocr.drawing import row_of


def row(dots: int, *, top: int = 27, words: bool = True) -> BinarisedRow:
    """A word, dots, and a word."""
    pixels = np.full((40, 200), 20, np.uint8)
    if words:
        pixels[8:30, 10:40] = 230
        pixels[8:30, 140:180] = 230
    for number in range(dots):
        pixels[top : top + 3, 45 + 9 * number : 48 + 9 * number] = 230
    return BinarisedRow(row_of(pixels))


def read(dots: str) -> list[Character]:
    """ "so", the dots as read, "no", each where `row` has it."""
    places = [18.0, 32.0, *(45.0 + 5 * number for number in range(len(dots))), 150.0, 170.0]
    return [Character(text, place, 0.9) for text, place in zip(f"so{dots}no", places, strict=True)]


@pytest.mark.parametrize("dots", [".", "..", "...", "....", "·", "….", ".…"])
def test_as_many_full_stops_as_the_picture_shows(dots: str) -> None:
    assert text_of(with_counted_dots(read(dots), row(3))) == ("so…no" if dots == "…" else "so...no")


def test_an_ellipsis_character_stands_for_three() -> None:
    assert text_of(with_counted_dots(read("…"), row(6, top=18))) == "so……no"
    assert text_of(with_counted_dots(read("…"), row(3))) == "so…no"


def test_a_single_dot_is_left_alone() -> None:
    assert text_of(with_counted_dots(read("."), row(1))) == "so.no"
    assert text_of(with_counted_dots(read(".."), row(1))) == "so..no"


def test_dots_behind_and_above_a_full_stop_are_not_counted_for_it() -> None:
    pixels = np.full((40, 200), 20, np.uint8)
    pixels[8:30, 10:40] = 230
    pixels[26:30, 46:50] = 230
    for number in range(3):
        pixels[18:21, 66 + 8 * number : 69 + 8 * number] = 230
    read = [Character(text, place, 0.9) for text, place in (("s", 18.0), ("o", 32.0), (".", 48.0))]
    assert text_of(with_counted_dots(read, BinarisedRow(row_of(pixels)))) == "so."


def test_a_japanese_full_stop_after_an_ellipsis_is_kept() -> None:
    assert text_of(with_counted_dots(read("…。"), row(6, top=18))) == "so……。no"


def test_specks_are_not_dots() -> None:
    ink = row(0)
    ink.mask[20, [60, 64, 68]] = True
    assert dot_runs(ink) == []


def test_the_dots_of_letters_are_not_full_stops() -> None:
    pixels = np.full((40, 60), 20, np.uint8)
    for left in (10, 20, 30):
        pixels[8:11, left : left + 3] = 230
        pixels[14:30, left : left + 3] = 230
    assert dot_runs(BinarisedRow(row_of(pixels))) == []


def test_a_row_of_nothing_else() -> None:
    assert only_dots(row(3, words=False)) == 3
    assert only_dots(row(3)) == 0
    assert only_dots(row(0)) == 0


@pytest.mark.parametrize(("text", "height", "dots"), [("000000", 34, 6), ("oooooo", 18, 0), ("Boyboy", 34, 0)])
def test_a_row_of_dots_with_an_outline(text: str, height: int, dots: int) -> None:
    pixels = np.full((50, 131), 180, np.uint8)
    for number in range(6):
        cv2.circle(pixels, (30 + 14 * number, 25), 4, (10,), 3)
    assert only_rings(text, BinarisedRow(row_of(pixels)), height) == dots


def behind_letters(top: int) -> BinarisedRow:
    """Letters with three small dots behind them, at a height of their own."""
    pixels = np.full((40, 200), 20, np.uint8)
    for left in (10, 26, 42):
        pixels[8:30, left : left + 12] = 230
    for number in range(3):
        pixels[top : top + 3, 62 + 7 * number : 65 + 7 * number] = 230
    return BinarisedRow(row_of(pixels))


@pytest.mark.parametrize(("word", "top", "kept"), [("see", 18, "see"), ("see", 27, "see…"), ("見え〇", 18, "見え〇…")])
def test_dots_that_stand_above_the_line_behind_latin_letters_are_a_mark(word: str, top: int, kept: str) -> None:
    read = [Character(text, place, 0.9) for text, place in zip(f"{word}…", (16.0, 32.0, 48.0, 70.0), strict=True)]
    assert text_of(without_raised_dots(read, behind_letters(top))) == kept


def test_letters_read_where_dots_seem_to_stand_are_no_mark() -> None:
    places = (16.0, 32.0, 48.0, 63.0, 70.0, 77.0)
    read = [Character(text, place, 0.9) for text, place in zip("고 있었다.", places, strict=True)]
    assert text_of(without_raised_dots(read, behind_letters(18))) == "고 있었다."


@pytest.mark.parametrize(("dots", "found"), [(3, "...no"), (2, "no"), (0, "no")])
def test_dots_before_a_text_that_were_not_read(dots: int, found: str) -> None:
    pixels = np.full((40, 200), 20, np.uint8)
    for number in range(dots):
        pixels[27:30, 45 + 9 * number : 48 + 9 * number] = 230
    pixels[8:30, 75:95] = pixels[8:30, 100:120] = 230
    ink = BinarisedRow(row_of(pixels))
    assert text_of(with_counted_dots([Character("n", 85.0, 0.9), Character("o", 110.0, 0.9)], ink)) == found
