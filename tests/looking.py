"""A game of two lines, typed on an even background, and who looks at it in the place of an OCR worker."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from capture_daemon.frames import Box, ColourImage, Frame, GreyImage, Region, Regions, Size
from capture_daemon.ocr.engine import FoundBox, RowImage, RowText

SIZE = Size(640, 200)
DIALOGUE = Box(20, 40, 600, 120)
REGIONS = Regions(Region(*DIALOGUE, fractions=False))
TEXTS = ("The tide turns before noon.", "So do we.")
FPS = 30


def frames(*, letters_a_second: int = 30, rest: float = 1.5) -> list[Frame]:
    """Each line typed, at rest for a while, then gone for half a second."""
    pictures: list[GreyImage] = [picture("")] * 10
    for text in TEXTS:
        steps = range(FPS * len(text) // letters_a_second)
        pictures += [picture(text[: 1 + step * letters_a_second // FPS]) for step in steps]
        pictures += [picture(text)] * round(FPS * rest)
        pictures += [picture("")] * (FPS // 2)
    return [
        Frame(grey, number / FPS, number, Box(0, 0, *SIZE), SIZE, held=grey.nbytes)
        for number, grey in enumerate(pictures)
    ]


def picture(text: str) -> GreyImage:
    """The whole frame with a text in it."""
    grey: GreyImage = np.full((SIZE.height, SIZE.width), 30, np.uint8)
    cv2.putText(grey, text, (40, 100), cv2.FONT_HERSHEY_DUPLEX, 0.9, (230,), 2, cv2.LINE_AA)
    return grey


class OcrBackend:
    """Finds what is bright, and knows each beginning of a text by its picture; answers after a random while."""

    def __init__(self, *, seed: int = 0, slowest: float = 0.0) -> None:
        self.looks = self.rows = 0
        self._random = random.Random(seed)
        self._slowest = slowest
        beginnings = [text[:length] for text in TEXTS for length in range(len(text), 0, -1)]
        self._known = {_trimmed(picture(text)).tobytes(): text.rstrip() for text in beginnings}

    async def find(self, picture: ColourImage, scale: float | None = None) -> list[FoundBox] | None:
        """The box round everything bright; `scale` makes no difference."""
        await asyncio.sleep(self._random.uniform(0, self._slowest))
        self.looks += 1
        left, top, width, height = cv2.boundingRect((picture[:, :, 0] > 100).astype(np.uint8))
        return [FoundBox(Box(left - 2, top - 4, width + 4, height + 8), 0.9)] if width else []

    async def read(self, rows: Sequence[RowImage]) -> list[RowText]:
        """The texts that look like that; nothing for others."""
        await asyncio.sleep(self._random.uniform(0, self._slowest))
        self.rows += len(rows)
        texts = [self._known.get(_trimmed(row.pixels[:, :, 0]).tobytes(), "") for row in rows]
        return [RowText(text, 0.99 if text else 0.0) for text in texts]


def _trimmed(grey: NDArray[np.uint8]) -> NDArray[np.bool_]:
    ink = grey > 100
    left, top, width, height = cv2.boundingRect(ink.astype(np.uint8))
    return ink[top : top + height, left : left + width]
