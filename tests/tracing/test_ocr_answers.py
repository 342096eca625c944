from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence

import numpy as np

from capture_daemon.frames import Box, ColourImage, Frame, Size
from capture_daemon.ocr.engine import Character, FoundBox, RowImage, RowText
from capture_daemon.tracing.ocr_answers import (
    Found,
    LastFrames,
    Look,
    ReadRow,
    RecordingBackend,
    ReplayBackend,
    look_of,
)

PICTURE = np.random.default_rng(1).integers(0, 255, (60, 200, 3), np.uint8)
NEEDED = Box(100, 300, 200, 60)
TEXT = RowText("Ahoy", 0.9, (Character("A", 3.0, 0.9),))


class Engine:
    """Answers always the same, and counts."""

    def __init__(self) -> None:
        self.asked = 0

    async def find(self, picture: ColourImage, scale: float | None = None) -> list[FoundBox] | None:
        self.asked += 1
        return [FoundBox(Box(20, 10, 80, 20), 0.9)]

    async def read(self, rows: Sequence[RowImage]) -> list[RowText]:
        self.asked += len(rows)
        return [TEXT] * len(rows)


def shown(time: float, picture: ColourImage = PICTURE) -> LastFrames:
    scene = LastFrames()
    scene.show(Frame(picture[:, :, 0], time, 1, NEEDED, Size(640, 480), colour=lambda: picture))
    return scene


def row(left: int = 10, pixels: ColourImage = PICTURE) -> RowImage:
    return RowImage(pixels[5:35, left : left + 100].copy(), Box(10, 5, 80, 20))


def test_where_a_picture_comes_from() -> None:
    scene = shown(1.0)
    assert scene.place_of(PICTURE[20:40, 30:90]) == Box(130, 320, 60, 20)
    assert scene.place_of(255 - PICTURE[20:40, 30:90]) is None
    assert scene.place_of(np.zeros((100, 300, 3), np.uint8)) is None


def test_answers_are_kept_and_asked_for_once() -> None:
    engine = Engine()
    looker = RecordingBackend(engine, shown(1.0))

    async def main() -> None:
        for _ in range(2):
            await looker.find(PICTURE, 0.5)
            assert await looker.read([row()]) == [TEXT]

    asyncio.run(main())
    assert engine.asked == 2
    again = [look_of(json.loads(json.dumps(look.record()))) for look in looker.looks]
    assert again == looker.looks
    assert [look.place for look in again] == [NEEDED, Box(120, 310, 80, 20)]


def test_the_same_picture_gets_the_same_answer() -> None:
    scene = shown(1.0)
    kept = RecordingBackend(Engine(), scene)

    async def main() -> None:
        found = await kept.find(PICTURE, 0.5)
        await kept.read([row()])
        recalled = ReplayBackend(kept.looks, scene)
        assert await recalled.find(PICTURE, 0.7) == found
        assert await recalled.read([row()]) == [TEXT]
        assert (recalled.asked, recalled.guessed) == (2, 0)

    asyncio.run(main())


def test_another_picture_gets_the_answer_of_the_same_place_nearest_in_time() -> None:
    other = np.random.default_rng(2).integers(0, 255, PICTURE.shape, np.uint8)
    near, far = FoundBox(Box(20, 10, 80, 20), 0.9), FoundBox(Box(0, 0, 9, 9), 0.9)
    looks: list[Look] = [
        Found(1.0, "a", 0.5, NEEDED, (near,)),
        Found(9.0, "b", 0.5, NEEDED, (far,)),
        ReadRow(1.0, "c", Box(121, 311, 80, 20), TEXT),
        ReadRow(1.5, "d", Box(121, 340, 80, 20), RowText("elsewhere", 0.9)),
    ]
    recalled = ReplayBackend(looks, shown(2.0, other))

    async def main() -> None:
        assert await recalled.find(other[5:, 10:], 0.5) == [FoundBox(Box(10, 5, 80, 20), 0.9)]
        assert await recalled.find(255 - other[:30], 0.5) == []
        assert await recalled.read([row(pixels=other)]) == [TEXT]
        assert await recalled.read([row(90, other)]) == [RowText("", 0.0)]
        assert (recalled.asked, recalled.guessed) == (4, 4)

    asyncio.run(main())
