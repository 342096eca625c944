from __future__ import annotations

from dataclasses import replace

import pytest

from capture_daemon.frames import Box
from capture_daemon.ocr.engine import RowText
from capture_daemon.reading.menu import options_of
from tests.reading.menus import BAR, IDLE, Menu, MenuStage, moving, results

TWO = Menu(("Ask her right away.", "Ask her later."))
THREE = Menu(("To the library", "To the roof", "Home"))


def played(menu: Menu, *lit: int | None, stage: MenuStage | None = None, seconds: float = 0.5) -> MenuStage:
    """A menu that comes, is highlighted here and there, and goes."""
    stage = stage or MenuStage()
    stage.show(None, 1.0)
    for place in lit:
        stage.show(replace(menu, lit=place), seconds)
    stage.show(None, 1.0)
    return stage


def test_the_option_under_the_pointer_when_the_menu_goes_is_the_one_that_was_chosen() -> None:
    stage = played(TWO, None, 0, 1)
    assert results(stage.end()) == [(TWO.options, 2)]
    [chosen] = stage.chosen
    assert chosen.started == pytest.approx(1.0, abs=0.05)
    assert chosen.ended == pytest.approx(2.5, abs=0.1)
    assert chosen.confidence > 0.9


def test_of_three_options_the_one_that_differs_is_highlighted_from_the_first() -> None:
    assert results(played(THREE, 0).end()) == [(THREE.options, 1)]


def test_of_two_options_nobody_knows_which_is_highlighted_that_were_never_seen_alike() -> None:
    assert results(played(TWO, 0).end()) == [(TWO.options, None)]


def test_what_was_learned_of_one_menu_helps_with_the_next() -> None:
    stage = played(THREE, 0, 1)
    stage.reader.note_line()
    assert results(played(TWO, 1, stage=stage).end()) == [(THREE.options, 2), (TWO.options, 2)]


@pytest.mark.parametrize(
    "menu",
    [
        replace(TWO, plate=None, lit_plate=BAR, lit_ink=(20, 20, 20)),
        replace(TWO, lit_ink=IDLE, lit_plate=(90, 90, 140)),
        replace(TWO, lit_ink=IDLE, pointer=True),
        replace(TWO, ink=(40, 40, 40), lit_ink=(120, 40, 160), plate=(230, 230, 220), lit_plate=(230, 230, 220)),
    ],
    ids=["bar", "plate", "pointer", "dark on light"],
)
def test_every_kind_of_highlight(menu: Menu) -> None:
    assert results(played(menu, None, 1, 0).end()) == [(menu.options, 1)]


def test_an_option_that_cannot_be_chosen_is_not_taken_for_the_highlighted_one() -> None:
    assert results(played(replace(THREE, dead=frozenset({1})), None).end()) == [(THREE.options, None)]


def test_no_highlight_is_no_choice() -> None:
    assert results(played(TWO, None, 1, None, seconds=0.8).end()) == [(TWO.options, None)]


def test_a_menu_that_fades_out() -> None:
    stage = MenuStage()
    stage.show(None, 1.0)
    stage.show(TWO, 0.6)
    stage.show(replace(TWO, lit=1), 0.6)
    stage.fade(replace(TWO, lit=1), 0.6)
    stage.show(None, 1.0)
    assert results(stage.end()) == [(TWO.options, 2)]


def test_the_chosen_option_may_stay_when_the_others_have_gone() -> None:
    stage = MenuStage()
    stage.show(None, 1.0)
    stage.show(replace(TWO, lit=0), 0.8)
    stage.show(replace(TWO, lit=0, gone=frozenset({1})), 0.4)
    stage.show(None, 1.0)
    assert results(stage.end()) == [(TWO.options, 1)]


def test_the_mouse_pointer_is_no_option_and_was_not_chosen() -> None:
    pointed = replace(TWO, options=(*TWO.options, "x"))
    stage = MenuStage()
    stage.show(None, 1.0)
    stage.show(pointed, 0.8)
    stage.show(replace(pointed, lit=0, gone=frozenset({2})), 0.5)
    stage.show(replace(pointed, lit=1, gone=frozenset({2})), 0.9)
    stage.show(replace(pointed, gone=frozenset({0, 1})), 0.4)
    stage.show(None, 1.0)
    assert results(stage.end()) == [(TWO.options, 2)]


def test_an_option_is_one_though_a_busy_machine_shows_two_frames_without_it() -> None:
    stage = MenuStage(fps=1.5)
    stage.show(None, 2.0)
    stage.show(THREE, 2.0)
    stage.show(replace(THREE, lit=0, gone=frozenset({2})), 1.4)
    stage.show(replace(THREE, lit=1), 2.8)
    stage.show(None, 2.0)
    assert [one.options for one in stage.end()] == [THREE.options]


def test_an_option_that_was_hidden_for_long_is_one_again() -> None:
    stage = MenuStage()
    stage.show(None, 1.0)
    stage.show(THREE, 0.8)
    stage.show(replace(THREE, lit=0, gone=frozenset({2})), 1.5)
    stage.show(replace(THREE, lit=2), 1.5)
    stage.show(None, 1.0)
    assert results(stage.end()) == [(THREE.options, 3)]


def test_letters_that_the_mouse_pointer_covers_are_those_that_were_read_before() -> None:
    stage = MenuStage()
    stage.show(None, 1.0)
    stage.show(TWO, 0.6)
    stage.confidence, stage.misread = 0.98, {"Ask her later.": "Ask r later."}
    stage.show(replace(TWO, lit=1), 0.9)
    stage.show(None, 1.0)
    assert results(stage.end()) == [(TWO.options, 2)]


def test_what_comes_beside_a_menu_is_no_part_of_it() -> None:
    stage = MenuStage()
    beside = replace(TWO, options=(*TWO.options, "Press any key"))
    stage.show(None, 1.0)
    stage.show(replace(beside, gone=frozenset({2})), 0.8)
    stage.show(replace(beside, lit=1, gone=frozenset({2})), 0.8)
    stage.show(replace(beside, lit=1), 1.2)
    stage.show(replace(beside, lit=0), 0.8)
    stage.show(None, 1.0)
    assert results(stage.end()) == [(TWO.options, 1)]


def test_a_menu_that_was_misread_at_first_is_read_again_though_nothing_changes() -> None:
    stage = MenuStage()
    stage.show(None, 1.0)
    stage.confidence = 0.3
    stage.show(TWO, 0.3)
    stage.confidence = 0.97
    stage.show(TWO, 0.6)
    stage.show(replace(TWO, lit=1), 0.6)
    stage.show(None, 1.0)
    assert results(stage.end()) == [(TWO.options, 2)]


@pytest.mark.parametrize("noise", [("x", 0.95), ("AVIC", 0.75)], ids=["pointer", "picture"])
def test_what_the_picture_is_read_as_is_no_option(noise: tuple[str, float]) -> None:
    rows = [
        (Box(40, 30, 200, 26), RowText("Ask her right away.", 0.98)),
        (Box(60, 60, 70, 24), RowText(*noise)),
        (Box(80, 90, 120, 26), RowText("Ask her later.", 0.97)),
    ]
    options = options_of(rows, 0.5)
    assert options is not None
    assert [option.text for option in options.items] == list(TWO.options)


def test_what_stood_there_before_the_menu_is_no_option() -> None:
    stage = MenuStage()
    sign = replace(TWO, options=("Ask her right away.", "Way out", "Ask her later."))
    stage.show(replace(sign, gone=frozenset({0, 2})), 1.0)
    stage.show(sign, 0.8)
    stage.show(replace(sign, lit=2), 0.8)
    stage.show(replace(sign, gone=frozenset({0, 2})), 1.0)
    assert results(stage.end()) == [(("Ask her right away.", "Ask her later."), 2)]


def test_an_option_that_came_back_did_not_outlast_the_others() -> None:
    stage = MenuStage()
    stage.show(None, 1.0)
    stage.show(THREE, 0.8)
    stage.show(replace(THREE, gone=frozenset({2})), 0.3)
    stage.show(replace(THREE, gone=frozenset({0, 1})), 0.4)
    stage.show(None, 1.0)
    assert results(stage.end()) == [(THREE.options, None)]


def test_over_a_picture_that_moves() -> None:
    stage = MenuStage(background=moving)
    assert results(played(TWO, None, None, 1, 0, stage=stage).end()) == [(TWO.options, 1)]


def test_an_option_of_two_rows_is_one_option() -> None:
    menu = Menu(("I would rather stay here with\nyou until it is over", "Let us go at once"))
    options = ("I would rather stay here with you until it is over", "Let us go at once")
    assert results(played(menu, None, 0).end()) == [(options, 1)]


def test_a_menu_that_was_covered_for_a_while_is_the_same_one() -> None:
    stage = played(TWO, None, 0)
    stage.show(None, 2.0)
    played(TWO, 1, stage=stage)
    first, second = stage.end()
    assert (first.chosen, second.chosen, second.replaces) == (1, 2, first.number)


def test_the_same_menu_after_a_line_is_another_one() -> None:
    stage = played(TWO, None, 0)
    stage.reader.note_line()
    played(TWO, None, 1, stage=stage)
    assert [one.replaces for one in stage.end()] == [None, None]


def test_rows_of_one_text_are_no_menu() -> None:
    text = Menu(
        ("It was a long way home, and the rain", "had not stopped since the morning of", "the day before."), gap=8
    )
    assert results(played(text, None, None, None).end()) == []


def test_a_menu_that_stands_at_the_end_is_not_reported() -> None:
    stage = MenuStage()
    stage.show(None, 0.5)
    stage.show(replace(TWO, lit=0), 1.0)
    assert stage.end() == []


def test_a_recording_reports_a_menu_after_the_line_that_went_with_it() -> None:
    stage = MenuStage(early=False)
    stage.show(None, 0.5)
    stage.show(TWO, 0.5)
    stage.show(replace(TWO, lit=0), 0.5)
    stage.show(None, 0.4)
    assert stage.chosen == []
    stage.show(None, 0.4)
    assert results(stage.chosen) == [(TWO.options, 1)]


def test_options_that_come_one_after_another_are_one_menu() -> None:
    stage = MenuStage()
    stage.show(None, 0.5)
    for count in (2, 3):
        stage.show(replace(THREE, gone=frozenset(range(count, 3))), 0.4)
    stage.show(replace(THREE, lit=2), 0.6)
    stage.show(None, 1.0)
    assert results(stage.end()) == [(THREE.options, 3)]


def test_what_happened_while_no_frames_came_is_not_guessed() -> None:
    stage = MenuStage()
    stage.show(None, 1.0)
    stage.show(TWO, 0.5)
    stage.show(replace(TWO, lit=0), 0.5)
    stage.time += 1.0
    stage.show(None, 1.0)
    assert results(stage.end()) == [(TWO.options, None)]
