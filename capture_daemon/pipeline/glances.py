"""Glances at whole pictures, a second or so apart: where text stands and what it says, nothing read twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from capture_daemon.frames import Box, ColourImage, GreyImage
from capture_daemon.ocr.engine import RowText
from capture_daemon.pipeline.driving import OcrBackend
from capture_daemon.reading.across import LONG as LYING
from capture_daemon.reading.direction import Direction
from capture_daemon.reading.layout import rows_of, same_place
from capture_daemon.reading.parameters import DIRECTION, FOLLOW, WATCH
from capture_daemon.reading.row_picture import column_picture, row_picture
from capture_daemon.reading.sightings import SeenRow
from capture_daemon.reading.text import tidy, without_spaces
from capture_daemon.reading.turned import turned_box, upright_box
from capture_daemon.reading.wording import letters

MOST_ROWS = 8
"""Rows that are read at one glance, the widest first; 4 to 16: the others' turn comes if they still stand."""
COARSE = 8
"""Pixels to a side of the squares by whose mean it is known that nothing changed; 4 to 16."""
COARSE_CHANGE = 5
"""Levels of luma from which such a mean counts as changed; 3 to 10: a letter's stroke changes it by some ten."""
CHANGED = 0.02
"""Share of a row's pixels that differ from which it is read again; 0.01 to 0.05: noise is less, a letter more."""
LONG = 10
"""Width of a row, in its height, from which it is read wherever it stands; 6 to 15: labels are shorter."""
LETTER = 20.0
"""Pixels that rows are brought to for the detector; 18 to 30: it only has to see them, and less costs less."""
LEAST_SCALE = 0.35
"""The smallest scale of a picture, as a share of the usual one; 0.25 to 0.5."""
HOPELESS = 3
"""Times that nothing could be read in a place after which it isn't tried for a while; 2 to 5: textures."""
FORGOTTEN = 10
"""Glances after which it is tried again; 5 to 30."""
LEAST = 0.01
"""Confidence of what was tried and isn't readable at all."""
LONGEST_SIDE = 960
"""Pixels to which a picture's longer side is scaled down, as the detector does; 640 to 1600."""
READABLE = 0.5
"""Confidence below which nothing was read."""


class Glances:
    """Looks at picture after picture. What looks as it did keeps what was read in it.

    Tall pieces of text are taken for columns once such were surely read as Chinese or Japanese. Until then they are
    tried where most text seems to run downwards, in each place once.
    """

    def __init__(self, ocr: OcrBackend) -> None:
        self._ocr = ocr
        self._coarse: GreyImage | None = None
        self._luma: GreyImage | None = None
        self._rows: list[SeenRow] = []
        self._unread = False
        self._tried: list[tuple[SeenRow, int, int]] = []
        self._no_columns: list[SeenRow] = []
        self._vertical = False
        self._count = 0

    async def at(
        self, picture: ColourImage, row_height: float | None = None, place: Box | None = None
    ) -> list[SeenRow]:
        """The rows and columns in a picture; `row_height` is that of the rows looked for, in pixels, if it is known.

        With `place` short ones elsewhere aren't read.
        """
        self._count += 1
        luma = np.asarray(cv2.cvtColor(picture[:, :, :3], cv2.COLOR_BGR2GRAY), np.uint8)
        size = max(1, luma.shape[1] // COARSE), max(1, luma.shape[0] // COARSE)
        coarse = np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_AREA), np.uint8)
        before, self._coarse = self._coarse, coarse
        alike = before is not None and before.shape == coarse.shape
        if before is not None and alike and not self._unread and cv2.absdiff(before, coarse).max() < COARSE_CHANGE:
            return self._rows
        found = await self._ocr.find(picture, self._scale(picture, row_height))
        if found is None:
            return self._rows
        pieces = [one.box for one in found]
        columns = await self._columns(picture, pieces)
        rows = rows_of([piece for piece in pieces if not any(_hold_count(column, piece) for column in columns)], FOLLOW)
        places = [*(SeenRow(box) for box in rows), *(SeenRow(box, column=True) for box in columns)]
        known = {one: row for one in places if (row := self._as_before(one, luma)) is not None}
        unread = [one for one in places if one not in known and not self._is_hopeless(one)]
        unread = [one for one in unread if place is None or _is_long(one) or one.box.intersection(place)]
        self._unread = len(unread) > MOST_ROWS
        unread = sorted(unread, key=lambda one: -_lying(one).width)[:MOST_ROWS]
        for one, text in zip(unread, await self._read(picture, unread), strict=True):
            readable = text.confidence >= READABLE
            words = tidy(text.text) if readable else ""
            known[one] = replace(one, text=words, confidence=max(text.confidence, LEAST))
            self._note(one, readable)
        self._luma = luma
        self._rows = [known.get(one, one) for one in places]
        return self._rows

    async def _read(self, picture: ColourImage, places: Sequence[SeenRow]) -> list[RowText]:
        pictures = [(column_picture if one.column else row_picture)(picture, one.box) for one in places]
        return await self._ocr.read(pictures) if pictures else []

    async def _columns(self, picture: ColourImage, pieces: Sequence[Box]) -> list[Box]:
        """The columns that pieces of text make; none if text doesn't run in columns."""
        if self._vertical:
            return columns_of(pieces, [piece for piece in pieces if piece.height > DIRECTION.long * piece.width])
        columns = columns_of(pieces, Direction().across(pieces))
        new = [SeenRow(column, column=True) for column in columns]
        new = [one for one in new if not any(_same(one, other) for other in self._no_columns)]
        new = sorted(new, key=lambda one: -one.box.height)[:MOST_ROWS]
        texts = [text.text for text in await self._read(picture, new) if text.confidence >= DIRECTION.sure]
        self._vertical = len("".join(letters(text) for text in texts if without_spaces([text]))) >= DIRECTION.enough
        if self._vertical:
            return columns
        self._no_columns += new
        return []

    def _scale(self, picture: ColourImage, row_height: float | None) -> float | None:
        """The scale that brings rows of that height to one that is found well; None (the usual) without one."""
        if row_height is None:
            return None
        usual: float = min(1.0, LONGEST_SIDE / max(picture.shape[:2]))
        return min(usual, max(LEAST_SCALE * usual, LETTER / row_height))

    def _as_before(self, place: SeenRow, luma: GreyImage) -> SeenRow | None:
        """What was seen in a place whose picture is as it was."""
        if self._luma is None or self._luma.shape != luma.shape:
            return None
        box = place.box
        inside = slice(box.top, box.bottom), slice(box.left, box.right)
        for row in self._rows:
            if _same(row, place):
                differs = cv2.absdiff(luma[inside], self._luma[inside]) > WATCH.change
                tried = bool(row.text) or row.confidence > 0
                return row if tried and float(differs.mean()) < CHANGED else None
        return None

    def _is_hopeless(self, place: SeenRow) -> bool:
        return any(
            count >= HOPELESS and self._count - last < FORGOTTEN and _same(place, other)
            for other, count, last in self._tried
        )

    def _note(self, place: SeenRow, readable: bool) -> None:
        for number, (other, count, _) in enumerate(self._tried):
            if _same(place, other):
                self._tried[number] = (other, 0 if readable else count + 1, self._count)
                return
        if not readable:
            self._tried.append((place, 1, self._count))


def columns_of(pieces: Sequence[Box], tall: Sequence[Box]) -> list[Box]:
    """Columns of text, from right to left: the tall pieces, with what stands over and under them that is theirs.

    Single characters of a column are no higher than wide.
    """
    if not tall:
        return []
    width = max(piece.right for piece in pieces)
    parts = [piece for piece in pieces if piece in tall or piece.width <= LYING * piece.height]
    columns = rows_of([turned_box(part, width) for part in parts], FOLLOW)
    columns = [upright_box(column, width) for column in columns]
    return [column for column in columns if any(_hold_count(column, piece) for piece in tall)]


def _hold_count(outer: Box, inner: Box) -> bool:
    return outer.intersection(inner) == inner


def _lying(place: SeenRow) -> Box:
    """A row's box; a column's as if it lay."""
    box = place.box
    return Box(box.top, box.left, box.height, box.width) if place.column else box


def _same(one: SeenRow, other: SeenRow) -> bool:
    """Whether two places may be the same row or column, unchanged."""
    return one.column == other.column and same_place(_lying(one), _lying(other))


def _is_long(place: SeenRow) -> bool:
    box = _lying(place)
    return box.width > LONG * box.height
