"""Recordings in bulk, as the program reads them: several, one and two at a time; and one of three hours.

The long one plays at half speed, as somebody does who reads slowly: three hours in half the time they'd take.
"""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree, which

import av
import psutil

from bench.extracting import program
from bench.footage import Footage
from capture_daemon.bulk.plan import duration_of

RECORDINGS = 2
SECONDS = 300
"""Length of each: an episode, if a short one."""
LONG_SECONDS = 3 * 3600
SLOWED = 2.0
"""Times as long as it was, for which each picture of the long recording is shown."""
TENTHS = 10
LIMIT = 3600.0
_TICK = 1.0


@dataclass(frozen=True, slots=True)
class Read:
    """A call of `extract --output-dir`, from its start to its end: seconds, and lines of each recording."""

    seconds: float
    lines: list[int]


@dataclass(frozen=True, slots=True)
class Long:
    """The long recording: its length and how long it took, in seconds; pictures in it, lines found and expected.

    `memory` is the memory (PSS, in megabytes) of all the program's processes, the median of each tenth of the run.
    """

    length: float
    seconds: float
    pictures: int
    lines: int
    expected: float
    memory: list[float]

    @property
    def growth(self) -> float:
        """Megabytes by which the memory grew after the first fifth, in which models are loaded and caches filled."""
        return self.memory[-1] - self.memory[1]


def several(footage: Footage, folder: Path, jobs: int) -> Read:
    """Read several recordings, `jobs` at a time; each is the footage joined to itself."""
    videos = folder / "videos"
    rmtree(folder, ignore_errors=True)
    videos.mkdir(parents=True)
    first = _joined(footage, videos / f"1{footage.video.suffix}", SECONDS)
    for number in range(1, RECORDINGS):
        os.link(first, videos / f"{number + 1}{footage.video.suffix}")
    return _read(footage, videos, folder / f"jobs-{jobs}", jobs)


def long(footage: Footage, folder: Path, seconds: float = LONG_SECONDS) -> Long:
    """Read a recording that is joined to itself until it is `seconds` long, and watch the memory it takes."""
    rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    alone = _joined(footage, folder / "alone.mkv", SLOWED * _length(footage.video), SLOWED)
    once = _read(footage, alone, folder / "once", 1)
    video = _joined(footage, folder / "long.mkv", seconds, SLOWED)
    samples: list[float] = []
    done = threading.Event()
    watching = threading.Thread(target=_watch, args=(samples, done))
    watching.start()
    try:
        read = _read(footage, video, folder / "long", 1)
    finally:
        done.set()
        watching.join()
    size = max(1, len(samples) // TENTHS)
    memory = [
        sorted(part)[len(part) // 2] for part in (samples[n * size : (n + 1) * size] for n in range(TENTHS)) if part
    ]
    pictures, expected = _pictures(video), once.lines[0] * seconds / _length(alone)
    video.unlink()
    return Long(seconds, read.seconds, pictures, read.lines[0], expected, memory)


def _joined(footage: Footage, video: Path, seconds: float, slowed: float = 1.0) -> Path:
    """The footage joined to itself until it is so long, each picture shown `slowed` times as long as it was."""
    ffmpeg = which("ffmpeg")
    assert ffmpeg is not None
    looped = ["-stream_loop", "-1", "-itsscale", f"{slowed:g}", "-i", str(footage.video)]
    copied = ["-t", str(seconds), "-c", "copy", "-an", str(video)]
    subprocess.run([ffmpeg, "-v", "error", "-y", *looped, *copied], check=True, timeout=LIMIT)
    return video


def _read(footage: Footage, videos: Path, output: Path, jobs: int) -> Read:
    command = [str(program()), "extract", str(videos), "--output-dir", str(output), "--jobs", str(jobs)]
    begun = time.perf_counter()
    subprocess.run([*command, *footage.options()], check=True, timeout=LIMIT, capture_output=True)
    seconds = time.perf_counter() - begun
    notes = sorted(output.glob("*/extraction.json"))
    return Read(seconds, [json.loads(note.read_text(encoding="utf-8"))["lines"] for note in notes])


def _length(video: Path) -> float:
    length = duration_of(video)
    assert length is not None
    return length


def _pictures(video: Path) -> int:
    with av.open(str(video)) as container:
        return sum(1 for packet in container.demux(video=0) if packet.size)


def _watch(samples: list[float], done: threading.Event) -> None:
    here = psutil.Process()
    while not done.wait(_TICK):
        total = 0.0
        for process in here.children(recursive=True):
            try:
                total += process.memory_full_info().pss / 1e6
            except psutil.NoSuchProcess:
                continue
        if total:
            samples.append(total)
