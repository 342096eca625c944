"""From pieces of text to rows."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture_daemon.frames import Box
from capture_daemon.reading.layout import belong_together, on_one_level, overlap, rows_of, same_place, usual_height
from capture_daemon.reading.parameters import FOLLOW

WORDS = [Box(100, 50, 60, 30), Box(175, 52, 80, 28), Box(270, 51, 50, 30)]
BELOW = Box(100, 92, 300, 30)


def test_words_of_one_row_are_joined_whatever_their_order() -> None:
    for order in permutations([*WORDS, BELOW]):
        assert rows_of(order, FOLLOW) == [Box(100, 50, 220, 31), BELOW]


def test_two_texts_side_by_side_are_two_rows() -> None:
    far = Box(500, 50, 100, 30)
    assert rows_of([*WORDS, far], FOLLOW) == [Box(100, 50, 220, 31), far]


def test_the_wide_space_of_chinese_text_parts_no_row() -> None:
    assert len(rows_of([Box(100, 50, 60, 30), Box(220, 50, 60, 30)], FOLLOW)) == 1


def test_a_name_under_a_portrait_is_no_part_of_the_text_beside_it() -> None:
    margin = [Box(444, 56 + 32 * level, 500, 30) for level in range(3)]
    name, text = Box(220, 152, 190, 30), Box(444, 153, 120, 30)
    assert sorted(rows_of([*margin, name, text], FOLLOW), key=lambda box: box.top) == [*margin, name, text]


def test_a_number_before_a_text_is_part_of_it() -> None:
    margin = [Box(70, 56 + 32 * level, 500, 30) for level in range(3)]
    assert Box(52, 152, 318, 30) in rows_of([*margin, Box(52, 152, 14, 30), Box(70, 152, 300, 30)], FOLLOW)


def test_the_rim_of_a_box_beside_a_row_is_no_part_of_it() -> None:
    row, rim = Box(47, 58, 436, 37), Box(531, 12, 15, 77)
    assert sorted(rows_of([row, rim], FOLLOW), key=lambda box: box.left) == [row, rim]


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        (Box(0, 0, 50, 30), Box(60, 2, 50, 28), True),
        (Box(0, 0, 50, 30), Box(60, 32, 50, 30), False),
        (Box(0, 0, 50, 30), Box(60, 15, 14, 14), True),  # a full stop's own box
        (Box(0, 0, 50, 30), Box(60, 0, 200, 120), False),  # a title beside the text
    ],
)
def test_what_is_on_one_level(one: Box, other: Box, level: bool) -> None:
    assert on_one_level(one, other) is level
    assert on_one_level(other, one) is level


def test_overlap_is_that_of_the_narrower_one() -> None:
    assert overlap(Box(0, 0, 100, 30), Box(20, 2, 40, 28)) == 1.0
    assert overlap(Box(0, 0, 100, 30), Box(80, 0, 40, 30)) == 0.5
    assert overlap(Box(0, 0, 100, 30), Box(0, 40, 100, 30)) == 0.0


def test_a_detector_s_boxes_of_one_row_differ_a_little() -> None:
    row = Box(100, 50, 300, 30)
    assert same_place(row, Box(96, 49, 308, 32))
    assert not same_place(row, Box(100, 50, 330, 30))


@pytest.mark.parametrize(
    ("other", "together"),
    [
        (Box(100, 92, 200, 30), True),
        (Box(140, 92, 100, 30), True),
        (Box(100, 150, 300, 30), False),  # a paragraph further
        (Box(600, 92, 100, 30), False),  # beside, one row further down
        (Box(100, 92, 300, 80), False),  # a title
    ],
)
def test_what_may_be_rows_of_one_text(other: Box, together: bool) -> None:
    row = Box(100, 50, 300, 30)
    assert belong_together(row, other, FOLLOW) is together
    assert belong_together(other, row, FOLLOW) is together


def test_the_usual_height() -> None:
    assert usual_height([]) == 0
    assert usual_height([Box(0, 0, 9, 20), Box(0, 0, 9, 30), Box(0, 0, 9, 90)]) == 30


boxes = st.lists(st.builds(Box, st.integers(0, 500), st.integers(0, 90), st.integers(1, 90), st.integers(1, 40)))


@given(boxes)
def test_no_piece_is_lost(pieces: list[Box]) -> None:
    rows = rows_of(pieces, FOLLOW)
    assert all(any(row.intersection(piece) == piece for row in rows) for piece in pieces)
    assert len(rows) <= len(pieces)


def test_a_row_of_one_letter_and_an_indented_one_are_of_one_text() -> None:
    letter, indented = Box(100, 50, 20, 30), Box(175, 92, 300, 30)
    assert belong_together(letter, indented, FOLLOW)
    assert not belong_together(letter, indented.shifted(30, 0), FOLLOW)


def test_a_short_row_in_the_middle_under_a_long_one_is_of_one_text() -> None:
    assert belong_together(Box(100, 50, 500, 30), Box(300, 92, 100, 30), FOLLOW)
