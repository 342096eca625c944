"""Opening logs of a gigabyte, each in a process of its own: how long it takes, and how much memory.

    python -m bench.large_log FILE

opens one and prints the measurements as JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from capture_daemon.linelog.log import LineLog
from capture_daemon.linelog.mark import Mark
from capture_daemon.linelog.parts import part_path
from capture_daemon.records import Line, timestamp

BYTES = 1_000_000_000
PARTS = 20
"""Files of the log that is in parts."""
TEXT = "We've just been handed a note. It says, and I quote: “Don't read this on air.”"
_BLOCK = 1000
_STREAM = "9f1c62d07a3e"


@dataclass(frozen=True, slots=True)
class Opened:
    """Seconds to open, to read the last ten lines and to append one; megabytes that opening takes at most."""

    lines: int
    opening: float
    reading: float
    appending: float
    megabytes: float


def measure(folder: Path, files: int, size: int = BYTES) -> Opened:
    """Write a log of `size` bytes in so many files to `folder`, and open it, with nothing of it in the page cache."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as inside:
        log = Path(inside) / "dialogue.jsonl"
        write(log, files, size)
        done = subprocess.run(
            [sys.executable, "-m", "bench.large_log", str(log)], capture_output=True, text=True, check=True
        )
        return Opened(**json.loads(done.stdout))


def write(log: Path, files: int, size: int) -> None:
    """A log of lines as they come from a game."""
    blocks = _blocks()
    last = 0
    for number in range(1, files + 1):
        path = log if number == files else part_path(log, number)
        written = 0
        with path.open("wb") as file:
            while written < size // files:
                written += file.write(next(blocks))
                last += _BLOCK
            file.flush()
            os.fsync(file.fileno())
            if hasattr(os, "posix_fadvise"):
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    mark = Mark.open(log)
    for number in range(1, files):
        mark.add_part(number)
    mark.note(_STREAM, last)
    mark.close()


def _blocks() -> Iterator[bytes]:
    began = time.time()
    first = 1
    while True:
        yield b"".join(_line(number, began + number).encode() for number in range(first, first + _BLOCK))
        first += _BLOCK


def _line(number: int, now: float) -> str:
    # Put together from a template: a record a line would take minutes.
    at = timestamp(now)
    return f"{_TEMPLATE[0]}{number}{_TEMPLATE[1]}{at}{_TEMPLATE[2]}{at}{_TEMPLATE[3]}\n"


def _template() -> list[str]:
    line = Line(
        stream=_STREAM,
        seq=987654321,
        session=timestamp(0),
        time="@",
        started="@",
        media_time=None,
        media_started=None,
        speaker="Sylvie",
        text=TEXT,
        rows=[TEXT[:40], TEXT[41:]],
        language="en",
        confidence=0.987,
        source="screen:1",
        region="dialogue",
        box=[420, 670, 382, 31],
    )
    return line.to_json().replace("987654321", "@").split("@")


_TEMPLATE = _template()


def open_and_measure(log: Path) -> Opened:
    """Open a log in this process: once for the time, once more for the memory."""
    LineLog.open(log.with_name("small.jsonl")).close()  # what is loaded at the first use of anything isn't the log's
    begun = time.perf_counter()
    opened = LineLog.open(log)
    opening = time.perf_counter() - begun
    begun = time.perf_counter()
    last = list(opened.read(opened.latest - 10))
    reading = time.perf_counter() - begun
    line = last[-1]
    assert isinstance(line, Line)
    begun = time.perf_counter()
    opened.append(line)
    appending = time.perf_counter() - begun
    lines = opened.latest
    opened.close()
    tracemalloc.start()
    opened = LineLog.open(log)
    _, peak = tracemalloc.get_traced_memory()
    opened.close()
    return Opened(lines, opening, reading, appending, peak / 1e6)


if __name__ == "__main__":
    found = open_and_measure(Path(sys.argv[1]))
    print(json.dumps({name: getattr(found, name) for name in Opened.__slots__}))
