"""The sample clip in a loop through the real daemon, with a fault every twenty seconds at the most.

`SOAK_SECONDS` is how long it goes on, half an hour by default; `SOAK_CURVE` names a file to which what was measured is
written, one JSON object a sample.
"""

from __future__ import annotations

import itertools
import json
import os
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil
import pytest

from capture_daemon.records import Status, parse_record
from tests.frame_clients import FrameFlood
from tests.jumping_clock import JumpingClock
from tests.program import SAMPLE_REGIONS, Listener, Running
from tests.soak.faults import ASKING, Fault, Victim
from tests.soak.looped import LoopedClip
from tests.web import get, wait_for_health
from tests.web import samples as samples_of

SECONDS = float(os.environ.get("SOAK_SECONDS", "1800"))
FAULTS = 11
EVERY = min(20.0, SECONDS / (FAULTS + 0.6))
"""Seconds from one fault to the next: in the shortest soak, of three minutes, each has its turn once."""
WARM = 60.0
"""Seconds in which memory may still grow: libraries and buffers are used for the first time."""
CALM = 0.8 * EVERY
"""Seconds after a fault begins at which it should be over; measured is only then."""
SETTLING = 2.0
"""Seconds at least from a fault's end until something is measured, however long it took to end it."""
WELL_AGAIN = 180.0
"""Seconds after the last fault in which all must be well: on a busy machine a model is loaded slowly."""
MORE_MEMORY = 16.0
"""MiB by which the daemon may grow from the first third to the last."""
LOOP = 50.0
FEWEST_LINES = 4
"""Lines in each loop that must be heard whatever happens: a third of what is said."""

pytestmark = [
    pytest.mark.soak,
    pytest.mark.timeout(SECONDS + 300),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="its faults need Linux"),
]


@dataclass(frozen=True)
class Sample:
    """The daemon at one moment, `seconds` after the beginning; memory in MiB, `worker` the OCR worker's."""

    seconds: float
    memory: float
    worker: float
    threads: int
    files: int
    lines: int


def test_nothing_is_lost_and_nothing_grows(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("[ocr]\ntimeout = 8.0\n", encoding="utf-8")
    run = ["run", "--config", "settings.toml", *SAMPLE_REGIONS, "--port", "0", "--log", "lines.jsonl"]
    clock = JumpingClock(tmp_path)
    with LoopedClip() as stream, Running(tmp_path, *run, "--source", stream.address, **clock.environment) as program:
        address = program.wait_until_ready()
        with Listener(address) as listener:
            listener.wait_until(Status, what="ocr", state="capturing")
            process, log = psutil.Process(program.process.pid), tmp_path / "lines.jsonl"
            flood = FrameFlood(address, ASKING)
            victim = Victim(program, process, address, log, stream, clock, tmp_path / "settings.toml", flood)
            samples, done = _soak(victim, listener, program)
            _tell(samples, done)
            wait_for_health(address, 200, WELL_AGAIN)
            metrics = samples_of(get(address, "/metrics")[1])
            code, seconds = program.stop()
            assert (code, seconds < 3) == (0, True), program.errors
            assert listener.wait_until_closed() == 1001
    for name in ("lines_total", "restarts_total ocr", "restarts_total source", "failures_total log"):
        print(f"{name} {metrics[name]:g}")
    assert "Traceback" not in program.errors, program.errors
    written = "".join(file.read_text(encoding="utf-8") for file in (*victim.moved, log))
    logged = [parse_record(text) for text in written.splitlines()]
    lines = listener.lines
    assert logged == lines
    assert [line.seq for line in lines] == list(range(1, len(lines) + 1))
    assert len({line.stream for line in lines}) == 1
    assert len(lines) >= FEWEST_LINES * int(SECONDS / LOOP), len(lines)
    for what in ("ocr", "source", "log"):
        # Where one is struck again before it has come back, that is one restart.
        assert metrics[f"restarts_total {what}"] >= 1
    assert metrics["lines_dropped_total"] == 0
    refused = program.errors.count("the configuration is not applied, keeping the previous one: ")
    assert refused >= 2 * done.count("broken configurations are read")
    assert set(done) == {fault.name for fault in victim.faults()}
    _hold_flat(samples)


def _soak(victim: Victim, listener: Listener, program: Running) -> tuple[list[Sample], list[str]]:
    """Let the faults take turns; returns what was measured in calm moments, and which faults there were."""
    began = time.monotonic()
    samples: list[Sample] = []
    done: list[str] = []
    for number, fault in enumerate(itertools.cycle(victim.faults())):
        start = began + number * EVERY + EVERY / 2
        if start + EVERY > began + SECONDS:
            return samples, done
        _wait(victim, start, program)
        _strike(victim, fault, program)
        done.append(fault.name)
        _wait(victim, max(start + CALM, time.monotonic() + SETTLING), program)
        samples.append(_sample(victim, time.monotonic() - began, len(listener.lines)))
    raise AssertionError("faults don't run out")


def _strike(victim: Victim, fault: Fault, program: Running) -> None:
    fault.strike()
    end = time.monotonic() + fault.lasts
    while time.monotonic() < end:
        assert program.process.poll() is None, program.errors
        time.sleep(0.2)
    fault.undo()


def _wait(victim: Victim, until: float, program: Running) -> None:
    while time.monotonic() < until:
        assert program.process.poll() is None, program.errors
        victim.stream.keep()
        time.sleep(0.2)


def _sample(victim: Victim, seconds: float, lines: int) -> Sample:
    process = victim.process
    worker = sum(child.memory_info().rss for child in process.children())
    mebibytes = process.memory_info().rss / 2**20
    return Sample(
        round(seconds, 1),
        round(mebibytes, 1),
        round(worker / 2**20, 1),
        process.num_threads(),
        process.num_fds(),
        lines,
    )


def _hold_flat(samples: Sequence[Sample]) -> None:
    warm = [sample for sample in samples if sample.seconds > WARM]
    third = max(1, len(warm) // 3)
    first, last = warm[:third], warm[-third:]

    def grown(key: str) -> float:
        before, after = ([float(getattr(sample, key)) for sample in part] for part in (first, last))
        return statistics.median(after) - statistics.median(before)

    assert grown("memory") <= MORE_MEMORY, samples
    assert grown("threads") <= 2, samples
    assert grown("files") <= 3, samples


def _tell(samples: Sequence[Sample], done: Sequence[str]) -> None:
    curve = os.environ.get("SOAK_CURVE")
    if curve:
        Path(curve).write_text("".join(f"{json.dumps(asdict(sample))}\n" for sample in samples), encoding="utf-8")
    print(f"\n{len(done)} faults: " + ", ".join(f"{done.count(name)} x {name}" for name in dict.fromkeys(done)))
    for sample in samples:
        print("  ".join(f"{key} {value:g}" for key, value in asdict(sample).items()))
