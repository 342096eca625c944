import numpy as np
import pytest

from capture_daemon.ocr.ctc import text_of
from capture_daemon.ocr.engine import Character
from capture_daemon.ocr.prepare import BinarisedRow
from capture_daemon.ocr.repair import repaired, with_exclamation_marks
from tests.ocr.drawing import draw, row_of


def test_wide_marks_among_letters_are_narrow_ones() -> None:
    characters = [Character(letter, 14.0 + 15 * number, 1.0) for number, letter in enumerate("Quoi？")]
    assert repaired(characters, BinarisedRow(draw("Quoi?"))) == "Quoi?"


def test_ink_of_something_behind_the_row_repairs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    row = draw("Well, no")
    characters = [
        *(Character(letter, 14.0 + 12 * number, 1.0) for number, letter in enumerate("Well")),
        Character(".", 59.0, 1.0),
        *(Character(letter, 80.0 + 14 * number, 1.0) for number, letter in enumerate("no")),
    ]
    assert repaired(characters, BinarisedRow(row)) == "Well, no"
    monkeypatch.setattr(BinarisedRow, "overflows", property(lambda self: True))
    assert repaired(characters, BinarisedRow(row)) == "Well.no"


def test_ink_as_high_as_the_picture_is_not_the_row_s() -> None:
    row = draw("Well.")
    assert not BinarisedRow(row).overflows
    # A pole, and a beam that runs into the text.
    row.pixels[:, -5:] = row.pixels[12:18, -30:] = row.pixels.max()
    assert BinarisedRow(row).overflows


def row(*, dot_top: int | None) -> BinarisedRow:
    """A letter, then a stroke that may have a dot."""
    pixels = np.full((40, 60), 20, np.uint8)
    pixels[8:32, 8:24] = 230
    pixels[slice(8, 26) if dot_top is None or dot_top > 20 else slice(16, 32), 40:43] = 230
    if dot_top is not None:
        pixels[dot_top : dot_top + 3, 40:43] = 230
    return BinarisedRow(row_of(pixels))


@pytest.mark.parametrize(
    ("read", "dot_top", "meant"),
    [
        ("Ol", 29, "O!"),
        ("O l", 29, "O!"),
        ("Ol", None, "Ol"),
        ("Oi", 9, "Oi"),
        ("O?", 29, "O?"),
        ("", 29, ""),
    ],
)
def test_a_stroke_with_a_dot_under_it_is_an_exclamation_mark(read: str, dot_top: int | None, meant: str) -> None:
    characters = [Character(letter, 10.0 + 10 * number, 1.0) for number, letter in enumerate(read)]
    assert text_of(with_exclamation_marks(characters, row(dot_top=dot_top))) == meant
