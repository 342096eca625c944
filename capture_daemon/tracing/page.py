"""A trace as a self-contained page, with pictures, styles and script inside."""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import Any

from capture_daemon.frames import Box
from capture_daemon.tracing.recorder import KeptFrame
from capture_daemon.tracing.run import Piece, Traced

_HERE = Path(__file__).parent
_PARTS = {"STYLE": "page.css", "SCRIPT": "page.js"}


def trace_page(traced: Traced, name: str, piece: Piece) -> str:
    """The page for a piece of the recording called `name`."""
    text = (_HERE / "page.html").read_text(encoding="utf-8")
    for part, file in _PARTS.items():
        text = text.replace(f"/*{part}*/", (_HERE / file).read_text(encoding="utf-8"))
    text = text.replace("<!--TITLE-->", html.escape(f"{name}, {piece.start:g} to {piece.end:g} s"))
    # Text from the screen must not close the element that contains it.
    data = json.dumps(_data(traced, piece), ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return text.replace("/*DATA*/", data)


def _data(traced: Traced, piece: Piece) -> dict[str, Any]:
    kept, boxes = traced.kept, traced.boxes
    return {
        "start": piece.start,
        "end": max(piece.start + 0.1, min(piece.end, kept.frames[-1].time if kept.frames else piece.end)),
        "live": piece.live,
        "size": list(traced.size),
        "view": list(boxes.needed),
        "dialogue": list(boxes.dialogue),
        "speaker": list(boxes.speaker) if boxes.speaker is not None else None,
        "ignored": [list(box) for box in boxes.ignore],
        "decisions": kept.decisions,
        "before": kept.before,
        "lines": kept.lines,
        "frames": [_frame(shown) for shown in kept.frames],
        "pictures": kept.pictures,
    }


def _frame(shown: KeptFrame) -> dict[str, Any]:
    return {"time": round(shown.time, 3), "picture": shown.picture, "standing": [_row(*row) for row in shown.standing]}


def _row(box: Box, text: Any) -> dict[str, Any]:
    return {"box": list(box), "text": text.text, "confidence": round(text.confidence, 3)}
