from __future__ import annotations

import cv2
import numpy as np

from capture_daemon.frames import GreyImage
from capture_daemon.reading.growth import Growth, sort_growth
from capture_daemon.reading.ink import Ink, InkFinder, Mask, grown
from capture_daemon.reading.marks import Marks
from capture_daemon.reading.page import Page
from tests.reading.pictures import light, page_of, standing


def ink_of(picture: GreyImage) -> Ink:
    finder = InkFinder()
    for number in range(6):
        ink = finder.add(picture, number / 30)
    assert ink is not None
    return ink


def sorted_growth(page: Page, picture: GreyImage, hint: int = 18) -> Growth:
    ink = ink_of(picture)
    known = grown(page.mask, 1)
    fresh: Mask = cv2.bitwise_and(ink.mask, cv2.bitwise_not(known)).astype(np.uint8)
    return sort_growth(fresh, ink, page, Marks(), hint)


def test_letters_after_the_text_are_text() -> None:
    screen = standing("One row and")
    page = page_of(screen)
    screen.show("One row and more", 0.1)
    growth = sorted_growth(page, light(screen))
    assert len(growth.shapes) == 4
    assert growth.marks == []


def test_a_filled_triangle_is_a_mark() -> None:
    screen = standing("One row and more.")
    page = page_of(screen)
    screen.mark = lambda time: screen.end_of_text()
    screen.wait(0.1)
    growth = sorted_growth(page, light(screen))
    assert growth.shapes == []
    assert len(growth.marks) == 1


def test_specks_far_from_the_text_are_neither() -> None:
    screen = standing("One row and more.")
    page = page_of(screen)
    picture = light(screen)
    picture[100:103, 500:503] = 235
    growth = sorted_growth(page, picture)
    assert growth.shapes == growth.marks == []


def test_ink_much_weaker_than_the_text_is_neither() -> None:
    screen = standing("One row and")
    page = page_of(screen)
    picture = light(screen)
    picture[16:34, 300:306] = 100
    assert sorted_growth(page, picture).shapes == []


def test_dots_begin_a_line_only_where_the_letters_are_known() -> None:
    screen = standing("...")
    blank = Page.blank(light(screen).shape)
    assert sorted_growth(blank, light(screen), hint=0).shapes == []
    assert len(sorted_growth(blank, light(screen)).shapes) == 3


def test_the_mask_of_what_grew_is_that_of_its_text_alone() -> None:
    screen = standing("One row and")
    page = page_of(screen)
    screen.show("One row and more.")
    screen.mark = lambda time: screen.end_of_text()
    screen.wait(0.1)
    growth = sorted_growth(page, light(screen))
    assert cv2.countNonZero(growth.mask()) == sum(shape.area for shape in growth.shapes)
    for shape in growth.shapes:
        assert cv2.countNonZero(growth.shape_mask(shape)) == shape.area
