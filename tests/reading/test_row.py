"""A row for as long as it stands."""

from __future__ import annotations

from capture_daemon.frames import Box
from capture_daemon.ocr.engine import Character, RowText
from capture_daemon.reading.parameters import FOLLOW
from capture_daemon.reading.row import Row
from capture_daemon.reading.row_readings import Reading
from tests.reading.rows import LAMP, WHOLE, Looking


def test_the_sign_that_the_game_waits_is_dropped_if_a_look_lacks_it() -> None:
    looking = Looking()
    [row] = looking.look(0.2, LAMP)
    for number in range(3):
        looking.look(0.5 + 0.6 * number, LAMP, says="The lamp burns lowV")
        looking.look(0.8 + 0.6 * number, LAMP)
    assert row.text == "The lamp burns low"


def test_a_text_is_one_if_it_was_read_alike_twice_or_surely_once() -> None:
    def row(*readings: tuple[str, float]) -> Row:
        return Row(1, WHOLE, 0, 0, 0, None, [Reading(text, sure, 0.0) for text, sure in readings])

    assert row(("The lamp", 0.95)).is_text(FOLLOW)
    assert row(("The lamp", 0.6), ("The 1amp", 0.6)).is_text(FOLLOW)
    assert not row(("The lamp", 0.6)).is_text(FOLLOW)
    assert not row(("The lamp", 0.6), ("Oh, weasel", 0.6)).is_text(FOLLOW)
    assert row(("...", 0.8)).is_text(FOLLOW)


def test_a_few_letters_that_went_before_a_second_look_are_text_if_they_stood_for_a_while() -> None:
    def row(gone: float | None, confidence: float) -> Row:
        return Row(1, WHOLE, 0, 0, 0, None, [Reading("No", confidence, 0.0)], gone=gone)

    nearly = (FOLLOW.sure + FOLLOW.sure_of("No")) / 2
    assert row(1.0, nearly).is_text(FOLLOW)
    assert not row(None, nearly).is_text(FOLLOW)
    assert not row(0.1, nearly).is_text(FOLLOW)
    assert not row(1.0, 0.5).is_text(FOLLOW)


def test_looks_at_an_ellipsis_agree_however_many_of_its_dots_they_see() -> None:
    row = Row(1, WHOLE, 0, 0, 0, None, [Reading("...", 0.7, 0.0), Reading("......", 0.7, 0.0)])
    assert row.confidence == 0.7
    assert row.is_text(FOLLOW)


def test_the_mark_behind_a_text_makes_it_no_less_sure() -> None:
    characters = tuple(Character(one, 10.0 * place, 0.99) for place, one in enumerate("Hey!"))
    text = RowText("Hey! ▼", 0.88, (*characters, Character("▼", 60.0, 0.45)))
    read = Reading.of(text, 0.5, 0.0, Box(0, 0, 70, 30))
    assert read is not None
    assert read.text == "Hey!"
    assert read.confidence > 0.98


def test_a_row_of_dots_is_as_high_as_the_row_beside_it() -> None:
    dots = Row(1, Box(20, 60, 30, 10), 0, 0, 0, None, [Reading("...", 0.9, 0.0)])
    assert dots.box_beside(Box(20, 10, 90, 28)) == Box(20, 42, 30, 28)
    words = Row(2, Box(20, 60, 30, 10), 0, 0, 0, None, [Reading("so", 0.9, 0.0)])
    assert words.box_beside(Box(20, 10, 90, 28)) == words.box


def test_a_row_before_a_mark_that_blinks_is_as_sure_as_with_the_mark() -> None:
    box = Box(0, 0, 100, 28)
    readings = [Reading("晚安·", 0.98, 1.0), Reading("晚安·", 0.9, 1.2), Reading("晚安", 0.64, 1.4)]
    row = Row(1, box, 1.0, 1.0, 1.4, None, readings, blinks=True)
    assert row.text == "晚安"
    assert row.confidence > 0.9
