"""Rows of dots, found by their colour and counted."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from capture_daemon.frames import Box, GreyImage
from capture_daemon.reading.ellipsis import counted_dots, dots_of_colour

PLACE = Box(10, 10, 200, 40)


def dots(*lefts: int, width: int = 4, height: int = 4, light: int = 230, dark: int = 30) -> GreyImage:
    picture = np.full((60, 220), dark, np.uint8)
    for left in lefts:
        picture[36 : 36 + height, left : left + width] = light
    return picture


# The second: two of pixel type stand closer to one another than their dots, and are higher than wide.
@pytest.mark.parametrize(("lefts", "height"), [((40, 50, 60), 4), ((40, 49, 58, 64, 73, 82), 6)])
def test_dots_are_found_by_their_colour_and_counted(lefts: tuple[int, ...], height: int) -> None:
    luma = dots(*lefts, height=height)
    found = dots_of_colour(np.asarray(cv2.cvtColor(luma, cv2.COLOR_GRAY2BGR), np.uint8), PLACE, (230, 230, 230), 40)
    assert found is not None
    assert found.number == len(lefts)
    assert found.box.left == lefts[0]
    assert counted_dots(luma, Box(lefts[0] - 2, 30, lefts[-1] - lefts[0] + 8, 16), 40) == len(lefts)
    assert counted_dots(dots(*lefts, height=height, light=30, dark=230), Box(38, 30, 60, 16), 40) == len(lefts)


@pytest.mark.parametrize(
    "luma",
    [
        dots(40, 50),
        dots(40, 50, 75),
        dots(40, 45, 50),
        dots(40, 50, 60, height=14),
        dots(40, 50, 60, light=45),
        dots(),
    ],
    ids=["two", "uneven", "close", "strokes", "faint", "nothing"],
)
def test_other_things_are_not_counted(luma: GreyImage) -> None:
    assert counted_dots(luma, Box(36, 30, 50, 22), 40) == 0


def test_dots_over_and_under_others_are_what_is_behind_the_text() -> None:
    luma = np.full((140, 220), 30, np.uint8)
    for top in (6, 56, 106):
        for left in (40, 50, 60, 70, 80):
            luma[top : top + 4, left : left + 4] = 230
    colour = np.asarray(cv2.cvtColor(luma, cv2.COLOR_GRAY2BGR), np.uint8)
    place = Box(10, 40, 200, 40)
    assert dots_of_colour(colour, place, (230, 230, 230), 40) is None
    colour[:40] = colour[80:] = 30
    assert dots_of_colour(colour, place, (230, 230, 230), 40) is not None
