"""Match: the window by which a game's profile is known."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from capture_daemon.config.table import Table

LONGEST_WINDOW_TEXT = 1000
"""Characters of a window's title or class to match."""


def _window_text(value: str) -> str:
    if not value.strip() or not value.isprintable():
        raise ValueError("a window's title or class is text in one line, as `capture-daemon windows` lists it")
    return value.strip()


WindowText = Annotated[str, Field(max_length=LONGEST_WINDOW_TEXT), AfterValidator(_window_text)]


class MatchTable(Table):
    """`match` of a profile: the window of its game."""

    title: WindowText | None = None
    class_name: WindowText | None = Field(default=None, alias="class")

    @property
    def source(self) -> str | None:
        """The name of the source that captures that window; None where nothing says which it is."""
        named = (("class", self.class_name), ("title", self.title))
        parts = [f"{key}={text}" for key, text in named if text is not None]
        return f"window:{','.join(parts)}" if parts else None
