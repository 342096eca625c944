from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

import cv2
import numpy as np
import pytest

from capture_daemon.frames import Box, ColourImage, Frame, Region, Regions, Size
from capture_daemon.ocr.engine import FoundBox, RowText
from capture_daemon.pipeline.driving import go_on
from capture_daemon.reading.events import Answer, Chosen, FindText, ReadRows, Said
from capture_daemon.reading.menu_finder import MenuFinder
from capture_daemon.reading.settings import ReadingSettings
from tests.reading.menus import SIZE, Menu, drawn, results

WHOLE = Size(SIZE.width, SIZE.height + 100)
DIALOGUE = Region(20, SIZE.height + 10, 600, 80, fractions=False)
EVERY = 0.15
TWO = Menu(("Ask her right away.", "Ask her later."))
THREE = Menu(("To the library", "To the roof", "Home"))


class Game:
    """A game whose menus are found: what it shows, and what its dialogue says."""

    def __init__(self) -> None:
        self.finder = MenuFinder(Regions(DIALOGUE), ReadingSettings(), lambda: self.dialogue)
        self.dialogue = "Hi there!"
        self.time = 0.0
        self.light = 60
        self.looks = 0
        self._lines = 0

    def show(self, menu: Menu | None, seconds: float) -> None:
        """Show a menu, or none, for some seconds."""
        for _ in range(round(seconds / EVERY)):
            picture = np.full((WHOLE.height, WHOLE.width, 3), self.light, np.uint8)
            picture[: SIZE.height] = drawn(picture[: SIZE.height], menu)
            picture[DIALOGUE_TOP:, :: len(self.dialogue) or WHOLE.width] = 200
            self._see(picture, [] if menu is None else menu.rows())
            self.time += EVERY

    def say(self, text: str = "Next.") -> list[Chosen]:
        """A line of the dialogue has been said that began just now; returns what was chosen before it."""
        self._lines += 1
        return self.finder.before(
            Said(self._lines, None, None, text, (text,), 0.9, self.time, self.time + 0.2, Box(20, 310, 90, 20))
        )

    def _see(self, picture: ColourImage, rows: Iterable[tuple[int, Box, str]]) -> None:
        luma = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)
        frame = Frame(luma, self.time, 0, Box(0, 0, *WHOLE), WHOLE, colour=partial(np.asarray, picture))
        steps = self.finder.see(replace(frame, whole=frame))
        answered: Answer = None
        while (request := go_on(steps, answered)) is not None:
            self.looks += isinstance(request, FindText)
            if isinstance(request, ReadRows):
                answered = [RowText(text, 0.97) for _, _, text in rows]
            else:
                answered = [FoundBox(box, 0.95) for _, box, _ in rows]


DIALOGUE_TOP = SIZE.height + 20


@pytest.fixture
def game() -> Game:
    """A game in which a line was said."""
    game = Game()
    game.show(None, 1.0)
    game.say()
    game.show(None, 1.0)
    return game


def play(game: Game, menu: Menu, *lit: int | None) -> None:
    for place in lit:
        game.show(replace(menu, lit=place), 0.75)
    game.show(None, 0.6)


def test_a_menu_is_known_by_its_highlight_and_by_the_line_after_it(game: Game) -> None:
    play(game, TWO, None, 1)
    assert results(game.say()) == [(TWO.options, 2)]
    play(game, THREE, 0, 2)
    assert results(game.say()) == [(THREE.options, 3)]
    assert game.say() == []


def test_rows_that_are_never_highlighted_are_no_menu(game: Game) -> None:
    play(game, THREE, None, None)
    assert game.say() == []


def test_a_menu_that_comes_with_another_picture_is_the_games_own(game: Game) -> None:
    game.light = 140
    play(game, THREE, None, 1)
    assert game.say() == []


def test_a_menu_after_which_the_dialogue_comes_back_is_the_games_own(game: Game) -> None:
    game.show(THREE, 0.75)
    before, game.dialogue = game.dialogue, ""
    game.show(replace(THREE, lit=1), 0.75)
    game.dialogue = before
    game.show(None, 0.6)
    assert game.say() == []


def test_a_menu_beside_which_the_dialogue_stands_on_is_the_games_own(game: Game) -> None:
    play(game, THREE, None, 1)
    game.show(None, 2.1)
    assert game.say() == []


def test_before_the_first_line_nothing_is_looked_at() -> None:
    game = Game()
    game.dialogue = ""
    play(game, THREE, None, 1)
    assert game.looks == 0


def test_what_stands_in_the_dialogue_is_no_menu() -> None:
    game = Game()
    game.finder = MenuFinder(
        Regions(Region(0, 0, SIZE.width, SIZE.height, fractions=False)), ReadingSettings(), lambda: ""
    )
    game.show(None, 1.0)
    game.say()
    play(game, THREE, None, 1)
    assert game.say() == []


def test_rows_beside_which_the_dialogue_goes_on_are_given_up(game: Game) -> None:
    game.show(THREE, 1.0)
    game.say("It goes on.")
    game.show(THREE, 2.4)
    game.show(None, 0.6)
    play(game, TWO, None, 0)
    assert results(game.say()) == [(TWO.options, 1)]


def test_pictures_that_change_all_the_time_are_looked_at_less_and_less(game: Game) -> None:
    before = game.looks
    for number in range(40):
        game.light = 60 + 40 * (number % 2)
        game.show(None, 0.6)
    assert game.looks - before <= 10
