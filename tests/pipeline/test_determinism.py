"""A recording gives the same lines, byte for byte, however burdened the machine and however long each answer takes."""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bench.extracting import Collector
from bench.games.__main__ import missing_fonts
from bench.games.playing import Player
from bench.games.render import Painter, encode
from bench.games.traits import make
from capture_daemon.bulk.video_folder import LINES
from capture_daemon.config.models import Configuration
from capture_daemon.frames import ColourImage
from capture_daemon.ocr.engine import FoundBox, RowImage, RowText
from capture_daemon.ocr.worker import OcrWorker
from capture_daemon.pipeline.session import CaptureSession
from tests.footage import cut_sample
from tests.program import call

SEEDS = (3, 12)
"""Random games of 1280x720 over pictures that move: subtitles in Spanish, and letters that pop up."""
SECONDS, SAMPLE_SECONDS = 5, 7
REGION = "0.05,0.64,0.9,0.34"
"""Where all of them have their text, with room to spare."""
WALL_CLOCK = ("stream", "session", "time", "started", "source")
"""What may differ from run to run, and how the recording was named."""
LONGEST_DELAY = 0.06
"""Seconds by which an answer comes late, at most."""


def draw(seed: int, target: Path) -> None:
    """The beginning of a random game; skips where a font is missing."""
    game = make(seed)
    if lacking := missing_fonts(game):
        pytest.skip(f"needs Debian package {', '.join(lacking)}")
    player = Player(game)
    player.play()
    encode(target, Painter(game).frames(player.states[: SECONDS * game.fps]), game)


BUSY = """
import os
os.nice(10)  # as the worker that reads: with more it would hardly get a turn
while True:
    pass
"""


@contextmanager
def burden(processes: int = 2) -> Iterator[None]:
    """A machine on which others work, too."""
    others = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(processes)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


def told(records: Sequence[dict[str, Any]]) -> list[str]:
    """Lines as they are written, but for what names the run."""
    kept = [{key: value for key, value in record.items() if key not in WALL_CLOCK} for record in records]
    return [json.dumps(record, ensure_ascii=False) for record in kept]


def extracted(folder: Path, clips: Sequence[Path], jobs: int) -> dict[str, list[str]]:
    """The lines of clips, by the program."""
    output = folder / f"jobs-{jobs}"
    command = ["extract", *map(str, clips), "--output-dir", str(output), "--region", REGION, "--jobs", str(jobs)]
    done = call(folder, *command)
    assert done.code == 0, done.errors
    lines = {clip.stem: (output / clip.stem / LINES).read_text(encoding="utf-8") for clip in clips}
    return {name: told([json.loads(line) for line in text.splitlines()]) for name, text in lines.items()}


async def read_late(clip: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The lines of a clip each of whose answers comes late by chance; the network runs on another number of threads."""
    chance = random.Random(seed)
    find, read = OcrWorker.find, OcrWorker.read

    async def find_late(self: OcrWorker, picture: ColourImage, scale: float | None = None) -> list[FoundBox] | None:
        found = await find(self, picture, scale)
        await asyncio.sleep(chance.uniform(0, LONGEST_DELAY))
        return found

    async def late(self: OcrWorker, rows: Sequence[RowImage]) -> list[RowText]:
        texts = await read(self, rows)
        await asyncio.sleep(chance.choice([0, LONGEST_DELAY]))
        return texts

    values = {"source": {"name": str(clip)}, "regions": {"dialogue": REGION}, "ocr": {"threads": 2}}
    capture = CaptureSession(Configuration.model_validate(values))
    collector = Collector()
    with monkeypatch.context() as patch:
        patch.setattr(OcrWorker, "find", find_late)
        patch.setattr(OcrWorker, "read", late)
        try:
            await capture.load()
            await capture.open()
            await capture.run(collector)
        finally:
            await capture.close()
    return told([line.to_dict() for line in collector.lines])


@pytest.mark.timeout(300)
@pytest.mark.skipif(sys.platform == "win32", reason="no such priorities there")
def test_a_recording_gives_the_same_lines_whatever_the_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clips = [cut_sample(tmp_path / "sample.mp4", SAMPLE_SECONDS)]
    for seed in SEEDS:
        clips.append(tmp_path / f"game-{seed}.mkv")
        draw(seed, clips[-1])
    calm = extracted(tmp_path, clips, jobs=1)
    # Something is compared: each clip says something.
    assert all(calm.values()), calm
    with burden():
        assert extracted(tmp_path, clips, jobs=2) == calm
    for number, clip in enumerate(clips):
        assert asyncio.run(read_late(clip, number, monkeypatch)) == calm[clip.stem]
