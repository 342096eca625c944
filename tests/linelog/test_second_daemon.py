"""Two daemons that want one log, whatever was removed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from capture_daemon.errors import LogHeldError
from capture_daemon.linelog.lock import lock_path
from capture_daemon.linelog.log import LineLog
from capture_daemon.records import Line, Status
from tests.linelog.handling import begun, mark_of, texts
from tests.program import Listener
from tests.server.helpers import WAIT, address_of, line, start_talker

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="an open file can't be renamed or removed there")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "dialogue.jsonl"


@pytest.mark.parametrize("removed", [(), ("lock",), ("log",), ("lock", "log"), ("mark",), ("mark", "log")])
def test_a_second_daemon_is_refused_whatever_was_removed(path: Path, removed: tuple[str, ...]) -> None:
    log = begun(path, "one")
    gone = {"log": path, "lock": lock_path(path), "mark": mark_of(path)}
    for name in removed:
        gone[name].unlink()
    with pytest.raises(LogHeldError, match="is writing this log"):
        LineLog.open(path)
    assert log.append(line("two")).seq == 2
    with pytest.raises(LogHeldError):
        LineLog.open(path)
    log.close()


@pytest.mark.parametrize("and_log", [True, False])
def test_where_lock_and_mark_were_removed_a_second_daemon_has_it_and_the_first_one_waits(
    path: Path, and_log: bool
) -> None:
    first = begun(path, "one")
    for file in path.parent.iterdir():
        if and_log or file != path:
            file.unlink()
    second = begun(path, "other")
    assert second.stream != first.stream
    with pytest.raises(LogHeldError, match=f"process {os.getpid()}"):
        first.append(line("two"))
    assert second.append(line("another")).seq == 2
    second.close()
    two = first.append(line("two"))
    assert two.stream not in {second.stream, json.loads(path.read_bytes().splitlines()[-2])["stream"]}
    assert two.seq == 1
    assert texts(path) == [*([] if and_log else ["one"]), "other", "another", "two"]
    first.close()


@contextmanager
def talking(path: Path) -> Iterator[tuple[subprocess.Popen[str], Listener]]:
    """A daemon's delivery room in a process of its own, and a client of it; the daemon is killed at the end."""
    talker = start_talker(path, 'fsync="never"')
    try:
        with Listener(address_of(talker)) as listener:
            yield talker, listener
            talker.kill()
            listener.wait_until_closed()
    finally:
        talker.kill()
        talker.wait(WAIT)
        assert talker.stderr is not None
        talker.stderr.close()


def test_two_daemons_never_write_one_stream(tmp_path: Path) -> None:
    """Real ones, with clients of both: log, lock and mark are removed while the first one runs."""
    path = tmp_path / "dialogue.jsonl"
    with talking(path) as (first, heard):
        heard.wait_until(Line, count=20)
        first.send_signal(signal.SIGSTOP)  # that it doesn't make one file again while the next is removed
        for file in (path, lock_path(path), mark_of(path)):
            file.unlink(missing_ok=True)
        with talking(path) as (_, also_heard):
            also_heard.wait_until(Line, count=20)
            first.send_signal(signal.SIGCONT)
            heard.wait_until(Status, what="log", state="degraded")
            also_heard.wait_until(Line, count=200)
        before = len(heard.lines)
        heard.wait_until(Line, count=before + 20)
    ours, theirs = ([(said.stream, said.seq) for said in one.lines] for one in (heard, also_heard))
    assert set(ours).isdisjoint(theirs)
    assert len(set(ours)) == len(ours)
    assert len(set(theirs)) == len(theirs)
    logged = [json.loads(text) for text in path.read_bytes().splitlines()]
    assert {(said["stream"], said["seq"]) for said in logged} >= {*theirs, *ours[before:]}
