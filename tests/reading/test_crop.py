from __future__ import annotations

import numpy as np
import pytest

from capture_daemon.reading.crop import row_image
from capture_daemon.reading.ink import Polarity
from tests.reading.drawing import Screen, moving_picture
from tests.reading.pictures import page_of, standing


def test_each_row_is_cut_out_whole_and_alone() -> None:
    screen = standing("One gypsy row, jigging\nAND ÀNOTHER".replace("À", "A"))
    page = page_of(screen)
    images = [row_image(page, row.row, Polarity.LIGHT) for row in page.rows]
    assert [screen.looks.read(image).text for image in images] == ["One gypsy row, jigging", "AND ANOTHER"]


def test_a_margin_is_round_the_row() -> None:
    page = page_of(standing("One row"))
    [row] = page.rows
    image = row_image(page, row.row, Polarity.LIGHT)
    margin = (image.pixels.shape[0] - row.row.box.height) // 2
    assert margin >= 3
    assert image.pixels.shape[1] == row.row.box.width + 2 * margin
    assert image.light_on_dark
    for edge in (image.pixels[:2], image.pixels[-2:], image.pixels[:, :2], image.pixels[:, -2:]):
        assert int(edge.max()) < 60


def test_dark_text_is_given_as_it_was() -> None:
    page = page_of(standing("One row"))
    light = row_image(page, page.rows[0].row, Polarity.LIGHT)
    dark = row_image(page, page.rows[0].row, Polarity.DARK)
    assert not dark.light_on_dark
    assert np.array_equal(dark.pixels, 255 - light.pixels)


@pytest.mark.parametrize("seconds", [0.3, 1.5])
def test_a_picture_that_moves_behind_the_row_is_taken_out(seconds: float) -> None:
    screen = Screen(paper=(10, 10, 25), picture=moving_picture(), opacity=0.4)
    screen.wait(0.3)
    screen.show("Still before it moves", 0.4 + seconds)
    page = page_of(screen)
    [row] = page.rows
    image = row_image(page, row.row, Polarity.LIGHT)
    assert screen.looks.read(image).text == "Still before it moves"
