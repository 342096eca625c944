"""Traces as JSON objects, one per line, and their files, which only the owner may read."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from capture_daemon.common import private_files
from capture_daemon.errors import ConfigurationError, OutputExistsError
from capture_daemon.reading.events import Said
from capture_daemon.reading.trace import Decision

Record = dict[str, Any]


def decision_record(decision: Decision) -> Record:
    """A decision as a record: times in seconds to the millisecond, boxes in pixels of the whole frame."""
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
    """A line as a record, with the time, on the source's clock, of the frame at which it was reported."""
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


ENDINGS = (".html", ".jsonl")


def check_trace(file: Path, *, overwrite: bool) -> bool:
    """Whether the file's name asks for a page. Raises ConfigurationError if the file can't be written."""
    if file.suffix.lower() not in ENDINGS:
        raise ConfigurationError(f"{file}: the name must end in {' or '.join(ENDINGS)}: give another by --output")
    check(file, overwrite=overwrite)
    return file.suffix.lower() == ENDINGS[0]


def check(file: Path, *, overwrite: bool) -> None:
    """Check that a file can be written. Raises ConfigurationError, or its subclass OutputExistsError."""
    if not file.parent.is_dir():
        raise ConfigurationError(f"{file}: there is no folder {file.parent}: choose another file with --output")
    if file.exists() and not overwrite:
        raise OutputExistsError(f"{file}: already exists: choose another with --output, or give --overwrite")


def as_jsonl(records: Iterable[Record]) -> str:
    """The records as JSONL, one object per line."""
    return "".join(f"{json.dumps(record, ensure_ascii=False)}\n" for record in records)


def write(file: Path, text: str) -> None:
    """Write a file that only its owner may read. Raises ConfigurationError if it can't be written."""
    try:
        private_files.write(file, text.encode())
    except OSError as error:
        raise ConfigurationError(
            f"{file}: can't be written: {error.strerror}: choose another file with --output"
        ) from error
