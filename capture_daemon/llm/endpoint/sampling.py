"""How an answer is to be made: its length, where it stops, how freely words are chosen, and its form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

TEMPERATURE = 0.7
TOP_P = 0.9
_MOST_STOPS = 4
"""OpenAI's API takes no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """What goes with a question. None leaves it to the endpoint.

    `schema` is a JSON schema that the answer has to follow, where the endpoint can see to that.
    """

    temperature: float | None = None
    top_p: float | None = None
    stop: tuple[str, ...] = ()
    schema: Mapping[str, Any] | None = None

    def to_dict(self, *, with_schema: bool) -> dict[str, Any]:
        """The keys of a request."""
        made: dict[str, Any] = {}
        if self.temperature is not None:
            made["temperature"] = self.temperature
        if self.top_p is not None:
            made["top_p"] = self.top_p
        if self.stop:
            made["stop"] = list(self.stop[:_MOST_STOPS])
        if self.schema is not None and with_schema:
            form = {"name": "answer", "strict": True, "schema": dict(self.schema)}
            made["response_format"] = {"type": "json_schema", "json_schema": form}
        return made


AS_IT_IS = Sampling()
