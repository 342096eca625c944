"""Training from beginning to end with a model that takes no time: stopped, gone on with, merged and compared."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from capture_daemon.dataset.persona import read_persona
from tests.needs import needs_module, needs_training
from tests.program import ROOT, Running, environment
from tests.tuning.data import exported

STEPS = 2000
"""So many that nobody waits for the last one."""
LIMIT = 400.0
"""Seconds for each call: almost all of it is what PyTorch and its friends take to be imported on a busy machine."""


def call(home: Path, *arguments: str, module: str = "capture_daemon", folder: Path | None = None) -> str:
    """Call the program; what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=folder or home,
        env=environment(home),
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def home(tmp_path: Path) -> Path:
    needs_module("rapidfuzz", extra="dataset")
    needs_training()
    exported(tmp_path)
    call(tmp_path, str(tmp_path / "tiny"), module="tests.tuning.tiny_model", folder=ROOT)
    return tmp_path


@pytest.mark.timeout(4 * LIMIT)
def test_a_training_that_was_stopped_goes_on_where_it_was(home: Path) -> None:
    arguments = ["tune", "pip", "--base", "./tiny", "--output", "run", "--batch", "2"]
    with Running(home, *arguments, "--steps", f"{STEPS}") as training:
        training.wait_for(rf"step 1 of {STEPS} ", LIMIT)
        code, _ = training.stop(signal.SIGINT, LIMIT)
        stopped = int(training.wait_for(r"error: stopped after step (\d+): the same command with --resume")[1])
    assert code == 130
    assert 0 < stopped < STEPS
    # Fewer steps are left for it, as by somebody who knows the file and won't wait.
    run, steps = home / "run" / "run.json", stopped + 3
    begun = json.loads(run.read_text(encoding="utf-8"))
    begun["settings"]["steps"] = steps
    run.write_text(json.dumps(begun), encoding="utf-8")
    call(home, *arguments, "--steps", f"{steps}", "--resume")
    told = json.loads(run.read_text(encoding="utf-8"))
    assert [step for step, _ in told["loss"]["train"]] == list(range(1, steps + 1)), "also those before the stop"
    persona = read_persona(home / "run" / "persona.toml")
    assert (persona.name, persona.tuned) == ("Pip", True)
    made = {path.name for path in (home / "run").iterdir()}
    assert made == {"README.md", "adapter", "loss.png", "merged", "persona.toml", "run.json"}
    assert "perplexity of the tuned model: " in call(home, "compare", "run", "--answers", "1")
    assert "in the game" in (home / "run" / "compare.html").read_text(encoding="utf-8")
