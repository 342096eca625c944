"""The sign by which games say that they wait."""

from __future__ import annotations

import pytest

from capture_daemon.frames import Box
from capture_daemon.reading.marks import OFTEN, AdvanceMarks, may_be_mark


@pytest.mark.parametrize("read", ["V", "4", "▼", "»", "O", "...."[:1], "VV", "ロ", "口"])
def test_what_may_be_a_mark(read: str) -> None:
    assert may_be_mark(read, 0.95) is (read != "VV")


@pytest.mark.parametrize("read", ["…", "...", "!", "?!", "No", "!?", "。", "네", "嗯", "え", ""])
def test_what_is_text(read: str) -> None:
    assert not may_be_mark(read, 0.95)


def test_a_character_that_makes_a_word_counts_if_it_is_read_surely() -> None:
    assert not may_be_mark("嗯", 0.95)
    assert may_be_mark("嗯", 0.6)


TEXT, CORNER = Box(30, 10, 300, 30), Box(560, 90, 16, 16)


def behind(text: Box) -> Box:
    return Box(text.right + 8, text.top + 8, 16, 16)


def test_a_mark_in_the_box_s_corner_is_known_after_some_lines() -> None:
    marks = AdvanceMarks()
    for number in range(OFTEN):
        assert not marks.knows(CORNER, TEXT)
        marks.learn(CORNER, Box(30, 10, 200 + 50 * number, 30))
    assert marks.knows(CORNER, TEXT)
    assert not marks.knows(Box(300, 90, 16, 16), TEXT)


def test_a_corner_is_the_same_for_rows_that_are_seen_of_different_heights() -> None:
    marks = AdvanceMarks()
    for height in (34, 39, 42):
        marks.learn(CORNER, Box(30, 10, 200, height))
    assert marks.knows(CORNER, Box(30, 10, 200, 36))


def test_a_letter_of_another_size_is_no_mark_and_text_that_went_on_makes_a_place_none() -> None:
    marks = AdvanceMarks()
    for _ in range(OFTEN):
        marks.learn(CORNER, TEXT)
    assert not marks.knows(Box(CORNER.left, CORNER.top, 9, 24), TEXT)
    marks.forget(CORNER, TEXT)
    assert not marks.knows(CORNER, TEXT)
    for _ in range(2 * OFTEN + 1):
        marks.learn(CORNER, TEXT)
    assert marks.knows(CORNER, TEXT)


def test_a_mark_behind_the_text_is_known_behind_any_text() -> None:
    marks = AdvanceMarks()
    for text in (TEXT, Box(30, 50, 120, 30)):
        marks.learn(behind(text), text)
    short = Box(30, 50, 60, 30)
    assert marks.knows(behind(short), short)
    assert not marks.knows(behind(TEXT).shifted(150, 0), short)


def test_other_places_each_time_teach_nothing() -> None:
    marks = AdvanceMarks()
    for number in range(6):
        marks.learn(Box(100 + 70 * number, 90, 16, 16), TEXT)
    assert not marks.knows(Box(560, 90, 16, 16), TEXT)
