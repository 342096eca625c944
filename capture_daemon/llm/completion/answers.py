"""What a model's answer says of a missing turn, however it is wrapped. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz

from capture_daemon.llm.endpoint.chat_messages import objects, printable

SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {"user": {"type": ["string", "null"]}},
    "required": ["user"],
    "additionalProperties": False,
}
"""The form of an answer."""
LONGEST = 400
"""Characters of a turn; a longer one is no answer to what was asked."""
_PLAYERS = ("player", "the player", "you", "me", "user")
_EXAMPLE = "what the player said"
"""What stands in the prompt where the answer belongs."""
_ALIKE = 90.0
"""Percent from which on two texts are the same words."""
_TELLING = 12
"""Letters from which on words that the persona has said elsewhere are hers; shorter ones anybody says."""
_LETTERS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What stands around a missing turn: the persona, who else speaks, her line that follows and her other lines."""

    persona: str
    names: frozenset[str] = frozenset()
    next_line: str = ""
    lines: tuple[str, ...] = ()


def read_answer(text: str, around: Around) -> str | None:
    """The turn in an answer, None if the model found none that fits.

    Raises ValueError, which says what is wrong, if the answer has none, or repeats the persona.
    """
    values = next(objects(text, "user"), None)
    if values is None:
        raise ValueError('no JSON object with "user"')
    said = values["user"]
    if said is None:
        return None
    if not isinstance(said, str):
        raise ValueError('"user" is not text')
    said = _without_name(" ".join(printable(said).split()), around)
    if not 0 < len(said) <= LONGEST:
        raise ValueError('"user" is empty or too long')
    if _letters(said) == _letters(_EXAMPLE):
        raise ValueError("it is the question's example")
    if _alike(said, around.next_line) or (
        len(_letters(said)) >= _TELLING and _letters(said) in _letters(around.next_line)
    ):
        raise ValueError("it repeats the line that follows")
    if any(_alike(said, line) for line in around.lines if len(_letters(line)) >= _TELLING):
        raise ValueError("it repeats the persona's words")
    return said


def _without_name(said: str, around: Around) -> str:
    """What is said without a name in front. Raises ValueError if the name is the persona's."""
    name, colon, rest = said.partition(":")
    folded = name.strip(" *[]\"'").casefold()
    if not colon:
        return said
    if folded == around.persona.casefold():
        raise ValueError("it speaks for the persona")
    if folded in _PLAYERS or folded in {other.casefold() for other in around.names}:
        return rest.strip(" *")
    return said


def _alike(one: str, other: str) -> bool:
    one, other = _letters(one), _letters(other)
    return bool(one and other) and fuzz.ratio(one, other) >= _ALIKE


def _letters(text: str) -> str:
    return _LETTERS.sub("", text).casefold()
