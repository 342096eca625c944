from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from capture_daemon.bulk.folder import LINES
from capture_daemon.bulk.job import fingerprint, settings_of
from capture_daemon.bulk.plan import BulkOptions, Plan, plan
from capture_daemon.bulk.state import Stage, VideoState
from capture_daemon.config import models
from capture_daemon.config.models import Configuration
from capture_daemon.errors import LogError, OutputExistsError

RESUME = BulkOptions(resume=True)


def configuration(**changes: object) -> Configuration:
    given = {name.replace("__", "."): value for name, value in changes.items()}
    return models.load(None, None, {"regions.dialogue": "1,2,30,40"} | given)


@pytest.fixture
def video(tmp_path: Path) -> Path:
    video = tmp_path / "ep.mp4"
    video.write_bytes(b"video")
    return video


def done(video: Path, stage: Stage = "done", **changes: object) -> None:
    """Leave what an earlier run left."""
    folder = video.parent / "out" / video.stem
    folder.mkdir(parents=True, exist_ok=True)
    (folder / LINES).touch()
    state = VideoState.of(video, fingerprint(settings_of(configuration())), pictures=False)
    state.write(folder, stage, lines=7, error="is damaged" if stage == "damaged" else None, **changes)


def planned(video: Path, options: BulkOptions = RESUME, **changes: object) -> Plan:
    return plan(configuration(**changes), [str(video)], video.parent / "out", options)


def test_a_new_video_is_to_be_done(video: Path) -> None:
    made = planned(video, BulkOptions())
    assert [(job.video, job.name, job.resume) for job in made.jobs] == [(str(video), "ep", False)]
    assert not made.before
    assert not (video.parent / "out").exists()


def test_a_finished_one_is_passed_over_and_a_damaged_one_told_of_again(video: Path) -> None:
    done(video)
    made = planned(video)
    assert not made.jobs
    assert [(outcome.end, outcome.lines, outcome.error) for outcome in made.before.values()] == [
        ("passed over", 7, None)
    ]
    done(video, "damaged")
    assert [(outcome.end, outcome.error) for outcome in planned(video).before.values()] == [("damaged", "is damaged")]


@pytest.mark.parametrize("stage", ["emptied", "begun", "failed"])
def test_one_that_was_not_finished_is_done(video: Path, stage: Stage) -> None:
    done(video, stage)
    assert [job.resume for job in planned(video).jobs] == [True]


def test_one_that_changed_is_done_again(video: Path) -> None:
    done(video)
    assert planned(video, regions__dialogue="1,2,30,41").jobs
    assert planned(video, ocr__language="ja").jobs
    assert planned(video, replace(RESUME, pictures=True)).jobs
    assert not planned(video, ocr__threads=2).jobs
    os.utime(video, (1, 1))
    assert planned(video).jobs


def test_a_damaged_note_is_as_good_as_none(video: Path) -> None:
    done(video)
    (video.parent / "out" / "ep" / "extraction.json").write_text("{", encoding="utf-8")
    [job] = planned(video).jobs
    assert job.name != "ep"


def test_lines_that_are_there_are_refused_unless_they_may_be_written_over(video: Path) -> None:
    done(video)
    with pytest.raises(OutputExistsError, match=r"--resume.*--overwrite"):
        planned(video, BulkOptions())
    assert planned(video, BulkOptions(overwrite=True)).jobs


def test_an_output_that_is_no_folder(video: Path) -> None:
    with pytest.raises(LogError, match="--output-dir"):
        plan(configuration(), [str(video)], video, BulkOptions())
