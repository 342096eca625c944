"""What the tables of a configuration have in common, and the small ones of them: pictures, and a game's window."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


class Table(BaseModel):
    """A table without unknown keys, whose values aren't converted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, arbitrary_types_allowed=True)


class PictureKeys(Table):
    """Whether pictures of lines are kept, of what, and how many: sizes in megabytes, ages in days."""

    pictures: Literal["none", "jpeg"] = "none"
    picture_part: Literal["frame", "region"] = "frame"
    pictures_size: float = Field(default=1000.0, gt=0)
    pictures_age: float = Field(default=30.0, gt=0)


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
        """The name of the source that captures that window; None if nothing says which it is."""
        named = (("class", self.class_name), ("title", self.title))
        parts = [f"{key}={text}" for key, text in named if text is not None]
        return f"window:{','.join(parts)}" if parts else None
