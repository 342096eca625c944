"""Which rows make up a line: rows as `Follow` hands them over, in; lines, out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture_daemon.frames import Box
from capture_daemon.reading.dialogue import Dialogue
from capture_daemon.reading.dialogue_line import State, in_order, is_other_colour
from capture_daemon.reading.ink import Ink
from capture_daemon.reading.parameters import FOLLOW
from capture_daemon.reading.row import Contradiction, Row
from capture_daemon.reading.row_readings import Reading


def row(
    text: str,
    *,
    level: int = 0,
    left: int = 20,
    born: float = 1.0,
    took: float = 0.5,
    confidence: float = 0.97,
    colour: tuple[int, int, int] = (235, 235, 235),
) -> Row:
    """A row on a level of the box, typed within some seconds."""
    box = Box(left, 20 + 40 * level, 14 * len(text), 28)
    mask = np.ones((box.height, box.width), np.bool_)
    shown = np.full(mask.shape, 235, np.uint8)
    ink = Ink(box, mask, np.full(int(mask.sum()), 235, np.int16), 40, True, shown, colour, ((0, 0, 0), colour))
    reading = Reading(text, confidence, born + took)
    return Row(level, box, born, born + took, born + took, ink, [reading], steps=2 if took else 0, seen=box)


class Playing:
    """A dialogue, and the rows on screen."""

    def __init__(self) -> None:
        self.dialogue = Dialogue(FOLLOW)
        self.dialogue.update([], 0.0)
        self.rows: list[Row] = []

    def come(self, *rows: Row) -> None:
        self.rows += rows
        self.dialogue.update(self.rows, max(one.grown for one in self.rows))

    def go(self, time: float, *rows: Row) -> None:
        """Rows go, all if none is named."""
        for one in rows or self.rows:
            one.gone = time
        self.dialogue.update(self.rows, time)
        self.rows = [one for one in self.rows if one.gone is None]

    def said(self) -> list[str]:
        """The lines that have gone, and then those that stand."""
        return [
            " ".join(one.text for one in in_order(line.rows)) for line in [*self.dialogue.gone, *self.dialogue.open]
        ]


def test_rows_that_are_typed_one_under_the_other_are_one_line() -> None:
    playing = Playing()
    playing.come(row("Somebody knocks."))
    playing.come(row("Twice, then not at all.", level=1, born=1.6))
    [line] = playing.dialogue.open
    assert (line.started, line.grown) == (1.0, 2.1)
    playing.go(4.0)
    assert playing.dialogue.open == []
    [line] = playing.dialogue.gone
    assert (line.state, line.went) == (State.GONE, 4.0)
    assert playing.said() == ["Somebody knocks. Twice, then not at all."]


@pytest.mark.parametrize(("rest", "lines"), [(0.5, 1), (0.9, 1), (1.2, 2)])
def test_a_row_after_more_than_a_second_of_rest_is_a_line_of_its_own(rest: float, lines: int) -> None:
    playing = Playing()
    playing.come(row("The first stands here."))
    playing.come(row("The second comes later,", level=1, born=1.5 + rest))
    assert len(playing.said()) == lines


def test_text_under_a_name_may_take_its_time() -> None:
    playing = Playing()
    playing.come(row("Mira", took=0.0))
    playing.come(row("Well, I never.", level=1, born=2.6))
    assert playing.said() == ["Mira Well, I never."]


def test_other_text_in_a_row_s_place_ends_the_line() -> None:
    playing = Playing()
    first = row("Here is the key.")
    playing.come(first)
    first.gone = 3.0
    playing.come(row("Where is the door?", born=3.03, took=0.0))
    assert playing.said() == ["Here is the key.", "Where is the door?"]
    assert len(playing.dialogue.open) == 1


def test_what_stood_above_is_kept_for_the_next_line() -> None:
    playing = Playing()
    name, text = row("Mira", took=0.0), row("Well, I never.", level=1)
    playing.come(name, text)
    playing.go(3.0, text)
    playing.come(row("Did you?", level=1, born=3.2))
    [_, line] = [*playing.dialogue.gone, *playing.dialogue.open]
    assert line.kept == [name]
    assert [one.text for one in line.rows] == ["Did you?"]


def test_rows_far_apart_are_two_lines_unless_they_came_together() -> None:
    playing = Playing()
    playing.come(row("Upstairs."))
    playing.come(row("Downstairs.", level=6, left=400, born=2.0))
    assert len(playing.dialogue.open) == 2
    together = Playing()
    together.come(row("Upstairs.", took=0.0), row("Downstairs.", level=6, left=400, took=0.0))
    assert len(together.dialogue.open) == 1


def test_what_is_not_yet_known_to_be_text_is_no_line() -> None:
    playing = Playing()
    playing.come(row("A glimps", confidence=0.6))
    assert playing.said() == []


def test_the_end_closes_what_stands() -> None:
    playing = Playing()
    playing.come(row("And then nothing more was"))
    playing.dialogue.end(9.0)
    assert [line.went for line in playing.dialogue.gone] == [9.0]


def test_a_row_that_turned_out_to_be_part_of_another_is_left_out() -> None:
    playing = Playing()
    first, part = row("The lamp burns"), row("low", left=240)
    playing.come(first, part)
    part.absorbed = True
    playing.dialogue.update([first], 3.0)
    assert playing.said() == ["The lamp burns"]


def test_rows_are_read_from_the_top_and_from_the_left() -> None:
    rows = [row("c", level=1), row("b", left=300), row("a")]
    assert [one.text for one in in_order(rows)] == ["a", "b", "c"]


def test_other_colours() -> None:
    assert is_other_colour(row("Mira", colour=(40, 200, 240)), row("Well."))
    assert not is_other_colour(row("Mira", colour=(230, 240, 228)), row("Well."))
    assert not is_other_colour(Row(1, Box(0, 0, 9, 9), 0, 0, 0, None), row("Well."))


def test_a_row_under_three_that_came_with_it_makes_one_line_of_them() -> None:
    dialogue = Dialogue(FOLLOW)
    dialogue.update([], 0.0)
    # In the first frame nothing tells that they belong together.
    rows = [row("three", left=left, born=0.1, took=0.0) for left in (20, 240, 460)]
    below = row("a row as wide as all of them, or wider", level=1, born=0.1, took=0.0)
    rows[1].grown = 0.15
    for one in (*rows, below):
        one.first_seen = 0.1
    dialogue.update([*rows, below], 0.1)
    assert [len(line.rows) for line in dialogue.open] == [4]


def test_rows_that_one_look_saw_are_one_line_once_the_row_between_them_is_known() -> None:
    dialogue = Dialogue(FOLLOW)
    dialogue.update([], 0.0)
    # Over a picture it is hardly known when each came, and how high it is.
    upper = row("Are you sure that you", born=2.0, took=0.0)
    middle = row("checked it all, and there was", level=1, born=2.2, took=0.0, confidence=0.8)
    lower = row("nothing?", level=2, born=2.7, took=0.0)
    lower.box = Box(120, 96, 110, 20)
    for one in (upper, middle, lower):
        one.first_seen, one.seen = 2.7, one.box
    dialogue.update([upper, middle, lower], 2.7)
    assert [len(line.rows) for line in dialogue.open] == [1, 1]
    middle.readings.append(Reading(middle.text, 0.8, 3.4))
    dialogue.update([upper, middle, lower], 3.4)
    assert [len(line.rows) for line in dialogue.open] == [3]


def test_a_letter_read_otherwise_under_a_row_that_stands_makes_no_other_line() -> None:
    playing = Playing()
    upper, lower = row("I have never once"), row("liked the sea.", level=1)
    playing.come(upper, lower)
    lower.replaced = True
    playing.go(2.0, lower)
    again = row("liked tha sea.", level=1, born=2.1, took=0.0)
    playing.come(again)
    playing.go(3.0)
    assert playing.said() == ["I have never once liked the sea."]


def test_another_word_under_a_name_that_stands_is_another_line() -> None:
    playing = Playing()
    name, lower = row("Ilse"), row("Wait.", level=1)
    playing.come(name, lower)
    lower.replaced = True
    playing.go(2.0, lower)
    playing.come(row("Wait!", level=1, born=2.1))
    playing.go(3.0)
    assert len(playing.said()) == 2


@st.composite
def any_rows(draw: st.DrawFn) -> list[tuple[Row, float]]:
    """Rows anywhere, seen in one of a few looks and never grown, each with when it goes."""
    rows = []
    for number in range(draw(st.integers(3, 8))):
        seen = draw(st.sampled_from([0.1, 0.1, 1.0, 2.0]))
        colour = draw(st.sampled_from([(235, 235, 235), (40, 200, 240), (240, 60, 60)]))
        left, level = 20 + 110 * draw(st.integers(0, 3)), draw(st.integers(0, 2))
        text = chr(ord("a") + number) * draw(st.sampled_from([3, 5, 20]))
        one = row(text, level=level, left=left, born=seen, took=0.0, colour=colour)
        one.first_seen, one.apart = seen, draw(st.integers(0, 9)) == 0
        rows.append((one, seen + draw(st.sampled_from([0.3, 1.0, 2.5]))))
    return rows


@given(any_rows(), st.sets(st.integers(1, 12)))
def test_whatever_comes_and_goes_a_row_is_in_no_more_than_one_line(
    rows: list[tuple[Row, float]], said: set[int]
) -> None:
    dialogue = Dialogue(FOLLOW)
    dialogue.update([], 0.0)
    for time in sorted({one.born for one, _ in rows} | {went for _, went in rows}):
        standing = [one for one, went in rows if one.born <= time <= went]
        for one, went in rows:
            one.gone = went if went <= time else None
        dialogue.update(standing, time)
        for line in dialogue.open:
            if line.number in said:
                line.said = (None, "said")
    dialogue.end(9.0)
    placed = [one.number for line in dialogue.gone for one in {id(one): one for one in line.rows}.values()]
    assert not dialogue.open
    assert len({id(one) for line in dialogue.gone for one in line.rows}) == len(placed)


def test_where_each_line_has_a_box_of_its_own_the_same_words_are_said_again() -> None:
    playing = Playing()
    for number, text in enumerate(["Who is it?", "Nobody.", "Really?", "Really?"]):
        born = 1.0 + 2 * number
        one = row(text, born=born, took=0.0)
        playing.come(one)
        if number:
            playing.dialogue.gone[-1].with_box = True
            playing.dialogue.gone[-1].box_came = born
        [line] = playing.dialogue.open
        assert playing.dialogue.is_old(line) is None
        playing.go(born + 1.5)


def test_dots_behind_a_complete_text_are_a_mark_and_no_row() -> None:
    playing = Playing()
    text, mark = row("Nobody came."), row("...", left=210, born=1.6, took=0.0)
    playing.come(text)
    playing.come(mark)
    playing.go(3.0, text)
    playing.come(row("So I left.", born=3.1))
    assert playing.said() == ["Nobody came.", "So I left."]


def test_dots_in_the_corner_under_a_complete_text_are_a_mark_and_no_line() -> None:
    playing = Playing()
    text, mark = row("Nobody came."), row("...", level=2, left=500, born=1.8, took=0.0)
    playing.come(text)
    playing.come(mark)
    playing.go(3.0)
    assert playing.said() == ["Nobody came."]


def test_dots_in_a_corner_that_go_while_the_text_stands_are_a_mark_that_blinks() -> None:
    playing = Playing()
    mark = row("...", left=500, level=2, took=0.0)
    playing.come(row("What?!"), mark)
    playing.go(1.6, mark)
    playing.go(3.0)
    assert playing.said() == ["What?!"]


def test_dots_under_a_name_that_stands_on_are_what_was_said() -> None:
    playing = Playing()
    name, dots = row("Mira"), row("...", level=1, took=0.0)
    playing.come(name, dots)
    playing.go(2.0, dots)
    playing.go(3.0)
    assert playing.said() == ["Mira ..."]


def test_dots_that_fade_a_little_sooner_than_their_text_are_part_of_it() -> None:
    playing = Playing()
    dots = row("...", level=1)
    playing.come(row("Nobody came"), dots)
    playing.go(2.9, dots)
    playing.go(3.0)
    assert playing.said() == ["Nobody came ..."]


def test_dots_under_a_text_that_is_not_complete_are_text() -> None:
    playing = Playing()
    playing.come(row("Nobody came"))
    playing.come(row("...", level=1, born=1.7, took=0.0))
    playing.go(3.0)
    assert playing.said() == ["Nobody came ..."]


@pytest.mark.parametrize(("seconds", "is_missed"), [(0.2, True), (2.0, False)])
def test_a_row_missed_for_a_moment_is_of_its_line_and_one_that_comes_later_is_said_again(
    seconds: float, is_missed: bool
) -> None:
    playing = Playing()
    playing.come(row("Nobody came up the road"))
    last = row("in winter.", level=1, born=1.6)
    playing.come(last)
    playing.go(4.0, last)
    playing.come(row("in winter.", level=1, born=4.0 + seconds, took=0.0))
    whole = "Nobody came up the road in winter."
    assert playing.said() == ([whole] if is_missed else [whole, "in winter."])


def test_a_paragraph_further_down_ends_the_one_above_though_a_row_between_was_missed() -> None:
    playing = Playing()
    playing.come(row("Somebody knocks."))
    playing.come(row("Nobody is there.", level=2, born=4.0))
    assert [line.state for line in playing.dialogue.gone] == [State.GONE]
    playing.come(row("At once, elsewhere.", level=2, left=340, born=4.1))
    assert playing.said() == ["Somebody knocks.", "Nobody is there.", "At once, elsewhere."]


def test_a_paragraph_that_others_follow_is_no_sign() -> None:
    """Though it stands as long as they do: a sign stands on when other lines have gone."""
    playing = Playing()
    playing.come(row("Somebody knocks."))
    for level in (1, 2, 3):
        playing.come(row("Nobody is there.", level=level, left=300, born=2.0 + 2 * level))
    playing.go(11.0)
    assert [line.outlived for line in playing.dialogue.gone] == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("again", "lines"), [("It was a very long winter, and I", 1), ("It was a single very long night, I", 2)]
)
def test_more_read_in_a_row_that_others_stand_below_is_no_other_text(again: str, lines: int) -> None:
    playing = Playing()
    first = row("It was a very long winter, and")
    playing.come(first)
    playing.come(row("nobody came up the road.", level=1, born=1.6))
    first.gone, first.replaced = 4.0, True
    playing.come(row(again, born=4.1, took=0.0))
    assert len(playing.said()) == lines


def test_a_paragraph_of_which_a_letter_was_misread_has_rested() -> None:
    """What passes before a letter is no more text at the row's end."""
    for contradiction, lines in ((None, 1), (Contradiction("Sornebodyknocks.", 2.0), 2)):
        playing = Playing()
        first = row("Somebody knocks.")
        first.seen, first.stale, first.contradiction = first.box, True, contradiction
        playing.come(first)
        playing.come(row("Nobody is there.", level=1, born=4.0))
        assert len(playing.said()) == lines


def test_centred_paragraphs_are_lines() -> None:
    playing = Playing()
    playing.come(row("“The hold is flooded!”", level=1, left=100))
    playing.come(row("“How many?”", level=3, left=177, born=4.0))
    assert playing.said() == ["“The hold is flooded!”", "“How many?”"]
    assert len(playing.dialogue.open) == 1


def test_bubbles_below_one_another_are_lines_in_their_order() -> None:
    playing = Playing()
    playing.come(row("Please tell me.", level=1, left=260, took=0.0))
    second = row("He wears a scarf.", level=3, left=20, born=3.0, took=0.0)
    second.first_seen = 3.0
    playing.come(second)
    assert [line.state for line in playing.dialogue.gone] == [State.GONE]
    assert playing.said() == ["Please tell me.", "He wears a scarf."]


def test_a_line_that_goes_with_its_panel_is_no_sign_though_it_is_seen_to_go_a_little_later() -> None:
    for late, outlived in ((0.3, 0), (1.0, 1)):
        playing = Playing()
        first, second = row("That winter it stopped.", born=1.0), row("When do we eat?", level=9, left=300, born=3.0)
        playing.come(first)
        playing.come(second)
        playing.go(6.0, second)
        playing.go(6.0 + late, first)
        assert [line.outlived for line in playing.dialogue.gone] == [0, outlived]
