"""What an OCR engine is: something that reads pictures of single rows of text."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from capture_daemon.frames import Box, ColourImage


@dataclass(frozen=True, slots=True, eq=False)
class RowImage:
    """A picture of one row of text, to be read.

    `pixels` is blue, green, red, shape (height, width, 3), uint8, with some of the picture round the row. `row` is
    where the detector saw the row, in pixels of the picture. A `column` of vertical text lies on its left side.
    """

    pixels: ColourImage
    row: Box
    column: bool = False

    @classmethod
    def whole(cls, pixels: ColourImage) -> RowImage:
        """A picture that is all row."""
        return cls(pixels, Box(0, 0, pixels.shape[1], pixels.shape[0]))


@dataclass(frozen=True, slots=True)
class Character:
    """One character as it was read.

    `place` is the column at which it stands, roughly its middle, in whatever unit the caller's columns are;
    `probability` is from 0 to 1.
    """

    text: str
    place: float
    probability: float


@dataclass(frozen=True, slots=True)
class RowText:
    """What was read in one row: its text, perhaps empty, and a confidence from 0 to 1.

    `characters` are the text's, with their places in columns of the row's picture; empty if the engine gives none.
    """

    text: str
    confidence: float
    characters: tuple[Character, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundBox:
    """Where a piece of text stands, in pixels of the picture, and how sure the detector is, from 0 to 1."""

    box: Box
    sure: float


class Engine(Protocol):
    """Reads rows of text. It is made and used inside the worker process, from one thread."""

    name: str

    def read(self, rows: Sequence[RowImage]) -> list[RowText]:
        """One answer a row, in order."""
        ...

    def close(self) -> None:
        """Let go of the models."""
        ...


def default_threads() -> int:
    """Threads for one pass: a core is left to the game."""
    return max(1, min(4, (os.cpu_count() or 2) // 2))
