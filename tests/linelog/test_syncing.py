from __future__ import annotations

import errno
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from capture_daemon.config.models import LogTable
from capture_daemon.errors import LogError
from capture_daemon.linelog import current_file, fs
from capture_daemon.linelog.log import LineLog
from capture_daemon.linelog.syncing import LogSyncer
from tests.server.helpers import WAIT, line


class Disk:
    """Counts syncs, and fails or holds them."""

    def __init__(self) -> None:
        self.syncs: list[float] = []
        self.fails = False
        self.goes = threading.Event()
        self.goes.set()

    def sync(self, *_: object) -> None:
        self.goes.wait(WAIT)
        self.syncs.append(time.monotonic())
        if self.fails:
            raise OSError(errno.EIO, "input/output error")


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_at_most_once_in_an_interval_and_within_it() -> None:
    disk = Disk()
    syncing = LogSyncer(0.2, disk.sync)
    for _ in range(50):
        syncing.wanted()
        time.sleep(0.01)
    wanted = time.monotonic()
    until(lambda: disk.syncs[-1] > wanted - 0.01)
    syncing.close()
    assert 2 <= len(disk.syncs) <= (time.monotonic() - disk.syncs[0]) / 0.2 + 2
    assert all(later - earlier > 0.19 for earlier, later in zip(disk.syncs, disk.syncs[1:], strict=False))


def test_without_a_line_nothing_is_synced() -> None:
    disk = Disk()
    syncing = LogSyncer(0.01, disk.sync)
    syncing.wanted()
    until(lambda: len(disk.syncs) == 1)
    time.sleep(0.1)
    syncing.close()
    assert len(disk.syncs) == 1


def test_trouble_is_told_and_tried_again() -> None:
    disk, told = Disk(), list[str | None]()
    syncing = LogSyncer(0.01, disk.sync)
    syncing.on_trouble = told.append
    disk.fails = True
    syncing.wanted()
    until(lambda: len(disk.syncs) > 2)
    assert told == ["input/output error"]
    disk.fails = False
    until(lambda: len(told) == 2)
    assert told[1] is None
    assert syncing.trouble is None
    syncing.close()


def test_a_slow_disk_does_not_hold_up_the_next_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = LineLog.open(tmp_path / "dialogue.jsonl", LogTable(fsync=0.01))
    disk = Disk()
    disk.goes.clear()
    monkeypatch.setattr(fs, "sync", disk.sync)
    assert [log.append(line("Hi!")).seq for _ in range(100)] == list(range(1, 101))
    assert disk.syncs == []
    disk.goes.set()
    log.close()


@pytest.mark.parametrize(("fsync", "least", "most"), [("always", 20, 20), ("never", 0, 0), (60.0, 1, 1)])
def test_how_often_is_configured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fsync: float | str, least: int, most: int
) -> None:
    log = LineLog.open(tmp_path / "dialogue.jsonl", LogTable.model_validate({"fsync": fsync}))
    disk = Disk()
    monkeypatch.setattr(fs, "sync", disk.sync)
    for _ in range(20):
        log.append(line("Hi!"))
    until(lambda: len(disk.syncs) >= least)
    assert len(disk.syncs) <= most
    log.close()


def test_a_line_that_must_be_synced_and_cannot_be_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = LineLog.open(tmp_path / "dialogue.jsonl", LogTable(fsync="always"))
    log.append(line("one"))
    before = log.path.read_bytes()
    disk = Disk()
    disk.fails = True
    with monkeypatch.context() as patched:
        patched.setattr(fs, "sync", disk.sync)
        with pytest.raises(LogError, match="input/output error"):
            log.append(line("two"))
    assert log.path.read_bytes() == before
    assert log.append(line("two")).seq == 2
    log.close()


class LosingDisk:
    """Fails once, as Linux does it: what should have been written is dropped, and the next sync is called good."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.fails = True
        self.syncs = 0
        self._synced = path.stat().st_size

    def sync(self, descriptor: int) -> None:
        size = self.path.stat().st_size
        if self.fails:
            self.fails = False
            with self.path.open("rb+") as file:
                file.seek(self._synced)
                file.write(bytes(size - self._synced))
            raise OSError(errno.EIO, "input/output error")
        self.syncs += 1
        self._synced = size


@pytest.mark.parametrize("more", [0, 3])
def test_what_a_failed_sync_dropped_is_written_again_before_the_log_is_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: int
) -> None:
    log = LineLog.open(tmp_path / "dialogue.jsonl", LogTable(fsync=0.05))
    told: list[str | None] = []
    log.watch_syncing(told.append)
    before = [log.append(line("on the disk"))]
    log._sync()
    disk = LosingDisk(log.path)
    monkeypatch.setattr(fs, "sync", disk.sync)
    before += [log.append(line(f"line {number}")) for number in range(3)]
    until(lambda: "input/output error" in told)
    before += [log.append(line(f"later {number}")) for number in range(more)]
    until(lambda: told[-1] is None)
    assert log.path.read_bytes() == b"".join(record.to_json().encode() + b"\n" for record in before)
    assert {record.stream for record in before} == {log.stream}
    log.close()


def test_what_cannot_be_written_again_ends_the_stream_and_stays_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(current_file, "UNSYNCED_LIMIT", 1000)
    log = LineLog.open(tmp_path / "dialogue.jsonl", LogTable(fsync=0.05))
    told: list[str | None] = []
    log.watch_syncing(told.append)
    first = log.append(line("on the disk"))
    log._sync()
    disk = Disk()
    monkeypatch.setattr(fs, "sync", disk.sync)
    disk.fails = True
    for number in range(5):
        log.append(line(f"line {number}"))
    until(lambda: "input/output error" in told)
    disk.fails = False
    until(lambda: told[-1] is not None and "lines 2 to 6 may be gone" in told[-1])
    after = log.append(line("after"))
    assert (after.seq, after.stream == first.stream) == (1, False)
    synced = len(disk.syncs)
    until(lambda: len(disk.syncs) > synced)
    assert log.sync_trouble is not None
    assert "lines 2 to 6 may be gone" in log.sync_trouble
    log.close()
