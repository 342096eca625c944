"""Whatever a detector and a recogniser answer, at whatever picture, reading goes on: their faults end no daemon."""

from __future__ import annotations

import random
from collections.abc import Sequence

import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from capture_daemon.frames import Box, ColourImage, Frame, Regions, Size
from capture_daemon.ocr.engine import Character, FoundBox, RowImage, RowText
from capture_daemon.pipeline.driving import go_on
from capture_daemon.reading.events import Answer, FindText, Steps
from capture_daemon.reading.reader import Reader
from capture_daemon.reading.settings import ReadingSettings
from tests.reading.drawing import region

WORDS = [
    "The lamp burns low.",
    "...",
    "No!",
    "— Who?",
    "凛",
    "こんにちは",
    "이름",
    "「ああ」",
    "1",
    "|",
    "???",
    "Kyoto:",
    "l",
    ",",
]
SIZES = [Size(64, 48), Size(200, 120), Size(640, 200), Size(97, 333)]


class Hostile:
    """Finds boxes anywhere in a picture, mostly where it did before, and reads letters that may stand past its end."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._before: list[Box] = []
        self._text = ""

    def find(self, picture: ColourImage) -> list[FoundBox]:
        height, width = picture.shape[:2]
        inside = [one for box in self._before if (one := box.intersection(Box(0, 0, width, height)))]
        if not inside or self._chance.random() < 0.3:
            inside = [self._box(width, height) for _ in range(self._chance.randrange(4))]
            self._before = inside
        return [FoundBox(box, 0.9) for box in inside]

    def _box(self, width: int, height: int) -> Box:
        left = self._chance.choice([0, self._chance.randrange(width)])
        top = self._chance.choice([0, self._chance.randrange(height)])
        across = self._chance.choice([width - left, self._chance.randint(1, width - left)])
        return Box(left, top, across, self._chance.randint(1, min(30, height - top)))

    def read(self, rows: Sequence[RowImage]) -> list[RowText]:
        return [self._read(row) for row in rows]

    def _read(self, row: RowImage) -> RowText:
        anew = self._chance.random() < 0.5
        words = " ".join(self._chance.choices(WORDS, k=self._chance.randrange(7)))
        self._text = words if anew else (self._text + self._chance.choice(["", "", " on", "a", "."])).strip()[:40]
        pitch = row.pixels.shape[1] / max(1, len(self._text)) * self._chance.choice([0.5, 1.0, 1.0, 1.2])
        characters = tuple(
            Character(letter, (number + 0.5) * pitch, self._chance.choice([0.99, 0.8]))
            for number, letter in enumerate(self._text)
        )
        confidence = self._chance.choice([0.99, 0.95, 0.7, 0.4, 0.1])
        return RowText(self._text, confidence, characters if self._chance.random() < 0.85 else ())


def _frames(chance: random.Random, size: Size) -> list[Frame]:
    """A picture to which writing comes anywhere, which is cleared now and then."""
    picture = np.full((size.height, size.width, 3), 40, np.uint8)
    frames, time = [], 0.0
    for number in range(60):
        time += chance.choice([1 / 30, 1 / 30, 0.1, 0.5])
        if chance.random() < 0.15:
            picture[:] = chance.randrange(256)
        elif chance.random() < 0.5:
            place = (chance.randrange(-10, size.width), chance.randrange(size.height + 10))
            cv2.putText(picture, chance.choice(["Lamp", "no", "..."]), place, 0, 0.7, (255, 255, 90), 2)
        frames.append(_frame(picture.copy(), time, number))
    return frames


def _frame(picture: ColourImage, time: float, number: int) -> Frame:
    luma = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.uint8)
    size = Size(picture.shape[1], picture.shape[0])
    return Frame(luma, time, number, Box(0, 0, *size), size, colour=lambda: picture)


def _drive(steps: Steps, hostile: Hostile) -> None:
    answer: Answer = None
    while (request := go_on(steps, answer)) is not None:
        answer = hostile.find(request.picture) if isinstance(request, FindText) else hostile.read(request.rows)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 1_000_000), st.sampled_from(SIZES), st.booleans(), st.booleans())
def test_reading_takes_whatever_is_answered(seed: int, size: Size, early: bool, partials: bool) -> None:
    chance = random.Random(seed)
    left, top = chance.randrange(size.width - 10), chance.randrange(size.height - 10)
    dialogue = chance.choice([Box(0, 0, *size), Box(left, top, size.width - left, size.height - top)])
    speaker = region(Box(0, 0, size.width // 2, size.height // 4)) if chance.random() < 0.4 else None
    reader, hostile = Reader(Regions(region(dialogue), speaker), ReadingSettings(early=early)), Hostile(chance)
    reader.wants_partials = partials
    for frame in _frames(chance, size):
        _drive(reader.see(frame), hostile)
    _drive(reader.end(), hostile)
