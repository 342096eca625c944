"""What reading asks for and what it says: the messages between `Reader` and whoever drives it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from capture_daemon.frames import Box
from capture_daemon.ocr.engine import RowImage

Purpose = Literal["row", "name", "partial"]


@dataclass(frozen=True, slots=True, eq=False)
class RowRequest:
    """A row to be read. Each is to be answered once by its `number`, if only with an empty text.

    Of requests with the same `place` a newer one makes an older one worthless.
    """

    number: int
    place: tuple[Purpose, int]
    image: RowImage


@dataclass(frozen=True, slots=True)
class Said:
    """A finished line. `replaces` is the number of a line said before that this one corrects.

    `started` and `completed` are in seconds on the source's clock; `box` is in pixels of the whole frame.
    """

    number: int
    replaces: int | None
    speaker: str | None
    text: str
    rows: tuple[str, ...]
    confidence: float
    started: float
    completed: float
    box: Box


@dataclass(frozen=True, slots=True)
class Typing:
    """A line still being typed, as far as it has been read."""

    speaker: str | None
    text: str
    time: float


Event = Said | Typing
