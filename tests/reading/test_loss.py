from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np

from capture_daemon.frames import Box
from capture_daemon.reading.loss import NOTHING, find_loss, is_shaken
from capture_daemon.reading.page import cut
from tests.reading.drawing import DIALOGUE, Screen
from tests.reading.pictures import light, page_of, standing


def test_nothing_is_gone() -> None:
    screen = standing("One row of it\nand another")
    assert find_loss(page_of(screen), light(screen)) == NOTHING


def test_a_cleared_page() -> None:
    screen = standing("One row of it\nand another")
    page = page_of(screen)
    screen.clear(0.1)
    loss = find_loss(page, light(screen))
    assert loss.any
    assert loss.most
    assert len(loss.rows) == 2
    assert loss.kept == ()


def test_one_row_of_two() -> None:
    screen = standing("One row of it, a long one\nand another")
    page = page_of(screen)
    screen.show("One row of it, a long one", 0.1)
    loss = find_loss(page, light(screen))
    assert not loss.most
    assert [row.row.box.top for row in loss.rows] == [page.rows[1].row.box.top]
    assert list(loss.kept) == [page.rows[0]]


def test_one_small_thing_after_the_text_is_a_mark_that_blinks() -> None:
    screen = standing("One row and more o")
    page = page_of(screen)
    screen.show("One row and more", 0.1)
    loss = find_loss(page, light(screen))
    assert loss.any
    assert loss.rows == ()
    assert len(loss.trailing) == 1


def test_a_few_letters_from_the_middle() -> None:
    screen = standing("One row and moreover another row")
    page = page_of(screen)
    missing = page.rows[0].row.shapes[8].box
    frame = light(screen)
    frame[missing.top : missing.bottom, missing.left : missing.right] = 40
    loss = find_loss(page, frame)
    assert loss.any
    assert loss.rows == ()
    assert loss.trailing == ()
    assert list(loss.touched) == page.rows


def test_a_speck_from_the_middle_is_no_change_of_the_text() -> None:
    screen = standing("One row")
    boxes = sorted(shape.box for shape in page_of(screen).shapes)
    left, right = max(itertools.pairwise(boxes), key=lambda pair: pair[1].left - pair[0].right)
    missing = Box((left.right + right.left) // 2 - 2, left.top + left.height // 2, 4, 4)
    before = screen.frames[-1]
    lit = before.pixels.copy()
    place = missing.shifted(DIALOGUE.left, DIALOGUE.top)
    lit[place.top : place.bottom, place.left : place.right] = 235
    screen.frames[:] = [replace(frame, pixels=lit) for frame in screen.frames]
    page = page_of(screen)
    assert any(shape.box == missing for shape in page.shapes)
    loss = find_loss(page, np.ascontiguousarray(before.crop(DIALOGUE)))
    assert not loss.any
    assert not loss.rows
    assert not loss.touched
    assert not loss.trailing


def test_what_stands_out_far_less_than_the_letters_may_go_from_among_them() -> None:
    screen = standing("One row and moreover another row")
    page = page_of(screen)
    weak = page.rows[0].row.shapes[8].box
    cut(page.allowance, weak)[:] //= 2
    frame = light(screen)
    frame[weak.top : weak.bottom, weak.left : weak.right] = 40
    loss = find_loss(page, frame, outlined=True)
    assert loss.touched == loss.rows == ()
    assert [shape.box for shape in loss.trailing] == [weak]


def test_text_that_has_moved_a_little_is_shaken() -> None:
    screen = standing("One row and more")
    page = page_of(screen)
    screen.shake = lambda time: (2, -2)
    screen.wait(0.1)
    assert is_shaken(page, light(screen))


def test_text_that_fades_or_goes_is_not_shaken() -> None:
    screen = standing("One row and more")
    page = page_of(screen)
    screen.fade(0.4, 0.1)
    assert not is_shaken(page, light(screen))
    screen.clear(0.1)
    assert not is_shaken(page, light(screen))


def test_a_line_alike_in_the_place_of_another_is_not_shaken() -> None:
    screen = standing("Take the left door")
    page = page_of(screen)
    screen.show("Take the long door", 0.1)
    assert not is_shaken(page, light(screen))


def test_text_after_which_a_small_mark_goes_is_not_shaken() -> None:
    screen = Screen()
    screen.show("Take the left door >", 0.6)
    page = page_of(screen)
    [row] = page.rows
    mark = max(row.row.shapes, key=lambda shape: shape.box.left).box
    frame = light(screen)
    assert is_shaken(page, frame) is False
    frame[mark.top : mark.bottom, mark.left : mark.right] = frame[0, 0]
    assert not is_shaken(page, frame)


def test_the_last_letter_alone_of_a_row_is_a_whole_row() -> None:
    screen = Screen()
    screen.show("I", 0.6)
    page = page_of(screen)
    screen.clear(0.1)
    loss = find_loss(page, light(screen))
    assert loss.most
    assert loss.trailing == ()


def test_one_thing_that_moves_is_no_text_that_shakes() -> None:
    for text, shakes in (("Oho", True), ("O", False)):
        screen = standing(text)
        page = page_of(screen)
        screen.shake = lambda time: (2, 1)
        screen.wait(0.1)
        assert is_shaken(page, light(screen)) is shakes
