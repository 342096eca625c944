from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capture_daemon.errors import LogError, LogHeldError
from capture_daemon.linelog import fs
from capture_daemon.linelog.lock import LogLock
from capture_daemon.linelog.log import LineLog
from capture_daemon.linelog.scan import LONGEST
from capture_daemon.records import Entry, Gap, Line
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


def numbers(log: LineLog, after: int) -> list[int | Gap]:
    return [record.seq if isinstance(record, Entry) else record for record in log.read(after)]


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


def test_a_second_log_is_refused_in_one_process(path: Path) -> None:
    log = LineLog.open(path)
    with pytest.raises(LogHeldError, match=f"process {os.getpid()}"):
        LineLog.open(path)
    log.close()
    LineLog.open(path).close()


def test_a_second_daemon_is_refused_until_the_first_is_killed(path: Path) -> None:
    script = "import sys, pathlib; from capture_daemon.linelog.log import LineLog\n" + textwrap.dedent("""
        log = LineLog.open(pathlib.Path(sys.argv[1]))
        print("held", flush=True)
        sys.stdin.read()
    """)
    command = [sys.executable, "-c", script, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LogHeldError, match=f"process {holder.pid}") as caught:
            LineLog.open(path)
        assert caught.value.exit_code == 5
        holder.kill()
    write(path, "one")


@pytest.mark.skipif(sys.platform == "win32", reason="needs symbolic links")
@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize("place", ["dialogue.jsonl", "dialogue.jsonl.lock"])
def test_a_symbolic_link_in_the_place_of_the_log_is_refused(tmp_path: Path, place: str, there: bool) -> None:
    target = tmp_path / "diary.txt"
    if there:
        target.write_text("dear diary\n")
    (tmp_path / place).symlink_to(target)
    with pytest.raises(LogError, match=place) as caught:
        LineLog.open(tmp_path / "dialogue.jsonl")
    assert caught.value.exit_code == 5
    assert not there or target.read_text() == "dear diary\n"
    assert there or not target.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="needs symbolic links")
def test_a_folder_may_be_a_symbolic_link(path: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").symlink_to(path.parent)
    log = LineLog.open(path)
    with pytest.raises(LogHeldError):
        LineLog.open(tmp_path / "elsewhere" / path.name)
    log.close()


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX permissions")
def test_a_log_that_others_could_read_is_made_private(path: Path) -> None:
    write(path, "one")
    path.chmod(0o644)
    write(path, "two")
    assert path.stat().st_mode & 0o777 == 0o600


def test_no_lock_file_is_left_behind(path: Path) -> None:
    log = LineLog.open(path)
    lock = path.with_name("dialogue.jsonl.lock")
    assert lock.read_text().split()[0] == str(os.getpid())
    assert lock.stat().st_mode & 0o777 == 0o600 or sys.platform == "win32"
    log.close()
    log.close()
    assert sys.platform == "win32" or not lock.exists()


def test_of_many_that_want_a_log_one_has_it_at_a_time(path: Path) -> None:
    """Also while the lock's file is removed and made again."""
    held, most, taken = 0, 0, 0

    def want() -> None:
        nonlocal held, most, taken
        for _ in range(200):
            try:
                lock = LogLock.acquire(path)
            except LogHeldError:
                continue
            held += 1
            most = max(most, held)
            taken += 1
            held -= 1
            lock.release()

    path.parent.mkdir()
    threads = [threading.Thread(target=want) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1
    assert taken > 1


@pytest.mark.parametrize("place", ["folder", "below a file", "device"])
def test_a_log_that_cannot_be_written_says_what_to_do(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("")
    path = {"folder": tmp_path, "below a file": tmp_path / "file" / "log.jsonl", "device": Path(os.devnull)}[place]
    with pytest.raises(LogError, match="--log") as caught:
        LineLog.open(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 5


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


@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="needs POSIX limits")
def test_a_full_disk_takes_back_what_it_cut_short(path: Path) -> None:
    script = "import sys, pathlib, resource; from capture_daemon.linelog.log import LineLog\n" + textwrap.dedent("""
        from capture_daemon.errors import LogError
        from tests.server.helpers import line, set_mark
        log = LineLog.open(pathlib.Path(sys.argv[1]))
        log.append(line("one"))
        resource.setrlimit(resource.RLIMIT_FSIZE, (log.path.stat().st_size + 100, resource.RLIM_INFINITY))
        for _ in range(2):
            try:
                log.append(line("too much"))
            except LogError as error:
                print(error)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        assert log.append(line("two")).seq == 2
    """)
    done = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout.count("can't be written") == 2
    assert [json.loads(text)["seq"] for text in path.read_text().splitlines()] == [1, 2]


class FailingFile:
    """Writes half of what it is given, then fails; and if it is told to, what was written can't be cut off either."""

    def __init__(self, patched: pytest.MonkeyPatch, error: int | None, *, cuts: bool) -> None:
        self.error = error
        self.cuts = cuts
        self._cut = fs.cut
        patched.setattr(fs, "append", self.append)
        patched.setattr(fs, "cut", self.cut)

    def append(self, descriptor: int, data: bytes) -> int:
        written = os.write(descriptor, data[: len(data) // 2])
        if self.error is not None:
            raise OSError(self.error, os.strerror(self.error))
        return written

    def cut(self, descriptor: int, size: int) -> None:
        if not self.cuts:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        self._cut(descriptor, size)


@pytest.mark.parametrize("error", [None, errno.EIO, errno.ENOSPC])
@pytest.mark.parametrize("cuts", [True, False])
def test_a_file_that_fails_in_the_middle_of_a_line(
    path: Path, monkeypatch: pytest.MonkeyPatch, error: int | None, cuts: bool
) -> None:
    log = LineLog.open(path)
    log.append(line("one"))
    whole = path.read_bytes()
    with monkeypatch.context() as patched:
        FailingFile(patched, error, cuts=cuts)
        for _ in range(3):
            with pytest.raises(LogError, match="can't be written"):
                log.append(line("two"))
    assert (path.read_bytes() == whole) == cuts
    assert numbers(log, 0) == [1]
    assert log.append(line("two")).seq == 2
    assert path.read_bytes().startswith(whole)
    assert [json.loads(text)["seq"] for text in path.read_bytes().splitlines()] == [1, 2]
    log.close()
    assert not path.with_name("dialogue.jsonl.broken").exists()


def test_half_a_line_that_could_not_be_cut_off_is_mended_at_the_next_start(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = LineLog.open(path)
    log.append(line("one"))
    with monkeypatch.context() as patched:
        FailingFile(patched, errno.EIO, cuts=False)
        with pytest.raises(LogError):
            log.append(line("two"))
    log.close()
    again = LineLog.open(path)
    assert (again.stream, again.append(line("two")).seq) == (log.stream, 2)
    again.close()
    assert path.with_name("dialogue.jsonl.broken").exists()


def test_only_lines_that_there_are_are_read(path: Path) -> None:
    write(path, "one", "two", "three")
    log = LineLog.open(path)
    assert [record.seq for record in log.read(0, until=9) if isinstance(record, Line)] == [1, 2, 3]
    assert not any(isinstance(record, Gap) for record in log.read(0, until=9))
    log.close()


def test_only_room_is_waited_for(path: Path) -> None:
    log = LineLog.open(path)
    with pytest.raises(LogHeldError):
        LineLog.open(path, waits_for_room=True)
    log.close()


def test_a_log_that_waits_for_room_can_be_closed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*given: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(fs, "make_folder", full)
    with pytest.raises(LogError, match=os.strerror(errno.ENOSPC)):
        LineLog.open(path)
    log = LineLog.open(path, waits_for_room=True)
    assert log.trouble is not None
    log.close()
    with pytest.raises(LogError, match="is closed"):
        log.append(line("one"))
