"""An accent is told from a dot by its slant."""

import pytest
from PIL import ImageFont

from capture_daemon.ocr.accents import with_accents
from capture_daemon.ocr.ctc import text_of
from capture_daemon.ocr.engine import Character
from capture_daemon.ocr.prepare import BinarisedRow
from tests.ocr.drawing import SANS, SERIF, draw


def repaired(shown: str, as_read: str, font: tuple[str, str], size: int, outline: int = 0) -> str:
    """What becomes of a row that shows one text and was read as the other."""
    face = ImageFont.truetype(font[0], size)
    ink = BinarisedRow(draw(shown, font, size, outline=outline))
    left = 6 + outline - face.getbbox(shown)[0]
    places = [left + face.getlength(shown[:number]) + face.getlength(one) / 2 for number, one in enumerate(shown)]
    read = [Character(one, place, 1.0) for one, place in zip(as_read, places, strict=True)]
    return text_of(with_accents(read, ink))


@pytest.mark.parametrize("font", [SANS, SERIF])
@pytest.mark.parametrize(("size", "outline"), [(28, 0), (44, 0), (32, 2)])
@pytest.mark.parametrize(
    ("shown", "as_read"),
    [
        ("Sí, hace días", "Si, hace dias"),
        ("Źle mi dziś", "Żle mi dziš"),
        ("café", "cafē"),
        ("Sì, così è", "Si, cosi ē"),
    ],
)
def test_a_stroke_that_leans_is_an_accent(
    shown: str, as_read: str, font: tuple[str, str], size: int, outline: int
) -> None:
    assert repaired(shown, as_read, font, size, outline) == shown


@pytest.mark.parametrize("font", [SANS, SERIF])
@pytest.mark.parametrize("size", [15, 18, 24, 28, 44])
@pytest.mark.parametrize("text", ["I will, in his inn.", "più di così", "Żaba, že život", "île, maître, è"])
def test_dots_and_other_accents_stay(text: str, font: tuple[str, str], size: int) -> None:
    assert repaired(text, text, font, size) == text
