import numpy as np
import pytest

from capture_daemon.ocr.ctc import text_of
from capture_daemon.ocr.engine import Character
from capture_daemon.ocr.exclamation_marks import with_exclamation_marks
from capture_daemon.ocr.prepare import BinarisedRow
from tests.ocr.drawing import row_of


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


@pytest.mark.parametrize(("read", "meant"), [("Ot Ok", "O! Ok"), ("Oto Ok", "Oto Ok"), ("Ot'd", "Ot'd")])
def test_a_wide_stroke_with_a_dot_at_the_end_of_any_word_is_one(read: str, meant: str) -> None:
    pixels = np.full((40, 30 + 20 * len(read)), 20, np.uint8)
    for number, letter in enumerate(read):
        left = 10 + 20 * number
        if letter == "t":
            pixels[8:26, left + 3 : left + 16] = pixels[29:32, left + 6 : left + 10] = 230
        elif letter != " ":
            pixels[8:32, left : left + 16] = 230
    characters = [Character(letter, 18.0 + 20 * number, 1.0) for number, letter in enumerate(read)]
    assert text_of(with_exclamation_marks(characters, BinarisedRow(row_of(pixels)))) == meant
