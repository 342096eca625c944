"""The sign by which games say that they wait."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from capture_daemon.frames import Box
from capture_daemon.reading.ink import Ink, ink_of
from capture_daemon.reading.marks import OFTEN, AdvanceMarks, mark_behind, may_be_mark, stands_apart
from capture_daemon.reading.parameters import FOLLOW
from tests.reading.drawing import font


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


FACE = font(24)


def drawn(text: str, mark: str, left: int) -> Ink:
    """The ink of a text, and of a mark that stands from a column on."""
    canvas = Image.new("L", (400, 60), 40)
    pen = ImageDraw.Draw(canvas)
    pen.text((20, 10), text, fill=235, font=FACE)
    pen.text((left, 10), mark, fill=235, font=FACE)
    luma = np.asarray(canvas, np.uint8)
    ink = ink_of(luma, np.asarray(cv2.cvtColor(luma, cv2.COLOR_GRAY2BGR), np.uint8), Box(16, 12, 360, 30), FOLLOW)
    assert ink is not None
    return ink


def places(text: str, mark: str, left: float) -> list[tuple[str, float]]:
    middles = [20 + FACE.getlength(text[:number]) + FACE.getlength(one) / 2 for number, one in enumerate(text)]
    behind = [left + FACE.getlength(mark[:number]) + FACE.getlength(one) / 2 for number, one in enumerate(mark)]
    return [*zip(text, middles, strict=True), *zip(mark, behind, strict=True)]


@pytest.mark.parametrize(("text", "mark"), [("Really?", "..."), ("Come here.", "o"), ("Wait.", "..")])
def test_what_comes_behind_a_complete_text_later_than_its_last_letter_is_a_mark(text: str, mark: str) -> None:
    left = round(20 + FACE.getlength(text)) + 12
    ink = drawn(text, mark, left)
    start = mark_behind(ink, places(text, mark, left), lambda first, last: 1.0 if first < left - 4 else 1.4)
    assert start is not None
    assert abs(start - left) < 6
    assert mark_behind(ink, places(text, mark, left), lambda first, last: 1.0) is None
    assert stands_apart(ink, places(text, mark, left), len(text.replace(" ", "")))


@pytest.mark.parametrize(("text", "more"), [("Room", "4"), ("Well", "..."), ("Yes.", "No")])
def test_what_is_typed_behind_a_text_is_no_mark(text: str, more: str) -> None:
    left = round(20 + FACE.getlength(text)) + 12
    typed = mark_behind(
        drawn(text, more, left), places(text, more, left), lambda first, last: 1.0 if first < left - 4 else 1.4
    )
    assert typed is None


def test_dots_that_are_typed_slowly_are_no_mark() -> None:
    text, left = "Sure.", round(20 + FACE.getlength("Sure.")) + 8
    # Eight letters a second.
    slow = mark_behind(drawn(text, "..", left), places(text, "..", left), lambda first, last: 1.0 + (first - 20) / 120)
    assert slow is None


def test_an_ellipsis_apart_from_a_full_stop_is_a_mark_however_soon_it_came() -> None:
    left = round(20 + FACE.getlength("Wait.")) + 14
    at_once = mark_behind(drawn("Wait.", "...", left), places("Wait.", "...", left), lambda first, last: 1.0)
    assert at_once is not None
    asked = mark_behind(drawn("Wait?", "...", left), places("Wait?", "...", left), lambda first, last: 1.0)
    assert asked is None


def test_an_ellipsis_in_type_with_dots_far_apart_is_no_mark() -> None:
    typed, step = "true. . .", FACE.getlength(". ")
    left = 20 + FACE.getlength("true") + step
    where = [*places("true.", "", 0), (".", left + 3), (".", left + step + 3)]
    assert mark_behind(drawn(typed, "", 0), where, lambda first, last: 1.0 if first < left - 4 else 1.6) is None


def test_a_letter_further_is_no_mark_apart() -> None:
    assert not stands_apart(drawn("Sure...", "", 300), places("Sure...", "", 300), 5)


@pytest.mark.parametrize(
    ("text", "confidence", "may_be"),
    [
        ("▼", 0.99, True),
        ("v v v", 0.99, False),
        ("△△", 0.99, True),
        ("X", 0.99, True),
        ("我", 0.98, False),
        ("我", 0.8, True),  # a picture looks like one
        ("네", 0.98, False),
        ("口", 0.98, True),
        ("!", 0.5, False),
        ("...", 0.5, False),
        (".", 0.5, True),
        ("▼▽", 0.99, False),
        ("▼▼▼▼", 0.99, False),
        ("No", 0.5, False),
    ],
)
def test_what_may_be_a_mark_is_one_character_that_is_no_word(text: str, confidence: float, may_be: bool) -> None:
    assert may_be_mark(text, confidence) == may_be


@pytest.mark.parametrize(("text", "is_mark"), [("<Moss>", False), ("Really?", True)])
def test_dots_behind_a_name_are_what_is_said(text: str, is_mark: bool) -> None:
    left = round(20 + FACE.getlength(text)) + 12
    where = places(text, "...", left)
    found = mark_behind(drawn(text, "...", left), where, lambda first, last: 1.4 if first >= left - 4 else 1.0)
    assert (found is not None) == is_mark
