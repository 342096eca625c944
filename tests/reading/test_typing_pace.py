"""How fast letters come."""

from __future__ import annotations

import pytest

from capture_daemon.frames import Box
from capture_daemon.reading.parameters import LOOK
from capture_daemon.reading.row import Row
from capture_daemon.reading.row_readings import Reading
from capture_daemon.reading.typing_pace import ENOUGH, SLOWEST, TypedRows, TypingPace


def row() -> Row:
    return Row(1, Box(0, 0, 100, 20), 0.0, 0.0, 0.0, None)


def paced(*steps: float) -> TypingPace:
    """The pace of a row that got further by so many seconds each time."""
    pace, typed, time = TypingPace(), row(), 0.0
    for number, step in enumerate((0.0, *steps)):
        time += step
        pace.seconds_at(typed, 100 + number, time)
    return pace


def rows(*typed: bool) -> TypedRows:
    """What is known after rows each of which was typed, or came at once."""
    found = TypedRows()
    for one in typed:
        text = Reading("Somebody knocks.", 0.99, 1.0)
        found.note(Row(1, Box(0, 0, 100, 20), 0.0, 0.8 if one else 0.02, 1.0, None, [text]))
    return found


def test_rows_are_typed_where_most_of_late_were() -> None:
    assert not rows().are_usual
    assert rows(True).are_usual
    assert not rows(True, False).are_usual
    assert rows(*[False] * 8, *[True] * 12).are_usual


def test_a_word_says_nothing_of_it() -> None:
    found = rows(True)
    for _ in range(5):
        found.note(Row(1, Box(0, 0, 100, 20), 0.0, 0.0, 1.0, None, [Reading("What?", 0.99, 1.0)]))
    assert found.are_usual


def test_nothing_is_known_after_a_few_letters() -> None:
    assert paced(*[0.03] * (ENOUGH - 1)).rest is None
    assert paced(*[0.03] * ENOUGH).rest is not None


def test_slow_games_are_given_more_time_between_two_letters() -> None:
    rest = paced(*[0.12] * 8).rest
    assert rest == pytest.approx(LOOK.steps_of_rest * 0.12)


def test_two_frames_are_waited_for_however_fast_letters_come() -> None:
    assert paced(*[0.01] * 8).rest == LOOK.least_rest


def test_pauses_say_nothing_of_the_pace() -> None:
    assert paced(*[0.1, 2 * SLOWEST] * 8).rest == pytest.approx(LOOK.steps_of_rest * 0.1)


def test_a_row_that_gets_no_further_stands() -> None:
    pace, typed = TypingPace(), row()
    assert pace.seconds_at(typed, 120, 1.0) == 0.0
    assert pace.seconds_at(typed, 120, 1.4) == pytest.approx(0.4)
    assert pace.seconds_at(typed, 121, 1.5) == 0.0
    assert pace.seconds_at(row(), 50, 1.9) == 0.0
