"""The folder of pictures: bounded, private, and somebody else's files are left alone."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from capture_daemon.pictures import picture_folder as module
from capture_daemon.pictures.picture_folder import PictureFolder, folder_of

DAY = 86_400


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def opened(path: Path, most: float = 1.0, age: float = 30.0) -> PictureFolder:
    return PictureFolder(path, most=most, age=age)


def test_it_lies_beside_the_log() -> None:
    assert folder_of(Path("/x/dialogue.jsonl")) == Path("/x/dialogue.pictures")
    assert folder_of(Path("/x/log.txt")) == Path("/x/log.txt.pictures")


def test_a_picture_is_written_for_its_owner_and_read_back(tmp_path: Path) -> None:
    folder = opened(tmp_path / "a.pictures")
    folder.write("ab12-1.jpg", b"one")
    assert folder.read("ab12-1.jpg") == b"one"
    assert folder.read("ab12-2.jpg") is None
    assert (folder.path / "ab12-1.jpg").stat().st_mode & 0o777 == 0o600
    assert folder.path.stat().st_mode & 0o777 == 0o700


def test_the_oldest_go_beyond_the_size_also_those_of_earlier_runs(tmp_path: Path) -> None:
    for run in range(3):
        folder = opened(tmp_path / "p", most=0.01)
        for seq in (1, 2, 3):
            folder.write(f"stream{run}-{seq}.jpg", bytes(3000))
        assert folder.size == 9000
        assert len(names(folder.path)) == 3
    assert folder.dropped == 3
    assert names(folder.path) == [f"stream2-{seq}.jpg" for seq in (1, 2, 3)]


def test_the_oldest_go_beyond_the_age(tmp_path: Path) -> None:
    folder = opened(tmp_path / "p", age=2)
    for seq, days in ((1, 3), (2, 1)):
        folder.write(f"ab-{seq}.jpg", b"x")
        then = time.time() - days * DAY
        os.utime(folder.path / f"ab-{seq}.jpg", (then, then))
    again = opened(tmp_path / "p", age=2)
    again.begin()
    assert names(folder.path) == ["ab-2.jpg"]


def test_what_is_somebody_elses_stays(tmp_path: Path) -> None:
    folder = opened(tmp_path / "p", most=0.005)
    folder.path.mkdir()
    (folder.path / "notes.txt").write_bytes(bytes(9000))
    (folder.path / "ab-7.jpg").symlink_to(folder.path / "notes.txt")
    (folder.path / ".ab-8.jpg.x1y_2").write_bytes(b"half a picture, of a daemon that was killed")
    folder.write("ab-1.jpg", bytes(3000))
    folder.write("ab-2.jpg", bytes(3000))
    assert names(folder.path) == ["ab-2.jpg", "ab-7.jpg", "notes.txt"]
    assert folder.size == 3000


def test_nothing_is_read_from_elsewhere(tmp_path: Path) -> None:
    folder = opened(tmp_path / "p")
    folder.write("ab-1.jpg", b"x")
    (tmp_path / "secret-1.jpg").write_bytes(b"secret")
    (folder.path / "link-1.jpg").symlink_to(tmp_path / "secret-1.jpg")
    assert folder.read("../secret-1.jpg") is None
    with pytest.raises(OSError, match="symbolic links"):
        folder.read("link-1.jpg")


def test_a_link_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "p").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic link"):
        opened(tmp_path / "p").write("ab-1.jpg", b"x")
    assert names(tmp_path / "elsewhere") == []


def test_a_folder_that_was_removed_is_made_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = opened(tmp_path / "p")
    folder.write("ab-1.jpg", b"x")
    (folder.path / "ab-1.jpg").unlink()
    folder.path.rmdir()
    assert folder.read("ab-1.jpg") is None
    folder.write("ab-2.jpg", b"xy")
    folder.write("ab-3.jpg", b"xy")
    assert names(folder.path) == ["ab-2.jpg", "ab-3.jpg"]
    assert folder.size == 4
    assert len([message for message in caplog.messages if "was removed" in message]) == 1


def test_room_is_left_to_the_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = opened(tmp_path / "p")
    folder.write("ab-1.jpg", b"x")
    monkeypatch.setattr(module, "LEFT_FREE", 1 << 60)
    with pytest.raises(OSError, match="are left to the log"):
        folder.write("ab-2.jpg", b"x")
    assert names(folder.path) == ["ab-1.jpg"]
