"""What a reading makes of a row that stands: the same, more of it, or another text."""

from __future__ import annotations

import numpy as np
import pytest

from tests.reading.rows import Looking, box_of, picture


def _after_a_typed_row() -> Looking:
    """In a game that types its rows."""
    looking = Looking()
    for time, text in ((0.2, "The lamp"), (0.5, "The lamp burns"), (0.8, "The lamp burns low")):
        looking.look(time, (text, 20, 20))
    looking.look(1.2)
    return looking


def test_a_row_that_came_whole_and_says_more_after_a_rest_is_another() -> None:
    looking = Looking()
    for time in (0.0, 0.1, 0.2):
        looking.frame(time, picture(("Knock", 20, 20)))
    [row] = looking.look(0.3, ("Knock", 20, 20))
    [other] = looking.look(1.6, ("Knock knock.", 20, 20))
    assert (row.text, other.text) == ("Knock", "Knock knock.")


def test_one_that_goes_on_where_its_full_stop_stood_is_another_too() -> None:
    looking = Looking()
    [row] = looking.look(0.3, ("It is don.", 20, 20))
    more = ("It is done now.", 20, 20)
    # Its end is seen to go on a while before it is read.
    looking.frame(1.6, picture(more))
    assert looking.follow.is_growing(box_of(*more), picture(more), 1.6, 2.4)
    [other] = looking.look(1.9, more, news_since=0.4)
    assert (row.text, other.text) == ("It is don.", "It is done now.")


def test_a_half_drawn_letter_of_a_row_that_is_typed_is_no_full_stop() -> None:
    looking = _after_a_typed_row()
    [row] = looking.look(1.5, ("Go hom", 20, 20), says="Go hom.")
    whole = ("Go home at once!", 20, 20)
    assert looking.follow.is_growing(box_of(*whole), picture(("Go hom", 20, 20)), 2.1, 2.4)
    snow = picture(whole).copy()
    snow[::5, ::7] = 235
    [same] = looking.look(2.6, whole, confidence=0.99, shows=snow)
    assert same is row
    assert row.text == "Go home at once!"


def test_how_long_a_row_rested_is_seen_at_its_end_where_the_picture_never_does() -> None:
    looking = Looking()
    looking.look(0.3, ("What?", 20, 20))
    [row] = looking.look(0.8, ("What?", 20, 20))
    looking.forget()
    for time, mark in ((1.2, ""), (1.3, ""), (1.4, "!"), (1.5, "!")):
        looking.frame(time, picture((f"What?{mark}", 20, 20)))
    [other] = looking.look(1.6, ("What?!", 20, 20), news_since=0.4)
    assert (row.text, other.text) == ("What?", "What?!")


@pytest.mark.parametrize(("read", "again"), [("— Who is it?", "- Who is it?"), ("Ha!", "Hal"), ("¡No!", "INol")])
def test_what_looks_alike_is_the_same_row(read: str, again: str) -> None:
    looking = Looking()
    looking.look(0.3, (read, 20, 20))
    [row] = looking.look(0.9, (read, 20, 20))
    shows = picture((read, 21, 20))
    assert looking.look(1.5, (read, 20, 20), says=again, shows=shows) == [row]


def test_a_mark_that_is_another_now_is_looked_at_again() -> None:
    looking = Looking()
    for time in (0.3, 0.9, 1.5):
        [row] = looking.look(time, ("It is open.", 20, 20), confidence=0.99)
    shown = ("It is open!", 20, 20)
    assert looking.look(2.0, shown, confidence=0.93) == [row]
    assert row.is_doubted
    [other] = looking.look(2.4, shown, confidence=0.99)
    assert (row.text, other.text) == ("It is open.", "It is open!")


def test_what_was_read_while_one_text_faded_into_another_is_read_again() -> None:
    looking = Looking()
    first, second = ("It is open.", 20, 20), ("It is open?", 20, 20)
    for time in (0.3, 0.9, 1.5):
        [row] = looking.look(time, first, confidence=0.99)
    between = (0.35 * picture(first) + 0.35 * picture(second)).astype(np.uint8)
    looking.look(2.0, first, confidence=0.99, shows=between)
    box, luma = box_of(*second), picture(second)
    assert not looking.follow.is_known(box, luma, 2.4)
    looking.look(2.4, second, confidence=0.99)
    [other] = looking.look(2.7, second, confidence=0.99)
    assert (row.text, other.text) == ("It is open.", "It is open?")


def test_where_rows_are_typed_one_that_stops_for_a_while_goes_on() -> None:
    looking = _after_a_typed_row()
    for time in (1.3, 1.4, 1.5):
        looking.frame(time, picture(("Somebody", 20, 20)))
    [row] = looking.look(1.6, ("Somebody", 20, 20))
    assert row.grown == row.born
    assert looking.look(3.0, ("Somebody knocks.", 20, 20)) == [row]
    assert row.text == "Somebody knocks."
