from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from capture_daemon.bulk.job import fingerprint, settings_of
from capture_daemon.bulk.plan import BulkOptions, Plan, duration_of, find_videos, plan, video_folders
from capture_daemon.bulk.video_folder import LINES, Stage, VideoState
from capture_daemon.config import models
from capture_daemon.config.models import Configuration
from capture_daemon.errors import ConfigurationError, LogError, OutputExistsError
from tests.program import SAMPLE

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


def make(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"video")
    return path


def names(folders: dict[Path, Path]) -> list[str]:
    return [folder.name for folder in folders.values()]


def note(video: Path, folder: Path) -> None:
    folder.mkdir(parents=True)
    VideoState.of(video, "settings", pictures=False).write(folder, "done")


def test_folders_are_searched_and_a_video_is_taken_once(tmp_path: Path) -> None:
    for name in ("in/b/two.MKV", "in/one.mp4", "in/notes.txt", "in/._one.mp4", "other.bin"):
        make(tmp_path / name)
    found = find_videos(
        [str(tmp_path / "other.bin"), str(tmp_path / "in"), str(tmp_path / "in" / "b" / ".." / "one.mp4")]
    )
    assert [path.name for path in found] == ["other.bin", "two.MKV", "one.mp4"]


def test_a_folder_without_videos_is_told_of(tmp_path: Path) -> None:
    make(tmp_path / "notes.txt")
    with pytest.raises(ConfigurationError, match=r"holds no video.*\.mkv"):
        find_videos([str(tmp_path)])


def test_videos_of_the_same_name_get_folders_of_their_own(tmp_path: Path) -> None:
    made = [
        make(tmp_path / name) for name in ("a/ep.mp4", "b/ep.mp4", "b/EP.mkv", "c/x/ep.mp4", "d/x/ep.mp4", "d/x/ep.mkv")
    ]
    chosen = names(video_folders(made, tmp_path / "out"))
    assert [chosen[0], chosen[1], chosen[3]] == ["ep", "b-ep", "x-ep"]
    assert len({name.casefold() for name in chosen}) == len(made)


def test_a_video_keeps_the_folder_that_it_has(tmp_path: Path) -> None:
    one, other = make(tmp_path / "a" / "ep.mp4"), make(tmp_path / "b" / "ep.mp4")
    note(other, tmp_path / "out" / "ep")
    assert names(video_folders([one, other], tmp_path / "out")) == ["a-ep", "ep"]


def test_what_somebody_else_keeps_is_left_alone(tmp_path: Path) -> None:
    video = make(tmp_path / "a" / "ep.mp4")
    make(tmp_path / "out" / "ep" / LINES)
    assert names(video_folders([video], tmp_path / "out")) == ["a-ep"]


def test_durations(tmp_path: Path) -> None:
    assert duration_of(SAMPLE / "sample.mp4") == pytest.approx(50.1, abs=0.1)
    assert duration_of(make(tmp_path / "no.mp4")) is None
