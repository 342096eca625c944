from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from bench.cases import Change, compare, main, spoken

GAMES = Path(__file__).parents[1] / "games"


def test_what_changed() -> None:
    before = ["Ahoy there!", "Who goes?", "Who goes?", "The harbour is closed."]
    now = ["Who goes?", "Ahoy there", "Something else"]
    assert compare(before, now) == Change(
        ["Who goes?", "The harbour is closed."], ["Something else"], [("Ahoy there!", "Ahoy there")]
    )
    assert compare(before, list(reversed(before))).is_none


def test_lines_of_both_kinds() -> None:
    told: list[dict[str, Any]] = [
        {"text": "Ahoy!", "speaker": None},
        {"kind": "slow_done", "what": "Aye.", "who": "Pip"},
        {"kind": "show"},
    ]
    assert spoken(told) == ["Ahoy!", "Pip: Aye."]


def test_a_change_is_told_and_accepted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = tmp_path / "parchment-live"
    shutil.copytree(GAMES / "parchment-live", case)
    lines = case / "lines.jsonl"
    lines.write_text(lines.read_text("utf-8").replace("Maud's", "Mauds"), encoding="utf-8")
    assert main([str(tmp_path), "--accept"]) == 1
    told = capsys.readouterr().out
    assert "0 lost, 0 invented, 1 read otherwise; of 1 true lines 1 right (before 0)" in told
    assert "It was Sister Mauds idea." in told
    assert main([str(case)]) == 0


def test_where_there_is_no_case(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 2
    assert "no case in" in capsys.readouterr().err
