"""Rows over time, told apart by place, picture and text: each test is a few looks at one row."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture_daemon.frames import Box
from capture_daemon.reading.follow import Follow
from capture_daemon.reading.parameters import FOLLOW
from tests.reading.rows import FACE, KNOCK, LAMP, Drawn, Looking, box_of, picture


def test_a_row_comes_stands_and_goes() -> None:
    looking = Looking()
    [row] = looking.look(1.0, LAMP)
    assert looking.look(1.2, LAMP) == [row]
    assert looking.look(1.4) == []
    assert row.gone == pytest.approx(1.2)
    assert len(row.readings) == 2


def test_it_came_when_its_ink_did_not_when_it_was_looked_at() -> None:
    looking = Looking()
    for time in (0.0, 0.1):
        looking.frame(time, picture())
    for time in (0.2, 0.3, 0.4):
        looking.frame(time, picture(LAMP))
    [row] = looking.look(0.5, LAMP)
    assert row.born == row.grown == 0.2


def test_a_row_that_is_typed_is_one_row() -> None:
    looking = Looking()
    [row] = looking.look(0.2, ("The lamp", 20, 20))
    assert looking.look(0.5, ("The lamp burns", 20, 20)) == [row]
    assert looking.look(0.8, LAMP) == [row]
    assert row.text == "The lamp burns low"
    assert (row.born, row.grown) == (0.2, 0.8)
    assert row.steps == 2


def test_a_sign_that_was_read_before_its_first_letter_is_no_other_text() -> None:
    looking = Looking()
    [row] = looking.look(0.2, ("T", 20, 20), says="→T")
    assert looking.look(1.2, LAMP) == [row]
    assert row.text == "The lamp burns low"


def test_a_short_text_behind_the_same_name_is_no_remains_of_the_one_before() -> None:
    looking = Looking()
    looking.look(0.2, ("Granny: I know nothing at all.", 20, 20))
    looking.look(0.4)
    [row] = looking.look(0.6, ("Granny: No.", 20, 20))
    assert row.text == "Granny: No."


def test_what_may_be_left_of_a_row_is_in_doubt_until_it_is_looked_at_again() -> None:
    looking = Looking()
    looking.look(0.2, LAMP)
    looking.look(0.4)
    assert looking.look(0.5, ("lamp", 20 + round(FACE.getlength("The ")), 20)) == []
    assert len(looking.follow.left_out) == 1
    looking.look(0.6, area=Box(400, 100, 50, 50))
    assert len(looking.follow.left_out) == 1
    looking.look(0.7)
    assert looking.follow.left_out == []


def test_other_text_in_its_place_is_another_row() -> None:
    looking = Looking()
    [row] = looking.look(0.2, LAMP)
    [other] = looking.look(0.5, KNOCK)
    assert other is not row
    assert row.gone == 0.2
    assert other.born == 0.5


def test_other_text_is_another_row_even_if_the_ink_is_said_to_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    looking = Looking()
    [row] = looking.look(0.2, LAMP)
    monkeypatch.setattr(Follow, "standing", lambda follow, row, luma: 1.0)
    [other] = looking.look(0.5, KNOCK)
    assert (row.gone, other.text) == (0.2, "Somebody knocks.")


def test_text_that_is_read_stands_even_if_its_ink_is_said_to_have_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    looking = Looking()
    [row] = looking.look(0.2, LAMP)
    monkeypatch.setattr(Follow, "standing", lambda follow, row, luma: 0.0)
    assert looking.look(0.5, LAMP) == [row]
    assert row.gone is None


@pytest.mark.parametrize(("before", "after"), [("No!", "No."), ("Is it?", "Is it!"), ("Room 1", "Room 7")])
def test_alike_texts_in_one_place_are_two_rows(before: str, after: str) -> None:
    looking = Looking()
    [row] = looking.look(0.2, (before, 20, 20))
    [other] = looking.look(1.5, (after, 20, 20))
    assert other is not row
    assert (row.text, other.text) == (before, after)


def test_two_unsure_looks_that_agree_on_other_text_outweigh_its_ink(monkeypatch: pytest.MonkeyPatch) -> None:
    looking = Looking()
    [row] = looking.look(0.2, LAMP)
    monkeypatch.setattr(Follow, "standing", lambda follow, row, luma: 1.0)
    assert looking.look(0.5, LAMP, says="Somebody knock5", confidence=0.8) == [row]
    [other] = looking.look(0.8, LAMP, says="Somebody knocks", confidence=0.8)
    assert (row.text, other.text) == ("The lamp burns low", "Somebody knocks")


def test_other_text_read_twice_is_another_row_even_if_its_ink_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("capture_daemon.reading.standing.ink_of", lambda *given: None)
    looking = Looking()
    for time in (0.2, 0.8, 1.4):
        [row] = looking.look(time, ("Where is he?", 20, 20), confidence=0.99)
    looking.look(2.0, ("Where is she?", 20, 20), confidence=0.99)
    [other] = looking.look(2.6, ("Where is she?", 20, 20), confidence=0.99)
    assert (row.text, other.text) == ("Where is he?", "Where is she?")


def test_a_text_that_is_believed_at_the_second_look_came_at_the_first() -> None:
    looking = Looking()
    [row] = looking.look(0.2, ("I see it.", 20, 20), confidence=0.99)
    looking.look(0.9, ("I see it.", 20, 20), confidence=0.99)
    # The picture pans, so the ink says little.
    assert looking.look(1.6, ("I see it!", 26, 20), confidence=0.99) == [row]
    looking.forget()
    [other] = looking.look(2.4, ("I see it!", 32, 20), confidence=0.99)
    assert other is not row
    assert other.born == 1.6


def test_a_text_with_more_within_it_in_its_place_is_another() -> None:
    looking = Looking()
    [row] = looking.look(0.2, ("Are you sure?", 20, 20), confidence=0.99)
    later: Drawn = ("Are you quite sure?", 26, 24)
    assert looking.look(1.0, later, confidence=0.99) == [row]
    [other] = looking.look(1.2, later, confidence=0.99)
    assert (row.text, other.text) == ("Are you sure?", "Are you quite sure?")


def test_a_last_letter_that_was_half_drawn_makes_no_other_text() -> None:
    looking = Looking()
    [row] = looking.look(0.2, ("Well", 20, 20))
    looking.look(0.5, ("Well.", 20, 20), confidence=0.99)
    assert looking.look(0.6, ("Well,", 20, 20), confidence=0.99) == [row]
    assert looking.look(0.9, ("Well, then", 20, 20), confidence=0.99) == [row]
    assert row.text == "Well, then"


def test_a_few_letters_that_were_half_drawn_go_on() -> None:
    looking = Looking()
    [row] = looking.look(0.2, ("Well", 20, 20))
    later: Drawn = ("Wel... if you insist", 20, 20)
    assert looking.follow.is_growing(box_of(*later), picture(("Well... if", 20, 20)), 0.5, FOLLOW.postponed)
    assert looking.look(0.8, later) == [row]


def test_a_letter_more_within_a_text_at_rest_is_misread() -> None:
    looking = Looking()
    [row] = looking.look(0.2, LAMP)
    looking.look(0.5, LAMP)
    faded: Drawn = ("The lamp burns low", 24, 22)
    assert looking.look(1.2, faded, says="The lampu burns low", confidence=0.92) == [row]
    assert row.text == "The lamp burns low"


def test_dots_that_blink_behind_a_text_are_no_part_of_it() -> None:
    looking = Looking()
    looking.look(0.2, ("Sure", 20, 20))
    [row] = looking.look(0.5, ("Sure...", 20, 20))
    looking.look(1.2, ("Sure.......", 20, 20), confidence=0.8)
    for number in range(6):
        assert looking.look(1.6 + 0.1 * number, ("Sure...", 20, 20)) == [row]
    assert row.text == "Sure..."


def test_a_line_typed_anew_behind_the_same_name_is_another() -> None:
    looking = Looking()
    [row] = looking.look(0.2, ("Ann: One more.", 20, 20))
    looking.look(1.0, ("Ann: One more.", 20, 20))
    assert looking.look(1.2, ("Ann: O", 20, 20)) == [row]
    [other] = looking.look(1.9, ("Ann: One more time.", 20, 20))
    assert (row.text, other.text) == ("Ann: One more.", "Ann: One more time.")


def test_what_was_overlooked_before_it_is_seen_elsewhere_has_gone() -> None:
    looking = Looking()
    [row] = looking.look(0.2, KNOCK)
    assert looking.look(0.3, shows=picture(KNOCK)) == [row]
    # Its ink is said to stand, but twice nothing was seen there.
    assert looking.look(0.4, shows=picture(KNOCK)) == [row]
    [other] = looking.look(0.5, ("Somebody knocks.", 20, 90))
    assert other is not row
    assert row.gone is not None


def test_a_letter_read_otherwise_while_its_ink_stands_is_the_same_row() -> None:
    looking = Looking()
    [row] = looking.look(0.2, LAMP)
    assert looking.look(0.5, LAMP, says="The 1amp burns low", confidence=0.92) == [row]
    assert row.text == "The lamp burns low"


def test_text_that_is_found_elsewhere_has_moved() -> None:
    looking = Looking()
    [row] = looking.look(0.2, LAMP)
    assert looking.look(0.5, ("The lamp burns low", 20, 70)) == [row]
    assert row.moved_at == 0.5
    assert row.box.top == 74


def test_ink_that_was_taken_with_a_mark_in_it_is_taken_anew_without() -> None:
    looking = Looking()
    [row] = looking.look(0.2, (f"{LAMP[0]} ####", *LAMP[1:]), says=LAMP[0])
    looking.look(0.5, LAMP)
    assert row.box == box_of(*LAMP)
    assert looking.follow.standing(row, picture(LAMP)) == 1.0


def test_words_seen_first_of_a_text_that_slides_in_are_a_piece_of_it() -> None:
    looking = Looking()
    [piece] = looking.look(0.2, ("burns low", 120, 20))
    [whole] = looking.look(0.3, ("The lamp burns low", 20, 46))
    assert (piece.absorbed, whole.text) == (True, "The lamp burns low")
    [other] = looking.look(0.4, ("burns low", 120, 90))
    looking.look(0.5, ("Nobody is there", 20, 104))
    assert not other.absorbed


def test_two_rows_that_scroll_up_are_the_same_rows() -> None:
    looking = Looking()
    first, second = looking.look(0.2, ("The top row", 20, 20), ("and the lower", 20, 54))
    assert looking.look(0.5, ("and the lower", 20, 20)) == [second]
    assert first.gone == 0.2


def test_what_the_detector_misses_stands_as_long_as_its_ink_does() -> None:
    looking = Looking()
    [row] = looking.look(0.2, LAMP)
    assert looking.look(0.5, shows=picture(LAMP)) == [row]
    assert looking.look(0.8, shows=picture()) == []
    assert row.gone == 0.5


def test_what_the_detector_misses_stands_where_nothing_is_new(monkeypatch: pytest.MonkeyPatch) -> None:
    looking = Looking()
    [row] = looking.look(0.2, LAMP)
    monkeypatch.setattr(Follow, "standing", lambda self, row, luma: 0.0)
    for time in (0.5, 0.8, 1.1, 1.4):
        assert looking.look(time, shows=picture(LAMP)) == [row]


def test_text_at_a_level_between_two_rows_is_a_row_of_its_own_and_takes_none_of_them_up() -> None:
    looking = Looking()
    upper, lower = looking.look(0.2, ("The lamp burns low", 20, 20), ("and then goes out", 20, 50))
    looking.look(1.0, ("Somebody", 60, 35))
    [row] = looking.look(1.6, ("Somebody", 60, 35))
    assert row.text == "Somebody"
    assert not upper.absorbed
    assert not lower.absorbed


def test_a_box_round_two_rows_that_stand_is_theirs() -> None:
    looking = Looking()
    upper, lower = looking.look(0.2, ("Old Tom", 20, 20), ("Somebody knocks", 20, 56))
    both = Box(18, 20, 220, 72)
    assert looking.follow.parted(both, picture(), 0.5) == [upper.box, lower.box]
    assert looking.follow.parted(box_of("Somebody knocks", top=56), picture(), 0.5) == [lower.box]


def test_pieces_of_a_row_become_one() -> None:
    looking = Looking()
    first, second = looking.look(0.2, ("The lamp", 20, 20), ("low", 200, 20))
    whole = "The lamp burns low"
    [row] = looking.look(0.5, (whole, 20, 20))
    assert row is first
    assert second.absorbed
    assert row.text == whole


def test_the_same_with_a_word_more_elsewhere_is_another_row() -> None:
    looking = Looking()
    for time in (0.2, 0.5):
        looking.look(time, ("the old mill.", 220, 20), confidence=0.99)
    [other] = looking.look(0.6, ("To the old mill.", 40, 90), confidence=0.99)
    assert other.born == 0.6
    [same] = looking.look(0.7, ("To the old mill.", 40, 60), confidence=0.99)
    assert same is other


def test_a_text_that_begins_with_the_name_that_stood_over_it_is_not_that_name() -> None:
    looking = Looking()
    for time in (0.2, 0.5):
        looking.look(time, ("Kai Krellis", 20, 20), confidence=0.99)
    [row] = looking.look(0.6, ("Kai Krellis saw that it was so.", 20, 60), confidence=0.99)
    assert row.born == 0.6


def test_a_row_that_slides_into_its_place_with_more_is_another() -> None:
    looking = Looking()
    for time in (0.0, 0.1, 0.2):
        looking.frame(time, picture())
    looking.look(0.3, ("One more.", 60, 20))
    for time in (0.9, 1.5, 2.1):
        looking.look(time, ("One more.", 60, 20))
    # Sliding, it is seen a little cut.
    looking.look(2.2, ("one more..", 28, 20), says="one more...")
    assert looking.texts() == ["one more..."]
    assert looking.follow.rows[0].born > 2.0


def test_a_faint_reading_is_none() -> None:
    looking = Looking()
    assert looking.look(0.2, LAMP, confidence=0.3) == []
    assert looking.look(0.5, LAMP, says="V") == []


words = st.lists(st.sampled_from(["Yes.", "No!", "The lamp burns low", "Who is it?", "..."]), max_size=6)


@given(words)
def test_whatever_comes_the_row_that_stands_says_what_was_last_read_surely(texts: list[str]) -> None:
    looking = Looking()
    for number, text in enumerate(texts):
        looking.look(1.5 * number, (text, 20, 20))
        assert looking.texts() == [text]


def test_a_row_that_the_detector_misses_stands_though_its_mark_has_gone() -> None:
    looking = Looking()
    marked = ("Well... MM", 20, 20)
    [row] = looking.look(0.2, marked, says="Well... \N{BLACK DOWN-POINTING TRIANGLE}")
    assert looking.look(0.5, shows=picture(("Well...", 20, 20))) == [row]
    assert looking.look(0.8, shows=picture(("Hm?", 20, 20))) == []


def test_a_sentence_whose_full_stop_gives_way_to_more_was_another() -> None:
    looking = Looking()
    looking.look(0.2, ("He", 20, 20))
    [row] = looking.look(0.5, ("He came.", 20, 20), confidence=0.999)
    looking.look(1.6, ("He came.", 20, 20), confidence=0.999)
    [other] = looking.look(2.0, ("He came back!", 20, 20), confidence=0.999)
    assert other is not row
    assert row.text == "He came."


def test_a_row_that_is_no_wider_says_no_second_line_however_it_is_read() -> None:
    looking = Looking()
    [row] = looking.look(1.0, KNOCK)
    for time in (1.4, 1.8, 2.2):
        looking.look(time, KNOCK)
    assert looking.look(2.6, KNOCK, says="Somebody knocks.now") == [row]


def test_a_row_that_is_read_with_little_confidence_stands_and_is_read_better_later() -> None:
    looking = Looking()
    [row] = looking.look(1.0, LAMP, says="The lanp bums lcw", confidence=0.52)
    assert looking.look(1.4, LAMP) == [row]
    assert row.text == LAMP[0]


def test_a_row_that_three_looks_miss_has_gone_though_bright_things_there_cover_its_ink() -> None:
    looking = Looking()
    looking.look(0.2, LAMP)
    bright = picture(LAMP).copy()
    bright[10:18] = bright[50:60] = 120
    for time in (0.5, 0.8):
        looking.look(time, shows=bright)
        assert looking.texts() == [LAMP[0]]
    assert looking.look(1.1, shows=bright) == []


def test_a_dash_that_boxes_left_out_at_first_makes_no_other_text() -> None:
    looking = Looking()
    whole: Drawn = ("- Who is there?", 20, 20)
    inner: Drawn = ("Who is there?", 20 + round(FACE.getlength("- ")), 20)
    for time in (0.2, 0.5):
        looking.look(time, inner, shows=picture(whole))
    for time in (1.2, 1.5, 1.8):
        looking.look(time, whole, confidence=0.99)
    [row] = looking.follow.rows
    assert row.number == 1
    assert row.text == "- Who is there?"
