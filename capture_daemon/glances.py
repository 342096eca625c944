"""Glances at whole pictures, a second or so apart: where text stands and what it says, nothing read twice."""

from __future__ import annotations

import cv2
import numpy as np

from capture_daemon.driving import Looker
from capture_daemon.frames import Box, ColourImage, GreyImage
from capture_daemon.ocr.engine import RowImage
from capture_daemon.reading.layout import rows_of, same_place
from capture_daemon.reading.parameters import FOLLOW, WATCH
from capture_daemon.reading.sightings import SeenRow
from capture_daemon.reading.text import tidy

MOST_ROWS = 8
"""Rows that are read at one glance, the widest first; 4 to 16: the others' turn comes if they still stand."""
COARSE = 8
"""Pixels to a side of the squares by whose mean it is known that nothing changed; 4 to 16."""
COARSE_CHANGE = 5
"""Levels by which such a mean has changed; 3 to 10: a letter's stroke is some ten of them."""
CHANGED = 0.02
"""Share of a row's pixels that differ from which it is read again; 0.01 to 0.05: noise is less, a letter more."""
LONG = 10
"""Width of a row, in its height, from which it is read wherever it stands; 6 to 15: labels are shorter."""
LETTER = 20.0
"""Pixels that rows are brought to for the detector; 18 to 30: it only has to see them, and less costs less."""
LEAST_SCALE = 0.35
"""To which a picture is made smaller at most; 0.25 to 0.5."""
HOPELESS = 3
"""Times that nothing could be read in a place after which it isn't tried for a while; 2 to 5: textures."""
FORGOTTEN = 10
"""Glances after which it is tried again; 5 to 30."""
LEAST = 0.01
"""Confidence of what was tried and isn't readable at all."""
LONGEST_SIDE = 960
"""Pixels to which a picture's longer side is brought down, as the detector does by itself; 640 to 1600."""
READABLE = 0.5
"""Confidence below which nothing was read."""


class Glances:
    """Looks at picture after picture. What looks as it did keeps what was read in it."""

    def __init__(self, looker: Looker) -> None:
        self._looker = looker
        self._coarse: GreyImage | None = None
        self._luma: GreyImage | None = None
        self._rows: list[SeenRow] = []
        self._unread = False
        self._tried: list[tuple[Box, int, int]] = []
        self._count = 0

    async def at(
        self, picture: ColourImage, row_height: float | None = None, place: Box | None = None
    ) -> list[SeenRow]:
        """The rows in a picture; `row_height` is that of the rows looked for, in pixels, where it is known.

        With `place` short rows elsewhere aren't read.
        """
        self._count += 1
        luma = np.asarray(cv2.cvtColor(picture[:, :, :3], cv2.COLOR_BGR2GRAY), np.uint8)
        size = max(1, luma.shape[1] // COARSE), max(1, luma.shape[0] // COARSE)
        coarse = np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_AREA), np.uint8)
        before, self._coarse = self._coarse, coarse
        alike = before is not None and before.shape == coarse.shape
        if before is not None and alike and not self._unread and cv2.absdiff(before, coarse).max() < COARSE_CHANGE:
            return self._rows
        found = await self._looker.find(picture, self._scale(picture, row_height))
        if found is None:
            return self._rows
        boxes = rows_of([one.box for one in found], FOLLOW)
        known = {box: row for box in boxes if (row := self._as_before(box, luma)) is not None}
        unread = [box for box in boxes if box not in known and not self._is_hopeless(box)]
        unread = [box for box in unread if place is None or box.width > LONG * box.height or box.intersection(place)]
        self._unread = len(unread) > MOST_ROWS
        unread = sorted(unread, key=lambda box: -box.width)[:MOST_ROWS]
        texts = await self._looker.read([row_picture(picture, box) for box in unread]) if unread else []
        for box, text in zip(unread, texts, strict=True):
            readable = text.confidence >= READABLE
            known[box] = SeenRow(box, tidy(text.text) if readable else "", max(text.confidence, LEAST))
            self._note(box, readable)
        self._luma = luma
        self._rows = [known.get(box, SeenRow(box)) for box in boxes]
        return self._rows

    def _scale(self, picture: ColourImage, row_height: float | None) -> float | None:
        """How large it is looked at: rows whose height is known are brought to one that is found well."""
        if row_height is None:
            return None
        usual: float = min(1.0, LONGEST_SIDE / max(picture.shape[:2]))
        return min(usual, max(LEAST_SCALE * usual, LETTER / row_height))

    def _as_before(self, box: Box, luma: GreyImage) -> SeenRow | None:
        """What was seen in a place whose picture is as it was."""
        if self._luma is None or self._luma.shape != luma.shape:
            return None
        inside = slice(box.top, box.bottom), slice(box.left, box.right)
        for row in self._rows:
            if same_place(row.box, box):
                differs = cv2.absdiff(luma[inside], self._luma[inside]) > WATCH.change
                tried = bool(row.text) or row.confidence > 0
                return row if tried and float(differs.mean()) < CHANGED else None
        return None

    def _is_hopeless(self, box: Box) -> bool:
        return any(
            count >= HOPELESS and self._count - last < FORGOTTEN and same_place(box, place)
            for place, count, last in self._tried
        )

    def _note(self, box: Box, readable: bool) -> None:
        for number, (place, count, _) in enumerate(self._tried):
            if same_place(box, place):
                self._tried[number] = (place, 0 if readable else count + 1, self._count)
                return
        if not readable:
            self._tried.append((box, 1, self._count))


def row_picture(picture: ColourImage, row: Box) -> RowImage:
    """A row's picture, with some of what is round it."""
    across, down = round(0.5 * row.height), round(0.25 * row.height)
    around = row.grown(across, down).intersection(Box(0, 0, picture.shape[1], picture.shape[0]))
    assert around is not None
    pixels = np.ascontiguousarray(picture[around.top : around.bottom, around.left : around.right, :3])
    return RowImage(pixels, row.shifted(-around.left, -around.top))
