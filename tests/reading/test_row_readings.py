"""What looks read in a row, and what they agree on."""

from __future__ import annotations

import pytest

from capture_daemon.reading.row import Row
from capture_daemon.reading.row_readings import READINGS, Reading, latest
from tests.reading.rows import WHOLE


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


def test_a_name_begins_with_the_capital_that_some_look_read() -> None:
    def row(text: str) -> Row:
        texts = (text, text[0].upper() + text[1:], text)
        return Row(1, WHOLE, 0, 0, 0, None, [Reading(one, 0.97, 0.0) for one in texts])

    assert row("odd Man").text == "Odd Man"
    assert row("somebody taller, to be honest.").text == "somebody taller, to be honest."


def test_the_end_of_a_sentence_that_was_typed_last_was_seen_but_once() -> None:
    def text(*readings: str, blinks: bool = False) -> str:
        row = Row(1, WHOLE, 0, 0, 0, None, [Reading(one, 0.97, number) for number, one in enumerate(readings)])
        row.blinks = blinks
        return row.text

    assert text("He is here", "He is here", "He is here.") == "He is here."
    assert text("He is here", "He is here.", blinks=True) == "He is here"
    assert text("He is here", "He is here.", "He is here", "He is here") == "He is here"
    assert text("He is here!", "He is here!", "He is here!.") == "He is here!"
