from __future__ import annotations

import json
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from capture_daemon.common.visible import one_line, visible


def test_what_steers_a_terminal_is_shown() -> None:
    assert visible("\x1b]0;owned\x07\x9b2J\x7f\r\n\t") == "\\u001b]0;owned\\u0007\\u009b2J\\u007f\\r\\n\\t"
    assert visible("\u202egnp.exe\u2028\u2066\ud800\ufeff") == "\\u202egnp.exe\\u2028\\u2066\\ud800\\ufeff"
    assert visible("one\ntwo\x1b", keep="\n") == "one\ntwo\\u001b"


def test_texts_of_games_stay_as_they_are() -> None:
    for text in ("Hi there!", "你好、世界", "안녕하세요", "مرحبا", "👩\u200d👩\u200d👧", "\\u001b", "e\u0301"):
        assert visible(text) == text


@given(st.text())
def test_nothing_that_steers_is_left(text: str) -> None:
    assert not any(unicodedata.category(one) in ("Cc", "Cs", "Zl", "Zp") for one in visible(text))
    assert len(one_line(text).splitlines()) <= 1


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_json_says_the_same_afterwards(text: str) -> None:
    assert json.loads(visible(json.dumps(text, ensure_ascii=False))) == text
