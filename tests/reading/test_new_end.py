"""Rows that were typed on, of which only the new end is read."""

from __future__ import annotations

import numpy as np
import pytest

from capture_daemon.frames import Box
from capture_daemon.ocr.engine import Character, RowText
from capture_daemon.reading.events import ReadRows
from capture_daemon.reading.ink import ink_of
from capture_daemon.reading.new_end import Beginning, known_beginning
from capture_daemon.reading.parameters import FOLLOW
from capture_daemon.reading.row import Row
from capture_daemon.reading.row_readings import Reading
from tests.reading.drawing import CJK, Screen
from tests.reading.stage import Stage, lines_of, staged

TEXT = "Somebody knocks at the door in the night"


def read_row(
    text: str, more: str, unsure: str = "", confidence: float = 0.99, font_path: str | None = None
) -> tuple[Row, Box, Screen]:
    """A row that was read, where all of it stands once `more` was typed, and the screen whose last frame shows that.

    `unsure` are the letters that weren't surely read.
    """
    screen = Screen(font_path=font_path)
    screen.show(text, 1 / 30)
    screen.show(text + more, 1 / 30)
    [[before], [after]] = screen.looks.scenes
    characters = tuple(Character(one, middle, 0.6 if one in unsure else 0.99) for one, middle in before.letters)
    reading = Reading.of(RowText(text, confidence, characters), 0.0, 0.0, before.box)
    assert reading is not None
    frame = screen.frames[0]
    assert frame.colour is not None
    ink = ink_of(frame.pixels, frame.colour(), before.box, FOLLOW)
    return Row(1, before.box, 0.0, 0.0, 0.0, ink, [reading]), after.box, screen


def beginning(row: Row, box: Box, screen: Screen) -> Beginning | None:
    return known_beginning(row, box, screen.frames[-1].pixels, FOLLOW)


def test_what_stands_before_a_gap_between_two_words_need_not_be_read_again() -> None:
    row, box, screen = read_row(TEXT, " and nobody")
    found = beginning(row, box, screen)
    assert found is not None
    assert found.text == "Somebody knocks at the door in the "
    assert found.overlap == "night"
    assert "".join(letter for letter, _ in found.characters) == found.text
    letters = dict(screen.looks.scenes[0][0].letters[-6:])
    assert letters[" "] - 8 < found.end < letters["n"]


def test_chinese_and_japanese_may_be_parted_between_two_characters() -> None:
    row, box, screen = read_row("昨日の夜から誰も帰って来ない", "のです", font_path=CJK)
    found = beginning(row, box, screen)
    assert found is not None
    assert found.text == "昨日の夜から誰も帰っ"


@pytest.mark.parametrize(
    ("text", "unsure", "confidence"),
    [("Somebody", "", 0.99), (TEXT, "S", 0.99), (TEXT, "", 0.9)],
    ids=["one word", "a letter in doubt", "all in doubt"],
)
def test_a_row_is_read_whole_that_has_no_gap_or_was_not_surely_read(text: str, unsure: str, confidence: float) -> None:
    assert beginning(*read_row(text, " and nobody", unsure, confidence)) is None


def test_what_stands_before_a_letter_in_doubt_is_known_all_the_same() -> None:
    found = beginning(*read_row(TEXT, " and nobody", unsure="g"))
    assert found is not None
    assert found.text == "Somebody knocks at the door in the "
    found = beginning(*read_row(TEXT, " and nobody", unsure="d"))
    assert found is None


def test_a_row_that_no_longer_stands_is_read_whole() -> None:
    row, box, screen = read_row(TEXT, " and nobody")
    assert known_beginning(row, box, np.full_like(screen.frames[-1].pixels, 40), FOLLOW) is None
    assert known_beginning(row, box.shifted(40, 0), screen.frames[-1].pixels, FOLLOW) is None
    assert known_beginning(row, row.box, screen.frames[-1].pixels, FOLLOW) is None


def test_the_rest_must_begin_as_the_row_went_on_and_be_surely_read() -> None:
    known = Beginning(100, "Somebody knocks ", (("S", 20.0),), "loud", 0.98)
    rest = RowText("loudly.", 0.96, (Character("l", 4.0, 0.96),))
    whole = known.with_rest(rest, 10.0, 0.9)
    assert whole is not None
    assert whole.text == "Somebody knocks loudly."
    assert 0.96 < whole.confidence < 0.98
    assert [one.place for one in whole.characters] == [10.0, 94.0]
    assert known.with_rest(RowText("softly.", 0.96), 10.0, 0.9) is None
    assert known.with_rest(RowText("loudly.", 0.8), 10.0, 0.9) is None
    # The last letter may have been half drawn.
    assert known.with_rest(RowText("loughs", 0.96), 10.0, 0.9) is not None


def test_little_is_read_when_the_last_letter_of_a_long_row_comes() -> None:
    screen = Screen()
    screen.wait(0.3)
    screen.say(TEXT, rest=1.0)
    widest = max(box.width for pieces in screen.looks.scenes for box in (piece.box for piece in pieces))
    stage = staged(screen)
    assert [line.text for line in stage.said] == [TEXT]
    read = [row.pixels.shape[1] for _, asked in stage.asked if isinstance(asked, ReadRows) for row in asked.rows]
    assert read[-1] < 0.6 * widest
    assert sum(read) < 2.2 * widest


def test_a_misread_end_makes_the_row_be_read_whole() -> None:
    screen = Screen()
    screen.wait(0.3)
    screen.say(TEXT, rest=1.0)

    def says(text: str, look: int) -> RowText | None:
        return RowText("xxxx" + text, 0.97) if text and text in TEXT[1:] else None

    screen.looks.says = says
    assert lines_of(screen) == [TEXT]


def test_recordings_are_read_when_a_row_is_complete() -> None:
    screen = Screen()
    screen.wait(0.3)
    screen.say(TEXT, rest=1.0)
    stage = Stage(screen.looks, early=False)
    stage.play(screen.frames)
    stage.end()
    assert [line.text for line in stage.said] == [TEXT]
    rows = [row for _, asked in stage.asked if isinstance(asked, ReadRows) for row in asked.rows]
    assert len(rows) <= 2
