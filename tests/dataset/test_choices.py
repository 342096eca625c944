"""What the player chose from menus, in data sets."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from capture_daemon.dataset.build import DataSet, ExportOptions, build
from capture_daemon.dataset.formats import as_csv, as_script, as_srt
from capture_daemon.dataset.loading import load_script
from capture_daemon.dataset.report import report
from capture_daemon.dataset.settings import Format, Narration
from capture_daemon.dataset.talk import Talk
from capture_daemon.errors import ConfigurationError
from capture_daemon.records import Entry
from tests.dataset.logs import choice, log, record

SYLVIE = ExportOptions(persona="Sylvie", test_share=0.0)
MENU = ("Ask her right away.", "Ask her later.")


def built(folder: Path, lines: Sequence[Entry], options: ExportOptions = SYLVIE) -> DataSet:
    return build(*load_script([log(folder / "dialogue.jsonl", lines)]), options)


def turns(made: DataSet) -> list[list[tuple[str, str]]]:
    return [[(turn.role, turn.text) for turn in sample.turns] for sample in made.train.samples]


def test_in_a_game_where_one_character_talks_each_choice_is_a_turn_of_the_player(tmp_path: Path) -> None:
    lines = [
        record("Sylvie: Hi there!", 1),
        choice(MENU, 2, 2),
        record("Sylvie: You're quiet today.", 3),
        choice(("Sorry.", "Am I?"), 1, 4),
        record("Sylvie: Never mind.", 5),
    ]
    expected = [
        [
            ("user", "Ask her later."),
            ("assistant", "You're quiet today."),
            ("user", "Sorry."),
            ("assistant", "Never mind."),
        ]
    ]
    for narration in Narration:
        made = built(tmp_path, lines, replace(SYLVIE, talk=Talk(narration=narration)))
        assert turns(made) == expected, "what the player says is no narration"
    assert report(made)["read"]["choices"] == 2
    assert report(made)["generated"] == 0


def test_a_choice_goes_before_the_line_that_began_after_it_whichever_was_written_first(tmp_path: Path) -> None:
    answer = record("Sylvie: Sure!", 3)
    late = replace(choice(MENU, 1, 2), seq=4)
    assert turns(built(tmp_path, [record("Me: Hm.", 1), replace(answer, seq=2), replace(late, seq=3)])) == [
        [("user", "Hm.\nAsk her right away."), ("assistant", "Sure!")]
    ]


def test_a_choice_that_is_not_known_ends_the_conversation(tmp_path: Path) -> None:
    lines = [record("Me: Hey.", 1), record("Sylvie: Hi.", 2), choice(MENU, None, 3), record("Sylvie: What?", 4)]
    assert turns(built(tmp_path, lines)) == [[("user", "Hey."), ("assistant", "Hi.")]]


def test_a_menu_that_was_corrected_counts_once(tmp_path: Path) -> None:
    again = replace(choice(MENU, 2, 3), replaces=2)
    lines = [record("Sylvie: Hi.", 1), choice(MENU, 1, 2), again, record("Sylvie: Sure!", 4)]
    assert turns(built(tmp_path, lines)) == [[("user", "Ask her later."), ("assistant", "Sure!")]]


def test_options_that_look_like_buttons_are_kept(tmp_path: Path) -> None:
    lines = [record("Sylvie: Shall we go back?", 1), choice(("Back", "Skip"), 1, 2), record("Sylvie: Fine.", 3)]
    assert turns(built(tmp_path, lines)) == [[("user", "Back"), ("assistant", "Fine.")]]


def test_lines_name_their_region_and_choices_their_side(tmp_path: Path) -> None:
    lines = [record("Sylvie: Hi.", 1, region="radio"), choice(MENU, 1, 2), record("Sylvie: Sure!", 3)]
    made = built(tmp_path, lines, replace(SYLVIE, form=Format.CSV))
    rows = list(csv.DictReader(as_csv(made.cleaned.scenes, made.casting).splitlines()))
    assert [(row["region"], row["role"], row["text"]) for row in rows] == [
        ("radio", "assistant", "Hi."),
        ("choices", "user", "Ask her right away."),
        ("dialogue", "assistant", "Sure!"),
    ]
    assert as_script(made.cleaned.scenes, made.casting) == "Sylvie: Hi.\n▸ Ask her right away.\nSylvie: Sure!\n"


def test_a_player_who_speaks_only_by_menus_is_named_in_lines(tmp_path: Path) -> None:
    lines = [record("Sylvie: Hi.", 1), choice(MENU, 1, 2), record("Sylvie: Sure!", 3)]
    for player, speaker, told in (("Me", "Me", "Me: Ask her right away."), ("", "", "▸ Ask her right away.")):
        made = built(tmp_path, lines, ExportOptions(form=Format.CSV, talk=Talk(player=player)))
        (chosen,) = (
            row for row in csv.DictReader(as_csv(made.cleaned.scenes, made.casting).splitlines()) if row["role"]
        )
        assert (chosen["speaker"], chosen["role"], chosen["text"]) == (speaker, "user", "Ask her right away.")
        assert f"\n{told}\n" in as_script(made.cleaned.scenes, made.casting)
        assert f"\n{told}\n" in as_srt(made.cleaned.scenes, made.casting)
    made = built(tmp_path, lines, replace(SYLVIE, talk=Talk(player="Me")))
    assert turns(made) == [[("user", "Ask her right away."), ("assistant", "Sure!")]]
    with pytest.raises(ConfigurationError, match="nobody in the logs is called Bob"):
        built(tmp_path, lines, replace(SYLVIE, persona="Bob"))
