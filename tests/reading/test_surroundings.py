"""Outlined text without a box: the picture that shows between the outlines isn't ink."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from capture_daemon.frames import GreyImage
from capture_daemon.reading.ink import InkFinder, Look, Mask, Polarity, empty_mask
from capture_daemon.reading.polarity import find_look
from capture_daemon.reading.surroundings import without_surroundings
from tests.reading.drawing import font

SHAPE = (110, 620)


def _picture(fill: int, edge: int, behind: GreyImage) -> tuple[GreyImage, Mask]:
    """Outlined text over a picture, and where its fill is."""
    canvas = Image.fromarray(behind)
    place, words = (30, 35), "Room for one more"
    ImageDraw.Draw(canvas).text(place, words, fill=fill, font=font(34), stroke_width=3, stroke_fill=edge)
    letters = Image.new("L", (SHAPE[1], SHAPE[0]), 0)
    ImageDraw.Draw(letters).text(place, words, fill=255, font=font(34))
    return np.asarray(canvas, np.uint8), np.asarray(np.asarray(letters) > 128, np.uint8) * 255


def _hills(low: int, high: int) -> GreyImage:
    noise = np.random.default_rng(3).integers(0, 255, SHAPE, dtype=np.uint8)
    soft = cv2.GaussianBlur(noise, (0, 0), 9)
    return np.asarray(cv2.normalize(soft, soft.copy(), low, high, cv2.NORM_MINMAX), np.uint8)


def _seen(picture: GreyImage) -> InkFinder:
    finder = InkFinder()
    for number in range(6):
        finder.add(picture, number / 30)
    return finder


def _look(picture: GreyImage, present: Polarity) -> Look | None:
    both = _seen(picture).both()
    assert both is not None
    return find_look(*both, present, empty_mask(SHAPE))


@pytest.mark.parametrize("present", Polarity)
@pytest.mark.parametrize(("fill", "edge", "polarity"), [(245, 20, Polarity.LIGHT), (20, 245, Polarity.DARK)])
def test_of_outlined_letters_the_fill_is_the_text(fill: int, edge: int, polarity: Polarity, present: Polarity) -> None:
    picture, _ = _picture(fill, edge, _hills(100, 160))
    assert _look(picture, present) == Look(polarity, outlined=True)


def test_letters_in_a_box_have_no_outline() -> None:
    picture, _ = _picture(245, 40, np.full(SHAPE, 40, np.uint8))
    assert _look(picture, Polarity.LIGHT) == Look(Polarity.LIGHT, outlined=False)


@pytest.mark.parametrize("hills", [(110, 150), (100, 160), (60, 170)])
def test_the_picture_between_outlines_is_no_ink(hills: tuple[int, int]) -> None:
    picture, letters = _picture(245, 20, _hills(*hills))
    finder = _seen(picture)
    before = finder.now().mask
    finder.use(Look(Polarity.LIGHT, outlined=True))
    after = finder.now().mask
    elsewhere = cv2.bitwise_not(cv2.dilate(letters, np.ones((3, 3), np.uint8)))
    assert cv2.countNonZero(cv2.bitwise_and(before, elsewhere)) > 100
    assert cv2.countNonZero(cv2.bitwise_and(after, elsewhere)) <= 10
    assert cv2.countNonZero(cv2.bitwise_and(after, letters)) > 0.9 * cv2.countNonZero(letters)


def test_where_the_picture_is_as_light_as_the_text_its_ink_stays() -> None:
    picture, letters = _picture(250, 20, np.full(SHAPE, 245, np.uint8))
    kept = without_surroundings(letters, picture)
    assert cv2.countNonZero(kept) > 0.75 * cv2.countNonZero(letters)


def test_no_ink_stays_none() -> None:
    assert not cv2.countNonZero(without_surroundings(empty_mask(SHAPE), _hills(100, 160)))
