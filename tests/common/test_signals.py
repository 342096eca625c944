"""Signals sent to small programs of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from tests.program import ROOT

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are of another kind there")

WORK = """
import asyncio, sys
from capture_daemon.common import signals
signals.end_at_once(7)
print("starting", flush=True)
if "early" in sys.argv:
    import time
    time.sleep(30)
async def main():
    stopped = asyncio.Event()
    with signals.stopping(stopped.set, lambda: print("reloading", flush=True)):
        print("working", flush=True)
        await stopped.wait()
        print("stopping", flush=True)
        await asyncio.sleep(30 if "slow" in sys.argv else 0)
asyncio.run(main())
print("done", flush=True)
"""


if sys.platform != "win32":
    import pty


def start(how: str, word: str) -> subprocess.Popen[str]:
    program = subprocess.Popen(
        [sys.executable, "-c", WORK, how], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    )
    assert program.stdout is not None
    while (line := program.stdout.readline()) != f"{word}\n":
        assert line
    return program


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_asks_for_an_end(number: signal.Signals) -> None:
    with start("quick", "working") as program:
        program.send_signal(number)
        output, _ = program.communicate(timeout=20)
        assert (program.returncode, output) == (0, "stopping\ndone\n")


def test_a_hang_up_has_it_reload_and_go_on() -> None:
    with start("quick", "working") as program:
        program.send_signal(signal.SIGHUP)
        assert program.stdout is not None
        assert program.stdout.readline() == "reloading\n"
        program.send_signal(signal.SIGTERM)
        output, _ = program.communicate(timeout=20)
        assert (program.returncode, output) == (0, "stopping\ndone\n")


def test_with_its_terminal_gone_it_ends() -> None:
    terminal, side = pty.openpty()
    command = [sys.executable, "-c", WORK, "quick"]
    with subprocess.Popen(command, cwd=ROOT, stdin=side, stdout=subprocess.PIPE, text=True) as program:
        os.close(side)
        assert program.stdout is not None
        while program.stdout.readline() != "working\n":
            pass
        program.send_signal(signal.SIGHUP)
        output, _ = program.communicate(timeout=20)
        os.close(terminal)
        assert (program.returncode, output) == (0, "stopping\ndone\n")


def test_before_anything_is_open_a_signal_ends_it_at_once() -> None:
    with start("early", "starting") as program:
        program.send_signal(signal.SIGTERM)
        assert program.wait(20) == 7


def test_a_second_signal_forces_the_end_but_not_the_same_one_told_twice() -> None:
    with start("slow", "working") as program:
        program.send_signal(signal.SIGINT)
        program.send_signal(signal.SIGTERM)
        time.sleep(1)
        assert program.poll() is None
        program.send_signal(signal.SIGINT)
        assert program.wait(20) == 130
