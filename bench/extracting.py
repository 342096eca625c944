"""Reading a recording as the program does, to see what comes out and what it costs."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bench.footage import Footage
from capture_daemon.capture.recording import Recording
from capture_daemon.linelog.pending import PendingLine
from capture_daemon.pipeline.session import CaptureSession
from capture_daemon.pipeline.stats import RunStats
from capture_daemon.records import Entry, Partial, Status


@dataclass(frozen=True, slots=True)
class Extracted:
    """What a recording gave: line records, the run's own statistics, and seconds from opening it to the last line.

    Loading the model isn't in `seconds`.
    """

    lines: list[dict[str, Any]]
    stats: RunStats
    seconds: float


class Collector:
    """Keeps lines where the daemon has a log and a feed."""

    wants_partials = False

    def __init__(self) -> None:
        self.lines: list[Entry] = []

    async def write(self, line: Entry, replaces: PendingLine | None = None) -> PendingLine:
        """Number the line and keep it."""
        numbered = replace(PendingLine(line, replaces).to_write(), stream="bench", seq=len(self.lines) + 1)
        self.lines.append(numbered)
        return PendingLine.of(numbered)

    def publish_partial(self, partial: Partial) -> None:
        """Nobody asks for them."""

    def set_status(self, status: Status) -> None:
        """Nobody asks for it."""


async def extract(footage: Footage) -> Extracted:
    """Read a recording with the model loaded before."""
    capture = CaptureSession(footage.configuration())
    collector = Collector()
    try:
        await capture.load()
        begun = time.perf_counter()
        await capture.open()
        await capture.run(collector)
        seconds = time.perf_counter() - begun
        stats = capture.stats()
    finally:
        await capture.close()
    return Extracted([line.to_dict() for line in collector.lines], stats, seconds)


def extract_now(footage: Footage) -> Extracted:
    """`extract`, for a process that has no event loop."""
    return asyncio.run(extract(footage))


def time_program(footage: Footage, output: Path) -> float:
    """Seconds that `capture-daemon extract` takes from its start to its end."""
    command = [str(program()), "extract", str(footage.video), "--output", str(output), "--overwrite"]
    begun = time.perf_counter()
    subprocess.run([*command, *footage.options()], check=True, timeout=900, capture_output=True)
    return time.perf_counter() - begun


def program() -> Path:
    """The installed command."""
    return Path(sys.executable).with_name("capture-daemon")


def time_decoding(video: Path) -> tuple[float, float]:
    """Seconds to decode every picture of a recording, and do nothing with it; and its length in seconds."""
    begun = time.perf_counter()
    last = 0.0
    with Recording(str(video)) as recording:
        for picture in recording.pictures():
            last = picture.time
    return time.perf_counter() - begun, last
