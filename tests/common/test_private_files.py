from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from capture_daemon.common import private_files

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX permissions and links")


@pytest.fixture(params=[0o000, 0o022], autouse=True)
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def mode(path: Path) -> str:
    return oct(path.stat().st_mode & 0o777)


def test_a_file_is_its_owners_also_where_others_could_read_the_older_one(tmp_path: Path) -> None:
    file = tmp_path / "picture.png"
    for _ in range(2):
        private_files.write(file, b"what was on screen")
        assert (mode(file), file.read_bytes()) == ("0o600", b"what was on screen")
        file.chmod(0o666)
    assert [one.name for one in tmp_path.iterdir()] == ["picture.png"]


def test_folders_that_are_made_are_their_owners(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    private_files.make_folder(tmp_path / "a" / "b")
    assert [mode(one) for one in (tmp_path, tmp_path / "a", tmp_path / "a" / "b")] == ["0o755", "0o700", "0o700"]
    private_files.make_folder(tmp_path / "a" / "b")


@pytest.mark.parametrize("there", [True, False])
def test_nothing_is_written_by_way_of_a_link(tmp_path: Path, there: bool) -> None:
    diary, link = tmp_path / "diary", tmp_path / "link"
    if there:
        diary.write_text("dear diary\n")
    link.symlink_to(diary)
    with pytest.raises(OSError, match="is a symbolic link"):
        private_files.write(link, b"x")
    with pytest.raises(OSError, match="is a symbolic link"):
        private_files.begin(link)
    with pytest.raises(OSError, match="is a symbolic link"):
        private_files.make_inner_folder(link)
    assert link.is_symlink()
    assert diary.read_text() == "dear diary\n" if there else not diary.exists()


def test_a_device_is_written_to_as_it_is() -> None:
    private_files.write(Path(os.devnull), b"x")
    assert not Path(os.devnull).is_file()


def test_a_file_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(IsADirectoryError):
        private_files.write(tmp_path / "folder", b"x")
    assert [one.name for one in tmp_path.iterdir()] == ["folder"]


def test_a_file_that_others_write_into_is_begun_as_its_owners(tmp_path: Path) -> None:
    file = tmp_path / "answers"
    private_files.begin(file)
    assert mode(file) == "0o600"
    file.write_text("kept")
    file.chmod(0o644)
    private_files.begin(file)
    assert (mode(file), file.read_text()) == ("0o600", "kept")
