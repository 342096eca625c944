"""`capture-daemon trace` and `testcase`, as the real program."""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path

import pytest

from tests.program import SAMPLE, SAMPLE_REGIONS, call

CLIP = str(SAMPLE / "sample.mp4")


def test_a_piece_of_a_recording(tmp_path: Path) -> None:
    outcome = call(tmp_path, "trace", CLIP, *SAMPLE_REGIONS, "--from", "4.5", "--to", "7.2", "-o", "trace.html")
    assert outcome.code == 0, outcome.errors
    file = tmp_path / "trace.html"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    text = file.read_text(encoding="utf-8")
    data = json.loads(re.findall(r'id="data">(.*?)</script>', text, re.DOTALL)[0])
    assert data["lines"][-1]["text"] == "Are we there yet?"
    assert data["lines"][-1]["speaker"] == "Pip"
    assert outcome.output == f"trace.html: {len(data['decisions'])} decisions, {len(data['lines'])} lines said\n"
    name = next(one for one in data["decisions"] if one["subject"] == "name" and one["reason"] == "Pip")
    left, top, width, height = data["speaker"]
    assert left <= name["box"][0] < left + width
    assert top <= name["box"][1] < top + height


FURTHER = """
[regions]
dialogue = "140,546,1000,144"
choices = "200,100,400,200"
[[region]]
name = "who"
box = "150,492,180,44"
"""


def test_a_further_region_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text(FURTHER, encoding="utf-8")
    piece = ["--config", "c.toml", "--from", "4.5", "--to", "7.2", "--region-name", "who"]
    traced = call(tmp_path, "trace", CLIP, *piece, "-o", "trace.jsonl")
    assert traced.code == 0, traced.errors
    records = [json.loads(text) for text in (tmp_path / "trace.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {one["text"] for one in records if one["type"] == "line"} == {"Pip"}
    cut = call(tmp_path, "testcase", CLIP, *piece, "-o", "case")
    assert cut.code == 0, cut.errors
    assert json.loads((tmp_path / "case" / "case.json").read_text(encoding="utf-8"))["dialogue"] == "150,492,180,44"
    for name, message in (
        ("whom", "there is no region 'whom': --region-name may be dialogue or who"),
        (
            "choices",
            "holds menus, which have no trace: `capture-daemon snapshot --source VIDEO --at SECONDS --region 200,",
        ),
    ):
        refused = call(tmp_path, "trace", CLIP, "--config", "c.toml", "--region-name", name, "-o", "other.html")
        assert refused.code == 2
        assert message in refused.error


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["trace", CLIP, "-o", "trace.txt"], "must end in .html or .jsonl"),
        (["trace", CLIP, "-o", "nowhere/trace.html"], "there is no folder nowhere"),
        (["trace", CLIP, "-o", "here.html"], "here.html: already exists"),
        (["trace", CLIP, "-o", "t.html", "--from", "5", "--to", "4"], "--to 4 lies before --from 5"),
        (["testcase", CLIP, "-o", "case", "--from", "5", "--to", "4"], "--to 4 lies before --from 5"),
        (["testcase", CLIP, "-o", "here.html", "--from", "1", "--to", "2"], "here.html: is a file"),
    ],
)
def test_what_cannot_be_asked_for(tmp_path: Path, arguments: list[str], message: str) -> None:
    (tmp_path / "here.html").write_text("", encoding="utf-8")
    outcome = call(tmp_path, *arguments)
    assert outcome.code == 2
    assert message in outcome.error
