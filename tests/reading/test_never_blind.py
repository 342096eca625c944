"""The second law that reading keeps: never blind. Text is looked at within a second. See docs/architecture.md."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from capture_daemon.frames import Box, ColourImage
from capture_daemon.ocr.engine import FoundBox, RowText
from capture_daemon.reading.events import FindText, ReadRows
from tests.reading.drawing import BLACK, GREEN, NIGHT, PAPER, RED, WHITE, Colour, Screen, blinking, cut_from
from tests.reading.moving import moving_picture
from tests.reading.stage import Stage, lines_of, staged

# Never blind


def _looked_at_after(stage: Stage, screen: Screen, shown: float) -> float:
    """How long after it came text in the first row was first looked at, in seconds."""
    text = Box(27, 72, 40, 27)
    for time, request in stage.asked:
        if time >= shown and isinstance(request, FindText):
            number, left, top = cut_from(request.picture)
            seen = Box(left, top, request.picture.shape[1], request.picture.shape[0])
            if screen.frames[number].time >= shown and seen.intersection(text) == text:
                return time - shown
    return math.inf


@pytest.mark.parametrize("early", [True, False], ids=["live", "recording"])
@pytest.mark.parametrize(
    ("ink", "paper"), [(WHITE, NIGHT), (BLACK, PAPER), (RED, GREEN), (GREEN, RED), ((70, 70, 70), NIGHT)]
)
def test_text_of_any_colour_is_looked_at_within_a_second(ink: Colour, paper: Colour, early: bool) -> None:
    screen = Screen(ink=ink, paper=paper)
    screen.wait(2.0)
    shown = screen.time
    screen.show("Here is the key.", 1.5)
    stage = staged(screen, early=early)
    assert _looked_at_after(stage, screen, shown) <= 1.0


def _slowly(screen: Screen) -> None:
    screen.strength = 0.0
    screen.show("Here is the key.")
    screen.fade(1.0, 1.0)


def _typed(screen: Screen) -> None:
    screen.type("Here is the key.", speed=8)


def _at_once(screen: Screen) -> None:
    screen.show("Here is the key.", 1.0)


def _flickering(screen: Screen) -> None:
    for number in range(30):
        screen.strength = 0.7 + 0.3 * (number % 2)
        screen.show("Here is the key.", 1 / 30)


@pytest.mark.parametrize("early", [True, False], ids=["live", "recording"])
@pytest.mark.parametrize("come", [_at_once, _typed, _slowly, _flickering])
@pytest.mark.parametrize("moving", [False, True], ids=["still picture", "moving picture"])
def test_text_is_looked_at_within_a_second_however_it_came(
    come: Callable[[Screen], None], moving: bool, early: bool
) -> None:
    screen = Screen(picture=moving_picture(), opacity=0.0, outline=(0, 0, 0)) if moving else Screen()
    screen.wait(2.0)
    shown = screen.time
    come(screen)
    screen.wait(1.0)
    assert _looked_at_after(staged(screen, early=early), screen, shown) <= 1.0


@pytest.mark.parametrize("early", [True, False], ids=["live", "recording"])
def test_text_that_stays_is_read_to_its_last_letter_within_a_second(early: bool) -> None:
    """Typing falls between looks in every way; what stands then is read without anything else having to change."""
    for length in range(20, 34):
        text = "The wind turned in the night, again."[:length].strip()
        screen = Screen()
        screen.wait(0.4)
        screen.type(text, speed=30)
        screen.wait(1.1)
        stage = Stage(screen.looks, early=early)
        stage.play(screen.frames)
        assert [row.text for _, row in stage.reader.standing_rows] == [text]


@pytest.mark.parametrize("early", [True, False], ids=["live", "recording"])
def test_a_place_where_no_text_was_read_is_read_once_it_looks_different(early: bool) -> None:
    """A first letter that might be a mark, or a mark that came there, says nothing of the words that come later."""
    screen = Screen()
    screen.looks.says = lambda text, look: RowText("4", 0.9) if text == "▼" else None
    screen.mark_reads = "▼"
    screen.say("This is what text looks like here.")
    screen.mark = lambda time: (30, 76)
    screen.wait(1.2)
    screen.mark = None
    screen.wait(0.3)
    for text in ("!?", "I!"):
        screen.show(text, 1.2)
        screen.clear(0.3)
    assert lines_of(screen, early=early)[1:] == ["!?", "I!"]


@pytest.mark.parametrize("early", [True, False], ids=["live", "recording"])
def test_two_marks_are_read_though_something_else_moves_all_the_while(early: bool) -> None:
    """What is no wider than a letter is read at second sight: looks elsewhere don't make it forgotten."""
    screen = Screen()
    screen.looks.says = lambda text, look: RowText("4", 0.9) if text == "▼" else None
    screen.mark_reads = "▼"
    screen.say("This is what text looks like here.")
    screen.clear(0.3)
    screen.mark = lambda time: (560, 140 + round(8 * math.sin(7 * time)))
    screen.show("!?", 1.2)
    screen.clear(0.5)
    assert lines_of(screen, early=early)[1:] == ["!?"]


@pytest.mark.parametrize("early", [True, False], ids=["live", "recording"])
def test_a_second_row_in_a_bubble_that_moves_all_the_while_is_part_of_its_text(early: bool) -> None:
    screen = Screen(font_path=None)
    screen.say("This is what text looks like here.")

    def step() -> None:
        screen.left -= 2
        screen.wait(1 / 30)

    screen.left = 120
    for end in range(4, 26, 2):
        screen.show("Nobody came up the mountain"[:end])
        step()
    for _ in range(6):
        step()
    screen.rows = ["Nobody came up the mountain", "road."]
    for _ in range(40):
        step()
    screen.clear(0.5)
    assert lines_of(screen, early=early)[-1] == "Nobody came up the mountain road."


@pytest.mark.parametrize("early", [True, False], ids=["live", "recording"])
def test_what_one_look_does_not_find_is_looked_at_again_though_nothing_changes_any_more(early: bool) -> None:
    screen = Screen()
    screen.wait(0.3)
    screen.say("This is what text looks like here.")
    screen.show("No!", 1.6)
    screen.clear(0.3)
    misses = 1

    class Misses:
        """The stage's engine, which finds nothing the first time that the second text stands."""

        read = screen.looks.read

        def find(self, picture: ColourImage, scale: float | None = None) -> list[FoundBox]:
            nonlocal misses
            found = screen.looks.find(picture, scale)
            if misses and found and found[0].box.width < 100:
                misses -= 1
                return []
            return found

    assert [said.text for said in staged(screen, Misses(), early=early).said][1:] == ["No!"]


@pytest.mark.parametrize("early", [True, False], ids=["live", "recording"])
def test_what_comes_and_goes_elsewhere_puts_no_second_look_off(early: bool) -> None:
    screen = Screen()
    screen.wait(0.5)
    blinks = blinking((0, 150), since=0.6, every=0.56)
    screen.mark = lambda time: None if blinks(time) is None else (320 + 40 * (int(time / 0.56) % 7), 150)
    shown = screen.time
    screen.show("No", 2.0)
    screen.clear(0.5)
    # One look at so few letters is not enough, by its confidence.
    screen.looks.says = lambda text, look: RowText(text, 0.9, ()) if text == "No" else None
    stage = staged(screen, early=early)
    read = [time for time, request in stage.asked if isinstance(request, ReadRows) and time >= shown]
    assert len([time for time in read if time < shown + 1.4]) >= 2
    assert [line.text for line in stage.said] == ["No"]


def _stepping(time: float) -> ColourImage:
    """A chequered figure on the right, of which now the upper half moves, now the lower."""
    lines, columns = np.mgrid[0:200, 0:640]
    chequered = np.where((lines // 12 + columns // 12) % 2, 70, 150).astype(np.uint8)
    picture = np.full((200, 640), 70, np.uint8)
    step = round(10 * time - 0.5)
    for half, part in enumerate((slice(20, 110), slice(110, 200))):
        picture[part, 400:560] = np.roll(chequered, 6 * ((step + half) // 2 % 2), axis=0)[part, 400:560]
    return np.stack([picture] * 3, axis=2)


@pytest.mark.parametrize("early", [True, False], ids=["live", "recording"])
def test_a_figure_that_moves_in_steps_does_not_put_off_looks_at_text_that_shakes(early: bool) -> None:
    places = [(2, 0), (-2, 1), (0, -2), (1, 2), (-1, -1)]
    screen = Screen(picture=_stepping, opacity=0.0, outline=(0, 0, 0))
    screen.shake = lambda time: places[round(time * 30) % 5]
    screen.wait(2.0)
    screen.show("It is a long way to the sea.", 2.0)
    for text in ("What?", "What is it?"):
        screen.clear(0.1)
        screen.show(text, 1.2)
    screen.clear(0.5)
    assert lines_of(screen, early=early) == ["It is a long way to the sea.", "What?", "What is it?"]
