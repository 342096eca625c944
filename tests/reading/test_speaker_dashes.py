from __future__ import annotations

import pytest

from capture_daemon.reading.speaker_dashes import is_but_for_dash, may_begin_with_dash, with_speaker_dashes


@pytest.mark.parametrize(
    ("rows", "right"),
    [
        (["- 誰だ？", "一私です。"], ["- 誰だ？", "- 私です。"]),
        (["一誰だ？", "一私です。"], ["-誰だ？", "-私です。"]),
        (["—誰だ？一私です。"], ["—誰だ？—私です。"]),
        (["ー誰だ？", "— 私です。"], ["— 誰だ？", "— 私です。"]),
        (["- いくら？", "一四十。"], ["- いくら？", "- 四十。"]),
        (["- Who?", "-Me."], ["- Who?", "- Me."]),
    ],
)
def test_strokes_before_what_two_say_are_dashes(rows: list[str], right: list[str]) -> None:
    assert with_speaker_dashes(rows, rows) == right


@pytest.mark.parametrize(
    ("rows", "dashed", "right"),
    [
        (["Who?", "- Me."], ["- Who?", "- Me."], ["- Who?", "- Me."]),
        (["準備は？", "できてる。"], ["－準備は？", "-できてる。"], ["-準備は？", "-できてる。"]),
        (["Who?", "Me."], ["- Who?", "Me."], ["Who?", "Me."]),
    ],
)
def test_dashes_that_a_look_read_stand_there_if_two_rows_have_one(
    rows: list[str], dashed: list[str], right: list[str]
) -> None:
    assert with_speaker_dashes(rows, dashed) == right


@pytest.mark.parametrize(
    "rows",
    [
        ["一人で行く。", "一緒に来い。"],
        ["一誰だ"],
        ["一つだけ？一度だけ。"],
        ["- 一人で？", "- ええ、一人で。"],
        ["Well-known, he", "said. -So?"],
        ["- Wait."],
        [""],
    ],
)
def test_numbers_and_words_stay(rows: list[str]) -> None:
    assert with_speaker_dashes(rows, rows) == rows


def test_a_stroke_before_nothing_is_no_dash() -> None:
    assert not may_begin_with_dash("一")


def test_a_row_is_another_but_for_the_dash_before_it() -> None:
    assert is_but_for_dash("- Who is it?", "Who is it")
    assert is_but_for_dash("一誰だ？", "誰だ？")
    assert not is_but_for_dash("- Who is it?", "Who is he?")
    assert not is_but_for_dash("- ", "")
