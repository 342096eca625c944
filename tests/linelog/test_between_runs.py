"""Files of a log, and its mark, that somebody changes between two runs."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from capture_daemon.config.models import LogTable
from capture_daemon.errors import LogError
from capture_daemon.linelog.log import LineLog
from capture_daemon.linelog.opening import broken_path
from capture_daemon.linelog.parts import part_path
from tests.linelog.handling import begun, begun_and_closed, mark_of, texts
from tests.server.helpers import line

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="an open file can't be renamed or removed there")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "dialogue.jsonl"


def old_copy(path: Path, kept: Path) -> None:
    shutil.copy(kept, path)


def old_copy_without_mark(path: Path, kept: Path) -> None:
    shutil.copy(kept, path)
    mark_of(path).unlink()


def nothing_but_parts(path: Path, kept: Path) -> None:
    path.unlink()


def nothing_at_all(path: Path, kept: Path) -> None:
    for file in path.parent.iterdir():
        file.unlink()


def cut(path: Path, kept: Path) -> None:
    os.truncate(path, path.stat().st_size - 5)


@pytest.mark.parametrize("handle", [old_copy, old_copy_without_mark, nothing_but_parts, nothing_at_all, cut])
def test_whatever_happens_between_two_runs_no_number_is_given_twice(
    path: Path, tmp_path: Path, handle: Callable[[Path, Path], None]
) -> None:
    kept = tmp_path / "kept"
    log = LineLog.open(path, LogTable(rotate_size=0.002))
    given = [log.append(line(f"line {number}")) for number in range(6)]
    shutil.copy(path, kept)
    given += [log.append(line(f"line {number}")) for number in range(6)]
    log.close()
    assert part_path(path, 1).exists()
    handle(path, kept)
    log = LineLog.open(path, LogTable(rotate_size=0.002))
    given += [log.append(line(f"line {number}")) for number in range(6)]
    log.close()
    assert len({(record.stream, record.seq) for record in given}) == len(given)


def test_a_log_without_a_mark_begins_one_stream_and_no_more(path: Path) -> None:
    """As one does that was written by an earlier version."""
    stream = begun_and_closed(path, "one", "two")
    mark_of(path).unlink()
    second = begun_and_closed(path, "three")
    third = begun_and_closed(path, "four")
    assert stream != second == third


def test_a_damaged_mark_does_not_keep_the_log_from_being_opened(path: Path) -> None:
    stream = begun_and_closed(path, "one")
    for damage in (b"\0" * 30, b"", b"0123", b"0123456789ab 77"):
        mark_of(path).write_bytes(damage)
        log = begun(path, "two")
        assert log.stream != stream
        log.close()
        stream = log.stream


def test_a_mark_that_is_something_else_is_left_alone(path: Path) -> None:
    begun_and_closed(path, "one")
    mark_of(path).write_text("Here I stopped reading.\n")
    with pytest.raises(LogError, match=r"dialogue\.jsonl\.mark: is not the mark of a log"):
        LineLog.open(path)
    assert mark_of(path).read_text() == "Here I stopped reading.\n"
    mark_of(path).unlink()
    mark_of(path).symlink_to(path.with_name("nowhere"))
    with pytest.raises(LogError, match=r"dialogue\.jsonl\.mark"):
        LineLog.open(path)
    assert not path.with_name("nowhere").exists()


def test_saved_without_its_last_newline_between_two_runs_it_goes_on(path: Path) -> None:
    stream = begun_and_closed(path, "one", "two")
    path.write_bytes(path.read_bytes()[:-1])
    again = begun(path, "three")
    assert (again.stream, again.latest) == (stream, 3)
    assert texts(path) == ["one", "two", "three"]
    assert not broken_path(path).exists()
    again.close()
