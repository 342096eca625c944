"""Lines that come back with their box, and paragraphs with their page."""

from __future__ import annotations

import pytest

from capture_daemon.reading.dialogue_line import DialogueLine
from capture_daemon.reading.returning import came_back
from capture_daemon.reading.row import Row
from capture_daemon.reading.row_readings import Reading
from tests.reading.drawing import Screen
from tests.reading.stage import lines_of
from tests.reading.test_dialogue import Playing, row

BACK = 4.0


def test_a_line_comes_back_with_its_box() -> None:
    playing = Playing()
    playing.come(row("What did you say?", took=0.0))
    playing.go(2.0)
    [old] = playing.dialogue.gone
    playing.come(row("What did you say?", born=4.0, took=0.0))
    [back] = playing.dialogue.open
    assert playing.dialogue.is_old(back) is None  # the box was only cleared
    old.with_box, old.box_came = True, back.started - 0.5
    assert playing.dialogue.is_old(back) is None  # the box was there before its text
    old.box_came = back.started
    assert playing.dialogue.is_old(back) is old


def test_it_does_in_whatever_order_its_rows_are_read() -> None:
    playing = Playing()
    name, text = row("Mira", took=0.0), row("What did you say?", level=1, took=0.0)
    playing.come(name, text)
    playing.go(2.0)
    [old] = playing.dialogue.gone
    again = row("What did you say?", level=1, born=4.0, took=0.0), row("Mira", born=4.0, took=0.0)
    playing.come(*again)
    [back] = playing.dialogue.open
    back.rows = list(again)
    old.with_box, old.box_came = True, back.started
    assert playing.dialogue.is_old(back) is old


@pytest.mark.parametrize(
    "again",
    [
        row("What did you say?", born=4.0, took=0.6),  # typed
        row("What did I say?", born=4.0, took=0.0),
        row("What did you say?", born=4.0, took=0.0, level=2),
        row("What did you say?", born=20.0, took=0.0),
    ],
    ids=["typed", "other words", "elsewhere", "much later"],
)
def test_what_is_no_line_come_back(again: Row) -> None:
    playing = Playing()
    playing.come(row("What did you say?", took=0.0))
    playing.go(2.0)
    playing.dialogue.gone[0].with_box = True
    playing.come(again)
    assert playing.dialogue.is_old(playing.dialogue.open[0]) is None


def _past() -> list[DialogueLine]:
    """Two paragraphs that went with their page, which is back."""
    first, last = DialogueLine(1, [row("The ship sails.")]), DialogueLine(2, [row("Who is it?", level=1, born=3.0)])
    for line in (first, last):
        line.rows[0].gone = line.went = 2.0
    last.with_box, last.box_came = True, BACK
    return [first, last]


def test_an_earlier_paragraph_is_back() -> None:
    assert came_back(row("The ship sails.", born=BACK, took=0.0), _past())


def test_the_last_one_is_a_line_of_its_own() -> None:
    assert not came_back(row("Who is it?", level=1, born=BACK, took=0.0), _past())


def test_a_name_is_back_over_another_text() -> None:
    past = _past()
    past[0].rows[0].readings = [Reading("Mira", 0.98, 1.0)]
    past[0].rows[0].box = row("Mira").box
    assert not came_back(row("Mira", born=BACK, took=0.0), past)


@pytest.mark.parametrize(
    "other",
    [
        row("The ship sails.", born=BACK, took=0.6),
        row("The ship sank.", born=BACK, took=0.0),
        row("The ship sails.", level=3, born=BACK, took=0.0),
        row("The ship sails.", born=BACK + 1, took=0.0),
    ],
    ids=["typed", "other words", "elsewhere", "after the page"],
)
def test_what_else_comes_is_new(other: Row) -> None:
    assert not came_back(other, _past())


@pytest.mark.parametrize("early", [True, False], ids=["live", "recorded"])
def test_a_page_of_two_paragraphs_that_vanishes_and_comes_back(early: bool) -> None:
    screen = Screen()
    screen.wait(0.3)
    screen.type("Who is it?")
    screen.wait(1.6)
    screen.rows = ["Who is it?", ""]
    screen.type("Only the cat.")
    screen.wait(1.6)
    screen.boxed, rows = False, screen.rows
    screen.rows = []
    screen.wait(1.5)
    screen.boxed, screen.rows = True, rows
    screen.wait(1.2)
    screen.clear(0.5)
    assert lines_of(screen, early=early) == ["Who is it?", "Only the cat."]


@pytest.mark.parametrize(("confidence", "lines"), [(0.99, 2), (0.9, 1)])
def test_a_line_that_is_much_like_the_one_before_it_is_another_if_both_are_surely_read(
    confidence: float, lines: int
) -> None:
    playing = Playing()
    first = row("Somebody knocks.", level=1, confidence=confidence)
    first.readings *= 2
    playing.come(row("Mira", took=0.0), first)
    playing.go(3.0, first)
    playing.come(row("Somebody knocked.", level=1, born=3.2, took=0.0, confidence=confidence))
    assert len(playing.said()) == lines
