"""Rows that scroll, in pages, captions that roll up, and chats."""

from __future__ import annotations

import numpy as np
import pytest

from capture_daemon.reading.parameters import FOLLOW
from capture_daemon.reading.row import Row
from capture_daemon.reading.scrolling import move_by_ink, moved_by_text, scroll_out, stood_elsewhere
from tests.reading.drawing import Screen
from tests.reading.moving import moving_picture
from tests.reading.rows import Drawn, Looking, box_of, picture, read_as
from tests.reading.stage import lines_of

BOTH = pytest.mark.parametrize("early", [True, False], ids=["live", "recorded"])
TEXTS = [
    "Is anybody there?",
    "Only the wind.",
    "No?",
    "No!",
    "Then who spoke?",
    "I did, said the door.",
    "Doors don't speak.",
]
UP = -34


def _standing(*texts: Drawn) -> list[Row]:
    """Rows that stand, as a look at their picture found them."""
    return list(Looking().look(0.2, *texts))


def _higher(*texts: Drawn, by: int = UP) -> list[Drawn]:
    return [(text, left, top + by) for text, left, top in texts]


TWO = (("The upper row", 20, 60), ("and the lower", 20, 94))


def test_rows_move_together_by_their_ink() -> None:
    rows = _standing(*TWO)
    assert move_by_ink(rows, rows, picture(*_higher(*TWO)), 0.3, FOLLOW) == rows
    assert [(row.box.top, row.moved_by, row.moved_at) for row in rows] == [(30, UP, 0.3), (64, UP, 0.3)]


def test_a_flash_shows_all_ink_everywhere_and_moves_nothing() -> None:
    rows = _standing(*TWO)
    assert move_by_ink(rows, rows, np.full_like(picture(), 235), 0.3, FOLLOW) == []


def test_one_row_alone_moves_to_where_another_stood_only() -> None:
    upper, lower = _standing(*TWO)
    elsewhere = picture(*_higher(TWO[1], by=-20))
    assert move_by_ink([upper, lower], [upper, lower], elsewhere, 0.3, FOLLOW) == []
    in_its_place = picture(*_higher(TWO[1]))
    assert move_by_ink([upper, lower], [upper, lower], in_its_place, 0.3, FOLLOW) == [lower]
    assert scroll_out([upper], [upper, lower], [lower]) == [upper]
    assert upper.box.top < lower.box.top


def test_rows_read_higher_have_moved_but_not_those_that_stand_in_their_places() -> None:
    rows = _standing(*TWO)
    seen = [(box_of(text, left, top), read_as(text), 0.0) for text, left, top in _higher(*TWO)]
    assert moved_by_text(rows, seen) == list(zip(rows, seen, strict=True))
    standing = [(row.box, None, 0.0) for row in rows]
    assert moved_by_text(rows, [*seen, *standing]) == []


def test_rows_read_in_other_columns_are_those_of_another_bubble() -> None:
    rows = _standing(*TWO)
    right = max(row.box.right for row in rows) + 10
    seen = [(box_of(text, right + left, top), read_as(text), 0.0) for text, left, top in _higher(*TWO)]
    assert moved_by_text(rows, seen) == []


def test_what_is_left_of_a_row_at_the_top_is_no_new_row() -> None:
    first, second, third = _standing(("Somebody knocks", 20, 20), ("at the", 20, 54), ("back door", 20, 88))
    move_by_ink(
        [second, third], [second, third], picture(*_higher(("at the", 20, 54), ("back door", 20, 88))), 0.3, FOLLOW
    )
    assert scroll_out([first], [first, second, third], [second, third]) == [first]
    first.gone = 0.2
    [rest] = Looking().look(0.4, ("comobody krooks", 20, 4))
    [below] = Looking().look(0.4, ("Open it.", 20, 120))
    assert stood_elsewhere(rest, [first, second, third], FOLLOW)
    assert not stood_elsewhere(below, [first, second, third], FOLLOW)


def test_one_answer_that_moves_up_takes_no_page_with_it() -> None:
    """Of a panel all else is replaced: what would still be seen had it scrolled has not."""
    first, second, third = _standing(
        ("Aid her? No.", 20, 20), ("I promise, please.", 20, 54), ("Open the gate!", 20, 100)
    )
    third.box, third.moved_by = third.box.shifted(0, -20), -20
    assert scroll_out([first, second], [first, second, third], [third]) == [first]


def test_the_same_words_behind_a_name_did_not_scroll() -> None:
    first, second = _standing(("1. What does it cost?", 20, 54), ("The skull laughs.", 20, 20))
    first.gone, second.moved_at, second.moved_by = 0.2, 0.3, 20
    [said] = Looking().look(0.3, ("The wanderer: What does it cost?", 20, 88))
    assert not stood_elsewhere(said, [first, second], FOLLOW)


def test_a_row_that_had_left_the_page_comes_back_as_that_moves_down() -> None:
    gone, standing = _standing(("Of course not.", 20, 20), ("The skull laughs.", 20, 54))
    gone.gone, gone.scrolled_out, gone.moved_by = 0.2, True, -34
    standing.moved_at, standing.moved_by = 9.0, 34
    [back] = Looking().look(9.1, ("Of course not.", 20, 20))
    assert stood_elsewhere(back, [gone, standing], FOLLOW)


def test_a_name_that_left_at_the_top_comes_again_at_the_foot_of_a_page_that_rises() -> None:
    gone, standing = _standing(("Sabine", 20, 20), ("Sit down, please.", 20, 54))
    gone.gone, gone.scrolled_out, gone.moved_by = 0.2, True, -34
    standing.moved_at, standing.moved_by = 0.3, -34
    [name] = Looking().look(0.3, ("Sabine", 20, 120))
    assert not stood_elsewhere(name, [gone, standing], FOLLOW)


@BOTH
@pytest.mark.parametrize("rows", [2, 3])
@pytest.mark.parametrize("typed", [True, False], ids=["typed", "at once"])
def test_captions_that_roll_up(rows: int, typed: bool, early: bool) -> None:
    screen = Screen()
    screen.wait(0.3)
    for text in TEXTS:
        above = "\n".join(screen.rows[1 - rows :] if len(screen.rows) >= rows else screen.rows)
        separator = "\n" if above else ""
        if typed:
            screen.show(above)
            screen.type(separator + text)
        else:
            screen.show(above + separator + text)
        screen.wait(1.5)
    assert lines_of(screen, early=early) == TEXTS


@BOTH
@pytest.mark.parametrize("seconds", [0.2, 0.6])
def test_a_page_that_slides_up(seconds: float, early: bool) -> None:
    screen = Screen(picture=moving_picture(), opacity=0.8)
    screen.wait(0.3)
    for text in TEXTS:
        if len(screen.rows) == 3:
            steps = round(30 * seconds)
            for step in range(1, steps + 1):
                screen.top = -round(screen.pitch * step / steps)
                screen.wait(1 / 30)
            screen.top = 0
            screen.show("\n".join(screen.rows[1:]), 0.1)
        screen.type(("\n" if screen.rows else "") + text)
        screen.wait(1.5)
    assert lines_of(screen, early=early) == TEXTS


@pytest.mark.parametrize(("left", "scrolled"), [(20, True), (120, False)])
def test_a_row_that_makes_room_for_another_in_its_place_is_no_new_one(left: int, scrolled: bool) -> None:
    [old] = _standing(("Papers, please.", 20, 60))
    old.gone, old.replaced = 0.4, True
    [new] = Looking().look(0.5, ("Papers, please.", left, 26))
    assert stood_elsewhere(new, [old], FOLLOW) == scrolled
    [other] = Looking().look(0.5, ("Papers, please!", left, 58))
    assert not stood_elsewhere(other, [old], FOLLOW)
    old.replaced = False
    assert not stood_elsewhere(new, [old], FOLLOW)
