"""Where lines begin, and dots there that the detector overlooks."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from capture_daemon.frames import Box
from capture_daemon.ocr.engine import Character, RowText
from capture_daemon.reading.ink import ink_of
from capture_daemon.reading.parameters import FOLLOW
from capture_daemon.reading.row import Row
from capture_daemon.reading.text_place import TextPlace
from tests.reading.rows import box_of, picture


def _row(text: str, left: int, top: int) -> Row:
    luma = picture((text, left, top))
    box = box_of(text, left, top)
    ink = ink_of(luma, np.asarray(cv2.cvtColor(luma, cv2.COLOR_GRAY2BGR), np.uint8), box, FOLLOW)
    return Row(1, box, 0, 0, 0, ink)


def test_on_a_page_that_fills_dots_are_found_below_what_stands() -> None:
    place = TextPlace()
    dots = np.asarray(cv2.cvtColor(picture(("...", 20, 104)), cv2.COLOR_GRAY2BGR), np.uint8)
    place.learn([_row("Who is there?", 20, 20)])
    standing = [box_of("Who is there?", 20, top) for top in (20, 62)]
    assert place.dots_in(dots, standing) is None
    place.learn([_row("Who is there?", 20, 62)])
    found = place.dots_in(dots, standing)
    assert found is not None
    assert found.number == 3


def test_dots_are_found_where_lines_begin_though_one_line_began_elsewhere() -> None:
    place = TextPlace()
    for left in (40, 12, 41, 40):
        place.learn([_row("Who is there?", left, 60)])
    dots = np.asarray(cv2.cvtColor(picture(("...", 40, 60)), cv2.COLOR_GRAY2BGR), np.uint8)
    found = place.dots_in(dots, [])
    assert found is not None
    assert found.box.intersection(box_of("...", 40, 60)) is not None
    assert found.number == 3
    assert place.dots_in(dots, [Box(30, 50, 100, 40)]) is None


def test_dots_are_found_where_the_line_before_the_last_began_in_another_box() -> None:
    place = TextPlace()
    for left, top in ((120, 20), (20, 104), (120, 20)):
        place.learn([_row("Who is there?", left, top)])
    dots = np.asarray(cv2.cvtColor(picture(("...", 20, 104)), cv2.COLOR_GRAY2BGR), np.uint8)
    found = place.dots_in(dots, [])
    assert found is not None
    assert found.box.intersection(box_of("...", 20, 104)) is not None


def test_dots_are_found_where_a_line_of_one_row_stands_in_the_middle_of_the_box() -> None:
    place = TextPlace()
    place.learn([_row("Who is there?", 20, 40)])
    place.learn([_row("Who is there?", 20, 20), _row("Who is there?", 20, 62)])
    dots = np.asarray(cv2.cvtColor(picture(("...", 20, 40)), cv2.COLOR_GRAY2BGR), np.uint8)
    found = place.dots_in(dots, [])
    assert found is not None
    assert found.box.intersection(box_of("...", 20, 40)) is not None


def test_dots_are_found_where_lines_have_their_middle_though_some_began_alike() -> None:
    place = TextPlace()
    for _ in range(3):
        place.learn([_row("Who is there?", 100, 20)])
    left = box_of("Who is there?", 100).width // 2 + 100 - 10
    dots = np.asarray(cv2.cvtColor(picture(("...", left, 20)), cv2.COLOR_GRAY2BGR), np.uint8)
    found = place.dots_in(dots, [])
    assert found is not None
    assert found.number == 3


def test_how_text_stands_out_is_learned_from_the_lines() -> None:
    place = TextPlace()
    assert place.contrast == 0.0
    place.learn([_row("Who is there?", 20, 20)])
    assert 150 < place.contrast <= 195


def _read(text: str, left: float, step: float = 20.0, gap: float = 0.0) -> RowText:
    """What was read in a row whose first character stands `gap` further from the next than that from its next."""
    places = [left, *(left + gap + step * number for number in range(1, len(text)))]
    return RowText(text, 0.9, tuple(Character(one, at, 0.9) for one, at in zip(text, places, strict=True)))


def _place(left: int) -> TextPlace:
    place = TextPlace()
    for _ in range(3):
        place.learn([_row("Who is there?", left, 60)])
    return place


def test_a_straight_thing_beside_the_place_is_no_character() -> None:
    place = _place(60)
    assert place.without_thing_before(_read("一不怕。", 30, gap=15), 0.0, 30).text == "不怕。"
    assert place.without_thing_before(_read("文Was?", 30, gap=15), 0.0, 30).text == "Was?"


@pytest.mark.parametrize(
    ("text", "left", "gap"),
    # A number in its place, one in a text that isn't indented as others are, a word, and a quoted one.
    [("一不怕。", 70, 0.0), ("一不怕。", 50, 0.0), ("Well?", 30, 15.0), ("「不怕。", 30, 15.0), ("一", 30, 0.0)],
)
def test_what_begins_elsewhere_for_a_reason_is_text(text: str, left: float, gap: float) -> None:
    read = _read(text, left, gap=gap)
    assert _place(60).without_thing_before(read, 0.0, 30) == read


def test_dots_may_stand_where_lines_begin_or_have_their_middle() -> None:
    place = _place(60)
    line = box_of("Who is there?", 60, 60)
    assert place.may_hold(Box(line.left + 4, 80, 20, 8))
    assert place.may_hold(Box(line.left + line.width // 2 - 10, 80, 20, 8))
    assert not place.may_hold(Box(400, 130, 20, 8))
    assert TextPlace().may_hold(Box(400, 130, 20, 8))
