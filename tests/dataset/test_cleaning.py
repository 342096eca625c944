from __future__ import annotations

from dataclasses import replace

import pytest

from capture_daemon.dataset.cleaning import Cleaned, Cleaning, ScreenWords, clean
from capture_daemon.dataset.script import Step
from tests.dataset.lines import line, scene


def left_out(cleaned: Cleaned) -> list[Step | None]:
    return [line.left_out for scene in cleaned.scenes for line in scene.lines]


def test_each_step_has_its_switch() -> None:
    said = "Me: What a very long line this one is."
    told = [scene(line("Me: Hm.", confidence=0.4), MENU, "Me: Hm.", said, "Me: It rains.", said)]
    wanted = Cleaning(min_length=4, max_length=40)
    assert left_out(clean(told, wanted)) == [
        Step.CONFIDENCE,
        Step.SCREEN_WORDS,
        Step.LENGTH,
        None,
        None,
        Step.REPEATS,
    ]
    for place, off in enumerate(
        (
            replace(wanted, min_confidence=0, min_length=0),
            replace(wanted, screen_words=False, max_length=0),
            replace(wanted, min_length=0),
        )
    ):
        assert left_out(clean(told, off))[place] is None
    assert left_out(clean(told, replace(wanted, repeats=False)))[5] is None


def test_a_line_that_the_recordings_end_cut_off_goes_unless_it_is_to_stay() -> None:
    told = [scene(*(f"Me: Well, {n}." for n in range(9)), "Sylvie: I was thin")]
    assert left_out(clean(told, Cleaning()))[8:] == [None, Step.CUT_OFF]
    assert left_out(clean(told, Cleaning(cut_off=False)))[8:] == [None, None]


def test_rows_of_the_screen_are_taken_out_of_a_line() -> None:
    mixed = line("Sylvie: Sure! Auto Skip", text="Sure! Auto Skip", rows=("Sure!", "Auto Skip"))
    cleaned = clean([scene(mixed)], Cleaning())
    assert [line.text for line in cleaned.scenes[0].lines] == ["Sure!"]
    assert cleaned.rows == 1
    assert clean([scene(mixed)], Cleaning(screen_words=False)).rows == 0


def test_names_are_merged_before_repeats_are_looked_for() -> None:
    said = "What a very long line this one is."
    cleaned = clean([scene(f"Sylvie: {said}", "Sylvie: Yes.", f"Sy1vie: {said}")], Cleaning())
    assert [line.speaker for line in cleaned.scenes[0].lines] == ["Sylvie"] * 3
    assert left_out(cleaned)[2] is Step.REPEATS
    assert [one.spelling for one in cleaned.names.merged] == ["Sy1vie"]


def test_scenes_that_repeat_one_another_are_told_even_where_that_stays() -> None:
    said = "Me: What a very long line this one is."
    told = [scene(said, "Me: Yes."), scene("Me: Well.", said, first=10)]
    for cleaning in (Cleaning(), Cleaning(repeats=False)):
        assert clean(told, cleaning).repeated == {(told[0].key, told[1].key)}


MENU = "Back History Skip Auto Save Q.Save Q.Load Prefs"


@pytest.mark.parametrize("row", [MENU, "自动 保存 快存", "回退历史快进自动", "戻る | セーブ", "되감기 대사록"])
def test_menus_are_of_the_screen(row: str) -> None:
    assert ScreenWords().is_of_the_screen(row, spoken=True)
    assert ScreenWords().is_of_the_screen(row, spoken=False)


@pytest.mark.parametrize("row", ["Save me!", "Back.", "I'm back", "Auto!", "", "自动门开了", "Skip it, Auto"])
def test_dialogue_is_not(row: str) -> None:
    assert not ScreenWords().is_of_the_screen(row, spoken=False)


def test_one_word_is_dialogue_where_somebody_says_it() -> None:
    assert ScreenWords().is_of_the_screen("Auto", spoken=False)
    assert not ScreenWords().is_of_the_screen("Auto", spoken=True)


def test_a_games_own_words() -> None:
    assert not ScreenWords().is_of_the_screen("Codex Auto", spoken=True)
    assert ScreenWords(["Codex", " "]).is_of_the_screen("CODEX Auto", spoken=True)
