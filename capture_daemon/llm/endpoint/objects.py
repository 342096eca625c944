"""JSON objects in what a model answers, however they are wrapped: in fences, behind thoughts, before chatter. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

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
