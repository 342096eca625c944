from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture_daemon.frames import Box
from capture_daemon.reading.dots import ending_dots, only_dots, smeared_dots, with_dots
from capture_daemon.reading.rows import Row, Shape
from tests.reading.test_rows import mask_of, rows_of


@pytest.mark.parametrize("letters", [16, 24, 48])
@pytest.mark.parametrize(
    ("text", "count"),
    [("Well...", 3), ("Well.", 1), ("Well", 0), ("Well..", 2), ("Hi", 0), ("Why?", 0), ("No!", 0), ("Nani", 0)],
)
def test_dots_at_the_end_are_counted_by_their_ink(text: str, count: int, letters: int) -> None:
    [row] = rows_of(mask_of(text, letters=letters))
    dots, alone = ending_dots(row, row.letter_height)
    assert not alone
    # One is a full stop; engines don't miss it.
    assert dots == count or (count <= 1 and dots <= 1)


def test_dots_alone() -> None:
    [row] = rows_of(mask_of("..."), hint=18)
    assert ending_dots(row, 18) == (3, True)


@pytest.mark.parametrize(
    ("read", "count", "text"),
    [
        ("Well..", 3, "Well..."),
        ("Well", 3, "Well..."),
        ("Well...", 3, "Well..."),
        ("Well...", 2, "Well..."),
        ("Well....", 3, "Well..."),
        ("Well…", 3, "Well…"),
        ("Well…", 6, "Well……"),
        ("Well", 0, "Well"),
        ("Well...", 0, "Well..."),
        ("Well", 1, "Well."),
        ("そう。", 1, "そう。"),
        ("Why?", 1, "Why?"),
    ],
)
def test_what_was_read_is_given_its_dots(read: str, count: int, text: str) -> None:
    assert with_dots(read, count) == text


@given(st.text("abc .…!?", max_size=20), st.integers(0, 9))
def test_giving_dots_changes_nothing_before_them_and_only_once(text: str, count: int) -> None:
    given_dots = with_dots(text, count)
    assert given_dots.startswith(text.rstrip(" .…"))
    assert with_dots(given_dots, count) == given_dots


def test_hatching_is_no_ellipsis() -> None:
    shapes = tuple(Shape(Box(left, 10, 2, 4), 8, label) for label, left in enumerate((4, 7, 10, 13), 1))
    assert ending_dots(Row(Box(4, 10, 11, 4), shapes, 17), 17) == (1, False)


def test_only_dots() -> None:
    assert [only_dots(count) for count in (2, 3, 4, 6)] == ["..", "…", "....", "……"]


def test_dots_that_shake_are_counted_as_they_are_and_not_smeared() -> None:
    picture = np.full((9, 29), 40, np.uint8)
    for left in (4, 12, 20):
        picture[3:7, left : left + 4] = 230
    assert smeared_dots(picture, 22) == (3, True)
    assert smeared_dots(np.full((22, 29), 40, np.uint8), 22) == (0, False)
    dash = np.full((9, 29), 40, np.uint8)
    dash[3:6, 3:26] = 230
    assert smeared_dots(dash, 22) == (0, False)
