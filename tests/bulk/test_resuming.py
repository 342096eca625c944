"""A recording with several regions whose reading was killed, and read on from there."""

from __future__ import annotations

import os
import signal
import sys
import threading
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from capture_daemon.bulk.job import Job, JobOutcome, settings_of
from capture_daemon.bulk.process import JobProcess
from capture_daemon.bulk.video_folder import LINES, read_entries
from capture_daemon.config import models
from capture_daemon.records import Choice, Line
from tests.pipeline.test_several_regions import REGIONS, THREE, TWO, Stage, film

WORDS = ("river", "window", "garden", "letter", "summer", "dragon", "bottle", "castle", "orange", "thunder", "market")
KILLED_AT = 52
"""How many lines and choices are written when it is killed."""
VARYING = ("stream", "session", "time", "started")


def stages() -> list[Stage]:
    """Lines, a message beside every second, which stands longer than they, and a menu after every fourth."""
    made: list[Stage] = [(0.5, "", "", None)]
    for number in range(36):
        one, other = WORDS[number % len(WORDS)], WORDS[(number * 3 + 1) % len(WORDS)]
        text = f"Did the {one} of {number + 10} days ago see our {other}?"
        message = f"A {other} was found." if number % 2 else ""
        made += [(1.2, text, message, None), (0.3, text if number % 4 == 3 else "", message, None)]
        if number % 4 == 3:
            menu = TWO if number % 8 == 3 else THREE
            made += [(0.6, text, "", menu), (0.6, text, "", replace(menu, lit=number % 2)), (0.4, "", "", None)]
    return made


def read(job: Job, *, kill_at: int | None = None) -> JobOutcome:
    """Read it in a process of its own, which is killed once so many lines and choices are written."""
    ended = threading.Event()

    def kill() -> None:
        file = Path(job.folder) / LINES
        while not ended.wait(0.01):
            if file.exists() and file.read_bytes().count(b"\n") >= (kill_at or 0):
                [child] = [one for one in psutil.Process().children() if "capture_daemon.bulk.child" in one.cmdline()]
                os.kill(child.pid, signal.SIGKILL)
                return

    killing = threading.Thread(target=kill)
    if kill_at is not None:
        killing.start()
    try:
        *_, outcome = JobProcess(job).messages()
    finally:
        ended.set()
        if kill_at is not None:
            killing.join()
    assert isinstance(outcome, JobOutcome)
    return outcome


def written(job: Job) -> list[dict[str, object]]:
    return [
        {key: value for key, value in entry.to_dict().items() if key not in VARYING}
        for entry in read_entries(Path(job.folder))
    ]


@pytest.mark.timeout(400)
@pytest.mark.skipif(sys.platform == "win32", reason="no such signals there")
def test_killed_and_read_on_it_is_as_in_one_go(tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text(REGIONS, encoding="utf-8")
    settings = settings_of(models.load(tmp_path / "c.toml", None, {"ocr.timeout": 90.0}))
    video = str(film(tmp_path / "game.mkv", stages()))
    whole, cut = Job(video, str(tmp_path / "whole"), settings), Job(video, str(tmp_path / "cut"), settings)
    assert read(whole).end == "done"
    assert {entry["region"] for entry in written(whole)} == {"dialogue", "system", "choices"}
    assert read(cut, kill_at=KILLED_AT).end == "failed"
    kept = read_entries(Path(cut.folder))
    assert KILLED_AT <= len(kept) < len(written(whole))
    outcome = read(replace(cut, resume=True))
    assert outcome.end == "done"
    assert written(cut) == written(whole)
    # It was read on, not read again.
    resumed = read_entries(Path(cut.folder))
    assert resumed[: len(kept) - 4] == kept[: len(kept) - 4]
    assert all(isinstance(entry, Line | Choice) for entry in resumed)
    assert outcome.shown < 55
