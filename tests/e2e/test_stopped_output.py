"""Nobody reads what the daemon tells, or its terminal is stopped: it goes on, answers, and ends when it is told to."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from capture_daemon.records import Line
from tests.program import SAMPLE, SAMPLE_REGIONS, START_LIMIT, Listener, environment
from tests.web import get
from tests.x_server import XServer

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there is no X server there")
ANSWER_LIMIT = 2.0
"""Seconds within which the daemon must answer: far more than it needs, far less than for ever."""
CTRL_S = b"\x13"


class Unread:
    """A daemon whose standard error is read only when `read` is called."""

    def __init__(self, home: Path, reading: int, writing: int, *arguments: str, output: int, **changes: str) -> None:
        self._reading = reading
        self.told = ""
        command = [sys.executable, "-m", "capture_daemon", "run", "--port", "0", "--log", "lines.jsonl", *arguments]
        self.process = subprocess.Popen(
            command, cwd=home, env=environment(home, **changes), stdout=output, stderr=writing
        )
        os.close(writing)

    def read_until(self, pattern: str, limit: float = START_LIMIT) -> re.Match[str]:
        """Read until the pattern is found."""
        end = time.monotonic() + limit
        while (found := re.search(pattern, self.told)) is None:
            assert time.monotonic() < end, self.told
            if select.select([self._reading], [], [], 0.2)[0]:
                self.told += os.read(self._reading, 65_536).decode(errors="replace")
        return found

    def stop(self) -> float:
        """Send SIGTERM; how many seconds the end took. It must be a clean one."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(10) == 0
        return time.monotonic() - began

    def end(self) -> None:
        """Kill it where it still runs."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)
        os.close(self._reading)


def answers_until(address: str, condition: Callable[[str], bool], act: Callable[[], None]) -> str:
    """Do something again and again until the metrics are as wished; each time the daemon must answer at once."""
    end = time.monotonic() + START_LIMIT
    while True:
        for _ in range(50):
            act()
            time.sleep(0.002)
        began = time.monotonic()
        assert get(address, "/healthz")[0] in (200, 503)
        _, metrics = get(address, "/metrics")
        assert time.monotonic() - began < ANSWER_LIMIT
        if condition(metrics):
            return metrics
        assert time.monotonic() < end, metrics


def dropped(metrics: str) -> int:
    [count] = re.findall(r"^capture_daemon_messages_dropped_total (\S+)$", metrics, re.MULTILINE)
    return int(float(count))


def test_a_pipe_that_nobody_reads(tmp_path: Path, x_server: XServer) -> None:
    configuration = tmp_path / "capture-daemon.toml"
    configuration.write_text('[regions]\ndialogue = "40,300,560,100"\n', encoding="utf-8")
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 4096)
    arguments = ["--source", "screen:1", "--config", str(configuration)]
    assert x_server.display is not None
    daemon = Unread(tmp_path, reading, writing, *arguments, output=subprocess.DEVNULL, DISPLAY=x_server.display)
    try:
        address = daemon.read_until(r"listening on (ws://\S+:\d+)\n")[1]
        # From here on nobody reads. Each refusal is a message.
        configuration.write_text("[nothing]\n", encoding="utf-8")

        def reload() -> None:
            daemon.process.send_signal(signal.SIGHUP)

        answers_until(address, lambda metrics: dropped(metrics) > 0, reload)
        # Read again, it tells how many messages are missing, each time that some are.
        daemon.read_until(r"capture-daemon: warning: \d+ messages? (was|were) dropped: standard error took nothing")
        _, metrics = get(address, "/metrics")
        told = [int(count) for count in re.findall(r"warning: (\d+) messages? w", daemon.told)]
        assert sum(told) == dropped(metrics)
        answers_until(address, lambda metrics: dropped(metrics) > sum(told), reload)
        assert daemon.stop() < 3
    finally:
        daemon.end()


def test_a_terminal_that_is_stopped(tmp_path: Path) -> None:
    reading, writing = pty.openpty()
    arguments = ["--source", str(SAMPLE / "sample.mp4"), *SAMPLE_REGIONS, "--realtime", "--log-level", "debug"]
    daemon = Unread(tmp_path, reading, writing, *arguments, output=writing)
    try:
        address = daemon.read_until(r"listening on (ws://\S+:\d+)\r?\n")[1]
        os.write(reading, CTRL_S)
        # Lines are said, and printed on that terminal, while it takes nothing.
        with Listener(address) as listener:
            listener.wait_until(Line, count=2)
            began = time.monotonic()
            assert get(address, "/healthz")[0] == 200
            assert time.monotonic() - began < ANSWER_LIMIT
            assert daemon.stop() < 3
            assert listener.wait_until_closed() == 1001
    finally:
        daemon.end()
