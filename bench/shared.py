"""What lies beside the checkout: a real game with a known script, and the program that scores what was captured."""

from __future__ import annotations

import importlib.util
import math
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

SHARED = Path(__file__).resolve().parents[2] / "shared"
PLAY = SHARED / "games" / "renpy" / "play.py"
SCORE = SHARED / "bench" / "score.py"
CLOCKS_APART = 0.3
"""Seconds by which a recording's clock and the game's may differ."""


@dataclass(frozen=True, slots=True)
class Score:
    """How well what was captured agrees with what was shown; shares from 0 to 1, None where there is nothing to share.

    `corrected` counts the lines that a later one replaces, `false_speaker` the names where there is none.
    """

    true: int
    captured: int
    corrected: int
    recall: float | None
    precision: float | None
    exact: float | None
    verbatim: float | None
    cer: float | None
    speaker: float | None
    false_speaker: int
    latency_p50: float | None
    latency_p95: float | None
    missed: list[str]
    extra: list[str]
    inexact: list[tuple[str, str]]


def missing_for_scores() -> list[str]:
    """What is missing to score, by name."""
    return [] if SCORE.exists() else [f"../shared/{SCORE.relative_to(SHARED)}"]


def missing_for_the_game() -> list[str]:
    """What is missing to play the real game, by name."""
    missing = [f"../shared/{file.relative_to(SHARED)}" for file in (PLAY, SCORE) if not file.exists()]
    programs = {"Xvfb": "xvfb", "ffmpeg": "ffmpeg", "renpy": "renpy"}
    for program, package in programs.items():
        if not (shutil.which(program) or shutil.which(program, path="/usr/games")):
            missing.append(f"Debian package {package}")
    if not Path("/usr/share/games/renpy/the_question").exists():
        missing.append("Debian package renpy-thequestion")
    return missing


def score(truth: Path, captured: Sequence[dict[str, Any]], offset: float = 0.0) -> Score:
    """Score captured records against the truth; `offset`, in seconds, brings their times onto the truth's clock.

    A line that was cut in its middle by the end of a recording counts neither way.
    """
    module = _scorer()
    shown: list[dict[str, Any]] = module.read(truth)
    cut_at = _cut_at(shown)
    whole = [line for line in captured if line["media_started"] is None or line["media_started"] + offset < cut_at]
    found: dict[str, Any] = module.score(shown, whole, offset)
    for key in ("exact", "verbatim"):
        found[key] = found[key] / found["true"] if found["true"] else None
    return Score(**{field.name: found[field.name] for field in fields(Score)})


def plain(text: str) -> str:
    """A text as it is compared: without spaces, with quotes, dots and dashes made alike."""
    return str(_scorer().plain(text))


@cache
def _scorer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("score", SCORE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _cut_at(shown: Sequence[dict[str, Any]]) -> float:
    """When the line began that was still being shown at the end, a little earlier for safety; else never."""
    last = max((record.get("n", 0) for record in shown), default=0)
    kinds = {record["kind"]: record["t"] for record in shown if record.get("n", 0) == last}
    if last == 0 or "show" not in kinds or "slow_done" in kinds:
        return math.inf
    return float(kinds["show"]) - CLOCKS_APART
