"""Marks: the ▼ after the text is never read, and never makes a line of its own."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from capture_daemon.reading.marks import Marks, could_be_mark, has_strokes, is_solid, stroke_radius, thickest
from tests.reading.drawing import WHITE, Screen, blinking, bouncing, font, lines_of, moving_picture

BOTH = pytest.mark.parametrize("early", [True, False], ids=["live", "recording"])
Pixels = NDArray[np.uint8]


def _letter(text: str, size: int = 28) -> Pixels:
    canvas = Image.new("L", (3 * size, 3 * size), 0)
    ImageDraw.Draw(canvas).text((10, 10), text, fill=255, font=font(size))
    return _cut((np.asarray(canvas) > 120).astype(np.uint8) * np.uint8(255))


def _cut(mask: Pixels) -> Pixels:
    left, top, width, height = cv2.boundingRect(mask)
    return np.ascontiguousarray(mask[top : top + height, left : left + width])


def _polygon(*corners: tuple[int, int]) -> Pixels:
    canvas = np.zeros((60, 60), np.uint8)
    cv2.fillPoly(canvas, [np.array(corners, np.int32)], (255,))
    return _cut(canvas)


TRIANGLE = _polygon((10, 10), (28, 10), (19, 27))
DIAMOND = _polygon((19, 8), (28, 17), (19, 26), (10, 17))
SQUARE = _polygon((10, 10), (26, 10), (26, 26), (10, 26))


@pytest.mark.parametrize("shape", [TRIANGLE, DIAMOND, SQUARE], ids=["triangle", "diamond", "square"])
def test_solid_shapes_are_marks(shape: Pixels) -> None:
    assert could_be_mark(shape, 20)
    assert is_solid(shape, stroke_radius(_letter("Hello")), 20)


@pytest.mark.parametrize("letter", "ABEHKLMNSTVWXYZabcdefghkmnprstuvwxyz0123456789?&")
def test_letters_are_not_marks(letter: str) -> None:
    assert not is_solid(_letter(letter), stroke_radius(_letter("Hello")), 20)


@pytest.mark.parametrize("letter", ".,'-I!il|")
def test_narrow_and_small_letters_are_not_marks(letter: str) -> None:
    assert not could_be_mark(_letter(letter), 20)


def test_marks_are_known_again_by_their_looks() -> None:
    marks = Marks()
    marks.remember(TRIANGLE, 20)
    assert marks.knows(TRIANGLE, 20)
    assert marks.knows(TRIANGLE[:-1], 20)
    assert not marks.knows(DIAMOND, 20)
    assert not marks.knows(_letter("V"), 20)


def test_what_could_be_a_letter_is_not_learnt() -> None:
    marks = Marks()
    marks.remember(_letter("e"), 20)
    assert not marks.knows(_letter("e"), 20)


def test_thickness() -> None:
    bar = np.full((30, 8), 255, np.uint8)
    assert thickest(bar) == pytest.approx(4, abs=0.6)
    assert stroke_radius(np.pad(bar, 5)) == pytest.approx(4, abs=0.6)
    assert stroke_radius(np.zeros((10, 10), np.uint8)) == 0


def _bold_letter() -> Pixels:
    """The contrast of three upright strokes, two pixels apart, and of one that joins them."""
    contrast = np.zeros((28, 32), np.uint8)
    for left in range(5, 26, 7):
        contrast[4:24, left : left + 5] = 220
    contrast[12:16, 5:26] = 220
    return np.asarray(cv2.GaussianBlur(contrast, (0, 0), 1.2), np.uint8)


def test_a_bold_letter_whose_strokes_run_into_one_another_is_no_mark() -> None:
    contrast = _bold_letter()
    mask = np.where(contrast > 50, np.uint8(255), np.uint8(0))
    assert is_solid(_cut(mask), 1.5, 20)
    assert has_strokes(mask, contrast)


@pytest.mark.parametrize("light", [np.uint8(220), np.linspace(120, 250, 32).astype(np.uint8)], ids=["plain", "shaded"])
def test_a_mark_is_the_same_all_over_or_shaded(light: Pixels) -> None:
    mask = np.zeros((28, 32), np.uint8)
    cv2.fillPoly(mask, [np.array([(4, 5), (27, 5), (16, 24)], np.int32)], (255,))
    contrast = np.asarray(cv2.GaussianBlur(np.where(mask > 0, light, np.uint8(0)), (0, 0), 1.2), np.uint8)
    assert not has_strokes(np.where(contrast > 50, np.uint8(255), np.uint8(0)), contrast)


TEXTS = ("First a line like that.", "Then one of two rows,\nthe second short", "Sure", "No, thank you!")


def _story(screen: Screen, *, after_text: bool, kind: str, every: float = 1.0) -> list[str]:
    for text in TEXTS:
        screen.type(text)
        screen.wait(0.25)
        place = screen.end_of_text() if after_text else (590, 165)
        screen.mark = blinking(place, screen.time, every) if kind == "blinking" else bouncing(place)
        screen.wait(2.2)
        screen.mark = None
        screen.clear(0.3)
    return [text.replace("\n", " ") for text in TEXTS]


@BOTH
@pytest.mark.parametrize("after_text", [True, False], ids=["after the text", "in the corner"])
@pytest.mark.parametrize("every", [0.6, 1.0])
def test_a_blinking_mark(every: float, after_text: bool, early: bool) -> None:
    screen = Screen()
    assert _story(screen, after_text=after_text, kind="blinking", every=every) == lines_of(screen, early=early)


@BOTH
@pytest.mark.parametrize("after_text", [True, False], ids=["after the text", "in the corner"])
def test_a_bouncing_mark(after_text: bool, early: bool) -> None:
    screen = Screen()
    assert _story(screen, after_text=after_text, kind="bouncing") == lines_of(screen, early=early)


def test_a_mark_that_is_there_with_the_last_letter() -> None:
    screen = Screen()
    for text in TEXTS:
        screen.show(text)
        screen.mark = blinking(screen.end_of_text(), screen.time)
        screen.wait(1.7)
        screen.mark = None
        screen.clear(0.3)
    assert lines_of(screen) == [text.replace("\n", " ") for text in TEXTS]


@BOTH
def test_a_mark_like_a_letter_in_the_corner_that_comes_with_the_text(early: bool) -> None:
    screen = Screen()

    def mark(pen: ImageDraw.ImageDraw, time: float) -> None:
        if screen.rows:
            pen.line([(590, 175), (600, 155), (610, 175), (590, 175)], WHITE, 3)

    screen.extra = mark
    for text in TEXTS:
        screen.show(text, 1.7)
        screen.clear()
    assert lines_of(screen, early=early) == [text.replace("\n", " ") for text in TEXTS]


@BOTH
@pytest.mark.parametrize("seconds", [0.6, 1.6])
def test_a_bracket_that_closes_after_a_pause_is_no_mark(seconds: float, early: bool) -> None:
    screen = Screen()
    screen.wait(0.3)
    for text in ("[Here it is.", "[There it was.", "[Where was it?"):
        screen.type(text)
        screen.wait(0.45)
        screen.type("]")
        screen.wait(0.1)
        screen.mark = blinking(screen.end_of_text(), screen.time)
        screen.wait(seconds)
        screen.mark = None
        screen.clear()
    assert lines_of(screen, early=early) == ["[Here it is.]", "[There it was.]", "[Where was it?]"]


def test_a_mark_before_a_moving_picture() -> None:
    screen = Screen(paper=(10, 10, 25), picture=moving_picture(), opacity=0.5)
    assert _story(screen, after_text=True, kind="blinking") == lines_of(screen)
