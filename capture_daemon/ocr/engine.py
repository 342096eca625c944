"""What an OCR engine is: something that reads pictures of single rows of text."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from capture_daemon.frames import GreyImage


@dataclass(frozen=True, slots=True)
class RowImage:
    """A picture of one row of text, to be read.

    `pixels` is luma, shape (height, width), uint8, with a margin of background round the text. `light_on_dark` says
    that the text is lighter than what is behind it.
    """

    pixels: GreyImage
    light_on_dark: bool = True


@dataclass(frozen=True, slots=True)
class RowText:
    """What was read in one row: its text, perhaps empty, and a confidence from 0 to 1."""

    text: str
    confidence: float


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
