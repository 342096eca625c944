"""What is read in one part of one picture: for whoever chooses a region and wants to see at once what it gives."""

from __future__ import annotations

import asyncio

import cv2
import numpy as np
from numpy.typing import NDArray

from capture_daemon.frames import Box, ColourImage, Frame, Region, Regions, Size
from capture_daemon.pipeline import ReadRows
from capture_daemon.reading.filling import FilledRow
from capture_daemon.reading.reader import Reader
from capture_daemon.reading.text import is_readable, tidy

_LOOKS = 8
"""How often the picture is shown to the reader, a tenth of a second apart: text has to stand to be text."""


async def rows_in(picture: ColourImage, box: Box, read: ReadRows) -> list[str]:
    """The text of each row in `box` of a whole frame, from the top; rows in which nothing could be read are left out.

    One picture doesn't tell text from what moves behind it, so more may be found than capturing would.
    """
    reader = Reader(Regions(Region(*box, fractions=False)))
    standing = await asyncio.to_thread(_look, reader, picture, box)
    while requests := reader.requests:
        reader.requests = []
        texts = await read([request.image for request in requests])
        for request, text in zip(requests, texts, strict=True):
            reader.hear(request.number, text)
    rows = [tidy(row.answer.text) for _, row in standing if row.answer is not None]
    return [row for row in rows if is_readable(row)]


def _look(reader: Reader, picture: ColourImage, box: Box) -> list[tuple[Box, FilledRow]]:
    part = picture[box.top : box.bottom, box.left : box.right, :3]
    grey: NDArray[np.uint8] = np.asarray(cv2.cvtColor(np.ascontiguousarray(part), cv2.COLOR_BGR2GRAY), np.uint8)
    size = Size(picture.shape[1], picture.shape[0])
    for number in range(_LOOKS):
        reader.see(Frame(grey, number / 10, number, box, size))
    standing = sorted(reader.standing_rows, key=lambda row: row[0].top)
    # Nothing more comes, so that also what never came to rest is read.
    reader.end()
    return standing
