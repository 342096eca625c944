"""Whether text runs in rows or in columns."""

from __future__ import annotations

from capture_daemon.frames import Box
from capture_daemon.ocr.engine import RowText
from capture_daemon.reading.direction import Direction

COLUMN, ROW = Box(200, 20, 30, 300), Box(20, 20, 200, 30)


def _read(*texts: str, confidence: float = 0.97) -> list[RowText]:
    return [RowText(text, confidence) for text in texts]


def test_most_of_the_text_must_seem_to_run_across() -> None:
    direction = Direction()
    assert direction.across([COLUMN, Box(20, 20, 60, 30)]) == [COLUMN]
    assert direction.across([COLUMN, ROW, ROW.shifted(0, 40)]) == []
    assert direction.across([]) == []


def test_what_is_read_in_columns_decides() -> None:
    assert Direction().turns(_read("若者は山を"), standing=0, time=1.0)
    assert not Direction().turns(_read("若者は山を", confidence=0.6), standing=0, time=1.0)
    assert not Direction().turns(_read("若者は山を"), standing=12, time=1.0)
    assert not Direction().turns(_read("lIl1l"), standing=0, time=1.0)


def test_a_few_letters_decide_only_at_the_start_or_with_others() -> None:
    direction = Direction()
    assert direction.turns(_read("宿屋"), standing=0, time=1.0)
    direction.lines = 1
    assert not direction.turns(_read("宿屋"), standing=0, time=1.0)
    assert not direction.turns(_read("宿屋"), standing=0, time=2.0)
    assert direction.turns(_read("はい"), standing=0, time=3.0)
    assert not direction.turns(_read("一"), standing=0, time=4.0)


def test_a_name_of_one_character_over_the_first_letters_of_texts_is_no_column() -> None:
    direction = Direction()
    direction.lines = 2
    assert not direction.turns(_read("凛右"), standing=0, time=1.0)
    assert not direction.turns(_read("凛左"), standing=0, time=2.0)
    assert direction.turns(_read("はい"), standing=0, time=3.0)


def test_it_does_not_turn_twice_at_a_time_and_turns_back() -> None:
    direction = Direction()
    direction.turn(1.0)
    assert direction.vertical
    assert not direction.turns(_read("The rain has stopped."), standing=0, time=1.2)
    assert direction.turns(_read("The rain has stopped."), standing=0, time=1.6)
    direction.turn(1.6)
    assert not direction.vertical


def test_where_lines_ran_in_rows_one_look_s_columns_do_not_tell() -> None:
    """Pixel type is set so wide that its characters seem to stand under one another."""
    direction = Direction()
    direction.lines = 5
    assert not direction.turns(_read("まっ", "しき", "かま", "しら"), standing=0, time=1.0)
    assert direction.turns(_read("若者は", "山を"), standing=0, time=2.0)
