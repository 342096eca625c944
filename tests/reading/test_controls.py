"""What stands on screen for the player, and nobody says."""

from __future__ import annotations

import pytest

from capture_daemon.frames import Box
from capture_daemon.reading.controls import is_clock, is_prompt, without_controls
from capture_daemon.reading.dialogue_line import DialogueLine
from capture_daemon.reading.row import Row
from tests.reading.test_dialogue import row

TEXT = "The ledger says you owe me three hundred."


def stood(text: str, *, level: int = 0, born: float = 1.0, gone: float = 4.0, height: int = 28) -> Row:
    """A row that came at once, and has gone."""
    one = row(text, level=level, born=born, took=0.0)
    one.box, one.gone = Box(one.box.left, one.box.top, one.box.width, height), gone
    return one


def prompts(one: Row, *others: Row) -> bool:
    return is_prompt([one], DialogueLine(2, [one], among=list(others)))


def test_what_comes_smaller_when_a_text_is_complete_is_a_prompt() -> None:
    assert prompts(stood("PRESS E", level=3, born=2.0, height=20), stood(TEXT))
    assert not prompts(stood("PRESS E", level=3, born=2.0, height=28), stood(TEXT)), "somebody may interrupt"
    assert not prompts(stood("PRESS E", level=3, born=2.0, height=20)), "nothing else stood"
    assert not prompts(stood("Stop it!", level=3, born=2.0, height=20), stood(TEXT)), "it is a sentence"
    assert not prompts(stood("PRESS E", level=3, born=2.0, gone=6.0, height=20), stood(TEXT)), "it stood on"


def test_a_label_that_comes_and_goes_with_a_text_is_none() -> None:
    assert prompts(stood("대화 그만하기", level=4), stood(TEXT))
    assert prompts(stood("OK", level=4, born=2.0), stood(TEXT))


@pytest.mark.parametrize(
    ("text", "seconds", "scores"), [("1284", 0.8, True), ("1984", 3.0, False), ("Seven.", 0.8, False)]
)
def test_digits_that_flash_are_a_score(text: str, seconds: float, scores: bool) -> None:
    assert prompts(stood(text, gone=1.0 + seconds)) == scores


@pytest.mark.parametrize(
    ("text", "clock"), [("오후 9:41", True), ("21:41", True), ("9:41 PM", True), ("At 9:41.", False), ("9.41", False)]
)
def test_the_time_of_day(text: str, clock: bool) -> None:
    assert is_clock(text) == clock


def test_numbered_answers_and_a_button_under_a_text_are_no_part_of_it() -> None:
    text, answers = [stood(TEXT)], [stood("1. Pay her.", level=1), stood("2. Leave.", level=2)]
    assert without_controls([*text, *answers]) == text
    assert without_controls([*text, stood("Continue", level=1, born=2.0)]) == text
    assert without_controls([stood("Continue")]) != []
    further = stood("Continue, please.", level=1)
    assert without_controls([*text, further]) == [*text, further]
