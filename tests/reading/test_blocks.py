"""Texts that came at once, under one another: paragraphs, and answers to choose from."""

from __future__ import annotations

import numpy as np
import pytest

from capture_daemon.frames import Box
from capture_daemon.reading.blocks import is_menu
from capture_daemon.reading.compose import compose
from capture_daemon.reading.dialogue import Dialogue
from capture_daemon.reading.dialogue_line import DialogueLine, in_order
from capture_daemon.reading.ink import Ink
from capture_daemon.reading.names import Names
from capture_daemon.reading.parameters import FOLLOW
from capture_daemon.reading.row import Row
from capture_daemon.reading.row_readings import Reading

ORANGE, BRIGHT, DIM = (110, 170, 250), (120, 250, 250), (60, 125, 125)
LINE = ("Your employer, eh?", "Who might that be?")


def row(text: str, top: int, colour: tuple[int, int, int], *, seen: float = 1.0, left: int = 20) -> Row:
    """A row that came whole."""
    box = Box(left, top, 14 * len(text), 28)
    mask = np.ones((box.height, box.width), np.bool_)
    shown = np.full(mask.shape, 200, np.uint8)
    ink = Ink(box, mask, np.full(int(mask.sum()), 200, np.int16), 40, True, shown, colour, ((0, 0, 0), colour))
    return Row(top, box, seen, seen, seen, ink, [Reading(text, 0.99, seen)], seen=box, first_seen=seen)


def lines(*rows: Row) -> list[DialogueLine]:
    """The lines that rows make up which come at once and go at once."""
    dialogue = Dialogue(FOLLOW)
    dialogue.update([], 0.0)
    dialogue.update(rows, 1.0)
    for one in rows:
        one.gone = 4.0
    dialogue.update(rows, 4.1)
    return list(dialogue.gone)


def texts(*rows: Row) -> list[str]:
    """What those of the lines say that are said."""
    said = [compose(line, 0.6, Names(set()), None, region=False) for line in lines(*rows)]
    return [one.text for one in said if one is not None]


def two_rows(colour: tuple[int, int, int] = ORANGE) -> list[Row]:
    return [row(LINE[0], 20, colour), row(LINE[1], 52, colour)]


def test_answers_under_a_line_of_which_one_is_lit_up_are_not_said() -> None:
    answers = [
        row("The Lady herself,", 98, BRIGHT),
        row("so let me pass!", 130, BRIGHT),
        row("None of yours.", 176, DIM),
    ]
    assert texts(*two_rows(), *answers) == [" ".join(LINE)]


@pytest.mark.parametrize("numbers", [("1. ", "2. "), ("1: ", "2: "), ("(A) ", "(B) "), ('1"', '2"')])
def test_numbered_answers_are_not_said(numbers: tuple[str, str]) -> None:
    answers = [row(f"{number}So let me pass!", 98 + 46 * place, BRIGHT) for place, number in enumerate(numbers)]
    assert texts(*two_rows(), *answers) == [" ".join(LINE)]


def test_another_colour_s_text_apart_from_a_line_is_a_line_of_its_own() -> None:
    assert texts(*two_rows(), row("So let me pass!", 98, BRIGHT)) == [" ".join(LINE), "So let me pass!"]


def test_a_row_of_another_colour_among_the_others_is_part_of_their_text() -> None:
    assert texts(*two_rows(), row("The Lady of the Lake.", 84, BRIGHT)) == [" ".join((*LINE, "The Lady of the Lake."))]


def test_a_name_apart_from_its_text_is_no_text_of_its_own() -> None:
    rows = [row("Talan Wendth", 20, BRIGHT), row(LINE[0], 70, ORANGE), row(LINE[1], 102, ORANGE)]
    assert len(lines(*rows)) == 1


def test_a_paragraph_that_begins_with_a_quotation_mark_is_the_next_speaker_s() -> None:
    rows = [*two_rows(), row("“You are a captain?”", 98, ORANGE), row("you ask.", 130, ORANGE)]
    assert texts(*rows) == [" ".join(LINE), "“You are a captain?” you ask."]


def test_a_paragraph_without_one_goes_on() -> None:
    assert len(texts(*two_rows(), row("He looks at you.", 98, ORANGE))) == 1


def test_what_came_later_is_no_block_of_that_moment() -> None:
    dialogue = Dialogue(FOLLOW)
    dialogue.update([], 0.0)
    first = two_rows()
    dialogue.update(first, 1.0)
    dialogue.update([*first, row("So let me pass!", 98, BRIGHT, seen=1.5)], 1.5)
    [line] = dialogue.open
    assert [one.text for one in in_order(line.rows)] == [*LINE, "So let me pass!"]


def test_once_answers_are_known_a_single_one_is_told_by_its_colour() -> None:
    dialogue = Dialogue(FOLLOW)
    dialogue.update([], 0.0)
    first = [*two_rows(), row("So let me pass!", 98, BRIGHT), row("None of yours.", 144, DIM)]
    dialogue.update(first, 1.0)
    for one in first:
        one.gone = 3.0
    dialogue.update(first, 3.1)
    second = [row("You shall not come in,", 20, ORANGE, seen=4.0), row("I tell you.", 52, ORANGE, seen=4.0)]
    second.append(row("But I must!", 98, BRIGHT, seen=4.0))
    dialogue.update(second, 4.0)
    assert [line.is_answer for line in dialogue.open] == [False, True]


@pytest.mark.parametrize(
    ("rows", "menu"),
    [
        (["1. Ask him.", "2. Go."], True),
        (['1"Ask him."', "(2) Go."], True),
        (["1. Ask him about the tower", "and the bells.", "2. Go."], True),
        (["1. Ask him."], False),
        (["In 1990", "2. of May"], False),
        (["2. Ask him.", "3. Go."], False),
    ],
)
def test_rows_that_are_numbered_from_1_are_a_menu(rows: list[str], menu: bool) -> None:
    assert is_menu(rows) == menu
