"""What a power cut leaves: a file system in a file, of which a copy holds just what had reached the disk.

Needs root, to mount it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from capture_daemon.config.models import LogTable
from capture_daemon.linelog import lock
from capture_daemon.linelog.log import LineLog
from capture_daemon.records import Line
from tests.server.helpers import line


class Disk:
    """An ext4 file system that can lose its power."""

    def __init__(self, held: ExitStack) -> None:
        self._held = held
        self._folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="power-cut-")))
        self._image = self._folder / "disk"
        with self._image.open("wb") as file:
            file.truncate(8 << 20)
        made = subprocess.run(["mkfs.ext4", "-q", "-F", self._image], capture_output=True, check=False)
        if made.returncode != 0:
            pytest.skip("no file system can be made here")
        self.folder = self._mounted(self._image)

    def after_a_power_cut(self) -> Path:
        """The same file system as it would be found if the power had gone now."""
        copy = self._folder / "copy"
        shutil.copyfile(self._image, copy)
        return self._mounted(copy)

    def _mounted(self, image: Path) -> Path:
        folder = image.with_name(image.name + "-mounted")
        folder.mkdir()
        mounted = subprocess.run(["mount", "-o", "loop", image, folder], capture_output=True, check=False)
        if mounted.returncode != 0:
            pytest.skip("no file system may be mounted here")
        self._held.callback(lambda: subprocess.run(["umount", "--lazy", folder], check=True))
        return folder


@pytest.fixture
def disk() -> Iterator[Disk]:
    if not sys.platform.startswith("linux") or os.geteuid() != 0 or shutil.which("mkfs.ext4") is None:
        pytest.skip("only root may mount a file system")
    with ExitStack() as held:
        yield Disk(held)


def written(folder: Path, count: int, **settings: Any) -> tuple[LineLog, list[Line]]:
    log = LineLog.open(folder / "data" / "dialogue.jsonl", LogTable.model_validate(settings))
    return log, [log.append(line(f"line {number}")) for number in range(count)]


def found(folder: Path) -> list[bytes]:
    return (folder / "data" / "dialogue.jsonl").read_bytes().splitlines()


def test_with_always_no_line_is_lost(disk: Disk) -> None:
    log, lines = written(disk.folder, 30, fsync="always")
    assert found(disk.after_a_power_cut()) == [record.to_json().encode() for record in lines]
    log.close()


def test_what_is_older_than_the_interval_is_there(disk: Disk) -> None:
    log, lines = written(disk.folder, 30, fsync=0.2)
    time.sleep(1.0)
    later = [log.append(line("perhaps lost")) for _ in range(5)]
    left = found(disk.after_a_power_cut())
    assert left[:30] == [record.to_json().encode() for record in lines]
    assert len(left) <= len(lines + later)
    log.close()


def test_what_is_rotated_is_there(disk: Disk) -> None:
    log, lines = written(disk.folder, 30, fsync="never", rotate_size=0.003)
    parts = sorted((disk.after_a_power_cut() / "data").glob("dialogue.*.jsonl"))
    kept = b"".join(part.read_bytes() for part in parts).splitlines()
    assert len(kept) > 20
    assert kept == [record.to_json().encode() for record in lines[: len(kept)]]
    log.close()


@pytest.mark.parametrize("fsync", ["never", 0.05])
def test_no_number_means_two_things(disk: Disk, fsync: float | str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever was lost: what comes after it is another stream, if anything is left of the one before."""
    log, lines = written(disk.folder, 30, fsync=fsync)
    time.sleep(0.3)
    seen = lines + [log.append(line("perhaps lost")) for _ in range(5)]
    folder = disk.after_a_power_cut()
    monkeypatch.setattr(lock, "boot_identity", lambda: "another start")
    again, more = written(folder, 3)
    assert {(record.stream, record.seq) for record in more}.isdisjoint((record.stream, record.seq) for record in seen)
    assert again.stream != log.stream
    again.close()
    log.close()


def test_a_clean_end_is_there_with_every_line(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    log, lines = written(disk.folder, 30, fsync="never")
    log.close()
    folder = disk.after_a_power_cut()
    monkeypatch.setattr(lock, "boot_identity", lambda: "another start")
    again, more = written(folder, 1)
    assert (again.stream, more[0].seq) == (log.stream, len(lines) + 1)
    again.close()
