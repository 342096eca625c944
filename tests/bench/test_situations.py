from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from bench import situations
from bench.footage import Footage
from bench.real_games import WANTED
from bench.real_games import figures_of as figures_of_real
from bench.shared import Score
from bench.situations import Case, figures_of, sketched


def scored(true: int, found: int) -> Score:
    lists: dict[str, Any] = {"missed": [], "extra": [], "inexact": []}
    numbers: dict[str, Any] = {"captured": found, "corrected": 0, "verbatim": 1.0, "cer": 0.0, "false_speaker": 0}
    times: dict[str, Any] = {"latency_p50": None, "latency_p95": None, "speaker": None}
    return Score(true=true, recall=found / true, precision=1.0, exact=found / true, **lists, **numbers, **times)


@pytest.mark.parametrize(
    ("ours", "theirs", "verdict"),
    [(8, 8, "aim"), (7, 8, "reached"), (6, 8, "missed"), (6, 6, "reached"), (0, 0, "reached")],
)
def test_never_more_than_a_line_behind_the_sketch(ours: int, theirs: int, verdict: str) -> None:
    found, right, letters = figures_of("two-speakers", scored(8, ours), scored(8, theirs))
    assert (found.value, found.beside, found.verdict) == (ours, f"sketch {theirs} of 8", verdict)
    assert (right.verdict, letters.verdict) == ("-", "-")


def test_what_the_sketch_read_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sketch = tmp_path / "text_first.py"
    sketch.write_text("raise SystemExit('not run again')", encoding="utf-8")
    monkeypatch.setattr(situations, "SKETCH", sketch)
    case = Case(Footage("two-speakers", tmp_path / "clip.mp4", tmp_path / "truth.jsonl", "1,2,3,4", None, "en"))
    of = hashlib.sha256(sketch.read_bytes() + b"1,2,3,4").hexdigest()[:12]
    (tmp_path / f"two-speakers-{of}.jsonl").write_text(json.dumps({"text": "Well?"}) + "\n", encoding="utf-8")
    assert sketched(case, tmp_path) == [{"text": "Well?"}]


def test_every_real_game_has_goals() -> None:
    assert {wanted.game for wanted in WANTED} == {"wesnoth", "scummvm", "fillets"}
    assert len({wanted.name for wanted in WANTED}) == len(WANTED)
    figures = figures_of_real(WANTED[0], scored(10, 9), 9.0)
    assert [(figure.name, figure.verdict) for figure in figures] == [
        ("lines found", "missed"),
        ("captured lines that are right", "aim"),
        ("letter for letter", "reached"),
        ("times real time", "reached"),
    ]
