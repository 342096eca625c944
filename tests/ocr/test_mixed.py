"""Latin words in Korean rows."""

from __future__ import annotations

import numpy as np
import pytest

from capture_daemon.frames import Box
from capture_daemon.ocr.ctc import text_of
from capture_daemon.ocr.engine import Character, RowImage, RowText
from capture_daemon.ocr.mixed import latin_runs, with_latin

PITCH = 20
ROW = RowImage(np.zeros((40, 600, 3), np.uint8), Box(10, 8, 580, 24))


def characters(text: str, *, left: float = 20.0, sure: float = 0.97) -> list[Character]:
    return [Character(letter, left + PITCH * number, sure) for number, letter in enumerate(text)]


def mixed(own: str, other: str, sure: float = 0.97) -> str:
    """What comes of a row with one run, in which the other model reads a character every 20 columns from its left."""
    read = characters(own)
    runs = latin_runs(read, ROW)
    found = RowText(other, sure, tuple(characters(other, left=10.0, sure=sure)))
    return text_of(with_latin(read, runs, [found] * len(runs)))


@pytest.mark.parametrize(
    ("own", "other", "meant"),
    [
        ("태그는 'ucy야", "'lucy'", "태그는 'lucy'야"),
        ("하고 jpg 또는", ".jpg", "하고 .jpg 또는"),
        # Half a syllable is read as a digit.
        ("(Charactor)가", "(Character)7", "(Character)가"),
    ],
)
def test_a_latin_word_is_as_the_other_model_reads_it(own: str, other: str, meant: str) -> None:
    assert mixed(own, other) == meant


@pytest.mark.parametrize(
    ("own", "other", "sure"),
    [("태그는 lucy야", "lucv", 0.6), ("태그는 lucy야", "OoXo", 0.97), ("소문자 l과", "1", 0.97)],
)
def test_what_is_unsure_or_unlike_or_a_single_letter_stays(own: str, other: str, sure: float) -> None:
    assert mixed(own, other, sure) == own


def test_spaces_do_not_make_up_for_a_mark_that_the_other_model_lacks() -> None:
    assert mixed("하고, .jpg, .png 또는", ", jpg, .png") == "하고, .jpg, .png 또는"


def test_a_run_is_cut_out_from_syllable_to_syllable() -> None:
    [run] = latin_runs(characters("가 ab나"), ROW)
    assert (run.start, run.end, run.left) == (1, 4, 30)
    assert run.picture.pixels.shape == (40, 60, 3)
    assert run.picture.row == Box(0, 8, 60, 24)
