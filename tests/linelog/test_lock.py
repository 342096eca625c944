from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from capture_daemon.errors import LogError, LogHeldError
from capture_daemon.linelog.lock import LogLock
from capture_daemon.linelog.log import LineLog
from tests.linelog.handling import begun_and_closed


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "dialogue.jsonl"


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
    begun_and_closed(path, "one")


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


def test_only_room_is_waited_for(path: Path) -> None:
    log = LineLog.open(path)
    with pytest.raises(LogHeldError):
        LineLog.open(path, waits_for_room=True)
    log.close()
