"""Recorder: keeps a reader's decisions and lines, with the pictures behind them, for one piece of a recording."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field

import cv2
import numpy as np

from capture_daemon.frames import Box, ColourImage, Frame
from capture_daemon.ocr.engine import RowText
from capture_daemon.reading.events import Event, Said
from capture_daemon.reading.trace import Decision
from capture_daemon.tracing.trace_records import Record, decision_record, line_record

EVERY = 0.2
"""Seconds after which a frame is kept even without a decision."""
WIDEST = 1280
"""Width in pixels above which a picture is scaled down."""
QUALITY = 72
_ENDS = {"went", "joined", "gone"}


@dataclass(frozen=True, slots=True)
class KeptFrame:
    """A kept frame: its time, the number of its picture, and the rows present after it was read."""

    time: float
    picture: int
    standing: list[tuple[Box, RowText]]


@dataclass(slots=True)
class TraceRecording:
    """The kept data: `decisions` and `lines` by arrival; `before` holds the rows already followed at the start.

    `pictures` are base64 JPEGs of the part of each frame that was examined, `scale` times as large as on screen.
    """

    decisions: list[Record] = field(default_factory=list)
    before: list[Record] = field(default_factory=list)
    lines: list[Record] = field(default_factory=list)
    frames: list[KeptFrame] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    scale: float = 1.0

    def in_order(self) -> list[Record]:
        """Decisions and lines by time; a line comes after the decisions behind it."""
        return sorted([*self.decisions, *self.lines], key=lambda record: (record["time"], record["type"] == "line"))


class Recorder:
    """Receives each frame before and after the reader handles it, and every decision in between."""

    def __init__(self, start: float, end: float, *, pictures: bool = True) -> None:
        """Keep decisions from `start` to `end`, in seconds on the source's clock."""
        self.kept = TraceRecording()
        self._start, self._end = start, end
        self._pictures = pictures
        self._before: Frame | None = None
        self._standing: list[tuple[Box, RowText]] = []
        self._times: set[float] = set()
        self._last: tuple[ColourImage, int] | None = None

    def note(self, decision: Decision) -> None:
        """Keep a decision. Thread-safe."""
        if decision.time > self._end:
            return
        record = decision_record(decision)
        if decision.time >= self._start:
            self.kept.decisions.append(record)
            self._times.add(decision.time)
        elif decision.stage == "follow":
            if decision.verdict in _ENDS:
                self.kept.before = [one for one in self.kept.before if one["subject"] != decision.subject]
            else:
                self.kept.before.append(record)

    def said(self, event: Event, time: float) -> None:
        """Keep an event reported after the frame at `time`."""
        if isinstance(event, Said) and self._start <= time <= self._end:
            self.kept.lines.append(line_record(event, time))
            self._times.add(time)

    def saw(self, frame: Frame, standing: list[tuple[Box, RowText]]) -> None:
        """Keep a frame that the reader has handled; `standing` are the rows present now."""
        if self._pictures and self._start <= frame.time <= self._end:
            frames = self.kept.frames
            before = self._before
            if before is not None and before.time in self._times and (not frames or frames[-1].time < before.time):
                # These decisions may be about the previous frame.
                self._keep(before, self._standing)
            if frame.time in self._times or not frames or frame.time - frames[-1].time >= EVERY - 0.005:
                self._keep(frame, standing)
        self._before, self._standing = frame, standing

    def _keep(self, frame: Frame, standing: list[tuple[Box, RowText]]) -> None:
        self.kept.frames.append(KeptFrame(frame.time, self._picture(frame.in_colour()[:, :, :3]), standing))

    def _picture(self, colour: ColourImage) -> int:
        """The number of a picture; one that looks like the last is kept only once."""
        if self._last is not None and np.array_equal(self._last[0], colour):
            return self._last[1]
        self.kept.scale = scale = min(1.0, WIDEST / colour.shape[1])
        small = colour if scale == 1 else cv2.resize(colour, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        _, jpeg = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
        self.kept.pictures.append(base64.b64encode(jpeg.tobytes()).decode())
        self._last = colour, len(self.kept.pictures) - 1
        return self._last[1]
