"""A game that says what the test wants: text typed into a box, on an X screen of its own."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from tests.needs import needs_file
from tests.x_server import XServer

SIZE = (1280, 720)
DIALOGUE = (140, 546, 1000, 144)
SPEAKER = (150, 492, 180, 44)
ELSEWHERE = (180, 90, 900, 130)
"""Where the box may be, too: left, top, width, height."""
_FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
_NIGHT, _BOX, _INK = (16, 20, 44), (28, 34, 66), (240, 240, 240)
_A_LETTER = 0.035


class Game:
    """A screen with a box for what is said, and above it one for who says it."""

    def __init__(self) -> None:
        self._font = ImageFont.truetype(needs_file(_FONT, package="fonts-dejavu-core"), 28)
        self.screen = XServer(*SIZE)
        self.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.screen.__exit__(kind, error, trace)

    @property
    def display(self) -> str:
        """The screen's name, as in DISPLAY."""
        assert self.screen.display is not None
        return self.screen.display

    def clear(self) -> None:
        """Take everything away."""
        self.screen.show(0, 0, np.asarray(Image.new("RGB", SIZE, _NIGHT)))

    def type(self, text: str, speaker: str | None = None, place: tuple[int, int, int, int] = DIALOGUE) -> None:
        """Clear the box, and type a line of one row into it, letter by letter."""
        self.clear()
        time.sleep(0.5)
        if speaker is not None:
            self._draw(speaker, SPEAKER, 24)
        for end in range(len(text) + 1):
            self._draw(text[:end], place, 28)
            time.sleep(_A_LETTER)

    def _draw(self, text: str, place: tuple[int, int, int, int], size: int) -> None:
        left, top, width, height = place
        picture = Image.new("RGB", (width, height), _BOX)
        ImageDraw.Draw(picture).text((14, 8), text, _INK, self._font.font_variant(size=size))
        self.screen.show(left, top, np.asarray(picture))
