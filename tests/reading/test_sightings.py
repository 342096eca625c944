"""Which rows of several moments are the same writing."""

from __future__ import annotations

from capture_daemon.frames import Box
from capture_daemon.reading.sightings import SeenRow, Sightings, Writing, places, same_text

PLACE = Box(100, 500, 300, 30)


def seen(*moments: list[SeenRow]) -> list[Writing]:
    sightings = Sightings()
    for rows in moments:
        sightings.see(rows)
    return sightings.writings


def test_text_that_is_typed_is_one_writing() -> None:
    [writing] = seen(
        [SeenRow(Box(100, 500, 90, 30), "The tide", 0.9)],
        [SeenRow(PLACE, "The tide turns before noon.", 0.97)],
        [],
        [SeenRow(PLACE, "The tide turns before noon.", 0.96)],
    )
    assert (writing.text, writing.moments, writing.box) == ("The tide turns before noon.", [0, 1, 3], PLACE)


def test_other_text_of_the_same_width_is_another() -> None:
    assert len(seen([SeenRow(PLACE, "玲奈", 0.99)], [SeenRow(PLACE, "健太", 0.99)])) == 2


def test_what_cannot_be_read_is_known_by_its_place() -> None:
    assert len(seen([SeenRow(PLACE)], [SeenRow(PLACE.shifted(3, 0))], [SeenRow(PLACE.shifted(90, 0))])) == 2


def test_digits_marks_and_doubtful_readings_say_nothing() -> None:
    said = [("So do we.", 0.9), ("没有", 0.9), ("06:15 PM", 0.99), ("So do we.", 0.5), ("—", 0.9)]
    assert [Writing(PLACE, text, sure, [0, 1]).speaks for text, sure in said] == [True, True, False, False, False]


def test_a_part_of_a_sign_is_the_sign() -> None:
    assert same_text("SALT & BATHS", "BATHS")
    assert not same_text("玲奈", "健太")
    assert not same_text("No", "Now")


def test_writings_are_sorted_by_place() -> None:
    one, other = Writing(PLACE, "Pip", 0.9, [0]), Writing(PLACE.shifted(0, 60), "Pip", 0.9, [0])
    again = Writing(PLACE.shifted(4, 2), "Juno", 0.9, [2])
    assert places([one, other, again]) == [[one, again], [other]]
