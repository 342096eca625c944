import cv2
import numpy as np
import pytest

from capture_daemon.frames import Box
from capture_daemon.ocr.engine import RowImage
from capture_daemon.ocr.prepare import PADDLE, BinarisedRow, Canvas, Look, boxed_view, dark_on_light, raw_view, view
from tests.ocr.drawing import draw, row_of


def picture(
    *boxes: tuple[int, int, int, int], size: tuple[int, int] = (40, 200), light_on_dark: bool = True
) -> RowImage:
    """Filled boxes (left, top, width, height) on an even background."""
    ink, paper = (230, 30) if light_on_dark else (30, 230)
    pixels = np.full(size, paper, np.uint8)
    for left, top, width, height in boxes:
        pixels[top : top + height, left : left + width] = ink
    return row_of(pixels)


@pytest.mark.parametrize("light_on_dark", [True, False])
def test_ink_is_found_in_either_polarity_and_becomes_dark_on_light(light_on_dark: bool) -> None:
    ink = BinarisedRow(picture((10, 8, 30, 20), (50, 8, 10, 20), light_on_dark=light_on_dark))
    assert ink.box == (10, 8, 50, 20)
    assert ink.runs == [(10, 40), (50, 60)]
    assert ink.gaps == [(40, 50)]
    assert ink.dark[10, 20] < ink.dark[0, 0]


def test_what_touches_the_edge_is_not_text() -> None:
    ink = BinarisedRow(picture((10, 8, 30, 20), (0, 36, 200, 4)))
    assert ink.box == (10, 8, 30, 20)


def test_the_view_holds_the_text_in_the_middle_at_the_height_asked_for() -> None:
    drawn = view(BinarisedRow(picture((10, 8, 30, 20), (50, 8, 40, 20))), Look(30))
    assert drawn.pixels.shape[0] == PADDLE.height
    dark = np.flatnonzero((drawn.pixels[:, :, 0] < 128).any(axis=1))
    assert abs(dark[0] - 9) <= 1
    assert abs(dark[-1] - 38) <= 1


def test_a_raw_view_keeps_the_colours_and_is_measured_by_the_rows_box() -> None:
    pixels = np.full((40, 200, 3), (90, 30, 20), np.uint8)
    pixels[8:28, 10:90] = (20, 200, 230)
    drawn = raw_view(RowImage(pixels, Box(10, 8, 80, 20)), Look(30))
    inside = np.flatnonzero((drawn.pixels[:, :, 2] > 128).any(axis=1))
    assert abs(inside[0] - 9) <= 1
    assert abs(inside[-1] - 38) <= 1
    assert np.abs(drawn.pixels[24, drawn.pixels.shape[1] // 2].astype(int) - (20, 200, 230)).max() <= 3
    assert drawn.column(drawn.pixels.shape[1] / 2) == pytest.approx(50, abs=1.5)


def test_text_that_differs_in_colour_alone_is_ink() -> None:
    pixels = np.full((40, 120, 3), (60, 140, 60), np.uint8)  # both have a luma of about 107
    pixels[10:30, 20:60] = (60, 60, 216)
    luma = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    assert abs(int(luma[0, 0]) - int(luma[20, 40])) < 5
    dark = dark_on_light(pixels)
    assert int(dark[0, 0]) - int(dark[20, 40]) > 60
    assert BinarisedRow(RowImage.whole(pixels)).box == (20, 10, 40, 20)


def test_columns_of_the_view_lead_back_to_the_row() -> None:
    drawn = view(BinarisedRow(picture((10, 8, 30, 20), (50, 8, 40, 20))), Look(30, 1.4))
    dark = np.flatnonzero((drawn.pixels[:, :, 0] < 128).any(axis=0))
    assert drawn.column(dark[0]) == pytest.approx(10, abs=1.5)
    assert drawn.column(dark[-1] + 1) == pytest.approx(90, abs=1.5)


@pytest.mark.parametrize("boxes", [[(20, 30, 4, 4), (32, 30, 4, 4), (44, 30, 4, 4)], [(20, 18, 24, 3)]])
def test_dots_and_a_dash_are_not_blown_up_to_the_height_of_letters(boxes: list[tuple[int, int, int, int]]) -> None:
    ink = BinarisedRow(picture(*boxes))
    assert ink.text_height > 2 * ink.box.height


def test_a_flat_picture_and_a_single_pixel_are_empty() -> None:
    assert BinarisedRow(row_of(np.full((30, 100), 90, np.uint8))).empty
    assert BinarisedRow(row_of(np.zeros((1, 1), np.uint8))).empty


def test_low_contrast_is_raised() -> None:
    row = draw("faint")
    faint = row_of((row.pixels[:, :, 0] // 5 + 60).astype(np.uint8), margin=6)
    assert np.ptp(BinarisedRow(faint).dark) > 200


def test_a_row_of_any_width_fits_the_network() -> None:
    boxes = [(left, 8, 5, 10) for left in range(8, 1880, 9)]
    drawn = view(BinarisedRow(picture(*boxes, size=(26, 1900))), Look(48, 1.5))
    assert drawn.pixels.shape[1] <= PADDLE.widest


def test_a_boxed_view_lies_where_the_box_is_dark_on_light_in_the_canvas_asked_for() -> None:
    pixels = np.full((40, 200, 3), 30, np.uint8)
    pixels[12:24, 20:80] = 230
    drawn = boxed_view(BinarisedRow(RowImage.whole(pixels)), Box(10, 8, 80, 20), Look(20, 1.5), Canvas(32, 8, 3200))
    assert drawn.pixels.shape == (32, 136, 3)
    dark = drawn.pixels[:, :, 0] < 128
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    assert (rows[0], rows[-1]) == (10, 21)
    assert abs(columns[0] - (8 + 1.5 * 10)) <= 1
    assert abs(columns[-1] + 1 - (8 + 1.5 * 70)) <= 1
    assert abs(drawn.column(8 + 1.5 * 10) - 20) < 0.01
