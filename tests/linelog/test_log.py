from __future__ import annotations

import json
import sys
import threading
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capture_daemon.errors import LogError
from capture_daemon.linelog.log import LineLog
from capture_daemon.linelog.scan import LONGEST
from capture_daemon.records import Entry, Gap, Line
from tests.linelog.handling import numbers
from tests.server.helpers import line, set_mark


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "dialogue.jsonl"


def write(path: Path, *texts: str) -> list[Line]:
    log = LineLog.open(path)
    try:
        return [log.append(line(text)) for text in texts]
    finally:
        log.close()


def test_numbers_go_on_over_restarts(path: Path) -> None:
    first = write(path, "one", "two")
    second = write(path, "three")
    assert [record.seq for record in first + second] == [1, 2, 3]
    assert len({record.stream for record in first + second}) == 1
    assert len(first[0].stream) == 12
    assert int(first[0].stream, 16) >= 0


def test_each_line_is_one_line_of_json(path: Path) -> None:
    write(path, 'She said "no".', "你好、世界", "half a pair \ud800")
    lines = path.read_bytes().decode().splitlines()
    assert [json.loads(text)["text"] for text in lines] == ['She said "no".', "你好、世界", "half a pair ?"]
    assert path.read_bytes().endswith(b"\n")


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX permissions")
def test_log_and_its_folder_are_private(path: Path) -> None:
    write(path, "one")
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_what_is_read_is_what_was_written(path: Path) -> None:
    log = LineLog.open(path)
    written = [log.append(line(f"line {number}")) for number in range(1, 3001)]
    assert list(log.read(0)) == written
    for after in (0, 1, 17, 1500, 2998, 2999, 3000):
        assert list(log.read(after)) == written[after:]
    assert list(log.read(100, 110)) == written[100:110]
    log.close()
    again = LineLog.open(path)
    assert (again.oldest, again.latest, again.stream) == (1, 3000, log.stream)
    assert list(again.read(2990)) == written[2990:]
    again.close()


def test_a_cursor_in_the_future_is_a_gap(path: Path) -> None:
    log = LineLog.open(path)
    log.append(line())
    assert numbers(log, 9) == [Gap(first=2, last=9, reason="future")]
    log.close()


def test_a_correction_keeps_what_it_replaces(path: Path) -> None:
    log = LineLog.open(path)
    log.append(line("Are we there"))
    assert log.append(line("Are we there yet?", replaces=1)).replaces == 1
    log.close()


@pytest.mark.parametrize("damage", [b"#" * 40, b"\0" * 500, b'{"type": "line"}', b"#" * (LONGEST + 70000)])
def test_damaged_lines_are_skipped_and_reported(path: Path, damage: bytes) -> None:
    write(path, *(f"line {number}" for number in range(1, 201)))
    lines = path.read_bytes().splitlines(keepends=True)
    lines[99:102] = [damage + b"\n"]
    path.write_bytes(b"".join(lines))
    log = LineLog.open(path)
    expected = [*range(1, 100), Gap(first=100, last=102, reason="damaged"), *range(103, 201)]
    assert numbers(log, 0) == expected
    assert numbers(log, 100) == [Gap(first=101, last=102, reason="damaged"), *range(103, 201)]
    assert log.append(line()).seq == 201
    log.close()


def test_a_log_that_ends_in_damage_begins_a_stream(path: Path) -> None:
    old = write(path, "one", "two")[0].stream
    with path.open("ab") as file:
        file.write(b'{"type": "line", "seq": 3, "te\n')
    log = LineLog.open(path)
    assert log.stream != old
    assert (log.oldest, log.latest) == (1, 0)
    assert log.append(line("three")).seq == 1
    assert [record.text for record in log.read(0) if isinstance(record, Line)] == ["three"]
    log.close()
    again = LineLog.open(path)
    assert (again.stream, again.latest) == (log.stream, 1)
    again.close()


def test_opening_reads_only_the_end(path: Path) -> None:
    [one] = write(path, "one")
    only = path.read_bytes()
    with path.open("ab") as file:
        file.truncate(3_000_000_000)  # a hole: no bytes on the disk, far too many to read
        file.seek(0, 2)
        file.write(b"\n" + only.replace(b'"seq": 1,', b'"seq": 7,'))
    set_mark(path, one.stream, 7)
    log = LineLog.open(path)
    assert log.latest == 7
    log.close()


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 400), st.binary(max_size=12)), min_size=1, max_size=5))
def test_whatever_is_damaged_every_number_is_accounted_for(damages: list[tuple[float, int, bytes]]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "dialogue.jsonl"
        write(path, *(f"line {number}" for number in range(1, 31)))
        data = path.read_bytes()
        for place, cut, put in damages:
            start = 1 + int(place * (len(data) - 1))
            data = data[:start] + put + data[start + cut :]
        path.write_bytes(data)
        log = LineLog.open(path)
        last = log.append(line("after the damage"))
        for after in (0, last.seq // 2):
            accounted: list[int] = []
            for record in log.read(after):
                first, until = (record.seq,) * 2 if isinstance(record, Entry) else (record.first, record.last)
                accounted += range(first, until + 1)
            assert accounted == list(range(after + 1, last.seq + 1))
        log.close()
        assert _whole_lines(path.read_bytes()).startswith(_whole_lines(data))


def _whole_lines(data: bytes) -> bytes:
    return data[: data.rfind(b"\n") + 1]


def test_a_file_that_is_no_log_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("export PATH\n")
    with pytest.raises(LogError, match="is not a log of lines"):
        LineLog.open(path)
    assert path.read_text() == "export PATH\n"


def test_reading_while_writing_gives_whole_lines_only(path: Path) -> None:
    log = LineLog.open(path)
    done = threading.Event()

    def append() -> None:
        for number in range(1000):
            log.append(line(f"line {number}"))
        done.set()

    writer = threading.Thread(target=append)
    writer.start()
    while not done.is_set():
        latest = log.latest
        read = numbers(log, max(0, latest - 20))
        assert read == list(range(max(0, latest - 20) + 1, max(0, latest - 20) + 1 + len(read)))
        assert len(read) >= min(latest, 20)
    writer.join()
    log.close()


def test_reading_holds_one_line_at_a_time(path: Path) -> None:
    log = LineLog.open(path)
    for number in range(50):
        log.append(line(f"line {number}"))
    reading = log.read(0)
    assert [record.seq for record in islice(reading, 3) if isinstance(record, Line)] == [1, 2, 3]
    reading.close()
    log.close()


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX permissions")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644])
def test_a_log_that_others_could_use_is_made_private(path: Path, mode: int) -> None:
    write(path, "one")
    path.chmod(mode)
    write(path, "two")
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_removed_log_is_begun_anew(path: Path) -> None:
    log = LineLog.open(path)
    log.append(line("one"))
    path.unlink()
    assert log.append(line("two")).seq == 2
    assert (log.oldest, log.latest) == (2, 2)
    assert numbers(log, 0) == [Gap(first=1, last=1, reason="damaged"), 2]
    log.close()
    again = LineLog.open(path)
    assert (again.oldest, again.latest, again.stream) == (2, 2, log.stream)
    again.close()


def test_only_lines_that_there_are_are_read(path: Path) -> None:
    write(path, "one", "two", "three")
    log = LineLog.open(path)
    assert [record.seq for record in log.read(0, until=9) if isinstance(record, Line)] == [1, 2, 3]
    assert not any(isinstance(record, Gap) for record in log.read(0, until=9))
    log.close()
