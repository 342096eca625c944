from __future__ import annotations

import pytest

from capture_daemon.dataset.screen_words import ScreenWords

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
