"""Names beside something else on their level."""

from __future__ import annotations

import pytest

from capture_daemon.frames import Box
from capture_daemon.reading.name_gaps import letter_pitch, name_and_rank, name_before_column
from capture_daemon.reading.row import Row
from capture_daemon.reading.row_readings import Reading

HEIGHT = 30


def row(*parts: tuple[str, float, float]) -> Row:
    """A row of parts, each with its first letter's place and its letters' pitch, in pixels; words as they are read."""
    places = [
        (letter, left + pitch * number)
        for text, left, pitch in parts
        for number, letter in enumerate(one for one in text if not one.isspace())
    ]
    text = "".join(text for text, _, _ in parts)
    box = Box(0, 0, round(places[-1][1] + parts[-1][2] / 2), HEIGHT)
    return Row(1, box, 1.0, 1.0, 1.0, None, [Reading(text, 0.99, 1.0, tuple(places))])


@pytest.mark.parametrize(
    ("one", "name"),
    [
        (row(("Thessaly", 10, 16), (" Keeper of Small Debts", 160, 10)), "Thessaly"),
        (row(("シズ", 10, 28), ("便利屋部", 70, 19)), "シズ"),
        (row(("ノノカ ", 10, 28), ("第二図書委員会", 105, 19)), "ノノカ"),
        # Of the club's name a syllable was missed, and boxes are drawn as high as the rule under them.
        (row(("유라", 10, 22), (" 방과후", 60, 15), (" 발부", 110, 15)), "유라"),
        (row(("화약이", 10, 20), (" 아니라", 75, 18)), None),
        (row(("NACH", 10, 30), (" Jahrzehnten der Unruhen hatte der König", 150, 17)), None),
        (row(("[멘탈", 10, 24), (" +1]", 90, 12)), None),
        (row(("Old", 10, 14), (" Man", 60, 14)), None),
        (row(("葛城", 10, 28), ("美里", 66, 28)), None),
    ],
)
def test_who_somebody_is_stands_behind_the_name_in_smaller_type(one: Row, name: str | None) -> None:
    assert name_and_rank(one) == name


def test_a_name_stands_before_a_column_of_text() -> None:
    first, under = row(("维伦 ", 10, 28), ("报告，哨站失去联络", 120, 28)), row(("已经六个小时。", 120, 28))
    under.box = Box(106, 40, 200, HEIGHT)
    found = name_before_column(first, [under], [])
    assert found is not None
    assert found[:2] == ("维伦", "报告，哨站失去联络")
    assert name_before_column(first, [], []) is None, "a wide space may be the text's own"
    assert name_before_column(first, [], [found[2] + 3]) is not None


def test_the_pitch_of_letters() -> None:
    assert letter_pitch(row(("报告，哨站", 10, 28))) == 28
