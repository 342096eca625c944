"""Which files beside a log are its parts: only those that it made, whatever others are called."""

from __future__ import annotations

import logging
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from capture_daemon.config.models import LogTable
from capture_daemon.linelog import fs
from capture_daemon.linelog.lock import lock_path
from capture_daemon.linelog.log import LineLog
from capture_daemon.linelog.mark import Mark, mark_path
from capture_daemon.linelog.parts import part_path
from capture_daemon.records import Gap, Line
from tests.server.helpers import line

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="an open file can't be renamed there")

KEEP = LogTable(rotate_size=0.001, keep=2)
"""A line or two a file."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "dialogue.jsonl"


def fill(path: Path, count: int, table: LogTable = KEEP) -> list[Line]:
    log = LineLog.open(path, table)
    try:
        return [log.append(line(f"line {number}")) for number in range(count)]
    finally:
        log.close()


def parts(path: Path) -> list[int]:
    names = (file.name.split(".") for file in path.parent.glob("dialogue.*.jsonl"))
    return sorted(int(name[1]) for name in names)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("what", ["a text", "a copy of the log", "the log, moved"])
def test_only_parts_that_the_log_made_are_removed(path: Path, when: str, what: str) -> None:
    mine = [path.with_name(f"dialogue.{number}.jsonl") for number in (2025, 1, 20251128120000, 99999999999999999999)]

    def put() -> None:
        for file in mine[:1] if when == "after" else mine:
            if what == "a text" or not path.exists():
                file.write_text("my own\n")
            elif what == "a copy of the log" or file is not mine[0]:
                shutil.copy(path, file)
            else:
                path.rename(file)

    if when == "before":
        put()
    fill(path, 10)
    if when == "after":
        put()
    kept = {file: file.read_bytes() for file in mine if file.exists() and (when == "before" or file is mine[0])}
    fill(path, 20)
    assert {file: file.read_bytes() for file in kept} == kept
    assert len([number for number in parts(path) if part_path(path, number) not in kept]) == 2


def make_folder(path: Path) -> None:
    path.mkdir()
    (path / "diary").write_text("dear diary\n")


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_link(path: Path) -> None:
    path.with_name("diary").write_text("dear diary\n")
    path.symlink_to(path.with_name("diary"))


def make_nothing_readable(path: Path) -> None:
    path.write_bytes(b"\0" * 5000)


@pytest.mark.parametrize("make", [make_folder, make_pipe, make_link, make_nothing_readable])
def test_nothing_that_is_called_like_a_part_stops_the_log(path: Path, make: Callable[[Path], None]) -> None:
    """Neither the start nor a rotation; also in the place of a part that was there."""
    fill(path, 10, LogTable(rotate_size=0.001))
    there = parts(path)
    part_path(path, there[1]).unlink()
    for number in (there[1], there[-1] + 1, there[-1] + 7):
        make(part_path(path, number))
    log = LineLog.open(path, LogTable(rotate_size=0.001))
    said = [log.append(line("more")) for _ in range(6)]
    assert [record.seq for record in said] == list(range(11, 17))
    records = list(log.read(0))
    assert [record.reason for record in records if isinstance(record, Gap)] == ["damaged"]
    assert said[-1] == records[-1]
    log.close()
    fill(path, 4)
    if make is make_folder:
        assert (part_path(path, there[1]) / "diary").read_text() == "dear diary\n"
    if make is make_link:
        assert path.with_name("diary").read_text() == "dear diary\n"
        assert part_path(path, there[1]).is_symlink()


def test_numbers_go_on_past_a_thousand_million(path: Path) -> None:
    mark = Mark.open(path)
    mark.add_part(999_999_999)
    mark.note("0123456789ab", 0)
    mark.close()
    said = fill(path, 10, LogTable(rotate_size=0.001))
    assert min(parts(path)) == 1_000_000_000
    log = LineLog.open(path)
    assert list(log.read(0)) == said
    log.close()
    fill(path, 10)
    assert len(parts(path)) == 2


@pytest.mark.parametrize("seq", ["-5", "0", "99999999999999999999", "1"])
def test_an_odd_number_at_the_end_gives_no_odd_number_next(path: Path, seq: str) -> None:
    """Negative, nought, too large, doubled: the log is opened, and what comes next is a number as any."""
    given = fill(path, 3, LogTable())
    last = path.read_text().splitlines()[-1].replace('"seq": 3,', f'"seq": {seq},')
    with path.open("a") as file:
        file.write(f"{last}\n")
    given += fill(path, 3, LogTable())
    assert len({(record.stream, record.seq) for record in given}) == 6
    assert [record.seq for record in given[3:]] == [1, 2, 3]


def test_a_part_that_cannot_be_removed_is_named_and_stays(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    fill(path, 10)
    oldest = part_path(path, parts(path)[0])

    def refuse(removed: Path) -> None:
        raise PermissionError(1, "Operation not permitted", str(removed))

    with monkeypatch.context() as patched, caplog.at_level(logging.ERROR):
        patched.setattr(fs, "remove", refuse)
        log = LineLog.open(path, LogTable(keep=1))
        assert log.append(line("more")).seq == 11
        log.close()
    assert f"{oldest}: can't be removed" in caplog.text


def test_parts_of_a_log_without_a_mark_are_known_by_what_they_hold(path: Path) -> None:
    """As those that an earlier version made: a part ends where the next one begins, a copy doesn't."""
    fill(path, 10, LogTable(rotate_size=0.001))
    there = parts(path)
    shutil.copy(part_path(path, there[0]), part_path(path, 2025))
    mark_path(path).unlink()
    LineLog.open(path, LogTable(keep=1)).close()
    assert parts(path) == [there[-1], 2025]


@pytest.mark.parametrize(("umask", "mode"), [(0o000, 0o666), (0o022, 0o666), (0o022, 0o640), (0o022, 0o601)])
def test_whatever_others_could_read_is_set_right(path: Path, umask: int, mode: int) -> None:
    before = os.umask(umask)
    try:
        fill(path, 10, LogTable(rotate_size=0.001))
        log = LineLog.open(path, LogTable(rotate_size=0.001))
        lock = lock_path(path)
        assert {file.stat().st_mode & 0o777 for file in path.parent.iterdir()} == {0o600}
        log.close()
        lock.touch()
        for file in path.parent.iterdir():
            file.chmod(mode)
        log = LineLog.open(path, LogTable(rotate_size=0.001))
        assert {file.name: oct(file.stat().st_mode & 0o777) for file in path.parent.iterdir()} == dict.fromkeys(
            (file.name for file in path.parent.iterdir()), "0o600"
        )
        assert lock.exists()
        log.close()
    finally:
        os.umask(before)


def test_what_a_damaged_mark_named_does_not_come_back(path: Path) -> None:
    mark = Mark.open(path)
    mark.note("0123456789ab", 7)
    for number in (1, 2, 5, 9):
        mark.add_part(number)
    mark.close()
    text = mark_path(path).read_bytes()
    mark_path(path).write_bytes(b"----" + text[4:])
    mark = Mark.open(path)
    assert mark.found is None
    mark.note("ba9876543210", 1)
    mark.add_part(3)
    mark.close()
    mark = Mark.open(path)
    assert mark.found is not None
    assert [number for number in range(12) if mark.made(number)] == [3]
    mark.close()
