"""A closing bracket that the row's picture shows is not lost."""

import numpy as np
import pytest

from capture_daemon.ocr.brackets import with_closing_bracket
from capture_daemon.ocr.ctc import text_of
from capture_daemon.ocr.engine import Character, RowImage
from capture_daemon.ocr.prepare import BinarisedRow
from tests.ocr.drawing import GOTHIC, draw


def repaired(shown: str, as_read: str, *, cut: int = 0) -> str:
    """What becomes of a row of square characters that shows one text, `cut` pixels less of it, and was read so."""
    drawn = draw(shown, GOTHIC, 30)
    pixels = np.ascontiguousarray(drawn.pixels[:, : drawn.pixels.shape[1] - cut])
    # In the first square the bracket is the right half.
    characters = [Character(one, 6.0 + 30 * number, 1.0) for number, one in enumerate(as_read)]
    return text_of(with_closing_bracket(characters, BinarisedRow(RowImage(pixels, drawn.row))))


@pytest.mark.parametrize("cut", [0, 6, 9])
@pytest.mark.parametrize("text", ["「そうか。」", "「誰だ？」", "『始まり』"])
def test_a_bracket_that_is_there_is_put_there(text: str, cut: int) -> None:
    assert repaired(text, text[:-1], cut=cut) == text


@pytest.mark.parametrize("text", ["「そうか。", "「誰だ？」", "そうか。」", "これは「嘘」だ", "「そうか、|"])
def test_nothing_is_added_otherwise(text: str) -> None:
    assert repaired(text, text.rstrip("|")) == text.rstrip("|")
