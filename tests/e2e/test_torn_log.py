"""The real daemon on logs whose last record was cut: it opens each, keeps what is whole, and goes on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.footage import cut_sample
from tests.program import SAMPLE_REGIONS, call
from tests.server.helpers import set_mark


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cut_sample(tmp_path_factory.mktemp("clip") / "clip.mp4", 6)


@pytest.mark.parametrize("cuts", [1, pytest.param(10, marks=pytest.mark.soak)])
@pytest.mark.timeout(900)
def test_a_log_cut_in_its_last_record_goes_on(tmp_path: Path, clip: Path, cuts: int) -> None:
    log = tmp_path / "lines.jsonl"
    arguments = ["run", "--source", str(clip), *SAMPLE_REGIONS, "--log", str(log), "--port", "0"]
    assert call(tmp_path, *arguments).code == 0
    kept: list[bytes] = []
    for number in range(cuts):
        data = log.read_bytes()
        *kept, last = data.splitlines(keepends=True)
        cut = len(data) - 2 - number * (len(last) - 3) // max(1, cuts - 1)
        log.write_bytes(data[:cut])
        torn = json.loads(last)
        set_mark(log, torn["stream"], torn["seq"] - 1)  # as a daemon leaves it that is killed while it writes a line
        outcome = call(tmp_path, *arguments)
        assert outcome.code == 0, outcome.errors
        assert "set aside" in outcome.errors
        lines = log.read_bytes().splitlines(keepends=True)
        assert lines[: len(kept)] == kept
        assert len(lines) > len(kept)
    records = [json.loads(line) for line in log.read_bytes().splitlines()]
    assert [record["seq"] for record in records] == list(range(1, len(records) + 1))
    assert len({record["stream"] for record in records}) == 1
    assert len((tmp_path / "lines.jsonl.broken").read_bytes().splitlines()) == cuts
