"""What goes with a recording: its truth, and what a reader has to be told of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from capture_daemon.frames import Box

TRUTHS = Path(__file__).parent / "truths"


@dataclass(frozen=True, slots=True)
class Shown:
    """A line that was on screen, from `start` to `end`, and in full from `full`; in seconds."""

    what: str
    who: str | None
    start: float
    full: float
    end: float

    def record(self, offset: float = 0.0) -> dict[str, Any]:
        """As the truth has it, its times less `offset`."""
        times = {"t": self.full, "start": self.start, "end": self.end}
        rounded = {name: round(value - offset, 2) for name, value in times.items()}
        return {"kind": "slow_done", **rounded, "who": self.who, "what": self.what}


def describe(video: Path, lines: Sequence[dict[str, Any]], dialogue: Box, about: str) -> None:
    """Write the truth of a video, and what a reader has to be told, beside it."""
    truth = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    video.with_suffix(".truth.jsonl").write_text(truth, encoding="utf-8")
    told = {"dialogue": str(dialogue), "speaker": None, "language": "en", "about": about}
    video.with_suffix(".json").write_text(json.dumps(told, ensure_ascii=False) + "\n", encoding="utf-8")


def by_eye(name: str) -> list[dict[str, Any]]:
    """The truth of a recording that was written down by looking at it."""
    lines = (TRUTHS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]
