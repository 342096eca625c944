from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture_daemon.llm.companion.leash import Leash


def shown(leash: Leash, text: str, size: int = 3) -> str:
    pieces = [text[place : place + size] for place in range(0, len(text), size)]
    return "".join(map(leash.take, pieces)) + leash.rest()


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("One. Two! Three? Four.", "One. Two!"),
        ("はい。いいえ。たぶん。", "はい。いいえ。"),
        ("It is 3.50 today. Yes, Mr. Fox.", "It is 3.50 today. Yes, Mr."),
        ("I like tea a lot. I like tea a lot. More.", "I like tea a lot."),
        ("so and so and so and so and so", "so and so"),
        ("Fine.\nPip: And you?", "Fine."),
        ("Half a sentence", "Half a sentence"),
    ],
)
def test_where_it_ends(text: str, kept: str) -> None:
    assert shown(Leash(2, ("\nPip:",)), text, size=99).strip() == kept


@given(st.text("ab. !?\n", max_size=60), st.integers(1, 9))
def test_what_is_shown_is_how_the_answer_begins(text: str, size: int) -> None:
    assert text.startswith(shown(Leash(3, ("\na",)), text, size))
