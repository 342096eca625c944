"""The dialogue's region is found by itself: in a recording from its first minutes, on a screen after a few lines."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from capture_daemon.config import models
from capture_daemon.errors import ConfigurationError
from capture_daemon.frames import Box, ColourImage, Regions, Size
from capture_daemon.ocr.engine import FoundBox, RowImage, RowText
from capture_daemon.pipeline import region_finding
from capture_daemon.pipeline.session import CaptureSession
from capture_daemon.reading.finding import FoundRegions
from tests.footage import cut_sample
from tests.program import SAMPLE
from tests.stage import BOX, staged
from tests.x_server import XServer

SIZE = Size(1280, 720)
TEXTS = (
    "The tide turns before noon.",
    "So do we.",
    "Nobody told the harbour master anything.",
    "Why not?",
    "He never asked.",
    "And the lamp on the pier?",
    "Out since Tuesday.",
    "That is how it always begins.",
    "Hush. Somebody is coming.",
    "Only the cat.",
)


def find(name: Path, **values: str) -> Regions:
    """The regions that a capture of that recording finds when it is opened."""

    async def main() -> Regions:
        capture = CaptureSession(models.load(None, None, {"source.name": str(name), **values}))
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(capture.load())
                await capture.open()
            return capture.regions
        finally:
            await capture.close()

    return asyncio.run(main())


def holds(outer: Box, inner: Box) -> bool:
    return outer.intersection(inner) == inner


def test_in_the_sample_clip_dialogue_and_names_are_found(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    named = models.load(SAMPLE / "sample.toml").regions.regions()
    assert named is not None
    truth, found = named.resolve(SIZE), find(SAMPLE / "sample.mp4").resolve(SIZE)
    assert truth.speaker is not None
    assert found.speaker is not None
    first_rows = Box(truth.dialogue.left + 20, truth.dialogue.top + 20, truth.dialogue.width - 60, 90)
    assert holds(found.dialogue, first_rows), found
    assert holds(found.speaker, Box(truth.speaker.left + 10, truth.speaker.top + 10, 90, 24)), found
    assert found.dialogue.intersection(found.speaker) is None
    assert "the dialogue was found: --region " in caplog.text


def test_a_recording_with_too_little_text_says_what_to_do(tmp_path: Path) -> None:
    short = cut_sample(tmp_path / "short.mp4", 3.0)
    with pytest.raises((ConfigurationError, ExceptionGroup)) as raised:
        find(short)
    error = raised.value.exceptions[0] if isinstance(raised.value, ExceptionGroup) else raised.value
    assert isinstance(error, ConfigurationError)
    assert "no dialogue was found" in str(error)
    assert "--region" in str(error)


def test_regions_that_are_named_stay() -> None:
    table = {"dialogue": "auto", "speaker": "1,2,30,4", "ignore": ["5,6,7,8"]}
    configuration = models.Configuration.model_validate({"regions": table})
    regions = region_finding.as_regions(FoundRegions(Box(10, 20, 300, 40), Box(10, 2, 30, 12)), configuration)
    assert [str(region) for region in (regions.dialogue, regions.speaker, *regions.ignore)] == [
        "10,20,300,40",
        "1,2,30,4",
        "5,6,7,8",
    ]


class Shown:
    """A live source and an OCR worker in one: what it shows is what the worker finds, whatever the picture."""

    name = "screen:1"

    def __init__(self) -> None:
        self.rows: list[tuple[Box, str]] = []
        self._level = 0

    async def whole(self) -> ColourImage:
        self._level = (self._level + 40) % 256
        return np.full((720, 1280, 3), self._level, np.uint8)

    async def find(self, picture: ColourImage, scale: float | None = None) -> list[FoundBox]:
        return [FoundBox(box, 0.9) for box, _ in self.rows]

    async def read(self, rows: Sequence[RowImage]) -> list[RowText]:
        texts = {box.width: text for box, text in self.rows}
        return [RowText(texts[row.row.width], 0.99) for row in rows]

    def say(self, text: str, name: str | None = None) -> None:
        self.rows = [(Box(140, 560, 14 * len(text), 34), text)]
        if name is not None:
            self.rows.append((Box(150, 505, 15 * len(name), 34), name))


def test_names_that_come_later_are_still_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(region_finding, "INTERVAL", 0.0)

    async def main() -> None:
        shown, search, line = Shown(), region_finding.Search(), asyncio.Event()
        moved: asyncio.Queue[FoundRegions] = asyncio.Queue()

        async def play() -> None:
            for number in range(1000):
                shown.say(f"{TEXTS[number % len(TEXTS)]} {number}")
                await asyncio.sleep(0.01)

        playing = asyncio.create_task(play())
        found = await search.run(shown, shown)  # type: ignore[arg-type]
        playing.cancel()
        assert found is not None
        assert found.speaker is None
        search.go_on(found, line, moved.put)
        later = found
        for number in range(500):
            shown.say(f"{TEXTS[number % len(TEXTS)]} {number}", ("Juno", "Pip")[number % 2])
            line.set()
            await asyncio.sleep(0.02)
            later = later if moved.empty() else moved.get_nowait()
            if later.speaker is not None:
                break
        assert later.speaker is not None
        assert holds(later.speaker, Box(150, 505, 60, 34))
        search.end()

    asyncio.run(main())


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there is no X server there")
def test_on_a_screen_it_is_found_after_a_few_lines(tmp_path: Path, x_server: XServer) -> None:
    async def main() -> None:
        async with staged(tmp_path, x_server, settings='[regions]\ndialogue = "auto"\n') as stage:
            await stage.until(lambda: stage.states("source")[-1:] == ["waiting"])
            for text in TEXTS * 3:
                if stage.states("source")[-1] == "capturing":
                    break
                stage.write(text)
                await asyncio.sleep(1.5)
            assert stage.states("source")[-1] == "capturing"
            seen = len(stage.texts)
            stage.write("Now it is read.")
            await stage.until(lambda: "Now it is read." in stage.texts[seen:])
            answer = await stage.ask("frame")
            left, top, width, height = answer["regions"]["dialogue"]
            assert holds(Box(left, top, width, height), Box(BOX[0] + 14, BOX[1] + 14, 300, 26)), answer["regions"]
            assert height < 200

    asyncio.run(main())


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there is no X server there")
def test_a_region_that_is_set_ends_the_search(tmp_path: Path, x_server: XServer) -> None:
    async def main() -> None:
        async with staged(tmp_path, x_server, settings='[regions]\ndialogue = "auto"\n') as stage:
            await stage.until(lambda: stage.states("source")[-1:] == ["waiting"])
            answer = await stage.ask("set_region", region="dialogue", box=",".join(map(str, BOX)))
            assert answer["ok"], answer
            await stage.until(lambda: stage.states("source")[-1:] == ["capturing"])
            stage.write("So do we.")
            await stage.until_said("So do we.")

    asyncio.run(main())
