"""The part `cases`: situations that people reported of programs like this one, beside the text-first sketch."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench import confidence
from bench.confidence import SaidLine, said_lines
from bench.extracting import extract_now
from bench.figures import Figure, Goal
from bench.footage import FOLDER, Footage
from bench.part import Part, Tell, share
from bench.shared import SHARED, Score, missing_for_scores, score

CASES = SHARED / "cases"
SKETCH = SHARED / "bench" / "text_first.py"
BEHIND = 1
"""Lines that may be found less than the sketch finds."""
SKETCHED = FOLDER / "sketched"
SLOWEST = 900
"""Seconds that the sketch may take for a case."""


@dataclass(frozen=True, slots=True)
class Case:
    """A case: what a reader is told, and what is hard about it is its name."""

    footage: Footage

    @property
    def name(self) -> str:
        """The name of its folder."""
        return self.footage.name


def all_cases() -> list[Case]:
    """The cases of ../shared/cases."""
    found = []
    for file in sorted(CASES.glob("*/case.json")):
        told = json.loads(file.read_text(encoding="utf-8"))
        video, truth = next(file.parent.glob("clip.*")), file.parent / "truth.jsonl"
        found.append(Case(Footage(file.parent.name, video, truth, told["region"], None, told["language"])))
    return found


def sketched(case: Case, folder: Path = SKETCHED) -> list[dict[str, Any]]:
    """What the text-first sketch reads in a case; kept, because it takes a minute."""
    of = hashlib.sha256(SKETCH.read_bytes() + case.footage.dialogue.encode()).hexdigest()[:12]
    output = folder / f"{case.name}-{of}.jsonl"
    if not output.exists():
        folder.mkdir(parents=True, exist_ok=True)
        begun = output.with_suffix(".begun")
        command = [sys.executable, str(SKETCH), str(case.footage.video), case.footage.dialogue]
        subprocess.run([*command, "--output", str(begun)], check=True, timeout=SLOWEST, capture_output=True)
        begun.replace(output)
    return [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]


def cases(tell: Tell) -> Part:
    """Read every case as `capture-daemon extract` does, and beside it what the sketch finds."""
    part = Part()
    missing = missing_for_scores() + [
        f"../shared/{path.relative_to(SHARED)}" for path in (CASES, SKETCH) if not path.exists()
    ]
    if missing:
        part.left_out.append(f"cases: needs {', '.join(missing)}")
        return part
    said: list[SaidLine] = []
    for case in all_cases():
        extracted = extract_now(case.footage)
        ours = score(case.footage.truth, extracted.lines)
        theirs = score(case.footage.truth, sketched(case))
        said += said_lines(extracted.lines, ours)
        part.figures += figures_of(case.name, ours, theirs)
        part.details[case.name] = {"ours": asdict(ours), "sketch": asdict(theirs)}
        tell(f"{case.name}: {_told(ours)}; the sketch: {_told(theirs)}")
    part.details["said"] = [confidence.record(line) for line in said]
    part.figures += confidence.figures_of("cases, confidence", said)
    return part


def figures_of(name: str, ours: Score, theirs: Score) -> list[Figure]:
    """What is found and right in one case, beside the sketch."""
    group, found = f"case {name}", _found(theirs)
    beside = f"sketch {found} of {theirs.true}"
    return [
        Figure(group, "lines found", _found(ours), Goal(max(0, found - BEHIND), ours.true), beside),
        Figure(group, "captured lines that are right", ours.precision, None, f"sketch {share(theirs.precision)}"),
        Figure(group, "letter for letter", ours.exact, None, f"sketch {share(theirs.exact)}"),
    ]


def _told(scored: Score) -> str:
    found = f"found {_found(scored)} of {scored.true}"
    return f"{found}, right {share(scored.precision)}, letters {share(scored.exact)}"


def _found(scored: Score) -> int:
    return round((scored.recall or 0.0) * scored.true)
