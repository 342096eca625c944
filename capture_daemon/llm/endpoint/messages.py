"""What is said to a model and what it answers, as plain values."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Role = Literal["system", "user", "assistant"]

_CHARACTERS_A_TOKEN = 4
_TOKENS_A_MESSAGE = 4
"""What the frame around a message costs."""


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of what a model is given."""

    role: Role
    content: str

    def to_dict(self) -> dict[str, str]:
        """The message's JSON object."""
        return {"role": self.role, "content": self.content}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model answered; a refusal has the text of it, if any."""

    text: str
    tokens: int
    """What question and answer cost: as the endpoint says, or about."""
    refused: bool = False


def about_tokens(text: str) -> int:
    """How many tokens a text is, about: four characters of Latin script are one, any other character is one."""
    latin = sum(ord(character) < 0x250 for character in text)
    return -(-latin // _CHARACTERS_A_TOKEN) + len(text) - latin


def about_tokens_of(messages: Sequence[Message]) -> int:
    """How many tokens a question is, about."""
    return sum(_TOKENS_A_MESSAGE + about_tokens(message.content) for message in messages)


def printable(text: str) -> str:
    """Text of a model that may be shown in a terminal: whatever steers one, line ends too, is a space."""
    return "".join(
        " " if unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") else character for character in text
    )
