from capture_daemon.ocr.engine import Character
from capture_daemon.ocr.prepare import Ink
from capture_daemon.ocr.repair import repaired
from tests.ocr.drawing import draw


def test_wide_marks_among_letters_are_narrow_ones() -> None:
    characters = [Character(letter, 14.0 + 15 * number, 1.0) for number, letter in enumerate("Quoi？")]
    assert repaired(characters, Ink(draw("Quoi?"))) == "Quoi?"
