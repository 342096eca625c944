"""`run` without a region, on a terminal: it offers to set the game up."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.program import ROOT, environment

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo terminals there")
LIMIT = 60.0
QUESTION = "No dialogue region is set. Set the game up in the browser?"


def heard(terminal: int, pattern: str) -> str:
    """What the terminal shows up to a match of the pattern."""
    shown, end = "", time.monotonic() + LIMIT
    while not re.search(pattern, shown):
        assert time.monotonic() < end, shown
        shown += os.read(terminal, 4096).decode()
    return shown


@pytest.mark.parametrize(
    ("answer", "then", "code"), [("n", "no dialogue region is set", 2), ("", "set up a game at", 0)]
)
def test_run_offers_to_set_up(tmp_path: Path, answer: str, then: str, code: int) -> None:
    import pty  # noqa: PLC0415 - not on Windows

    own, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "capture_daemon", "run", "--port", "0"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=ROOT,
        env=environment(tmp_path),
    )
    try:
        heard(own, re.escape(QUESTION))
        os.write(own, f"{answer}\n".encode())
        heard(own, then)
        if code == 0:
            process.terminate()
        assert process.wait(LIMIT) == code
    finally:
        process.kill()
        process.wait()
        os.close(own)
        os.close(theirs)
