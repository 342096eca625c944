"""Which tokens are trained: an answer and the mark that ends it, by any template that can render a talk."""

from __future__ import annotations

from typing import Any

import pytest

from capture_daemon.errors import ModelError
from capture_daemon.tuning.masking import MASKED, Encoded, encode_rows, prompt_of, tokenised
from capture_daemon.tuning.rows import RowTurn, TrainingRow
from tests.tuning.tokenizer import NO_SYSTEM, PLAIN, THINKING, tokenizer

ROW = TrainingRow(
    (
        RowTurn("system", "You are Pip."),
        RowTurn("user", "Cold?"),
        RowTurn("assistant", "Only at the ears!", trained=True),
        RowTurn("user", "Take my scarf."),
        RowTurn("assistant", "It smells of bread.", trained=True),
    )
)


def trained(tokens: Any, encoded: Encoded) -> str:
    assert len(encoded.tokens) == len(encoded.labels)
    return "".join(tokens.convert_ids_to_tokens([label for label in encoded.labels if label != MASKED]))


def whole(tokens: Any, encoded: Encoded) -> str:
    return "".join(tokens.convert_ids_to_tokens(encoded.tokens))


def test_answers_and_their_ends_are_trained_and_nothing_else() -> None:
    tokens = tokenizer(PLAIN)
    (made,) = tokenised(tokens, ROW, 1000)
    assert trained(tokens, made) == "Only at the ears!<|im_end|>It smells of bread.<|im_end|>"
    assert whole(tokens, made).startswith(
        "<|im_start|>system\nYou are Pip.<|im_end|>\n<|im_start|>user\nCold?<|im_end|>"
    )
    assert made.answers == 2


def test_an_answer_that_is_not_to_be_trained_is_read_only() -> None:
    tokens = tokenizer(PLAIN)
    row = TrainingRow((*ROW.turns[:2], RowTurn("assistant", "Only at the ears!"), *ROW.turns[3:]))
    (made,) = tokenised(tokens, row, 1000)
    assert trained(tokens, made) == "It smells of bread.<|im_end|>"
    assert "Only at the ears!" in whole(tokens, made)


def test_a_template_that_renders_earlier_answers_otherwise_gives_a_row_for_each() -> None:
    tokens = tokenizer(THINKING)
    first, second = tokenised(tokens, ROW, 1000)
    assert trained(tokens, first) == "Only at the ears!<|im_end|>"
    assert trained(tokens, second) == "It smells of bread.<|im_end|>"
    for made, end in ((first, 3), (second, 5)):
        asked = prompt_of(tokens, ROW.turns[: end - 1])
        assert whole(tokens, made).startswith(asked), "what is trained is what is sent"


def test_of_a_row_that_is_too_long_the_oldest_turns_go_and_never_the_system() -> None:
    tokens = tokenizer(PLAIN)
    (made,) = tokenised(tokens, ROW, 100)
    assert trained(tokens, made) == "It smells of bread.<|im_end|>"
    assert "You are Pip." in whole(tokens, made)
    assert "Cold?" not in whole(tokens, made)


def test_answers_that_do_not_fit_are_counted() -> None:
    assert encode_rows(tokenizer(PLAIN), [ROW], 10) == ([], 2)
    made, left_out = encode_rows(tokenizer(PLAIN), [ROW, ROW], 100)
    assert ([one.answers for one in made], left_out) == ([1, 1], 2)


def test_a_template_that_refuses_the_system_turn_is_reported() -> None:
    with pytest.raises(ModelError, match="System role not supported"):
        tokenised(tokenizer(NO_SYSTEM), ROW, 1000)
