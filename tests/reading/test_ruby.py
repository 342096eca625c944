from __future__ import annotations

import numpy as np
import pytest
from PIL import ImageDraw

from capture_daemon.reading.crop import row_image
from capture_daemon.reading.ink import Polarity
from capture_daemon.reading.rows import find_rows, find_shapes
from tests.reading.drawing import WHITE, Screen, font, lines_of
from tests.reading.pictures import page_of
from tests.reading.test_rows import mask_of, rows_of


def with_ruby(screen: Screen, ruby: str, left: int = 34, top: int = 65, size: int = 12) -> None:
    """Draw small letters over the text that is shown."""

    def draw(pen: ImageDraw.ImageDraw, time: float) -> None:
        if screen.rows:
            pen.text((left, top), ruby, fill=WHITE, font=font(size))

    screen.extra = draw


def test_ruby_is_neither_a_row_nor_read_with_the_one_under_it() -> None:
    screen = Screen(letters=28)
    screen.top = 6
    with_ruby(screen, "mizu umi")
    screen.show("WATER, SEA AND SALT", 0.6)
    page = page_of(screen)
    [standing] = page.rows
    assert standing.row.ceiling > 0
    assert screen.looks.read(row_image(page, standing.row, Polarity.LIGHT)).text == "WATER, SEA AND SALT"


@pytest.mark.parametrize("early", [True, False])
def test_text_with_ruby_is_said_without_it(early: bool) -> None:
    screen = Screen(letters=28)
    screen.top = 6
    with_ruby(screen, "kana")
    screen.wait(0.3)
    screen.type("WATER IS WET")
    screen.wait(1.5)
    screen.clear()
    screen.type("SO IS RAIN")
    screen.wait(1.5)
    screen.clear()
    assert lines_of(screen, early=early) == ["WATER IS WET", "SO IS RAIN"]


@pytest.mark.parametrize("text", ["éé où créée â", "ÉÀÎ ÖÜ", "iiii jij", "“o” ‘a’ o", "a ñ ő ü"])
def test_accents_dots_and_quotes_are_no_ruby(text: str) -> None:
    [row] = rows_of(mask_of(text, letters=30))
    assert row.ceiling == 0
    assert len(row.shapes) == len(find_shapes(mask_of(text, letters=30))[1])


def test_rows_of_another_size_are_no_ruby() -> None:
    name, text = mask_of("Sylvie", letters=20), mask_of("So there you are", letters=28)
    mask = np.vstack([name[:36], text])
    assert len(find_rows(find_shapes(mask)[1])) == 2


def test_dots_and_the_full_stop_under_them_are_one_row() -> None:
    mask = np.zeros((60, 200), np.uint8)
    for left in range(20, 80, 10):
        mask[30:34, left : left + 4] = 255
    mask[40:48, 84:92] = 255
    [row] = rows_of(mask, hint=28)
    assert len(row.shapes) == 7
