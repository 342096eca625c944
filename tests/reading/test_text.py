from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture_daemon.reading.text import (
    Ending,
    ending,
    goes_on_behind_dots,
    is_readable,
    join_rows,
    tidy,
    with_matching_brackets,
    with_third_dot,
    without_spaces,
)

ANY_TEXT = st.text(max_size=60)
ASIAN = st.text("你好我不知道はいそうです。、「」", min_size=1, max_size=12)
LATIN = st.text("abcdefgXYZ,.!", min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("rows", "joined"),
    [
        (["How was", "class?"], "How was class?"),
        (["well-", "known"], "well- known"),
        (["もう一杯、", "お願いします。"], "もう一杯、お願いします。"),
        (["我不知道", "该怎么说。"], "我不知道该怎么说。"),
        (["안녕", "하세요"], "안녕 하세요"),
        (["「……", "」"], "「……」"),
        (["Mr. 田中 said that", "it was late."], "Mr. 田中 said that it was late."),
        (["one", "", "two"], "one two"),
        ([], ""),
    ],
)
def test_rows_join_with_a_space_and_in_chinese_and_japanese_without(rows: list[str], joined: str) -> None:
    assert join_rows(rows) == joined


@given(st.lists(LATIN, max_size=5))
def test_latin_rows_can_be_told_apart_again(rows: list[str]) -> None:
    assert join_rows(rows).split() == rows


@given(st.lists(ASIAN, max_size=5))
def test_asian_rows_get_nothing_between_them(rows: list[str]) -> None:
    assert join_rows(rows) == "".join(rows)
    assert not rows or without_spaces(rows)


@given(ANY_TEXT)
def test_tidy_text_is_one_clean_line_and_stays_so(text: str) -> None:
    tidied = tidy(text)
    assert tidied == tidied.strip()
    assert "  " not in tidied
    assert unicodedata.is_normalized("NFC", tidied)
    assert not any(unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") for character in tidied)
    assert tidy(tidied) == tidied


@pytest.mark.parametrize(
    ("read", "text"),
    [
        ("真的吗？。", "真的吗？"),
        ("是吗……。", "是吗……。"),
        ("「来た。」。", "「来た。」"),
        ("「駅」。", "「駅」。"),
        ("Sure! ▼", "Sure!"),
        ("Sure!▼▽", "Sure!"),
        ("Sure! ∇", "Sure!"),
        ("Sure! >>", "Sure!"),
        ("two > one", "two > one"),
        ("a >", "a >"),
        ("cafe\u0301", "café"),
        ("two  spaces\tand\na break", "two spaces and a break"),
        ("well-known", "well-known"),
        ("ＡＢＣ！", "ＡＢＣ！"),
        ("zero\u200bwidth", "zero width"),
        ("▼", ""),
        ("Sure! •", "Sure!"),
        ("Sure. ...", "Sure."),
        ("Sure...", "Sure..."),
        ("/ Sure. /", "Sure."),
        ("Sure, | /", "Sure,"),
        ("either / or", "either / or"),
        ("/help me", "/help me"),
        ("Well ...", "Well ..."),
    ],
)
def test_tidying(read: str, text: str) -> None:
    assert tidy(read) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It is late.", Ending.FINAL),
        ("Is it?", Ending.FINAL),
        ("遅い。", Ending.FINAL),
        ("「遅い」", Ending.FINAL),
        ('"It is late."', Ending.FINAL),
        ("It is late...", Ending.DOTS),
        ("It is late…", Ending.DOTS),
        ("“It is late…”", Ending.DOTS),
        ("Well,", Ending.PAUSE),
        ("でも、", Ending.PAUSE),
        ("But —", Ending.PAUSE),
        ("Look:", Ending.PAUSE),
        ("It is", Ending.OPEN),
        ("遅い", Ending.OPEN),
        ("", Ending.OPEN),
    ],
)
def test_endings(text: str, expected: Ending) -> None:
    assert ending(text) is expected
    assert ending(text + " ") is expected


@pytest.mark.parametrize("text", ["No", "네", "7", "...", "…", "!?", "？！", "♪", "。。。"])
def test_what_says_something(text: str) -> None:
    assert is_readable(text)


@pytest.mark.parametrize("text", ["", " ", ".", "..", "。", ",", "|", "-", "'", "~", "_ _"])
def test_what_says_nothing(text: str) -> None:
    assert not is_readable(text)


def test_a_colon_after_two_question_marks_is_no_name_that_is_unknown() -> None:
    assert is_readable("???:")
    assert not is_readable("??:")


def test_dots_in_the_middle_are_told_from_those_at_an_end() -> None:
    assert goes_on_behind_dots("Well... I guess so.")
    assert goes_on_behind_dots("でも…まあいいか")
    assert not goes_on_behind_dots("Well...")
    assert not goes_on_behind_dots("...Well.")
    assert not goes_on_behind_dots("No. 14, renpy.org")


@pytest.mark.parametrize(
    ("read", "says"), [("Tja.oo", "Tja..."), ("Tja.o.", "Tja..."), ("Zoo", "Zoo"), ("1.00", "1.00")]
)
def test_rings_behind_a_dot_are_an_ellipsis(read: str, says: str) -> None:
    assert tidy(read) == says


@pytest.mark.parametrize(
    ("read", "says"),
    [
        ("… ..Yes.", "...Yes."),
        ("약속했잖아,,,", "약속했잖아..."),
        ("待て…..", "待て……"),
        ("Well… maybe", "Well… maybe"),
        ("적 있나요?.", "적 있나요?"),
        ("“.,.", "“.,."),
        ("「また誰かが、いなくなった」。", "「また誰かが、いなくなった」"),
    ],
)
def test_dots_and_rings(read: str, says: str) -> None:
    assert tidy(read) == says


@pytest.mark.parametrize(
    ("read", "says"),
    [
        ("..Aye, I was sure..", "...Aye, I was sure..."),
        ("Sure..?", "Sure...?"),
        ("in 5..7 days", "in 5..7 days"),
        ("그래..", "그래.."),
        ("No. No....", "No. No...."),
    ],
)
def test_an_ellipsis_has_three_dots(read: str, says: str) -> None:
    assert with_third_dot(read) == says


@pytest.mark.parametrize(
    ("rows", "right"),
    [
        (["『待って", "いた。」"], ["「待って", "いた。」"]),
        (["「待って", "いた。』"], ["「待って", "いた。」"]),
        (["『待っていた。』"], ["『待っていた。』"]),
        (["「『星』を見た。」"], ["「『星』を見た。」"]),
        (["『星』と「月"], ["『星』と「月"]),
        (["」それで"], ["」それで"]),
        (["「返しに来る人が」", "いるんです。」"], ["「返しに来る人が", "いるんです。」"]),
        (["「はい。」", "「いいえ。」"], ["「はい。」", "「いいえ。」"]),
        (["「はい。」と言った。"], ["「はい。」と言った。"]),
    ],
)
def test_brackets_round_a_text_match(rows: list[str], right: list[str]) -> None:
    assert with_matching_brackets(rows) == right
