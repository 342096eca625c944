from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture_daemon.llm.completion.answers import Around, read_answer

AROUND = Around(
    persona="Sylvie",
    names=frozenset({"Sylvie", "Pip"}),
    next_line="I went home early.",
    lines=("It was raining all day.", "Yes."),
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"user": "Hello!"}', "Hello!"),
        (' {"user": " Two\\nrows \\u001b[2J", "why": 1} ', "Two rows [2J"),
        ('```json\n{"user": "Hello!"}\n```', "Hello!"),
        ('<think>{"user": "No"} {</think>\nGladly: {} {"user": "Hello!"} Is that good? {"user": "Bye"}', "Hello!"),
        ('{"user": "Player: Hello!"}', "Hello!"),
        ('{"user": "**Pip:** Hello!"}', "Hello!"),
        ('{"user": "One thing: hello!"}', "One thing: hello!"),
        ('{"user": "Yes."}', "Yes."),
        ('{"user": null}', None),
    ],
)
def test_answers(text: str, said: str | None) -> None:
    assert read_answer(text, AROUND) == said


NO_ANSWERS = ["", "Hello!", '{"user": "Hel', "[]", '{"say": "Hi"}', '{"user": 1}', '{"user": " "}']
HERS = [
    '{"user": "What the player said"}',
    '{"user": "Went home early"}',
    '{"user": "Sylvie: Hi."}',
    '{"user": "i went home, early"}',
    '{"user": "It was raining all day!"}',
]


@pytest.mark.parametrize("text", [*NO_ANSWERS, *HERS, '{"a":' * 100_000, f'{{"user": "{"x" * 401}"}}'])
def test_what_is_no_answer(text: str) -> None:
    with pytest.raises(ValueError, match=r"example|user|JSON|repeats|persona"):
        read_answer(text, AROUND)


@given(st.text())
def test_whatever_comes_is_an_answer_or_none(text: str) -> None:
    try:
        said = read_answer(text, AROUND)
    except ValueError:
        return
    assert said is None or said.isprintable()
