"""A picture of each line, by a daemon that reads a screen, and by one that reads a recording."""

from __future__ import annotations

import asyncio
import json
import logging
import shutil
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from capture_daemon.client import picture
from capture_daemon.config import models
from capture_daemon.daemon.daemon import Daemon
from capture_daemon.frames import Box, Region, Regions, Size
from capture_daemon.linelog import scan
from capture_daemon.pictures import picture_folder as folder_module
from capture_daemon.records import Line
from tests.footage import cut_sample
from tests.server.helpers import WAIT, until
from tests.stage import BOX, REGION, Stage, staged
from tests.web import get
from tests.x_server import XServer

FOLDER = "lines.pictures"


def shown(data: bytes) -> Any:
    decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert decoded is not None
    return decoded


def logged(log: Path) -> list[Line]:
    with log.open("rb") as file:
        return [record for record in scan.records(file) if isinstance(record, Line)]


def files(folder: Path) -> set[str]:
    return {file.name for file in (folder / FOLDER).iterdir() if not file.name.startswith(".")}


async def kept(stage: Stage, line: Line) -> bytes:
    """The picture of a line, once it is there."""
    async with asyncio.timeout(WAIT):
        while not (found := await picture(stage.address, line)):  # noqa: ASYNC110 - nothing says when it is written
            await asyncio.sleep(0.02)
    return found


def test_a_command_gets_the_picture_of_its_line(
    tmp_path: Path, x_server: XServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/")
    script = 'while [ ! -e "$2" ]; do sleep 0.05; done; cp "$2" "$3/$1.jpg"'
    command = ["sh", "-c", script, "sh", "{region}", "{picture}", str(tmp_path)]
    settings = f'[regions]\ndialogue = "{REGION}"\n[output]\ncommand = {json.dumps(command)}\n'

    async def main() -> bytes:
        async with staged(tmp_path, x_server, settings=settings, log__pictures="jpeg") as stage:
            stage.write("Take my picture.")
            await stage.until_said("Take my picture.")
            jpeg = await kept(stage, stage.lines[0])
            await stage.daemon._outputs._command.passed_on()
            return jpeg

    jpeg = asyncio.run(main())
    assert (tmp_path / "dialogue.jpg").read_bytes() == jpeg


def test_live_each_line_has_its_picture_also_after_a_restart(tmp_path: Path, x_server: XServer) -> None:
    async def first() -> list[Line]:
        async with staged(tmp_path, x_server, log__pictures="jpeg") as stage:
            x_server.paint(300, 20, 40, 40, (250, 0, 0))
            for number, text in enumerate(("This is the first line.", "And here is another one."), 1):
                stage.write(text)
                await stage.until(lambda number=number: len(stage.lines) == number)  # type: ignore[misc]
                seen = shown(await kept(stage, stage.lines[-1]))
                assert seen.shape == (480, 640)
                left, top, width, height = stage.lines[-1].box
                assert seen[top : top + height, left : left + width].std() > 20
                assert seen[30, 320] > 40  # the red square beyond the region
            assert [line.picture for line in stage.lines] == [
                f"{FOLDER}/{line.stream}-{line.seq}.jpg" for line in stage.lines
            ]
            status, reason = await asyncio.to_thread(get, stage.address, "/v1/pictures/99")
            assert (status, reason) == (404, "there is no line 99 yet: the last one is 2\n")
            assert await picture(stage.address, 2, stream="0" * 12) is None
            return stage.lines

    async def second() -> None:
        async with staged(tmp_path, x_server, log__pictures="jpeg") as stage:
            assert await picture(stage.address, 1) == (tmp_path / str(before[0].picture)).read_bytes()
            (tmp_path / str(before[0].picture)).unlink()
            assert await picture(stage.address, before[0]) is None
            assert "not kept, or no longer" in (await asyncio.to_thread(get, stage.address, "/v1/pictures/1"))[1]

    before = asyncio.run(first())
    asyncio.run(second())


def test_only_the_region(tmp_path: Path, x_server: XServer) -> None:
    async def main() -> None:
        async with staged(tmp_path, x_server, log__pictures="jpeg", log__picture_part="region") as stage:
            stage.write("Only this part is kept.")
            await stage.until_said("Only this part is kept.")
            height, width = shown(await kept(stage, stage.lines[0])).shape
            assert BOX[2] <= width < 640
            assert BOX[3] <= height < 120

    asyncio.run(main())


def test_a_correction_has_a_picture_of_its_own(tmp_path: Path, x_server: XServer) -> None:
    async def main() -> None:
        async with staged(tmp_path, x_server, log__pictures="jpeg", log__picture_part="region") as stage:
            stage.write("You know what I mean.")
            await stage.until(lambda: stage.lines)
            stage.write("You know what I mean. Or don't you?")
            await stage.until(lambda: len(stage.lines) == 2)
            early, late = stage.lines
            assert (late.replaces, late.text) == (early.seq, "You know what I mean. Or don't you?")
            before, after = shown(await kept(stage, early)), shown(await kept(stage, late))
            part = Regions(Region.parse(REGION)).resolve(Size(640, 480)).needed
            left, top, width, height = Box(*late.box).shifted(-part.left, -part.top)
            text = (slice(top, top + height), slice(left + early.box[2] + 8, left + width))
            assert before[text].std() < 5 < after[text].std()

    asyncio.run(main())


def test_without_it_no_folder_is_made(tmp_path: Path, x_server: XServer) -> None:
    async def main() -> None:
        async with staged(tmp_path, x_server) as stage:
            stage.write("No picture of this.")
            await stage.until_said("No picture of this.")
            assert stage.lines[0].picture is None
            answer = await asyncio.to_thread(get, stage.address, "/v1/pictures/1")
            assert answer == (404, "no pictures are kept: see log.pictures\n")

    asyncio.run(main())
    assert not (tmp_path / FOLDER).exists()


@pytest.mark.parametrize("trouble", ["full", "no folder", "removed"])
def test_what_goes_wrong_is_said_once_and_costs_no_line(
    trouble: str, tmp_path: Path, x_server: XServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    texts = ["The first line stands here.", "Then another one comes.", "At last there is a third."]

    left_free = folder_module.LEFT_FREE

    async def main() -> None:
        async with staged(tmp_path, x_server, log__pictures="jpeg") as stage:
            if trouble == "full":
                monkeypatch.setattr(folder_module, "LEFT_FREE", 1 << 60)
            elif trouble == "no folder":
                (tmp_path / FOLDER).write_text("in the way", encoding="utf-8")
            for number, text in enumerate(texts, 1):
                stage.write(text)
                await stage.until(lambda number=number: len(stage.lines) == number)  # type: ignore[misc]
                if trouble == "removed":
                    await kept(stage, stage.lines[-1])
                    shutil.rmtree(tmp_path / FOLDER)
                else:
                    await until(lambda: bool(warnings()))
            if trouble == "removed":
                return
            assert [line.picture is None for line in stage.lines] == [False, True, True]
            # Not `undo`, which would take the screen's name away as well.
            monkeypatch.setattr(folder_module, "LEFT_FREE", left_free)
            (tmp_path / FOLDER).unlink(missing_ok=True) if trouble == "no folder" else None
            stage.write("Now it is well again.")
            await stage.until(lambda: len(stage.lines) == 4)
            await kept(stage, stage.lines[-1])

    def warnings() -> list[str]:
        return [
            one.getMessage() for one in caplog.records if one.levelno >= logging.WARNING and FOLDER in one.getMessage()
        ]

    asyncio.run(main())
    assert [line.text for line in logged(tmp_path / "lines.jsonl")][:3] == texts
    said = {"full": "are left to the log", "no folder": "can't be written", "removed": "was removed"}[trouble]
    # A folder that is removed again is said again.
    assert len([message for message in warnings() if said in message]) == (2 if trouble == "removed" else 1)
    assert all(text not in message for text in texts for message in caplog.messages)


@pytest.mark.parametrize("realtime", [False, True])
def test_a_recording_gives_the_frame_of_each_line(realtime: bool, tmp_path: Path) -> None:
    clip = cut_sample(tmp_path / "clip.mp4", 9)
    values = {
        "source.name": str(clip),
        "regions.dialogue": "140,546,1000,144",
        "regions.speaker": "150,492,180,44",
        "log.path": str(tmp_path / "lines.jsonl"),
        "log.pictures": "jpeg",
        "server.port": 0,
    }
    daemon = Daemon(models.load(None, None, values), realtime=realtime)
    asyncio.run(daemon.run())
    lines = logged(tmp_path / "lines.jsonl")
    assert lines
    assert files(tmp_path) == {str(line.picture).removeprefix(f"{FOLDER}/") for line in lines}
    for line in lines:
        left, top, width, height = line.box
        seen = shown((tmp_path / str(line.picture)).read_bytes())
        assert seen.shape == (720, 1280)
        assert seen[top : top + height, left : left + width].std() > 30
