from __future__ import annotations

import cv2

from capture_daemon.frames import Box
from capture_daemon.reading.page import Page, cut
from tests.reading.pictures import light, page_of, standing


def test_a_blank_page() -> None:
    page = Page.blank((20, 30))
    assert page.is_empty
    assert page.letter_height == 0
    assert page.strength == 0
    assert page.found_rows(0) == []
    assert cut(page.mask, Box(5, 2, 10, 4)).shape == (4, 10)


def test_what_stands_is_not_lost_and_what_goes_is() -> None:
    screen = standing("One row of it\nand another")
    page = page_of(screen)
    assert not page.lost(light(screen)).any()
    assert 150 < page.strength < 200
    screen.show("One row of it", 0.1)
    lost = page.lost(light(screen))
    first, second = (standing_row.row.box for standing_row in page.rows)
    assert not cut(lost, first).any()
    assert cv2.countNonZero(cut(lost, second)) > 0.8 * cv2.countNonZero(cut(page.mask, second))


def test_rows_that_moved_up_are_found() -> None:
    screen = standing("One row of it\nand another")
    page = page_of(screen)
    screen.top = -screen.pitch // 2
    screen.wait(0.1)
    assert page.scrolled_by(light(screen)) == -screen.top
    screen.show("Something else\nentirely there", 0.1)
    assert page.scrolled_by(light(screen)) == 0


def test_a_page_that_is_shifted_fits_the_frame_again() -> None:
    screen = standing("One row of it\nand another")
    page = page_of(screen)
    screen.show("and another", 0.1)
    page.shift(screen.pitch)
    assert not page.lost(light(screen)).any()
    assert len(page.rows) == 1


def test_keeping_and_removing() -> None:
    page = page_of(standing("One row of it\nand another"))
    first, second = page.rows
    page.remove(list(second.row.shapes))
    assert not cut(page.mask, second.row.box).any()
    assert len(page.found_rows(0)) == 1
    page.keep([first])
    assert page.rows == [first]
    page.keep([])
    assert page.is_empty


def test_one_shape_s_ink() -> None:
    page = page_of(standing("ill"))
    for shape in page.shapes:
        assert cv2.countNonZero(page.shape_mask(shape)) == shape.area
