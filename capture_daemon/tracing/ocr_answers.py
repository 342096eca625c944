"""Recording and replaying the answers of detector and recogniser: the same picture gets the same answer."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np

from capture_daemon.frames import Box, ColourImage, Frame
from capture_daemon.ocr.engine import Character, FoundBox, RowImage, RowText
from capture_daemon.pipeline.driving import OcrBackend
from capture_daemon.tracing.trace_records import Record

NEAR = 0.5
"""How far apart two boxes of one row may be, as a share of the row's height."""


def key_of(pixels: ColourImage) -> str:
    """A picture's key: a hash of its pixels."""
    digest = hashlib.blake2b(repr(pixels.shape).encode(), digest_size=10)
    digest.update(np.ascontiguousarray(pixels).tobytes())
    return digest.hexdigest()


class LastFrames:
    """The last two frames shown, for finding where in them a picture was cut from."""

    def __init__(self) -> None:
        self.time = 0.0
        self._frames: deque[Frame] = deque(maxlen=2)

    def show(self, frame: Frame) -> None:
        """Add the next frame."""
        self.time = frame.time
        self._frames.append(frame)

    def place_of(self, picture: ColourImage) -> Box | None:
        """Where a picture was cut from, in pixels of the whole frame; None if unknown."""
        height, width = picture.shape[:2]
        for frame in reversed(self._frames):
            whole = np.ascontiguousarray(frame.in_colour()[:, :, :3])
            if height > whole.shape[0] or width > whole.shape[1]:
                continue
            sought = np.ascontiguousarray(picture[:, :, :3])
            _, _, (left, top), _ = cv2.minMaxLoc(cv2.matchTemplate(whole, sought, cv2.TM_SQDIFF))
            if np.array_equal(whole[top : top + height, left : left + width], sought):
                return Box(frame.box.left + left, frame.box.top + top, width, height)
        return None


@dataclass(frozen=True, slots=True)
class Found:
    """The text boxes found in a picture; `place` is the picture's position in the whole frame."""

    time: float
    key: str
    scale: float
    place: Box | None
    boxes: tuple[FoundBox, ...]

    def record(self) -> Record:
        """As a line of looks.jsonl."""
        boxes = [[*found.box, round(found.sure, 4)] for found in self.boxes]
        head = {"do": "find", "time": round(self.time, 3), "picture": self.key, "scale": self.scale}
        return {**head, "place": _listed(self.place), "boxes": boxes}

    @classmethod
    def of(cls, record: Record) -> Found:
        """What `record` gave."""
        boxes = tuple(FoundBox(Box(*one[:4]), one[4]) for one in record["boxes"])
        return cls(record["time"], record["picture"], record["scale"], _box(record["place"]), boxes)


@dataclass(frozen=True, slots=True)
class ReadRow:
    """The text read in a row's picture; `place` is the row's own box in the whole frame."""

    time: float
    key: str
    place: Box | None
    text: RowText

    def record(self) -> Record:
        """As a line of looks.jsonl."""
        characters = [[one.text, round(one.place, 2), round(one.probability, 4)] for one in self.text.characters]
        head = {"do": "read", "time": round(self.time, 3), "picture": self.key, "place": _listed(self.place)}
        return {**head, "text": self.text.text, "confidence": self.text.confidence, "characters": characters}

    @classmethod
    def of(cls, record: Record) -> ReadRow:
        """What `record` gave."""
        characters = tuple(Character(*one) for one in record["characters"])
        text = RowText(record["text"], record["confidence"], characters)
        return cls(record["time"], record["picture"], _box(record["place"]), text)


Look = Found | ReadRow
One = TypeVar("One", Found, ReadRow)


def look_of(record: Record) -> Look:
    """A line of looks.jsonl."""
    return Found.of(record) if record["do"] == "find" else ReadRow.of(record)


class RecordingBackend:
    """Passes requests to another backend and saves its answers; the same picture isn't passed on twice."""

    def __init__(self, ocr: OcrBackend, scene: LastFrames, known: Iterable[Look] = ()) -> None:
        self.looks = list(known)
        self._ocr = ocr
        self._scene = scene

    async def find(self, picture: ColourImage, scale: float | None = None) -> list[FoundBox] | None:
        """Where text stands in a picture."""
        key, size = key_of(picture), scale or 0.0
        for look in self.looks:
            if isinstance(look, Found) and (look.key, look.scale) == (key, size):
                return list(look.boxes)
        found = await self._ocr.find(picture, scale)
        if found is not None:
            self.looks.append(Found(self._scene.time, key, size, self._scene.place_of(picture), tuple(found)))
        return found

    async def read(self, rows: Sequence[RowImage]) -> list[RowText]:
        """What stands in pictures of rows."""
        return [await self._read(row) for row in rows]

    async def _read(self, row: RowImage) -> RowText:
        key = row_key(row)
        for look in self.looks:
            if isinstance(look, ReadRow) and look.key == key:
                return look.text
        [text] = await self._ocr.read([row])
        self.looks.append(ReadRow(self._scene.time, key, _row_place(row, self._scene), text))
        return text


class ReplayBackend:
    """Answers from saved looks: of the same picture, or else of the nearest one in time at the same place."""

    def __init__(self, looks: Iterable[Look], scene: LastFrames) -> None:
        self.asked = self.guessed = 0
        """How many pictures were asked about, and for how many of them there was no saved look of the same picture."""
        kept = list(looks)
        self._found = [look for look in kept if isinstance(look, Found)]
        self._read = [look for look in kept if isinstance(look, ReadRow)]
        self._scene = scene

    async def find(self, picture: ColourImage, scale: float | None = None) -> list[FoundBox] | None:
        """Where text stands in a picture."""
        self.asked += 1
        key = key_of(picture)
        same = [look for look in self._found if look.key == key]
        if same:
            return list(min(same, key=lambda look: abs(look.scale - (scale or 0.0))).boxes)
        self.guessed += 1
        place = self._scene.place_of(picture)
        near = self._nearest(self._found, lambda look: _covers(look.place, place))
        if near is None or near.place is None or place is None:
            return []
        left, top = near.place.left - place.left, near.place.top - place.top
        whole = Box(0, 0, place.width, place.height)
        moved = [FoundBox(found.box.shifted(left, top), found.sure) for found in near.boxes]
        return [found for found in moved if found.box.intersection(whole) == found.box]

    async def read(self, rows: Sequence[RowImage]) -> list[RowText]:
        """What stands in pictures of rows."""
        return [self._recall(row) for row in rows]

    def _recall(self, row: RowImage) -> RowText:
        self.asked += 1
        key = row_key(row)
        for look in self._read:
            if look.key == key:
                return look.text
        self.guessed += 1
        place = _row_place(row, self._scene)
        near = self._nearest(self._read, lambda look: _is_same_row(look.place, place))
        return near.text if near is not None else RowText("", 0.0)

    def _nearest(self, looks: Sequence[One], fits: Callable[[One], bool]) -> One | None:
        fitting = [look for look in looks if fits(look)]
        return min(fitting, key=lambda look: abs(look.time - self._scene.time), default=None)


def row_key(row: RowImage) -> str:
    """The key of a row's picture: its pixels, and the row's position in it."""
    return f"{key_of(row.pixels)}@{row.row}"


def _row_place(row: RowImage, scene: LastFrames) -> Box | None:
    place = scene.place_of(row.pixels)
    return row.row.shifted(place.left, place.top) if place is not None else None


def _covers(one: Box | None, other: Box | None) -> bool:
    if one is None or other is None:
        return False
    shared = one.intersection(other)
    return shared is not None and shared.width * shared.height > 0.9 * other.width * other.height


def _is_same_row(one: Box | None, other: Box | None) -> bool:
    if one is None or other is None:
        return False
    pairs = ((one.left, other.left), (one.right, other.right), (one.top, other.top), (one.bottom, other.bottom))
    return max(abs(a - b) for a, b in pairs) < NEAR * other.height


def _listed(box: Box | None) -> list[int] | None:
    return list(box) if box is not None else None


def _box(values: list[int] | None) -> Box | None:
    return Box(*values) if values is not None else None
