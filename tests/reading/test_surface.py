"""Surface: a line that vanished with its box and comes back with it is the old line."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import ImageDraw

from capture_daemon.frames import Box, GreyImage
from capture_daemon.reading.ink import Ink, ink_of
from capture_daemon.reading.parameters import FOLLOW
from capture_daemon.reading.surface import Surface
from tests.reading.drawing import WHITE, Screen, font
from tests.reading.moving import moving_picture
from tests.reading.stage import lines_of, play

BOTH = pytest.mark.parametrize("early", [True, False], ids=["live", "recording"])
ROW = Box(20, 20, 200, 30)


def _box_with_text(paper: int, text: bool = True) -> GreyImage:
    luma = np.full((80, 260), paper, np.uint8)
    if text:
        luma[26:44, 30:210:12] = 240
        luma[26:44, 31:210:12] = 240
    return luma


def _surface(*papers: int) -> Surface:
    """That of a text which stood in boxes of these levels."""
    luma = _box_with_text(papers[0])
    ink = ink_of(luma, np.repeat(luma[:, :, None], 3, axis=2), ROW, FOLLOW)
    assert isinstance(ink, Ink)
    surface = Surface(ink)
    for paper in papers:
        surface.note(_box_with_text(paper))
    return surface


def test_a_cleared_box_is_still_there_and_another_picture_is_not() -> None:
    surface = _surface(40)
    assert not surface.vanished_in(_box_with_text(40, text=False))
    assert surface.vanished_in(_box_with_text(90, text=False))
    assert surface.vanished_in(_box_with_text(10, text=False))


def test_a_box_that_pulses_has_not_vanished_at_a_level_that_it_had() -> None:
    surface = _surface(40, 60, 50)
    assert not surface.vanished_in(_box_with_text(55, text=False))
    assert surface.vanished_in(_box_with_text(100, text=False))


def test_nothing_is_said_of_a_text_that_was_never_seen_to_stand() -> None:
    surface = _surface(40)
    assert not Surface(surface.ink).vanished_in(_box_with_text(200, text=False))
    assert Surface(surface.ink, surface).vanished_in(_box_with_text(200, text=False))


def _still_picture() -> NDArray[np.uint8]:
    rows, columns = np.mgrid[0:200, 0:640]
    grey = 110 + 50 * np.sin(rows / 30) * np.cos(columns / 50)
    return np.repeat(grey[:, :, None], 3, axis=2).astype(np.uint8)


def _menu(pen: ImageDraw.ImageDraw, time: float) -> None:
    face = font(30)
    pen.rectangle((0, 0, 640, 200), fill=(90, 60, 30))
    for number, entry in enumerate(("Save", "Load", "Settings")):
        pen.text((240, 20 + 60 * number), entry, fill=WHITE, font=face)


def _story(screen: Screen) -> None:
    screen.wait(0.3)
    screen.type("What did you say?")
    screen.wait(1.2)
    screen.boxed = False
    screen.rows, rows = [], screen.rows
    screen.wait(1.5)
    screen.boxed = True
    screen.rows = rows
    screen.wait(1.2)
    screen.clear()
    screen.type("Nothing.")
    screen.wait(1.2)


@BOTH
@pytest.mark.parametrize("moving", [False, True], ids=["still picture", "moving picture"])
def test_a_box_that_vanishes_and_comes_back_with_its_text(moving: bool, early: bool) -> None:
    still = _still_picture()
    screen = Screen(picture=moving_picture() if moving else lambda time: still.copy(), opacity=0.8)
    _story(screen)
    assert lines_of(screen, early=early) == ["What did you say?", "Nothing."]


@BOTH
def test_without_a_box_text_that_comes_back_is_a_new_line(early: bool) -> None:
    still = _still_picture() - np.uint8(50)
    screen = Screen(picture=lambda time: still.copy(), opacity=0.0, outline=(0, 0, 0))
    _story(screen)
    assert lines_of(screen, early=early) == ["What did you say?", "What did you say?", "Nothing."]


@BOTH
def test_a_menu_with_words_of_its_own_does_not_make_the_old_line_a_new_one(early: bool) -> None:
    screen = Screen()
    screen.wait(0.3)
    screen.type("What did you say?")
    screen.wait(1.2)
    screen.extra = _menu
    screen.wait(1.5)
    screen.extra = None
    screen.wait(1.2)
    said = play(screen, early=early)
    assert [line.text for line in said].count("What did you say?") == 1


@BOTH
def test_other_text_in_the_box_that_comes_back_is_a_new_line(early: bool) -> None:
    screen = Screen()
    screen.type("What did you say?")
    screen.wait(1.2)
    screen.boxed, screen.rows = False, []
    screen.wait(1.0)
    screen.boxed = True
    screen.type("What did I say?")
    screen.wait(1.2)
    assert lines_of(screen, early=early) == ["What did you say?", "What did I say?"]


@BOTH
def test_a_box_that_fades_out_and_in_with_its_text(early: bool) -> None:
    still = _still_picture()
    screen = Screen(picture=lambda time: still.copy(), opacity=0.8)
    screen.wait(0.3)
    screen.type("What did you say?")
    screen.wait(1.2)
    _fade_with_its_box(screen, out=True)
    screen.boxed = False
    screen.rows, rows = [], screen.rows
    screen.wait(1.2)
    screen.boxed, screen.rows = True, rows
    _fade_with_its_box(screen, out=False)
    screen.wait(1.2)
    assert lines_of(screen, early=early) == ["What did you say?"]


def _fade_with_its_box(screen: Screen, *, out: bool) -> None:
    """Eight frames in which box and text lie ever more, or less, thinly over the picture."""
    kept = screen.opacity
    for step in range(1, 9):
        share = 1 - step / 9 if out else step / 9
        screen.opacity, screen.strength = kept * share, share
        screen.wait(1 / 30)
    screen.opacity, screen.strength = kept, 1.0


@BOTH
def test_words_typed_again_after_their_box_was_gone_are_a_new_line(early: bool) -> None:
    screen = Screen()
    screen.wait(0.3)
    screen.type("What did you say, my dear old friend?")
    screen.wait(1.2)
    screen.boxed, screen.rows = False, []
    screen.wait(1.0)
    screen.boxed = True
    screen.wait(0.3)
    screen.type("What did you say, my dear old friend?")
    screen.wait(1.2)
    assert lines_of(screen, early=early) == ["What did you say, my dear old friend?"] * 2


@BOTH
def test_text_that_is_darkened_for_a_while_is_the_same_line(early: bool) -> None:
    screen = Screen()
    screen.wait(0.3)
    for text in ("The door is open.", "The window is not."):
        screen.show(text, 1.5)
        screen.strength = 0.25
        screen.wait(1.2)
        screen.strength = 1.0
        screen.wait(1.0)
        screen.clear()
    assert lines_of(screen, early=early) == ["The door is open.", "The window is not."]


@BOTH
def test_text_that_fades_out_and_is_said_again_is_another_line(early: bool) -> None:
    screen = Screen()
    screen.wait(0.3)
    for _ in range(2):
        screen.show("The door is open.", 1.5)
        screen.fade(0.0, 0.5)
        screen.clear(0.2)
        screen.strength = 1.0
    assert lines_of(screen, early=early) == ["The door is open."] * 2


def test_text_that_covers_more_of_its_box_than_before_has_a_surface_of_its_own() -> None:
    before = _surface(90)
    mask = before.ink.mask.copy()
    mask[:, : mask.shape[1] // 2] = True
    surface = Surface(replace(before.ink, mask=mask), before)
    surface.note(_box_with_text(40))
    assert not surface.vanished_in(_box_with_text(40, text=False))
    assert surface.vanished_in(_box_with_text(90, text=False))
