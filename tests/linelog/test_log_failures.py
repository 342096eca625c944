from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from capture_daemon.errors import LogError
from capture_daemon.linelog import fs
from capture_daemon.linelog.lock import lock_path
from capture_daemon.linelog.log import LineLog
from tests.linelog.handling import numbers
from tests.server.helpers import line


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "dialogue.jsonl"


@pytest.mark.parametrize("place", ["folder", "below a file", "device"])
def test_a_log_that_cannot_be_written_says_what_to_do(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("")
    path = {"folder": tmp_path, "below a file": tmp_path / "file" / "log.jsonl", "device": Path(os.devnull)}[place]
    with pytest.raises(LogError, match="--log") as caught:
        LineLog.open(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 5


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


def test_a_log_whose_last_sync_failed_has_not_ended_cleanly(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = LineLog.open(path)
    log.append(line("one"))
    with monkeypatch.context() as patched:
        patched.setattr(fs, "sync", failing)
        log.close()
    assert lock_path(path).exists()  # with the note by which the next daemon knows


def failing(descriptor: int) -> None:
    raise OSError(errno.EIO, os.strerror(errno.EIO))


def test_a_log_that_waits_for_room_can_be_closed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*given: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(fs, "make_parent", full)
    with pytest.raises(LogError, match=os.strerror(errno.ENOSPC)):
        LineLog.open(path)
    log = LineLog.open(path, waits_for_room=True)
    assert log.trouble is not None
    log.close()
    with pytest.raises(LogError, match="is closed"):
        log.append(line("one"))
