import numpy as np
import pytest

from capture_daemon.ocr.ctc import confidence_of, decode, text_of
from capture_daemon.ocr.engine import Character

ALPHABET = ["blank", "a", "b", " "]


def scores(*steps: tuple[int, float]) -> np.ndarray:
    rows = np.zeros((len(steps), len(ALPHABET)), np.float32)
    for row, (index, probability) in zip(rows, steps, strict=True):
        row[index] = probability
    return rows


def test_a_character_over_several_steps_is_one_character_in_their_middle() -> None:
    [character] = decode(scores((0, 1), (1, 0.5), (1, 0.9), (0, 1)), ALPHABET)
    assert (character.text, character.place) == ("a", 2.0)
    assert character.probability == pytest.approx(0.9)


def test_a_blank_parts_two_alike_characters() -> None:
    assert text_of(decode(scores((1, 1), (0, 1), (1, 1), (2, 1), (3, 1)), ALPHABET)) == "aab "


def test_nothing_but_blanks_is_no_text() -> None:
    assert decode(scores((0, 1), (0, 1)), ALPHABET) == []


def test_confidence_is_the_mean_and_0_for_nothing() -> None:
    assert confidence_of([Character("a", 0, 0.5), Character("b", 1, 1.0)]) == 0.75
    assert confidence_of([]) == 0
