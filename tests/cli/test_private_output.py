"""What the commands write holds what was on screen: it is its owner's, and goes through nobody's link."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.footage import cut_sample
from tests.program import SAMPLE_REGIONS, call

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX permissions and links")


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cut_sample(tmp_path_factory.mktemp("clip") / "clip.mp4", 6)


@pytest.fixture(autouse=True)
def no_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


COMMANDS = {
    "snapshot": ("-o", "out.png"),
    "extract": ("-o", "out.jsonl"),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_file(tmp_path: Path, clip: Path, command: str) -> None:
    option, name = COMMANDS[command]
    source = ["--source", str(clip)] if command == "snapshot" else [str(clip)]
    arguments = [command, *source, *SAMPLE_REGIONS, option]
    outcome = call(tmp_path, *arguments, name)
    assert outcome.code == 0, outcome.errors
    assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
    (tmp_path / "diary").write_text("dear diary\n")
    link = tmp_path / f"link.{name}"
    link.symlink_to(tmp_path / "diary")
    refused = call(tmp_path, *arguments, link.name, *(["--overwrite"] if command == "extract" else []))
    assert refused.code in (2, 5)
    assert "is a symbolic link" in refused.error
    assert (tmp_path / "diary").read_text() == "dear diary\n"
    assert link.is_symlink()


def test_folders_of_many_recordings(tmp_path: Path, clip: Path) -> None:
    arguments = [str(clip), *SAMPLE_REGIONS, "--output-dir", "new/out", "--frames"]
    outcome = call(tmp_path, "extract", *arguments)
    assert outcome.code == 0, outcome.errors
    there = [tmp_path / "new", *(tmp_path / "new").rglob("*")]
    assert {oct(one.stat().st_mode & 0o777) for one in there if one.is_file()} == {"0o600"}
    assert {oct(one.stat().st_mode & 0o777) for one in there if one.is_dir()} == {"0o700"}
    assert len(there) > 5


def test_an_export_of_lines(tmp_path: Path, clip: Path) -> None:
    assert call(tmp_path, "extract", str(clip), *SAMPLE_REGIONS, "-o", "lines.jsonl").code == 0
    outcome = call(tmp_path, "export", "lines.jsonl", "--format", "csv", "-o", "set")
    assert outcome.code == 0, outcome.errors
    assert {oct(one.stat().st_mode & 0o777) for one in (tmp_path / "set").iterdir()} == {"0o600"}
    assert (tmp_path / "set").stat().st_mode & 0o777 == 0o700
