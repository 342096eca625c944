"""A video read in one go, and read again from where it was interrupted."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from capture_daemon.bulk.job import Job, JobOutcome, Progress, settings_of
from capture_daemon.bulk.video_folder import LINES, NOTE_NAME, PICTURES, SUBTITLES, read_entries, read_lines
from capture_daemon.bulk.work import Work
from capture_daemon.config import models
from capture_daemon.records import Choice
from tests.pipeline.test_several_regions import REGIONS, THREE, TWO, film
from tests.program import SAMPLE
from tests.reading.menus import drawn, still

SETTINGS = settings_of(
    models.load(
        None,
        None,
        {"regions.dialogue": "140,546,1000,144", "regions.speaker": "150,492,180,44", "ocr.timeout": 90.0},
    )
)


def work(job: Job) -> tuple[JobOutcome, list[Progress]]:
    told: list[Progress] = []
    return asyncio.run(Work(job, told.append).run()), told


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def interrupt(folder: Path, lines: int) -> None:
    """Leave the folder as a kill leaves it in the middle of writing a line."""
    written = (folder / LINES).read_bytes().splitlines(keepends=True)
    (folder / LINES).write_bytes(b"".join(written[:lines]) + written[lines][:40])
    (folder / SUBTITLES).unlink()
    note = json.loads((folder / NOTE_NAME).read_text(encoding="utf-8"))
    (folder / NOTE_NAME).write_text(json.dumps(note | {"stage": "begun", "lines": 0}), encoding="utf-8")


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Job:
    folder = tmp_path_factory.mktemp("bulk") / "sample"
    job = Job(str(SAMPLE / "sample.mp4"), str(folder), SETTINGS, pictures=True)
    outcome, told = work(job)
    assert outcome.end == "done", outcome
    # A lone ellipsis among them may be lost.
    assert outcome.lines >= 14
    assert {one.doing for one in told} == {"opening", "reading", "pictures"}
    return job


def test_lines_subtitles_and_a_picture_a_line(job: Job) -> None:
    folder = Path(job.folder)
    lines = read_lines(folder)
    assert (folder / SUBTITLES).read_text(encoding="utf-8").count(" --> ") == len(lines)
    pictures = [folder / str(line.picture) for line in lines]
    assert sorted((folder / PICTURES).iterdir()) == sorted(pictures)
    shown = cv2.imread(str(pictures[0]), cv2.IMREAD_GRAYSCALE)
    assert shown is not None
    assert shown.shape == (720, 1280)
    left, top, width, height = lines[0].box
    assert shown[top : top + height, left : left + width].std() > 30


def test_a_menu_has_the_picture_in_which_it_stood_last(tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text(REGIONS, encoding="utf-8")
    settings = settings_of(models.load(tmp_path / "c.toml", None, {"ocr.timeout": 90.0}))
    outcome, _ = work(Job(str(film(tmp_path / "game.mkv")), str(tmp_path / "out"), settings, pictures=True))
    assert outcome.end == "done", outcome
    choices = [entry for entry in read_entries(tmp_path / "out") if isinstance(entry, Choice)]
    for choice, menu in zip(choices, (replace(TWO, lit=1), replace(THREE, lit=2)), strict=True):
        shown = cv2.imread(str(tmp_path / "out" / str(choice.picture)))
        assert shown is not None
        stood = drawn(still(0.0), menu)
        assert np.abs(shown[60 : 60 + len(stood)].astype(int) - stood).mean() < 3


def test_what_is_gone_on_with_comes_out_as_in_one_go(job: Job) -> None:
    folder = Path(job.folder)
    whole = contents(folder)
    interrupt(folder, 13)
    outcome, told = work(replace(job, resume=True))
    assert outcome.end == "done"
    assert outcome.shown < 40
    assert min(one.position for one in told if one.doing == "reading") > 5
    assert contents(folder) == whole


def test_an_unreadable_video_is_an_outcome(tmp_path: Path) -> None:
    outcome, _ = work(Job(str(tmp_path / "nothere.mp4"), str(tmp_path / "out"), SETTINGS))
    assert (outcome.end, outcome.kind) == ("failed", "SourceError")
    assert "nothere.mp4" in str(outcome.error)
