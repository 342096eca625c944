"""Writing for the tests: texts seen on whole frames, each in its place and at its moments."""

from __future__ import annotations

from collections.abc import Iterable

from capture_daemon.frames import Box, Size
from capture_daemon.reading.sightings import Writing

FRAME = Size(1280, 720)
HEIGHT, LETTER = 34, 14
"""Pixels that a row is high, and a letter wide."""


def writing(
    text: str,
    moments: Iterable[int],
    left: int = 140,
    top: int = 560,
    *,
    width: int | None = None,
    height: int = HEIGHT,
    confidence: float = 0.98,
) -> Writing:
    box = Box(left, top, width or LETTER * len(text), height)
    return Writing(box, text, confidence, list(moments))
