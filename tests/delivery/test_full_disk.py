"""A disk that is really full: a small tmpfs, filled up under the real log and feed. Needs root, to mount it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from capture_daemon.config import LogTable
from capture_daemon.delivery import writing
from capture_daemon.delivery.feed import Cursor, Feed
from capture_daemon.delivery.log import LineLog
from capture_daemon.errors import LogError
from capture_daemon.records import Line
from tests.delivery.helpers import line, until

SIZE = 64 * 1024


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 KiB."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("only root may mount a file system")
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", folder], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("no file system may be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def fill(folder: Path) -> Path:
    """Take all the room there is."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"#" * 1024)
        except OSError:
            return ballast


def whole_lines(path: Path) -> bool:
    data = path.read_bytes()
    return not data or data.endswith(b"\n")


def test_half_a_line_is_taken_back(disk: Path) -> None:
    log = LineLog.open(disk / "dialogue.jsonl")
    refused = None
    for number in range(1000):
        try:
            log.append(line(f"line {number} " + "x" * 700))
        except LogError as error:
            refused = str(error)
            break
    assert refused is not None
    assert "no space left on device" in refused.lower()
    assert whole_lines(log.path)
    assert log.path.read_bytes().count(b"\n") == log.latest
    assert log.size == log.path.stat().st_size
    log.close()
    again = LineLog.open(disk / "dialogue.jsonl")
    assert again.latest == log.latest
    again.close()
    assert not (disk / "dialogue.jsonl.broken").exists()


def test_lines_come_out_in_order_when_there_is_room_again(disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "FIRST_DELAY", 0.05)
    monkeypatch.setattr(writing, "LONGEST_DELAY", 0.2)

    async def main() -> None:
        log = LineLog.open(disk / "dialogue.jsonl")
        feed = Feed(log)

        def log_status() -> tuple[str, str]:
            return next(((told.state, told.detail or "") for told in feed.statuses if told.what == "log"), ("-", ""))

        first = [await feed.publish(line(f"before {number}")) for number in range(5)]
        ballast = fill(disk)
        subscription = feed.subscribe(Cursor(0))
        publications = [await feed.take(line(f"line {number} " + "x" * 600)) for number in range(20)]
        await until(lambda: log_status()[0] == "degraded" and "lines wait" in log_status()[1])
        assert "o space left on device" in log_status()[1]
        assert feed.latest == log.latest < 25
        assert whole_lines(log.path)
        got: list[Line] = []
        while len(got) < feed.latest:
            message = await subscription.next()
            if message is not None and isinstance(message.record, Line):
                got.append(message.record)
        ballast.unlink()
        said = [await publication for publication in publications]
        assert [record.seq for record in first + said] == list(range(1, 26))
        await until(lambda: log_status()[0] == "capturing")
        while len(got) < 25:
            message = await subscription.next()
            if message is not None and isinstance(message.record, Line):
                got.append(message.record)
        assert got == first + said == list(log.read(0))
        assert await feed.close() == 0
        log.close()

    asyncio.run(main())


def test_a_full_disk_at_rotation_loses_nothing(disk: Path) -> None:
    settings = LogTable(rotate_size=0.008)
    log = LineLog.open(disk / "dialogue.jsonl", settings)
    written = 0
    for number in range(1000):
        try:
            log.append(line(f"line {number} " + "x" * 700))
        except LogError:
            break
        written += 1
    assert written > 20
    assert [record.seq for record in log.read(0) if isinstance(record, Line)] == list(range(1, written + 1))
    log.close()
    oldest = disk / "dialogue.1.jsonl"
    oldest.unlink()
    log = LineLog.open(disk / "dialogue.jsonl", settings)
    assert log.append(line("there is room")).seq == written + 1
    log.close()
