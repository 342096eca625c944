"""The full stop that comes last: small, weak and close beside a letter, and yet a part of the line."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from capture_daemon.frames import Box, GreyImage
from capture_daemon.reading.ink import Ink, Mask, empty_mask
from capture_daemon.reading.last_stop import last_stop
from capture_daemon.reading.page import Page
from tests.reading.drawing import Screen, lines_of
from tests.reading.pictures import light, page_of, standing


def seen(picture: GreyImage, *, floor: int = 60) -> Ink:
    """The ink of a picture that stands still."""
    contrast = np.where(picture > 40, picture - 40, 0).astype(np.uint8)
    mask = np.asarray(cv2.threshold(contrast, floor, 255, cv2.THRESH_BINARY)[1], np.uint8)
    moved = empty_mask((picture.shape[0], picture.shape[1]))
    return Ink(
        still=picture, current=picture, raw=picture, contrast=contrast, mask=mask, moved=moved, since=1.0, time=1.1
    )


def nowhere(page: Page) -> Mask:
    return empty_mask((page.mask.shape[0], page.mask.shape[1]))


@pytest.fixture
def page() -> Page:
    return page_of(standing("One row of it"))


@pytest.fixture
def picture() -> GreyImage:
    return light(standing("One row of it")).copy()


def place(page: Page, right: int, width: int, height: int) -> Box:
    """A box that stands on the row's lower edge, so many pixels right of its last letter."""
    row = page.rows[-1].row.box
    return Box(row.right + right, row.bottom - height, width, height)


def put(picture: GreyImage, box: Box, luma: int) -> None:
    picture[box.top : box.bottom, box.left : box.right] = luma


def test_one_pixel_of_ink_and_what_is_weak_around_it(page: Page, picture: GreyImage) -> None:
    box = place(page, 2, 2, 2)
    put(picture, box, 110)
    picture[box.bottom - 1, box.left] = 130
    found = last_stop(seen(picture, floor=80), page, nowhere(page))
    assert found is not None
    assert found.box == box
    assert found.mask.all()


def test_beside_a_letter_within_the_margin_round_it(page: Page, picture: GreyImage) -> None:
    box = place(page, 1, 3, 3)
    put(picture, box, 170)
    found = last_stop(seen(picture), page, nowhere(page))
    assert found is not None
    assert found.box == box


@pytest.mark.parametrize(
    ("right", "up", "size"),
    [(2, 0, (1, 8)), (2, 0, (9, 2)), (2, 0, (12, 12)), (2, 14, (3, 3)), (40, 0, (3, 3)), (0, 0, (2, 2))],
    ids=["sliver", "dash", "letter", "above", "far", "rest of a letter"],
)
def test_nothing_else_is_a_stop(page: Page, picture: GreyImage, right: int, up: int, size: tuple[int, int]) -> None:
    put(picture, place(page, right, *size).shifted(0, -up), 200)
    assert last_stop(seen(picture), page, nowhere(page)) is None


def test_what_is_known_to_be_no_text_is_none(page: Page, picture: GreyImage) -> None:
    box = place(page, 2, 3, 3)
    put(picture, box, 170)
    ground = nowhere(page)
    put(ground, box, 255)
    assert last_stop(seen(picture), page, ground) is None


def test_an_empty_page_has_none() -> None:
    nothing = Page.blank((60, 200))
    assert last_stop(seen(np.full((60, 200), 40, np.uint8)), nothing, nothing.mask) is None


@pytest.mark.parametrize("early", [True, False], ids=["live", "recording"])
@pytest.mark.parametrize("letters", [12, 13, 14, 16])
def test_small_letters_typed_one_by_one_keep_their_stop(letters: int, early: bool) -> None:
    screen = Screen(letters=letters)
    screen.wait(0.3)
    for text in ("This one is the longer of the two lines", "It is so.", "So it is, and it will be."):
        screen.type(text, speed=12)
        screen.wait(1.2)
        screen.clear(0.1)
    assert lines_of(screen, early=early) == [
        "This one is the longer of the two lines",
        "It is so.",
        "So it is, and it will be.",
    ]
