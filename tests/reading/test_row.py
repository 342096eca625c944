"""What a row says, by all that was read in it."""

from __future__ import annotations

import pytest

from capture_daemon.frames import Box
from capture_daemon.ocr.engine import Character, RowText
from capture_daemon.reading.parameters import FOLLOW
from capture_daemon.reading.row import READINGS, Reading, Row, latest
from tests.reading.rows import LAMP, WHOLE, Looking


def test_the_sign_that_the_game_waits_is_dropped_if_a_look_lacks_it() -> None:
    looking = Looking()
    [row] = looking.look(0.2, LAMP)
    for number in range(3):
        looking.look(0.5 + 0.6 * number, LAMP, says="The lamp burns lowV")
        looking.look(0.8 + 0.6 * number, LAMP)
    assert row.text == "The lamp burns low"


def test_dots_behind_a_name_in_brackets_are_no_sign_that_the_game_waits() -> None:
    said = [("【ミオ】…", 0.95), ("【ミオ】", 0.82), ("【ミオ】…▼", 0.97)]
    row = Row(1, WHOLE, 0.0, 0.0, 0.0, None, [Reading(text, sure, 1.0) for text, sure in said])
    row.blinks = True
    assert row.text == "【ミオ】…"


@pytest.mark.parametrize("blinks", [False, True])
def test_two_ellipses_that_a_look_read_are_not_one(*, blinks: bool) -> None:
    said = ["まさか…", "まさか……", "まさか…"]
    row = Row(1, WHOLE, 0.0, 0.0, 0.0, None, [Reading(text, 0.98, 1.0) for text in said])
    row.blinks = blinks
    assert row.text == "まさか……"


def test_spaces_stand_where_most_looks_read_them() -> None:
    said = [("nothing to eat", 0.97), ("nothingto eat", 0.99), ("nothing to eat", 0.98)]
    row = Row(1, WHOLE, 0, 0, 0, None, [Reading(text, sure, 0.0) for text, sure in said])
    assert row.text == "nothing to eat"


def test_what_most_looks_read_wins() -> None:
    row = Row(1, WHOLE, 0, 0, 0, None, [Reading(text, 0.9, 0.0) for text in ("hat", "that", "that", "tat")])
    assert row.text == "that"
    assert row.confidence < 0.9


def test_a_text_is_one_if_it_was_read_alike_twice_or_surely_once() -> None:
    def row(*readings: tuple[str, float]) -> Row:
        return Row(1, WHOLE, 0, 0, 0, None, [Reading(text, sure, 0.0) for text, sure in readings])

    assert row(("The lamp", 0.95)).is_text(FOLLOW)
    assert row(("The lamp", 0.6), ("The 1amp", 0.6)).is_text(FOLLOW)
    assert not row(("The lamp", 0.6)).is_text(FOLLOW)
    assert not row(("The lamp", 0.6), ("Oh, weasel", 0.6)).is_text(FOLLOW)
    assert row(("...", 0.8)).is_text(FOLLOW)


def test_a_few_letters_that_went_before_a_second_look_are_text_if_they_stood_for_a_while() -> None:
    def row(gone: float | None, confidence: float) -> Row:
        return Row(1, WHOLE, 0, 0, 0, None, [Reading("No", confidence, 0.0)], gone=gone)

    nearly = (FOLLOW.sure + FOLLOW.sure_of("No")) / 2
    assert row(1.0, nearly).is_text(FOLLOW)
    assert not row(None, nearly).is_text(FOLLOW)
    assert not row(0.1, nearly).is_text(FOLLOW)
    assert not row(1.0, 0.5).is_text(FOLLOW)


def test_a_dash_that_was_read_once_is_not_forgotten_over_later_looks() -> None:
    looks = [Reading("- Who?", 0.9, 0.0), *(Reading("Who?", 0.99, 0.1 * number) for number in range(1, READINGS + 3))]
    row = Row(1, WHOLE, 0, 0, 0, None, latest(looks))
    assert len(row.readings) == READINGS
    assert (row.text, row.dashed_text) == ("Who?", "- Who?")


def test_a_dash_that_the_box_of_the_surest_look_left_out_is_kept() -> None:
    cut = Reading("Who?", 0.99, 0.0, (("W", 40.0),), left=36)
    row = Row(1, WHOLE, 0, 0, 0, None, [Reading("- Who?", 0.9, 0.0, (("-", 26.0), ("W", 40.0)), left=24), cut])
    assert row.text == "- Who?"
    speck = Reading("- Who?", 0.9, 0.0, (("-", 38.0), ("W", 40.0)), left=36)
    assert Row(1, WHOLE, 0, 0, 0, None, [speck, cut]).text == "Who?"


def test_dots_that_boxes_left_out_are_kept_and_what_the_others_read_at_the_end() -> None:
    whole = Reading("……是吗", 0.9, 0.0, (("…", 30.0), ("…", 50.0), ("是", 70.0), ("吗", 90.0)), left=24)
    cut = Reading("…是吗。", 0.99, 0.0, (("…", 50.0), ("是", 70.0), ("吗", 90.0), ("。", 100.0)), left=42)
    assert Row(1, WHOLE, 0, 0, 0, None, [whole, cut, cut]).text == "……是吗。"
    speck = Reading(". So it is.", 0.9, 0.0, ((".", 20.0), ("S", 40.0)), left=16)
    plain = Reading("So it is.", 0.99, 0.0, (("S", 40.0),), left=36)
    assert Row(1, WHOLE, 0, 0, 0, None, [speck, plain]).text == "So it is."


def test_looks_at_an_ellipsis_agree_however_many_of_its_dots_they_see() -> None:
    row = Row(1, WHOLE, 0, 0, 0, None, [Reading("...", 0.7, 0.0), Reading("......", 0.7, 0.0)])
    assert row.confidence == 0.7
    assert row.is_text(FOLLOW)


def test_a_name_begins_with_the_capital_that_some_look_read() -> None:
    def row(text: str) -> Row:
        texts = (text, text[0].upper() + text[1:], text)
        return Row(1, WHOLE, 0, 0, 0, None, [Reading(one, 0.97, 0.0) for one in texts])

    assert row("odd Man").text == "Odd Man"
    assert row("somebody taller, to be honest.").text == "somebody taller, to be honest."


def test_a_row_of_dots_is_as_high_as_the_row_beside_it() -> None:
    dots = Row(1, Box(20, 60, 30, 10), 0, 0, 0, None, [Reading("...", 0.9, 0.0)])
    assert dots.box_beside(Box(20, 10, 90, 28)) == Box(20, 42, 30, 28)
    words = Row(2, Box(20, 60, 30, 10), 0, 0, 0, None, [Reading("so", 0.9, 0.0)])
    assert words.box_beside(Box(20, 10, 90, 28)) == words.box


def test_the_mark_behind_a_text_makes_it_no_less_sure() -> None:
    characters = tuple(Character(one, 10.0 * place, 0.99) for place, one in enumerate("Hey!"))
    text = RowText("Hey! ▼", 0.88, (*characters, Character("▼", 60.0, 0.45)))
    read = Reading.of(text, 0.5, 0.0, Box(0, 0, 70, 30))
    assert read is not None
    assert read.text == "Hey!"
    assert read.confidence > 0.98


def test_the_end_of_a_sentence_that_was_typed_last_was_seen_but_once() -> None:
    def text(*readings: str, blinks: bool = False) -> str:
        row = Row(1, WHOLE, 0, 0, 0, None, [Reading(one, 0.97, number) for number, one in enumerate(readings)])
        row.blinks = blinks
        return row.text

    assert text("He is here", "He is here", "He is here.") == "He is here."
    assert text("He is here", "He is here.", blinks=True) == "He is here"
    assert text("He is here", "He is here.", "He is here", "He is here") == "He is here"
    assert text("He is here!", "He is here!", "He is here!.") == "He is here!"


def test_a_row_before_a_mark_that_blinks_is_as_sure_as_with_the_mark() -> None:
    box = Box(0, 0, 100, 28)
    readings = [Reading("晚安·", 0.98, 1.0), Reading("晚安·", 0.9, 1.2), Reading("晚安", 0.64, 1.4)]
    row = Row(1, box, 1.0, 1.0, 1.4, None, readings, blinks=True)
    assert row.text == "晚安"
    assert row.confidence > 0.9
