"""Whether two readings are of one text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture_daemon.reading.wording import (
    differ_in_last,
    differing_columns,
    goes_on,
    goes_on_in_word,
    has_more_before,
    has_other_letters,
    is_but_for_marks,
    is_filled_in,
    is_in,
    letters,
    likeness,
    majority_text,
    same_letters,
    same_words,
    shared_end,
    without_signs,
)

ANY_TEXT = st.text(max_size=40)


def test_spaces_quotes_and_forms_are_no_letters() -> None:
    assert letters("How  are you？") == "Howareyou?"
    assert letters("I’m ‘here’") == "I'm'here'"
    assert letters("“A gate,” he said") == letters('"A gate," he said')


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("How are you?", "Howare you?", True),
        ("How are you?", "How are yov?", True),
        ("How are you?", "Who is there?", False),
        ("安静一点。", "安静ー点。", True),
    ],
)
def test_likeness(one: str, other: str, alike: bool) -> None:
    assert (likeness(one, other) >= 0.72) is alike


@given(ANY_TEXT, ANY_TEXT)
def test_likeness_is_a_share(one: str, other: str) -> None:
    assert 0 <= likeness(one, other) <= 1
    assert likeness(one, one) == 1


@pytest.mark.parametrize(
    ("before", "after", "more"),
    [
        ("The lamp", "The lamp burns low", True),
        ("The 1amp burns", "The lamp burns low", True),
        ("and i", "and I can see the moon", True),
        ("No", "No way", True),
        ("No", "Now", True),
        ("No", "Yes, no", False),
        ("The lamp burns low", "The lamp", False),
        ("The lamp burns low", "Somebody knocks, twice", False),
        ("", "Anything", False),
    ],
)
def test_what_goes_on(before: str, after: str, more: bool) -> None:
    assert goes_on(before, after) is more


@given(ANY_TEXT.filter(letters), ANY_TEXT)
def test_whatever_is_typed_on_goes_on(before: str, more: str) -> None:
    if letters(before + more).startswith(letters(before)):
        assert goes_on(before, before + more)


def test_letters_that_come_in_any_order_fill_in() -> None:
    assert is_filled_in("Te lm urn lw", "The lamp burns low")
    assert not is_filled_in("Somebody knocks", "The lamp burns low, as ever")
    assert not is_filled_in("The lamp", "The lamp")


def test_text_is_typed_at_its_end_alone() -> None:
    assert has_more_before("he is here.", "Where he is here.")
    assert has_more_before("Are you sure?", "Are you sure...?")
    assert not has_more_before("Are you", "Are you sure?")
    assert not has_more_before("Are you sure?", "Is she sure?")


def test_marks_behind_a_text() -> None:
    assert is_but_for_marks("Sure...…", "Sure...")
    assert is_but_for_marks("Sure. ▼", "Sure.")
    assert not is_but_for_marks("Sure.", "Sure")
    assert not is_but_for_marks("Sure...", "Sure..")
    assert not is_but_for_marks("Sure. No.", "Sure.")
    assert not is_but_for_marks("Sure.", "Sure.")


def test_letter_by_letter_most_readings_win() -> None:
    readings = [("The trazn was late.", 0.5), ("Thetrain was late,", 0.5), ("The train wasl ate.", 0.5)]
    assert majority_text(readings[0][0], readings[1:], 0.5) == "The train was late."
    assert majority_text("te sword", [("the sword", 0.4), ("the swor", 0.4)], 0.5) == "the sword"


def test_of_two_readings_the_one_with_a_letter_wins_and_the_one_with_a_speck_loses() -> None:
    assert majority_text("You may keep te sword", [("Yo may keep the· sword", 0.55)], 0.58) == "You may keep the sword"


@given(ANY_TEXT, ANY_TEXT)
def test_two_like_readings_outvote_any_other(one: str, other: str) -> None:
    assert majority_text(one, [(one, 0.5), (other, 0.5)], 0.5) == one
    assert majority_text(other, [(one, 0.5), (one, 0.5)], 0.2) == one


def test_letters_that_look_alike_are_the_same() -> None:
    assert same_letters("Ilse, lost at 10.", "llse. lost at 1O,")
    assert same_letters("Even this, so?", "Éven thís, sö?")
    assert same_letters("Ha! — Who?", "Hal - Who?")
    assert not same_letters("No!", "No.")
    assert not same_letters("Room 1", "Room 7")


def test_an_exclamation_mark_of_pixel_type_is_taken_for_a_letter() -> None:
    assert same_letters("Aht", "Ah!")
    assert not same_letters("Ah?", "Ah!")


def test_signs_before_a_text_are_none_of_it() -> None:
    assert without_signs("→ Come in.") == "Come in."
    assert without_signs("“Come in.”") == "“Come in.”"
    assert without_signs("→") == "→"
    assert without_signs("·시간은") == "시간은"


def test_the_last_letter_alone() -> None:
    assert differ_in_last("Who is thc", "Who is the")
    assert not differ_in_last("Well.", "Bell.")
    assert not differ_in_last("Well.", "Well.")


@given(ANY_TEXT, ANY_TEXT, ANY_TEXT)
def test_texts_share_at_least_the_end_that_was_added_to_both(one: str, other: str, end: str) -> None:
    assert shared_end(one, one) == len(letters(one))
    if letters(one + end) == letters(one) + letters(end) and letters(other + end) == letters(other) + letters(end):
        assert shared_end(one + end, other + end) >= len(letters(end))


def test_where_two_readings_differ() -> None:
    places = [(letter, 10.0 * number) for number, letter in enumerate("Is it?")]
    assert differing_columns(places, "Is it!") == [50.0]
    assert differing_columns(places, "Is it?") == []
    assert differing_columns(places, "Is it") == []


def test_the_same_words() -> None:
    assert same_words("How  are you?", "How areyou?")
    assert same_words("ＡＢＣ", "ABC")
    assert same_words("well…", "well...")
    assert not same_words("How are you?", "How are you")


@given(ANY_TEXT)
def test_every_text_is_the_same_as_itself_with_other_spaces(text: str) -> None:
    assert same_words(text, text.replace(" ", "  "))


def test_a_long_part_of_a_text_may_have_gaps() -> None:
    assert is_in("on'ttouchthatit", "Don'ttouchthat,it'sstillhot!")
    assert is_in("hot!", "Don'ttouchthat,it'sstillhot!")
    assert not is_in("hos!", "Don'ttouchthat,it'sstillhot!")
    assert not is_in("Whotoldyou", "Don'ttouchthat,it'sstillhot!")


def test_a_text_that_goes_on_in_the_middle_of_a_word_was_being_typed() -> None:
    assert goes_on_in_word("Ivy: M", "Ivy: My father built this clock.")
    assert goes_on_in_word("Ivy: I", "Ivy: I'll be back.")
    assert not goes_on_in_word("Ivy: My", "Ivy: My father built this clock.")
    assert not goes_on_in_word("Wait.", "Wait. Who is there?")
    assert not goes_on_in_word("知道了", "知道了吗")


@pytest.mark.parametrize(
    ("one", "other"), [("じやあ、", "じゃあ、"), ("お一い", "おーい"), ("カ二玉", "カニ玉"), ("はい°", "はい。")]
)
def test_kana_that_look_alike_are_the_same(one: str, other: str) -> None:
    assert likeness(one, other) == 1.0
    assert same_letters(one, other)
    assert goes_on(one, f"{other}ハル！")
    assert not has_other_letters(one, other)
    assert not differing_columns([(letter, 10.0 * place) for place, letter in enumerate(one)], other)
