"""Rows for the tests: texts drawn in pictures, and looks at them one after another."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from PIL import Image, ImageDraw

from capture_daemon.frames import Box, GreyImage
from capture_daemon.ocr.engine import Character, RowText
from capture_daemon.reading.follow import Follow
from capture_daemon.reading.parameters import FOLLOW
from capture_daemon.reading.row import Row, Seen
from tests.reading.drawing import font

FACE = font(24)


WHOLE = Box(0, 0, 480, 160)


Drawn = tuple[str, int, int]


"""A text, its left and its top."""


def box_of(text: str, left: int = 20, top: int = 20) -> Box:
    return Box(left - 3, top + 4, round(FACE.getlength(text)) + 6, 28)


def picture(*texts: Drawn, level: int = 235) -> GreyImage:
    canvas = Image.new("L", (WHOLE.width, WHOLE.height), 40)
    for text, left, top in texts:
        ImageDraw.Draw(canvas).text((left, top), text, fill=level, font=FACE)
    return np.asarray(canvas, np.uint8)


def read_as(text: str, confidence: float = 0.97, left: int = 20) -> RowText:
    places = [FACE.getlength(text[:number]) + FACE.getlength(letter) / 2 for number, letter in enumerate(text)]
    return RowText(
        text,
        confidence,
        tuple(Character(letter, left + place, confidence) for letter, place in zip(text, places, strict=True)),
    )


class Looking:
    """Looks at pictures one after another."""

    def __init__(self) -> None:
        self.follow = Follow(FOLLOW)
        self._memory: list[tuple[float, GreyImage]] = []

    def frame(self, time: float, luma: GreyImage) -> None:
        """A frame that isn't looked at."""
        self._memory.append((time, luma))

    def look(
        self,
        time: float,
        *texts: Drawn,
        says: str | None = None,
        confidence: float = 0.97,
        shows: GreyImage | None = None,
        news_since: float | None = None,
        area: Box = WHOLE,
    ) -> Sequence[Row]:
        """The rows that stand after texts were seen in a frame; one of them may be read otherwise."""
        luma = picture(*texts) if shows is None else shows
        self.frame(time, luma)
        rows: list[tuple[Box, RowText | None, float]] = [
            (box_of(*text), read_as(says or text[0], confidence, text[1]), 0.0) for text in texts
        ]
        colour = np.asarray(cv2.cvtColor(luma, cv2.COLOR_GRAY2BGR), np.uint8)
        self.follow.take(Seen(time, luma, colour, area, rows, list(self._memory), news_since))
        return self.follow.rows

    def forget(self) -> None:
        """The frames before now are kept no longer."""
        self._memory.clear()

    def texts(self) -> list[str]:
        return [row.text for row in self.follow.rows]


LAMP: Drawn = ("The lamp burns low", 20, 20)


KNOCK: Drawn = ("Somebody knocks.", 20, 20)
