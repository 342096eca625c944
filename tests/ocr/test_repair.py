import pytest

from capture_daemon.ocr.engine import Character
from capture_daemon.ocr.prepare import BinarisedRow
from capture_daemon.ocr.repair import repaired
from tests.ocr.drawing import draw


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
