"""A disk that is really full: a small tmpfs, filled up under the real log and feed. Needs root, to mount it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from capture_daemon.config import LogTable
from capture_daemon.delivery import writing
from capture_daemon.delivery.log import LineLog
from capture_daemon.errors import LogError
from capture_daemon.health import health
from capture_daemon.metrics import Metrics
from capture_daemon.records import Line
from capture_daemon.web import WebPages
from tests.delivery.helpers import Room, line, receive_lines, room, until

SIZE = 64 * 1024


@pytest.fixture
def disk() -> Iterator[Path]:
    """A file system of 64 KiB. Not in pytest's own folder, which couldn't be removed if this one were left behind."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("only root may mount a file system")
    folder = Path(tempfile.mkdtemp(prefix="full-disk-"))
    try:
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", folder], capture_output=True, check=False
        )
        if mounted.returncode != 0:
            pytest.skip("no file system may be mounted here")
        try:
            yield folder
        finally:
            # Lazily: a test that has failed may have left a file open in it.
            subprocess.run(["umount", "--lazy", folder], check=True)
    finally:
        folder.rmdir()


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
    places: list[Room] = []
    pages = WebPages(Metrics("0.1.0"), lambda: health(places[0].feed.statuses, version="0.1.0", silence=None))

    def log_status() -> tuple[str, str]:
        statuses = places[0].feed.statuses
        return next(((told.state, told.detail or "") for told in statuses if told.what == "log"), ("-", ""))

    async def main() -> None:
        async with room(disk, pages=pages) as place, place.client("/v1/lines?after=0") as client:
            places.append(place)
            first = await place.say(*(f"before {number}" for number in range(5)))
            assert (await place.get("/healthz")).status == 200
            ballast = fill(disk)
            publications = [await place.feed.take(line(f"line {number} " + "x" * 600)) for number in range(20)]
            await until(lambda: log_status()[0] == "degraded" and "lines wait" in log_status()[1])
            assert "no space left on device" in log_status()[1].lower()
            assert (await place.get("/healthz")).status == 503
            assert place.log.latest < 25
            assert whole_lines(place.log.path)
            got = await receive_lines(client, place.feed.latest)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(receive_lines(client, 1), 0.5)
            ballast.unlink()
            said = [await publication for publication in publications]
            assert [record.seq for record in first + said] == list(range(1, 26))
            got += await receive_lines(client, 25 - len(got))
            assert got == first + said == list(place.log.read(0))
            await until(lambda: log_status()[0] == "capturing")
            assert (await place.get("/healthz")).status == 200

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
