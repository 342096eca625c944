"""Logs that were torn, by whatever: each is opened again, goes on, and gives everything back that was whole."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from capture_daemon.errors import LogError
from capture_daemon.linelog.log import LineLog
from capture_daemon.linelog.opening import broken_path
from capture_daemon.records import Line
from tests.server.helpers import line, set_mark


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "dialogue.jsonl"


def written(path: Path, *texts: str) -> bytes:
    path.unlink(missing_ok=True)
    log = LineLog.open(path)
    for text in texts:
        log.append(line(text))
    log.close()
    return path.read_bytes()


def test_cut_at_every_byte_of_its_last_record_it_goes_on(path: Path) -> None:
    data = written(path, "one", "two", "three 三")
    begin = data[:-1].rindex(b"\n") + 1
    stream = json.loads(data[begin:])["stream"]
    for cut in range(begin, len(data) - 1):
        path.write_bytes(data[:cut])
        set_mark(path, stream, 2)  # as a daemon leaves it that is killed while it writes the third line
        broken_path(path).unlink(missing_ok=True)
        log = LineLog.open(path)
        assert (log.stream, log.latest, log.path.read_bytes()) == (stream, 2, data[:begin])
        assert log.append(line("another")).seq == 3
        log.close()
        again = LineLog.open(path)
        texts = [record.text for record in again.read(0) if isinstance(record, Line)]
        again.close()
        assert texts == ["one", "two", "another"]
        assert [json.loads(text)["seq"] for text in path.read_bytes().splitlines()] == [1, 2, 3]
        torn = data[begin:cut]
        assert (broken_path(path).read_bytes() if torn else b"\n") == torn + b"\n"
    assert len(data) - begin > 300


def test_a_log_whose_only_record_is_torn_is_still_a_log(path: Path) -> None:
    data = written(path, "one")
    for cut in range(1, len(data), 7):
        path.write_bytes(data[:cut])
        log = LineLog.open(path)
        assert log.append(line("one")).seq == 1
        log.close()
        assert len(path.read_bytes().splitlines()) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX permissions")
def test_what_is_set_aside_is_private_and_kept(path: Path) -> None:
    data = written(path, "one", "two")
    for _ in range(2):
        path.write_bytes(data[:-5])
        LineLog.open(path).close()
    assert broken_path(path).stat().st_mode & 0o777 == 0o600
    assert len(broken_path(path).read_bytes().splitlines()) == 2


def test_zeros_at_the_end_are_set_aside(path: Path) -> None:
    """As some file systems leave them after a power cut."""
    data = written(path, "one", "two")
    path.write_bytes(data + bytes(3000))
    log = LineLog.open(path)
    assert log.append(line("three")).seq == 3
    log.close()
    assert path.read_bytes().startswith(data)
    assert broken_path(path).stat().st_size == 3001


@pytest.mark.parametrize(
    "content", [b"buy milk", b"buy milk\n", b'{"name": "x"}', b'{\n  "name": "x"\n}\n', b"\x89PNG\r\n"]
)
def test_a_file_that_is_something_else_is_left_alone(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(LogError, match="is not a log of lines"):
        LineLog.open(path)
    assert path.read_bytes() == content
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_damage_is_counted_once_however_often_it_is_read(path: Path) -> None:
    lines = written(path, *"abcdefg").splitlines(keepends=True)
    lines[2:4] = [b"#\n", b"\0\0\n"]
    path.write_bytes(b"".join(lines))
    log = LineLog.open(path)
    for _ in range(3):
        assert [record.seq for record in log.read(0) if isinstance(record, Line)] == [1, 2, 5, 6, 7]
    assert log.damaged == 2
    assert log.append(line("h")).seq == 8
    log.close()
