"""Rows of dots, found by their colour and counted."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from capture_daemon.frames import Box, GreyImage
from capture_daemon.reading.ellipsis import counted_dots, dots_by_themselves, dots_of_colour, is_in_own_box
from capture_daemon.reading.row_readings import Reading
from tests.reading.test_dialogue import Playing, row

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


WHOLE = Box(0, 0, 220, 100)


def alone(*lefts: int) -> GreyImage:
    """Dots of five pixels, light on dark, in the middle of a picture."""
    picture = np.full((100, 220), 30, np.uint8)
    for left in lefts:
        picture[60:65, left : left + 5] = 230
    return picture


def test_dots_by_themselves_are_found_wherever_they_stand_light_or_dark_sharp_or_smeared() -> None:
    luma = alone(100, 110, 120)
    smeared = luma.copy()
    smeared[60:65, 105:110] = smeared[60:65, 115:120] = 100
    for picture in (luma, 255 - luma, cv2.GaussianBlur(luma, (3, 3), 0), smeared):
        [dots] = dots_by_themselves(np.asarray(picture, np.uint8), WHOLE, 40, 80)
        assert (dots.number, dots.alone, dots.quoted) == (3, True, False)
        assert abs(dots.box.left - 100) <= 1


def test_dots_beside_anything_are_not_by_themselves() -> None:
    letters, shade, row = alone(100, 110, 120), alone(100, 110, 120), alone(*range(20, 200, 12))
    letters[40:64, 130:142] = 230
    shade[:, 90:180] = np.linspace(30, 160, 90, dtype=np.uint8)
    shade[60:65, 100:105] = shade[60:65, 110:115] = shade[60:65, 120:125] = 230
    for picture in (letters, shade, row, alone(100, 110), alone(100, 110, 130)):
        assert not dots_by_themselves(picture, WHOLE, 40, 80)


def test_dots_in_quotation_marks_are_by_themselves_with_these() -> None:
    luma = alone(100, 110, 120)
    for left in (84, 91, 131, 138):
        luma[42:52, left : left + 4] = 230
    [dots] = dots_by_themselves(luma, WHOLE, 40, 80)
    assert (dots.number, dots.quoted) == (3, True)
    assert (dots.box.left, dots.box.right) == (84, 142)
    luma[42:52, 131:142] = 30
    assert not dots_by_themselves(luma, WHOLE, 40, 80)


def test_a_bubble_of_a_few_dots_is_a_box_of_their_own() -> None:
    luma = np.full((160, 400), 30, np.uint8)
    luma[50:100, 150:230] = 220
    dots = Box(180, 70, 25, 12)
    assert is_in_own_box(luma, dots, 30)
    assert not is_in_own_box(luma, dots, 8)
    luma[50:100] = 220
    assert not is_in_own_box(luma, dots, 30)


def test_dots_that_come_with_a_text_not_surely_read_yet_wait_for_it() -> None:
    playing = Playing()
    text = row("No!", took=0.0, confidence=0.6)
    dots = row("...", level=3, left=400, born=1.2, took=0.0)
    dots.first_seen = text.first_seen
    playing.come(text, dots)
    assert playing.said() == []
    text.readings.append(Reading("No!", 0.97, 1.4))
    playing.come()
    assert playing.said() == ["No!"]
