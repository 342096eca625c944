"""Ink: text of any size and colour, told from what moves behind it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from capture_daemon.reading.ink import InkFinder, alike, empty_mask, grown
from tests.reading.drawing import (
    BLACK,
    NIGHT,
    PAPER,
    WHITE,
    Colour,
    Screen,
    lines_of,
    moving_picture,
    standing,
)
from tests.reading.drawing import play as played

Pixels = NDArray[np.uint8]


def _square(level: int = 40, ink: int = 230, shift: int = 0) -> Pixels:
    picture = np.full((40, 80), level, np.uint8)
    picture[10:26, 20 + shift : 26 + shift] = ink
    return picture


def _mask_after(pictures: list[Pixels]) -> Pixels:
    finder = InkFinder()
    ink = None
    for number, picture in enumerate(pictures):
        ink = finder.add(picture, number / 30)
    assert ink is not None
    return ink.mask


def test_what_stands_still_and_stands_out_is_ink() -> None:
    mask = _mask_after([_square()] * 6)
    assert cv2.countNonZero(mask) == 16 * 6
    assert mask[10:26, 20:26].all()


def test_what_moves_is_not_ink() -> None:
    assert not _mask_after([_square(shift=6 * number) for number in range(8)]).any()


def test_what_is_faint_is_not_ink() -> None:
    assert not _mask_after([_square(ink=70)] * 6).any()


def test_what_is_thicker_than_any_stroke_is_not_ink() -> None:
    picture = np.full((80, 160), 40, np.uint8)
    picture[20:60, 40:100] = 230
    assert not _mask_after([picture] * 6).any()


def test_too_few_frames_say_nothing() -> None:
    finder = InkFinder()
    assert [finder.add(_square(), number / 30) is None for number in range(6)] == [True] * 4 + [False] * 2


def test_another_size_begins_anew() -> None:
    finder = InkFinder()
    for number in range(6):
        finder.add(_square(), number / 30)
    assert finder.add(_square()[:, :60], 0.2) is None


def test_masks_that_are_alike() -> None:
    one, moved, far = empty_mask((20, 40)), empty_mask((20, 40)), empty_mask((20, 40))
    one[5:15, 5:10], moved[5:15, 6:11], far[5:15, 20:25] = 255, 255, 255
    assert alike(one, one, 0.99)
    assert alike(one, moved, 0.9)
    assert not alike(one, far, 0.1)
    assert not alike(one, one | far, 0.9)
    assert not alike(one, one[:10], 0.1)
    assert cv2.countNonZero(grown(one, 1)) == 12 * 7


def _say_two_lines(screen: Screen) -> list[str]:
    screen.wait(0.3)
    screen.type("Where do you go?", 30)
    screen.wait(1.0)
    screen.clear(0.4)
    screen.type("Up the hill, and\nthen over it.", 30)
    screen.wait(1.2)
    screen.clear(0.3)
    return ["Where do you go?", "Up the hill, and then over it."]


@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        (WHITE, NIGHT),
        (BLACK, PAPER),
        ((250, 220, 60), (70, 20, 90)),
        ((120, 190, 255), (10, 30, 60)),
        ((120, 20, 20), (230, 210, 170)),
        ((255, 255, 255), (120, 120, 120)),
        ((60, 60, 60), (160, 160, 160)),
    ],
    ids=["white on black", "black on white", "yellow", "blue", "red on parchment", "white on grey", "grey on grey"],
)
def test_colours(ink: Colour, paper: Colour) -> None:
    screen = Screen(ink=ink, paper=paper)
    assert _say_two_lines(screen) == lines_of(screen)


@pytest.mark.parametrize(("ink", "paper"), [(WHITE, NIGHT), (BLACK, PAPER)], ids=["light", "dark"])
@pytest.mark.parametrize("height", [14, 18, 30, 44, 60])
def test_heights(height: int, ink: Colour, paper: Colour) -> None:
    screen = Screen(letters=height, ink=ink, paper=paper)
    screen.wait(0.3)
    screen.type("Where to go?", 30)
    screen.wait(1.0)
    screen.clear(0.4)
    screen.type("Up the hill.", 30)
    screen.wait(1.0)
    assert lines_of(screen) == ["Where to go?", "Up the hill."]


@pytest.mark.parametrize("early", [True, False], ids=["live", "recording"])
@pytest.mark.parametrize(("ink", "paper"), [(WHITE, (10, 10, 25)), (BLACK, (240, 238, 230))], ids=["light", "dark"])
def test_a_moving_picture_behind_a_box_half_seen_through(ink: Colour, paper: Colour, early: bool) -> None:
    screen = Screen(ink=ink, paper=paper, picture=moving_picture(), opacity=0.6)
    assert _say_two_lines(screen) == lines_of(screen, early=early)


def test_a_moving_picture_and_no_text_says_nothing() -> None:
    screen = Screen(picture=moving_picture(), opacity=0.5)
    screen.wait(3.0)
    assert lines_of(screen) == []


def test_text_that_changes_from_light_to_dark() -> None:
    light = Screen()
    lines = _say_two_lines(light)
    dark = Screen(ink=BLACK, paper=PAPER)
    dark.frames, dark.looks = light.frames, light.looks
    dark.wait(0.5)
    dark.type("And here it is day.")
    dark.wait(1.2)
    assert [line.text for line in standing(played(dark))] == [*lines, "And here it is day."]
