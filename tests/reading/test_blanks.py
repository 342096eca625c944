"""What looks saw and couldn't read isn't read again as long as it looks the same."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from capture_daemon.frames import Box, GreyImage
from capture_daemon.reading.blanks import Blanks
from capture_daemon.reading.parameters import FOLLOW
from tests.reading.drawing import font

MARK = Box(200, 40, 20, 20)
SPECK = Box(120, 60, 8, 8)


def arrow(*, down: int = 0, level: int = 220, paper: int = 40) -> GreyImage:
    """A box with the sign that the game waits."""
    canvas = Image.new("L", (300, 120), paper)
    corners = [(202, 44 + down), (218, 44 + down), (210, 56 + down)]
    ImageDraw.Draw(canvas).polygon(corners, fill=level)
    return np.asarray(canvas, np.uint8)


def snow(left: int) -> GreyImage:
    luma = np.full((120, 300), 40, np.uint8)
    luma[61:67, left + 1 : left + 7] = 220
    return luma


@pytest.mark.parametrize(("down", "level"), [(0, 220), (5, 220), (-4, 220), (0, 130)])
def test_a_mark_is_known_where_it_bounces_and_as_it_fades(down: int, level: int) -> None:
    blanks = Blanks(FOLLOW)
    blanks.note(MARK, arrow())
    assert blanks.knows(MARK.shifted(0, down), arrow(down=down, level=level))


def test_what_shows_more_than_when_it_was_read_or_something_else_is_not_known() -> None:
    blanks = Blanks(FOLLOW)
    blanks.note(MARK, arrow(level=90))
    assert not blanks.knows(MARK, arrow())
    cross = np.full((120, 300), 40, np.uint8)
    cross[42:58, 208:212] = cross[48:52, 202:218] = 90
    assert not blanks.knows(MARK, cross)
    assert not blanks.knows(MARK.shifted(-90, 0), arrow(level=90))
    blanks.note(MARK, np.full((120, 300), 40, np.uint8))
    assert not blanks.knows(MARK, cross)


def test_rows_in_a_box_round_both_that_was_not_read_are_not_known() -> None:
    blanks = Blanks(FOLLOW)
    picture = arrow()
    blanks.note(Box(20, 20, 110, 100), picture)
    assert blanks.knows(Box(20, 22, 110, 96), picture)
    assert not blanks.knows(Box(30, 70, 90, 44), picture)


def test_a_single_letter_that_just_came_is_read_if_it_stays() -> None:
    blanks = Blanks(FOLLOW)
    memory = [(0.04 * number, arrow(level=40)) for number in range(20)]
    assert blanks.is_new(MARK, arrow(), 0.8, memory)
    assert blanks.waiting == [MARK]
    blanks.look(Box(0, 0, 100, 100))
    assert blanks.waiting == [MARK]
    blanks.look(Box(0, 0, 300, 100))
    assert not blanks.waiting
    assert not blanks.is_new(MARK, arrow(), 1.1, memory)
    assert not Blanks(FOLLOW).is_new(MARK, arrow(), 0.8, [(time, arrow()) for time, _ in memory])
    assert not Blanks(FOLLOW).is_new(Box(160, 40, 60, 20), arrow(), 0.8, memory)


def test_a_speck_that_was_not_there_just_now_passes_by() -> None:
    memory = [(0.04 * number, snow(20 + 5 * number)) for number in range(20)]
    assert Blanks(FOLLOW).passes_by(SPECK, 30, snow(120), 0.8, memory)
    assert not Blanks(FOLLOW).passes_by(SPECK, 30, snow(120), 0.8, [(time, snow(120)) for time, _ in memory])
    assert not Blanks(FOLLOW).passes_by(SPECK, 12, snow(120), 0.8, memory)


def test_what_blinks_where_a_mark_is_known_is_covered_by_it() -> None:
    blanks = Blanks(FOLLOW)
    blanks.note(MARK, arrow())
    blanks.note(Box(20, 40, 90, 20), arrow())
    assert blanks.covers(Box(203, 36, 14, 18))
    assert not blanks.covers(Box(150, 40, 60, 20))
    assert not blanks.covers(Box(30, 44, 14, 12))


def test_a_first_letter_that_was_taken_for_a_mark_is_not_the_word() -> None:
    def typed(text: str) -> GreyImage:
        canvas = Image.new("L", (300, 120), 40)
        ImageDraw.Draw(canvas).text((29, 38), text, fill=220, font=font(26))
        return np.asarray(canvas, np.uint8)

    blanks = Blanks(FOLLOW)
    blanks.note(Box(29, 40, 19, 28), typed("O"))
    assert blanks.knows(Box(28, 39, 21, 30), typed("O"))
    assert not blanks.knows(Box(26, 33, 41, 43), typed("Oh."))


@pytest.mark.parametrize(("level", "known"), [(56, True), (50, False)])
def test_a_mark_that_hardly_shows_is_known_elsewhere_only_if_it_is_more_than_noise(level: int, known: bool) -> None:
    blanks = Blanks(FOLLOW)
    blanks.note(MARK, arrow(level=level))
    assert blanks.knows(MARK.shifted(0, 10), arrow(down=10, level=level)) == known
