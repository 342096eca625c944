"""Tokens of a row, and which of them are trained: those of the answers, with the mark that ends each.

Few chat templates mark what the assistant says (`{% generation %}`), so it is found out by rendering: what a template
adds to the talk before an answer is that answer. So every template will do that can render a talk.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from capture_daemon.errors import ModelError
from capture_daemon.tuning.rows import RowTurn, TrainingRow

MASKED = -100
"""The label of a token that isn't trained, as PyTorch has it."""


class Tokenizer(Protocol):
    """What is used of a tokenizer of transformers."""

    eos_token: str | None

    def apply_chat_template(self, conversation: list[dict[str, str]], **options: Any) -> Any:
        """The text of a talk."""
        ...

    def __call__(self, text: str, **options: Any) -> Any:
        """The tokens of a text."""
        ...


@dataclass(frozen=True, slots=True)
class Encoded:
    """Tokens, as many labels (a token's own number where it is trained, else MASKED), and the number of answers."""

    tokens: list[int]
    labels: list[int]
    answers: int = 1

    @property
    def trained(self) -> int:
        """How many tokens are trained."""
        return sum(label != MASKED for label in self.labels)


@dataclass(frozen=True, slots=True)
class _Rendered:
    """A talk as text, and where in it the trained answers are."""

    text: str
    spans: tuple[tuple[int, int], ...]


def encode_rows(tokenizer: Tokenizer, rows: Iterable[TrainingRow], longest: int) -> tuple[list[Encoded], int]:
    """The rows in tokens, at most `longest` each, and how many answers were left out since they are longer.

    Of a row that is too long the oldest turns go. Raises ModelError if the template can't render a row.
    """
    made, left_out = [], 0
    for row in rows:
        encoded = tokenised(tokenizer, row, longest)
        made += encoded
        left_out += row.answers - sum(one.answers for one in encoded)
    return made, left_out


def tokenised(tokenizer: Tokenizer, row: TrainingRow, longest: int) -> list[Encoded]:
    """One row in tokens: one entry where the template renders a talk as the sum of its turns, else one an answer.

    Empty where an answer and what it answers are longer than `longest`. Raises ModelError.
    """
    while row.answers:
        made = [_tokens(tokenizer, rendered) for rendered in _rendered(tokenizer, row.turns)]
        if all(len(one.tokens) <= longest for one in made):
            return [one for one in made if one.trained]
        if len(row.turns) <= 3:
            return []
        row = TrainingRow((row.turns[0], *row.turns[3:]))
    return []


def prompt_of(tokenizer: Tokenizer, turns: Sequence[RowTurn]) -> str:
    """The text after which the assistant's answer to these turns comes. Raises ModelError."""
    return _render(tokenizer, turns, answer_follows=True)


def _rendered(tokenizer: Tokenizer, turns: Sequence[RowTurn]) -> list[_Rendered]:
    whole = _render(tokenizer, turns)
    spans, apart = [], []
    adds_up = True
    for place, turn in enumerate(turns):
        if not turn.trained:
            continue
        before = _render(tokenizer, turns[:place], answer_follows=True)
        after = _render(tokenizer, turns[: place + 1]).rstrip()
        if not after.startswith(before):
            # Thoughts, for example, that a template puts before an answer that is to come, and leaves out of one given.
            after = before + turn.text + (tokenizer.eos_token or "")
        adds_up = adds_up and whole.startswith(after)
        spans.append((len(before), len(after)))
        apart.append(_Rendered(after, ((len(before), len(after)),)))
    return [_Rendered(whole, tuple(spans))] if adds_up else apart


def _render(tokenizer: Tokenizer, turns: Sequence[RowTurn], *, answer_follows: bool = False) -> str:
    from jinja2.exceptions import TemplateError  # noqa: PLC0415 - comes with the extra

    messages = [turn.to_dict() for turn in turns]
    try:
        # Templates of models that can think know the last name, all others ignore it.
        return str(
            tokenizer.apply_chat_template(
                messages, tokenize=False, add_generation_prompt=answer_follows, enable_thinking=False
            )
        )
    except TemplateError as error:
        raise ModelError(
            f"the model's chat template refuses the data set's turns: {error}: take another base"
        ) from error


def _tokens(tokenizer: Tokenizer, rendered: _Rendered) -> Encoded:
    # The template has written the mark that begins a text, where the model wants one.
    made = tokenizer(rendered.text, add_special_tokens=False, return_offsets_mapping=True)
    tokens = list(made["input_ids"])
    labels = [
        token if any(begin <= start < end for begin, end in rendered.spans) and start < stop else MASKED
        for token, (start, stop) in zip(tokens, made["offset_mapping"], strict=True)
    ]
    return Encoded(tokens, labels, len(rendered.spans))
