from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bench import confidence
from bench.confidence import SaidLine, figures_of, kept_in, main, record, said_lines
from bench.shared import score
from tests.needs import needs_shared


def said(seq: int, text: str, sure: float, replaces: int | None = None) -> dict[str, object]:
    times = {"media_started": float(seq), "media_time": float(seq)}
    return {"seq": seq, "replaces": replaces, "text": text, "speaker": None, "confidence": sure, **times}


def test_lines_against_their_truth(tmp_path: Path) -> None:
    needs_shared("bench/score.py")
    truth = tmp_path / "truth.jsonl"
    shown = ["Nobody came up the mountain road.", "Well?", "Here is the key."]
    records = [{"kind": "slow_done", "what": text, "who": None, "t": float(place)} for place, text in enumerate(shown)]
    truth.write_text("".join(json.dumps(one) + "\n" for one in records), encoding="utf-8")
    captured = [
        said(1, "Nobody came", 0.99),
        said(2, "Wel?", 0.4),
        said(3, "Well?", 0.8, replaces=2),
        said(4, "Here is the kcy.", 0.7),
    ]
    lines = said_lines(captured, score(truth, captured))
    assert lines == [
        SaidLine(0.99, right=False, halved=True, text="Nobody came"),
        SaidLine(0.8, right=True, halved=False, text="Well?"),
        SaidLine(0.7, right=False, halved=False, text="Here is the kcy."),
    ]


def test_what_confidence_is_worth() -> None:
    right = SaidLine(0.95, right=True, halved=False, text="Well?")
    lines = [right] * 9 + [replace(right, right=False)] + [replace(right, confidence=0.5, right=False)] * 5
    good, halved = figures_of("random games", lines)
    assert (good.value, good.verdict, halved.value, halved.verdict) == (0.9, "reached", 0.0, "reached")
    bad, halved = figures_of("random games", [*lines, replace(right, confidence=0.99, right=False, halved=True)])
    assert (bad.verdict, halved.verdict) == ("missed", "missed")


def test_the_table_of_a_result(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [SaidLine(0.97, right=True, halved=False, text="Well?"), SaidLine(0.3, right=False, halved=True, text="W")]
    result = {"details": {"random": {"said": [record(lines[0])]}, "cases": {"said": [record(lines[1])]}, "log": {}}}
    assert list(kept_in(result)) == lines
    file = tmp_path / "result.json"
    file.write_text(json.dumps(result), encoding="utf-8")
    assert main([str(file)]) == 0
    told = capsys.readouterr().out
    assert "0.95 to 0.98" in told
    assert "reached" in told


def test_without_lines_there_is_no_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(confidence, "RESULTS", tmp_path)
    assert main([]) == 2
    assert "python -m bench random cases" in capsys.readouterr().err
