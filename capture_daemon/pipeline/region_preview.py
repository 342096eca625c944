"""What is read in one part of one picture: for whoever chooses a region and wants to see at once what it gives."""

from __future__ import annotations

from functools import partial

import cv2
import numpy as np

from capture_daemon.frames import Box, ColourImage, Frame, Region, Regions, Size
from capture_daemon.pipeline.driving import OcrBackend, ask, drive, through
from capture_daemon.reading.reader import Reader
from capture_daemon.reading.text import is_readable, tidy

_LOOKS = 8
"""How often the picture is shown to the reader, a tenth of a second apart: so it is known to stand."""


async def rows_in(picture: ColourImage, box: Box, ocr: OcrBackend) -> list[str]:
    """The text of each row in `box` of a whole frame, as they are read; rows that say nothing are left out.

    One picture doesn't tell dialogue from other text, so more may be found than capturing would.
    """
    reader = Reader(Regions(Region(*box, fractions=False)))
    await drive(through(reader, _frames(picture, box)), partial(ask, ocr))
    standing = reader.standing_rows
    rows = [tidy(text.text) for _, text in standing]
    return [row for row in rows if is_readable(row)]


def _frames(picture: ColourImage, box: Box) -> list[Frame]:
    size = Size(picture.shape[1], picture.shape[0])
    needed = Regions(Region(*box, fractions=False)).resolve(size).needed
    part = np.ascontiguousarray(picture[needed.top : needed.bottom, needed.left : needed.right, :3])
    grey = np.asarray(cv2.cvtColor(part, cv2.COLOR_BGR2GRAY), np.uint8)
    return [Frame(grey, number / 10, number, needed, size, colour=lambda: part) for number in range(_LOOKS)]
