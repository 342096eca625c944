from __future__ import annotations

from pathlib import Path

import pytest

from capture_daemon.bulk import videos
from capture_daemon.bulk.folder import LINES
from capture_daemon.bulk.state import VideoState
from capture_daemon.errors import ConfigurationError
from tests.program import SAMPLE


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
    found = videos.find(
        [str(tmp_path / "other.bin"), str(tmp_path / "in"), str(tmp_path / "in" / "b" / ".." / "one.mp4")]
    )
    assert [path.name for path in found] == ["other.bin", "two.MKV", "one.mp4"]


def test_a_folder_without_videos_is_told_of(tmp_path: Path) -> None:
    make(tmp_path / "notes.txt")
    with pytest.raises(ConfigurationError, match=r"holds no video.*\.mkv"):
        videos.find([str(tmp_path)])


def test_videos_of_the_same_name_get_folders_of_their_own(tmp_path: Path) -> None:
    made = [
        make(tmp_path / name) for name in ("a/ep.mp4", "b/ep.mp4", "b/EP.mkv", "c/x/ep.mp4", "d/x/ep.mp4", "d/x/ep.mkv")
    ]
    folders = names(videos.folders(made, tmp_path / "out"))
    assert [folders[0], folders[1], folders[3]] == ["ep", "b-ep", "x-ep"]
    assert len({name.casefold() for name in folders}) == len(made)


def test_a_video_keeps_the_folder_that_it_has(tmp_path: Path) -> None:
    one, other = make(tmp_path / "a" / "ep.mp4"), make(tmp_path / "b" / "ep.mp4")
    note(other, tmp_path / "out" / "ep")
    assert names(videos.folders([one, other], tmp_path / "out")) == ["a-ep", "ep"]


def test_what_somebody_else_keeps_is_left_alone(tmp_path: Path) -> None:
    video = make(tmp_path / "a" / "ep.mp4")
    make(tmp_path / "out" / "ep" / LINES)
    assert names(videos.folders([video], tmp_path / "out")) == ["a-ep"]


def test_durations(tmp_path: Path) -> None:
    assert videos.duration_of(SAMPLE / "sample.mp4") == pytest.approx(50.1, abs=0.1)
    assert videos.duration_of(make(tmp_path / "no.mp4")) is None
