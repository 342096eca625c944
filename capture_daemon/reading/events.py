"""What reading asks for and what it says: the messages between `Reader` and its caller."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

from capture_daemon.frames import DIALOGUE, Box, ColourImage
from capture_daemon.ocr.engine import FoundBox, RowImage, RowText


@dataclass(frozen=True, slots=True, eq=False)
class FindText:
    """Ask where text stands in a picture, scaled by `scale`: answered with boxes, or None if the detector failed."""

    picture: ColourImage
    scale: float


@dataclass(frozen=True, slots=True, eq=False)
class ReadRows:
    """Ask what the pictures of rows say: answered with one text per row, in order."""

    rows: tuple[RowImage, ...]


Request = FindText | ReadRows
Answer = list[FoundBox] | list[RowText] | None
Steps = Generator[Request, Answer, None]
"""One step of reading: it yields requests, and is sent each answer."""


@dataclass(frozen=True, slots=True)
class Said:
    """A finished line. `replaces` is the number of a line said before that this one corrects.

    `confidence` is how likely its text is right letter for letter, 0 to 1 (see certainty.py).

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
    region: str = DIALOGUE


@dataclass(frozen=True, slots=True)
class Typing:
    """A line still being typed, as far as it has been read."""

    speaker: str | None
    text: str
    time: float
    region: str = DIALOGUE


@dataclass(frozen=True, slots=True)
class Chosen:
    """A menu that has gone: its options from top to bottom, and which one was chosen, from 1; None if that isn't sure.

    `replaces` is the number of a menu from before that this one is: it was covered for a while. `started` and `ended`
    are when it was first and last seen, in seconds on the source's clock; `box` is in pixels of the whole frame.
    """

    number: int
    replaces: int | None
    options: tuple[str, ...]
    chosen: int | None
    confidence: float
    started: float
    ended: float
    box: Box
    region: str = DIALOGUE


Event = Said | Typing | Chosen
