"""Decisions and lines as JSON objects, one a line of a `.jsonl` trace."""

from __future__ import annotations

from typing import Any

from capture_daemon.reading.events import Said
from capture_daemon.reading.trace import Decision

Record = dict[str, Any]


def decision_record(decision: Decision) -> Record:
    """A decision; times in seconds to the millisecond, boxes in pixels of the whole frame."""
    return {
        "type": "decision",
        "time": round(decision.time, 3),
        "stage": decision.stage,
        "subject": decision.subject,
        "verdict": decision.verdict,
        "reason": decision.reason,
        "value": _rounded(decision.value),
        "limit": _rounded(decision.limit),
        "box": list(decision.box) if decision.box is not None else None,
    }


def line_record(said: Said, time: float) -> Record:
    """A line, and the time on the source's clock of the frame at which it was said."""
    return {
        "type": "line",
        "time": round(time, 3),
        "number": said.number,
        "replaces": said.replaces,
        "speaker": said.speaker,
        "text": said.text,
        "rows": list(said.rows),
        "confidence": round(said.confidence, 4),
        "started": round(said.started, 3),
        "completed": round(said.completed, 3),
        "box": list(said.box),
    }


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(float(number), 4)
