"""The programs in docs/companion.md, run as they stand but for the port."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from capture_daemon.llm.companion.composing import PACKAGE, CompanionPrompts
from tests.program import ROOT, environment
from tests.test_client import speaking

DOCUMENT = (ROOT / "docs" / "companion.md").read_text(encoding="utf-8")
PROGRAMS = re.findall(r"^```python\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("program", PROGRAMS, ids=["async", "sync"])
def test_the_examples_run(tmp_path: Path, program: str) -> None:
    assert len([row for row in program.splitlines() if row]) <= 10
    with speaking(tmp_path, "Are we there yet?", "Patience, please.") as (url, _):
        (tmp_path / "example.py").write_text(program.replace("ws://localhost:6677", url), encoding="utf-8")
        with subprocess.Popen(
            [sys.executable, "example.py"],
            cwd=tmp_path,
            env=environment(tmp_path),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as running:
            assert running.stdout is not None
            try:
                rows = [running.stdout.readline() for _ in range(2)]
                running.send_signal(signal.SIGINT)
                assert running.wait(20) != 0
                assert running.stderr is not None
                assert running.stderr.read().rstrip().endswith("KeyboardInterrupt")
            finally:
                running.kill()
    assert rows[0] in ("Sylvie: Are we there yet?\n", "1 Are we there yet?\n")
    assert rows[1] in ("Sylvie: Patience, please.\n", "2 Patience, please.\n")


def test_the_prompts_are_where_it_says() -> None:
    assert CompanionPrompts.read()
    folder = ROOT / PACKAGE.replace(".", "/")
    assert f"`{folder.relative_to(ROOT)}`" in DOCUMENT
    named = set(re.findall(r"`((?:companion|draft)-\w+\.txt)`", DOCUMENT))
    assert {file.name for file in folder.glob("*.txt")} == named
