from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from capture_daemon.frames import Box
from capture_daemon.reading.rows import Row, Shape, could_be_text, find_rows, find_shapes, typical_height
from tests.reading.drawing import font

Pixels = NDArray[np.uint8]


def mask_of(*rows: str, letters: int = 24, pitch: float = 1.4) -> Pixels:
    """White rows on black, the first at 10, 10."""
    canvas = Image.new("L", (640, 40 + round(len(rows) * pitch * letters)), 0)
    pen = ImageDraw.Draw(canvas)
    for number, row in enumerate(rows):
        pen.text((10, 10 + round(number * pitch * letters)), row, fill=255, font=font(letters))
    return ((np.asarray(canvas) > 120) * np.uint8(255)).astype(np.uint8)


def rows_of(mask: Pixels, hint: int = 0) -> list[Row]:
    return find_rows(find_shapes(mask)[1], hint)


@pytest.mark.parametrize("letters", [14, 24, 60])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_rows_are_found_top_to_bottom(count: int, letters: int) -> None:
    texts = ("Jig, quips; by!", "an even row so on", "ÀÉÎ? Why (not)")[:count]
    rows = rows_of(mask_of(*texts, letters=letters))
    assert len(rows) == count
    tops = [row.box.top for row in rows]
    assert tops == sorted(tops)
    assert all(0.35 * letters <= row.letter_height <= 1.1 * letters for row in rows)


def test_rows_set_tight_are_told_apart() -> None:
    assert len(rows_of(mask_of("gypsy jogging", "HEIGHT Ähl", "gypsy jogging", pitch=1.05))) == 3


def test_dots_of_i_and_accents_belong_to_their_row() -> None:
    [row] = rows_of(mask_of("iiii jjjj iii"))
    assert len(row.shapes) == 22


def test_an_accent_over_a_capital_belongs_to_its_row() -> None:
    mask = np.zeros((60, 200), np.uint8)
    mask[8:13, 27:31] = 255  # an accent over a capital
    mask[14:33, 21:35] = 255
    for left in (44, 60, 76, 92):  # small letters, the last with a descender
        mask[19:33, left : left + 12] = 255
    mask[33:38, 96:104] = 255
    [row] = rows_of(mask)
    assert row.box.top == 8


def test_the_tail_of_a_y_that_is_parted_from_it_belongs_to_its_row() -> None:
    mask = np.zeros((60, 200), np.uint8)
    mask[8:24, 21:35] = 255  # a capital
    for left in range(44, 180, 16):
        mask[13:24, left : left + 12] = 255
    mask[25:31, 94:102] = 255
    [row] = rows_of(mask)
    assert row.box.bottom == 31


def test_an_ellipsis_alone_is_a_row_only_where_letters_height_is_known() -> None:
    dots = mask_of("...")
    assert rows_of(dots) == []
    [row] = rows_of(dots, hint=18)
    assert len(row.shapes) == 3


def test_lines_of_the_box_s_frame_are_not_text() -> None:
    assert not could_be_text(Shape(Box(0, 0, 400, 3), 1200, 1))
    assert not could_be_text(Shape(Box(0, 0, 2, 90), 180, 1))
    assert not could_be_text(Shape(Box(0, 0, 30, 120), 900, 1))
    assert not could_be_text(Shape(Box(0, 0, 1, 1), 1, 1))
    assert could_be_text(Shape(Box(0, 0, 24, 3), 72, 1))
    mask = mask_of("Inside a frame")
    mask[2:4, :] = 255
    [row] = rows_of(mask)
    assert row.box.top > 4


def test_no_ink_no_rows() -> None:
    assert rows_of(np.zeros((50, 50), np.uint8)) == []
    assert typical_height([]) == 0


BOXES = st.builds(Box, st.integers(0, 300), st.integers(0, 150), st.integers(1, 40), st.integers(1, 40))


@given(st.lists(BOXES, max_size=40), st.integers(0, 30))
def test_every_shape_is_in_one_row_at_most_and_inside_it(boxes: list[Box], hint: int) -> None:
    shapes = [Shape(box, box.width * box.height, label) for label, box in enumerate(boxes, 1)]
    rows = find_rows(shapes, hint)
    members = [shape.label for row in rows for shape in row.shapes]
    assert len(members) == len(set(members))
    for row in rows:
        assert row.area == sum(shape.area for shape in row.shapes)
        assert all(row.box.union(shape.box) == row.box for shape in row.shapes)
        assert row.letter_height > 0
