"""How many tokens a model takes in one question and its answer, where its endpoint says so."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_KEYS = ("max_model_len", "context_length", "context_window", "max_context_length", "n_ctx")
"""What servers call it, beside a model's name."""
_TOO_LONG = re.compile(
    r"context (?:size|length|window)|maximum context|context_length|too many tokens|prompt is too long|too long for",
    re.IGNORECASE,
)
_SMALLEST = 64
"""Tokens; less is no context but a mistake."""


def context_of(models: object, name: str) -> int | None:
    """The tokens that the model `name` takes, of what an endpoint lists; of the only model whatever it is called."""
    listed = models.get("data") if isinstance(models, Mapping) else None
    if not isinstance(listed, list):
        return None
    there = [model for model in listed if isinstance(model, Mapping)]
    named = [model for model in there if model.get("id") == name] or (there if len(there) == 1 else [])
    for model in named:
        meta = model.get("meta")
        for place in (model, meta if isinstance(meta, Mapping) else {}):
            for key in _KEYS:
                value = place.get(key)
                if isinstance(value, int) and not isinstance(value, bool) and value >= _SMALLEST:
                    return value
    return None


def slot_context_of(properties: object) -> int | None:
    """The tokens that one request has, of what llama.cpp says of itself: with several slots, less than the model's."""
    usual = properties.get("default_generation_settings") if isinstance(properties, Mapping) else None
    value = usual.get("n_ctx") if isinstance(usual, Mapping) else None
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= _SMALLEST else None


def is_too_long(body: Any, message: str) -> bool:
    """Whether a refusal is for a question's length."""
    values = body if isinstance(body, Mapping) else {}
    if values.get("code") == "context_length_exceeded" or values.get("type") == "exceed_context_size_error":
        return True
    return bool(_TOO_LONG.search(message))
