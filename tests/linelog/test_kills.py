"""kill -9 at random moments while lines flow: what a client has seen is in the log, once, under the same number."""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

import pytest

from capture_daemon.linelog.log import LineLog
from capture_daemon.records import Line
from tests.program import Listener
from tests.server.helpers import address_of, start_talker

SETTINGS = ['fsync="never"', "rotate_size=0.1"]
"""A new file every two hundred lines or so, that some kills fall into the change."""
START_LIMIT = 60.0


def talk_until_killed(path: Path, after: int, stream: str | None) -> list[Line]:
    """One life of a daemon: what a client saw of it, who came back with what it had last."""
    talker = start_talker(path, *SETTINGS)
    try:
        address = address_of(talker)
        query = f"?after={after}" if stream is None else f"?after={after}&stream={stream}"
        with Listener(address, query) as listener:
            end = time.monotonic() + START_LIMIT
            while not listener.lines and time.monotonic() < end:
                time.sleep(0.01)
            time.sleep(random.uniform(0, 0.5))
            talker.kill()
            talker.wait(START_LIMIT)
            listener.wait_until_closed(START_LIMIT)
            return listener.lines
    finally:
        talker.kill()
        talker.wait(START_LIMIT)
        assert talker.stderr is not None
        talker.stderr.close()


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
@pytest.mark.parametrize("kills", [10, pytest.param(100, marks=pytest.mark.soak)])
@pytest.mark.timeout(1200)
def test_what_a_client_saw_is_in_the_log_however_often_the_daemon_is_killed(
    tmp_path: Path, kills: int, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "dialogue.jsonl"
    seen: list[Line] = []
    for _ in range(kills):
        after, stream = (seen[-1].seq, seen[-1].stream) if seen else (0, None)
        lines = talk_until_killed(path, after, stream)
        assert lines, "the daemon said nothing"
        seen += lines
    log = LineLog.open(path)
    logged = list(log.read(0))
    log.close()
    assert [record.seq for record in logged if isinstance(record, Line)] == list(range(1, len(logged) + 1))
    assert [line.seq for line in seen] == list(range(1, len(seen) + 1))
    assert seen == logged[: len(seen)]
    assert {line.stream for line in seen} == {log.stream}
    assert all(line.replaces in (None, line.seq - 1) for line in seen)
    parts, torn = len(list(tmp_path.glob("dialogue.*.jsonl"))), (tmp_path / "dialogue.jsonl.broken").exists()
    with capsys.disabled():
        print(f"\n{kills} kills: {len(seen)} lines seen, {len(logged)} logged, {parts} parts, torn: {torn}")
