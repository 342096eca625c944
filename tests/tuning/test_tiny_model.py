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
from tests.program import ROOT, Running, call, environment
from tests.tuning.data import exported

STEPS = 2000
"""So many that nobody waits for the last one."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    needs_module("rapidfuzz", extra="dataset")
    needs_training()
    exported(tmp_path)
    make = [sys.executable, "-m", "tests.tuning.tiny_model", str(tmp_path / "tiny")]
    subprocess.run(make, cwd=ROOT, env=environment(tmp_path), check=True, capture_output=True, timeout=90)
    return tmp_path


@pytest.mark.timeout(300)
def test_a_training_that_was_stopped_goes_on_where_it_was(home: Path) -> None:
    arguments = ["tune", "pip", "--base", "./tiny", "--output", "run", "--batch", "2", "--learning-rate", "0.01"]
    with Running(home, *arguments, "--steps", f"{STEPS}") as training:
        training.wait_for(r"step 1 of 2000 ", 90)
        code, _ = training.stop(signal.SIGINT, 60)
        assert code == 130
        stopped = int(training.wait_for(r"error: stopped after step (\d+): the same command with --resume")[1])
    assert 0 < stopped < STEPS
    other = call(home, *arguments, "--steps", "3", "--resume")
    assert (other.code, "begun with steps 2000, not 3" in other.error) == (2, True)
    # Fewer steps are left for it, as somebody might have written who knows the files.
    run = home / "run" / "run.json"
    begun = json.loads(run.read_text(encoding="utf-8"))
    begun["settings"]["steps"] = stopped + 6
    run.write_text(json.dumps(begun), encoding="utf-8")
    done = call(home, *arguments, "--steps", f"{stopped + 6}", "--resume")
    assert done.code == 0, done.errors
    assert f"step {stopped + 1} of" in done.errors or f"step {stopped + 6} of" in done.errors
    told = json.loads(run.read_text(encoding="utf-8"))
    steps = [step for step, _ in told["loss"]["train"]]
    assert steps == list(range(1, stopped + 7)), "the steps before the stop are in the history, too"
    losses = [loss for _, loss in told["loss"]["train"]]
    assert losses[-1] < losses[0]
    persona = read_persona(home / "run" / "persona.toml")
    assert (persona.name, persona.tuned) == ("Pip", True)
    made = {path.name for path in (home / "run").iterdir()}
    assert made == {"README.md", "adapter", "loss.png", "merged", "persona.toml", "run.json"}
    compared = call(home, "compare", "run", "--answers", "1")
    assert compared.code == 0, compared.errors
    assert "perplexity of the tuned model: " in compared.output
    assert "in the game" in (home / "run" / "compare.html").read_text(encoding="utf-8")
