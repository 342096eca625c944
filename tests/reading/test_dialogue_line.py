"""Where one line ends and the next begins, by what their rows say."""

from __future__ import annotations

import pytest

from capture_daemon.frames import Box
from capture_daemon.reading.dialogue_line import (
    DialogueLine,
    begins_behind_speech,
    begins_next_speech,
    in_order,
    is_mark_behind,
    same_hue,
)
from capture_daemon.reading.row import Row
from tests.reading.test_dialogue import Playing, row


def scrolled(*rows: Row, at: float) -> None:
    """Rows move up by one, and the first of them leaves the page."""
    for one in rows:
        one.box = one.seen = one.box.shifted(0, -40)
        one.moved_at, one.moved_by = at, -40
    rows[0].gone, rows[0].scrolled_out = at, True


@pytest.mark.parametrize(
    ("first", "last", "more", "lines"),
    [
        ("My cat ran into", "the grass, and I", "can't find her!", 1),
        ("My cat ran away.", "I saw it.", "Did you?", 2),
        ("• My cat ran away.", "I saw it.", "Did you?", 1),
        ("• My cat ran away.", "I saw it.", "• Did you?", 2),
    ],
)
def test_what_left_the_page_in_the_middle_of_a_text_goes_on(first: str, last: str, more: str, lines: int) -> None:
    playing = Playing()
    upper, lower = row(first, level=1), row(last, level=2, born=1.6)
    playing.come(upper)
    playing.come(lower)
    scrolled(upper, lower, at=2.4)
    playing.come(row(more, level=2, born=2.6))
    assert len(playing.said()) == lines
    assert " ".join(playing.said()) == f"{first} {last} {more}"


@pytest.mark.parametrize(("scrolls", "lines"), [(True, 2), (False, 1)])
def test_a_point_begins_a_line_after_a_short_rest_on_a_page_that_scrolls(scrolls: bool, lines: int) -> None:
    playing = Playing()
    first, second = row("• It is late.", level=1), row("• Go home.", level=2, born=2.0)
    playing.come(first)
    if scrolls:
        first.moved_at, first.moved_by = 1.8, -40
    playing.come(second)
    assert len(playing.said()) == lines


def test_captions_that_begin_with_who_speaks_are_lines_however_fast_they_come() -> None:
    playing = Playing()
    playing.come(row("MARA: Doctor, smile.", took=0.0), row("DR. OSWIN: I am smiling.", level=1, took=0.0))
    playing.come(row("This is it.", level=2, born=1.1, took=0.0))
    assert playing.said() == ["MARA: Doctor, smile.", "DR. OSWIN: I am smiling. This is it."]


def test_dots_under_a_name_in_brackets_are_no_mark_behind_it() -> None:
    dots = row("………", level=1, left=120, born=1.6)
    assert is_mark_behind(dots, row("【祖父】", took=0.0)) is False
    assert is_mark_behind(dots, row("Come in.", took=0.0)) is True


def test_a_text_on_the_level_of_dots_that_went_from_under_a_name_is_the_next_line() -> None:
    playing = Playing()
    name, dots = row("Mira", left=200, took=0.0), row("...", level=1, left=210, born=1.2)
    playing.come(name, dots)
    playing.go(3.0, dots)
    playing.come(row("Well then.", level=1, left=20, born=3.3))
    assert playing.said() == ["Mira ...", "Well then."]
    assert [one.text for one in playing.dialogue.open[0].kept] == ["Mira"]


@pytest.mark.parametrize(("rest", "lines"), [(1.2, 1), (3.0, 2)])
def test_what_has_the_form_of_a_name_and_stands_by_itself_for_long_is_a_line(rest: float, lines: int) -> None:
    playing = Playing()
    playing.come(row("Thunder", took=0.2))
    playing.come(row("Nobody moved for a while.", level=1, born=1.2 + rest))
    assert len(playing.said()) == lines


@pytest.mark.parametrize(
    ("first", "second", "lines"),
    [
        ("「電話はつながらないの？」", "真里亜がたずねた。", 2),
        ("真里亜がたずねた。", "「電話はつながらないの？」", 2),
        ("真里亜が", "「電話はつながらないの？」と言った。", 1),
        ("真里亜がたずねた。", "答えはなかった。", 1),
    ],
)
def test_beside_speech_a_paragraph_begins_after_a_shorter_rest(first: str, second: str, lines: int) -> None:
    playing = Playing()
    playing.come(row("Far away."))
    playing.go(2.0)
    playing.come(row(first, born=3.0))
    playing.come(row(second, level=1, born=4.2))
    assert len(playing.said()) == 1 + lines


def test_words_in_japanese_quotation_marks_behind_others_are_somebody_else_s() -> None:
    line = DialogueLine(1, [row("「数えたら、どうなるんだ？」")])
    after = row("「足りなくなるの」", level=1)
    line.rows[0].first_seen, after.first_seen = 1.0, 1.2
    assert begins_next_speech(line, after)
    after.first_seen = 1.0
    assert not begins_next_speech(line, after), "both came in one moment"


@pytest.mark.parametrize(
    ("first", "second", "behind"),
    [
        ("“How much is it?”", "A hundred.", True),
        ("Lía: “How much is it?”", "A hundred.", True),
        ("“How much is it?”", "she said.", False),
        ("“How much", "is it?”", False),
    ],
)
def test_what_comes_behind_all_of_somebody_s_words(first: str, second: str, behind: bool) -> None:
    assert begins_behind_speech(DialogueLine(1, [row(first)]), row(second, level=1)) == behind


def test_dots_beside_a_name_are_read_behind_it() -> None:
    name, dots = row("维伦", took=0.0), row("……", left=120, took=0.0)
    dots.box = Box(120, 24, 60, 14)
    assert [one.text for one in in_order([dots, name])] == ["维伦", "……"]


def test_rows_of_which_one_moved_when_the_other_had_gone_keep_their_order() -> None:
    upper, lower = row("It was cut"), row("off.", level=1)
    upper.gone, lower.moved_at, lower.moved_by = 2.0, 2.0, -60
    lower.box = lower.box.shifted(0, -60)
    assert in_order([upper, lower]) == [upper, lower]


def test_colours_that_differ_in_strength_alone() -> None:
    assert same_hue((120, 250, 250), (60, 125, 125))
    assert not same_hue((120, 250, 250), (250, 125, 125))
    assert not same_hue((0, 0, 0), (60, 125, 125))


def test_another_mark_under_a_name_in_brackets_is_another_line() -> None:
    playing = Playing()
    name, first = row("[shopkeeper]", took=0.0), row("Come on.", level=1, took=0.0)
    playing.come(name, first)
    first.replaced = True
    playing.go(2.7, first)
    playing.come(row("Come on!", level=1, born=2.8, took=0.0))
    assert playing.said() == ["[shopkeeper] Come on.", "Come on!"]
