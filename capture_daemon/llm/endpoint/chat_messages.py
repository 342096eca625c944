"""What is said to a model and what it answers, as plain values; and the JSON objects in an answer. Pure."""

from __future__ import annotations

import base64
import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Role = Literal["system", "user", "assistant"]

_CHARACTERS_A_TOKEN = 4
_TOKENS_A_MESSAGE = 4
"""What the frame around a message costs."""


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of what a model is given; `picture` is a JPEG that goes with it."""

    role: Role
    content: str
    picture: bytes | None = None

    def to_dict(self) -> dict[str, Any]:
        """The message's JSON object."""
        if self.picture is None:
            return {"role": self.role, "content": self.content}
        address = f"data:image/jpeg;base64,{base64.b64encode(self.picture).decode('ascii')}"
        parts = [{"type": "text", "text": self.content}, {"type": "image_url", "image_url": {"url": address}}]
        return {"role": self.role, "content": parts}


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


_THOUGHT = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL | re.IGNORECASE)
_LONGEST_TEXT = 1 << 15
"""Characters of an answer that are looked at."""
_MOST_BRACES = 64
"""Opening braces at which an object is looked for."""


def objects(text: str, key: str) -> Iterator[dict[str, Any]]:
    """The JSON objects with a key in a text, wherever they begin, but for what a model thinks aloud."""
    text = _THOUGHT.sub(" ", text[:_LONGEST_TEXT])
    decoder = json.JSONDecoder()
    place = -1
    for _ in range(_MOST_BRACES):
        place = text.find("{", place + 1)
        if place < 0:
            return
        try:
            values, _ = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            continue
        if isinstance(values, dict) and key in values:
            yield values
