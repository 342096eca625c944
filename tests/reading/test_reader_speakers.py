"""From frames to lines: who says them."""

from __future__ import annotations

import pytest

from tests.needs import needs_file
from tests.reading.drawing import (
    CJK,
    YELLOW,
    Screen,
)
from tests.reading.stage import spoken

BOTH = pytest.mark.parametrize("early", [True, False], ids=["live", "recording"])

NAMED = [("Mira", "Well, I never."), ("Old Tom", "Always the same, this town."), ("Mira", "Good night.")]


@BOTH
@pytest.mark.parametrize("form", ["{}", "【{}】", "{}:"])
def test_a_row_of_another_colour_above_the_text_is_the_name(form: str, early: bool) -> None:
    screen = Screen()
    screen.inks = {0: YELLOW}
    screen.wait(0.3)
    for name, text in NAMED:
        screen.show(form.format(name))
        screen.type(f"\n{text}")
        screen.wait(1.2)
        screen.clear()
    assert spoken(screen, early=early) == NAMED


@BOTH
def test_a_short_row_above_the_text_that_was_not_wrapped_is_the_name(early: bool) -> None:
    screen = Screen()
    screen.wait(0.3)
    for name, text in NAMED:
        screen.show(f"{name}\n{text}", 1.5)
        screen.clear()
    assert spoken(screen, early=early) == NAMED


@BOTH
def test_a_name_that_stands_on_while_the_text_changes(early: bool) -> None:
    texts = ["Well, I never.", "Did you see him?", "Ask her, then."]
    screen = Screen()
    screen.inks = {0: YELLOW}
    screen.wait(0.3)
    for text in texts:
        screen.rows = ["Mira"]
        screen.wait(0.3)
        screen.type(f"\n{text}")
        screen.wait(1.2)
    assert spoken(screen, early=early) == [("Mira", text) for text in texts]


@BOTH
def test_a_wrapped_first_row_is_no_name(early: bool) -> None:
    texts = [
        "Nobody Came Up The Mountain Road That\nWinter, not even once.",
        "Somebody knocks twice, and then there\nis silence.",
    ]
    screen = Screen()
    screen.wait(0.3)
    for text in texts:
        screen.say(text)
    assert spoken(screen, early=early) == [(None, text.replace("\n", " ")) for text in texts]


@BOTH
def test_names_before_the_text(early: bool) -> None:
    lines = [
        ("Mira", "Well, I never."),
        ("Guard 2", "Halt!"),
        ("Old man", "Sit down."),
        ("d'Artagnan", "To me!"),
        ("Mira", "Good night."),
    ]
    screen = Screen()
    for name, text in lines:
        screen.say(f"{name}: {text}")
    assert spoken(screen, early=early) == lines


@BOTH
def test_a_colon_after_lines_without_names_makes_no_name(early: bool) -> None:
    texts = [
        "It was a long way.",
        "We came in the evening.",
        "It rained.",
        "Nobody was about.",
        "Kyoto: The old capital.",
    ]
    screen = Screen()
    for text in texts:
        screen.say(text)
    assert spoken(screen, early=early) == [(None, text) for text in texts]


@BOTH
def test_names_before_colons_that_come_after_much_was_told_are_names_from_the_third_on(early: bool) -> None:
    told = ["It was a long way.", "We came in the evening.", "It rained.", "Nobody was about."]
    spoke = [("Granny", "Come in."), ("Voice", "Nothing."), ("Ivy", "Let me see."), ("Granny", "It's me.")]
    screen = Screen()
    for text in (*told, *(f"{name}: {text}" for name, text in spoke)):
        screen.say(text)
    assert spoken(screen, early=early) == [
        *((None, text) for text in told),
        (None, "Granny: Come in."),
        (None, "Voice: Nothing."),
        *spoke[2:],
    ]


@BOTH
def test_japanese_names_and_quotes(early: bool) -> None:
    screen = Screen(font_path=str(needs_file(CJK, package="fonts-noto-cjk")))
    screen.say("ミラ「おはよう。」")
    screen.say("【田中】はい、そうです。")
    screen.say("雨が降りそうだ。\n誰も来ない。")
    assert spoken(screen, early=early) == [
        ("ミラ", "「おはよう。」"),
        ("田中", "はい、そうです。"),
        (None, "雨が降りそうだ。誰も来ない。"),
    ]


@BOTH
def test_a_name_in_brackets_whose_text_is_not_read_is_no_line(early: bool) -> None:
    screen = Screen()
    for text in ("[Mira]\nWell, I never.", "[Old Tom]", "[Mira]\nHere is the key."):
        screen.show(text, 1.5)
        screen.clear()
    assert spoken(screen, early=early) == [("Mira", "Well, I never."), ("Mira", "Here is the key.")]
