"""Completion in real shells, at a terminal."""

from __future__ import annotations

import os
import re
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.needs import needs
from tests.program import environment

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals there")
SHELLS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], 'eval "$(_CAPTURE_DAEMON_COMPLETE=source_bash capture-daemon)"'),
    "zsh": (
        ["zsh", "-f", "-i"],
        'autoload -Uz compinit; compinit -u -D; eval "$(_CAPTURE_DAEMON_COMPLETE=source_zsh capture-daemon)"',
    ),
}
LIMIT = 60.0


class Terminal:
    """A shell at a pseudo-terminal, with the program on its search path."""

    def __init__(self, command: list[str], home: Path) -> None:
        programs = home / "bin"
        programs.mkdir()
        (programs / "capture-daemon").write_text(f'#!/bin/sh\nexec {sys.executable} -m capture_daemon "$@"\n')
        (programs / "capture-daemon").chmod(0o755)
        self._master, terminal = os.openpty()
        self.process = subprocess.Popen(
            command,
            cwd=home,
            env=environment(home, TERM="dumb", PATH=f"{programs}:{os.environ['PATH']}", PS1="$ "),
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
            start_new_session=True,
        )
        os.close(terminal)

    def type(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def wait_for(self, pattern: str) -> None:
        """Wait until what came since the last call has a match."""
        seen, end = "", time.monotonic() + LIMIT
        while not re.search(pattern, seen):
            ready, _, _ = select.select([self._master], [], [], max(0.0, end - time.monotonic()))
            assert ready, f"no {pattern!r} in {seen!r}"
            seen += os.read(self._master, 65536).decode(errors="replace")

    def close(self) -> None:
        self.process.kill()
        self.process.wait(10)
        os.close(self._master)


@pytest.mark.parametrize("shell", SHELLS)
def test_tab_completes_commands_options_and_values(tmp_path: Path, shell: str) -> None:
    command, setting_up = SHELLS[shell]
    needs(shell, package=shell)
    profiles = tmp_path / ".config" / "capture-daemon" / "games"
    profiles.mkdir(parents=True)
    (profiles / "lighthouse.toml").touch()
    terminal = Terminal(command, tmp_path)
    try:
        terminal.type(f"{setting_up}; echo set''up\r")
        terminal.wait_for("setup\r?\n")
        for typed, completed in (
            ("capture-daemon snap", "shot"),
            ("capture-daemon ctl tog", "gle"),
            ("capture-daemon extract --output-d", "ir"),
            ("capture-daemon run --profile light", "house"),
            ("capture-daemon run --language zh-", "tw"),
        ):
            terminal.type(f"{typed}\t")
            terminal.wait_for(re.escape(completed))
            terminal.type("\x15")  # an empty line again
    finally:
        terminal.close()
