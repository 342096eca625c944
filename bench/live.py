"""The daemon beside the real game on a private X screen: delay, processor share and memory, as somebody playing has it.

The game plays itself for a while, then it is stopped in its tracks, so that nothing on the screen changes.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import psutil

from bench.extracting import program
from bench.footage import CONFIGURATION, DIALOGUE, SPEAKER, free_display, play_command
from bench.shared import Score, score
from capture_daemon.client import follow
from capture_daemon.records import Line, Status

PLAYING_SECONDS, STILL_SECONDS = 75.0, 15.0
STANDING_SECONDS = 1.5
"""The game is stopped when a line has stood for so long, so that none is cut in the middle."""
REST_SECONDS = 5.0
"""Between stopping the game and measuring what a still screen costs."""
MORE_SECONDS = 60.0
"""The game is told to play longer than is measured, and ended."""
START_LIMIT = 60.0


@dataclass(frozen=True, slots=True)
class Live:
    """What was measured: shares of one core; memory (PSS of the daemon and its worker, the most seen) in megabytes."""

    score: Score
    playing: float
    still: float
    megabytes: float


@dataclass(slots=True)
class Heard:
    """What came over the WebSocket: lines with `t`, the time of their receipt, and when the engine was ready."""

    lines: list[dict[str, Any]] = field(default_factory=list)
    ready: float | None = None


def measure(folder: Path) -> Live:
    """Play the game in English beside the daemon, then stop it; `folder` keeps the log, the truth and what was said."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "live.jsonl"
    log.unlink(missing_ok=True)
    return asyncio.run(_measure(folder, log))


async def _measure(folder: Path, log: Path) -> Live:
    display = free_display()
    seconds = PLAYING_SECONDS + REST_SECONDS + STILL_SECONDS + MORE_SECONDS
    game_command = play_command("en", folder, display, seconds)
    command = [str(program()), "run", "--config", str(CONFIGURATION), "--source", "screen:1", "--region", str(DIALOGUE)]
    command += ["--speaker-region", str(SPEAKER), "--log", str(log), "--port", "0"]
    environment = {key: value for key, value in os.environ.items() if key != "WAYLAND_DISPLAY"}
    environment["DISPLAY"] = display
    with (folder / "daemon.log").open("w+b") as said:
        async with _running(*game_command, stdout=PIPE) as game:
            await _until(Path(f"/tmp/.X11-unix/X{display[1:]}").exists)
            async with _running(*command, env=environment, stdout=DEVNULL, stderr=said) as daemon:
                heard = Heard()
                address = await _address(daemon, Path(said.name), said)
                listener = asyncio.create_task(_listen(address, heard))
                try:
                    return await _watch(game, daemon, heard, folder / "truth.jsonl")
                finally:
                    listener.cancel()
                    with contextlib.suppress(asyncio.CancelledError):
                        await listener


async def _watch(game: Process, daemon: Process, heard: Heard, truth: Path) -> Live:
    assert game.stdout is not None
    async with asyncio.timeout(START_LIMIT):
        await game.stdout.readuntil(b"playing")
    await _until(lambda: heard.ready is not None and bool(heard.lines))
    processes = [psutil.Process(daemon.pid), *psutil.Process(daemon.pid).children(recursive=True)]
    meter = _Meter(processes)
    most = 0.0
    while meter.seconds < PLAYING_SECONDS:
        await asyncio.sleep(5)  # between two readings of its memory
        most = max(most, _megabytes(processes))
    playing = meter.share
    await _until(lambda: _stands(truth))
    for process in _players(game):
        process.suspend()
    try:
        # What is measured is the time itself: first the daemon settles, then it does nothing.
        await asyncio.sleep(REST_SECONDS)
        meter = _Meter(processes)
        await asyncio.sleep(STILL_SECONDS)
        still = meter.share
    finally:
        for process in _players(game):
            process.resume()
    return Live(_score(truth, heard), playing, still, max(most, _megabytes(processes)))


def _score(truth: Path, heard: Heard) -> Score:
    """Score the lines that began once the engine was ready, up to the one at which the game was stopped."""
    shown = [json.loads(line) for line in truth.read_text(encoding="utf-8").splitlines()]
    assert heard.ready is not None
    begun = {record["n"] for record in shown if record["kind"] == "show" and record["t"] > heard.ready}
    kept = truth.with_name("truth-heard.jsonl")
    said = [record for record in shown if record.get("n") in begun]
    kept.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in said), encoding="utf-8")
    first = min((record["t"] for record in said), default=0.0)
    return score(kept, [line for line in heard.lines if datetime.fromisoformat(line["time"]).timestamp() > first])


def _stands(truth: Path) -> bool:
    """Whether the game has shown a line in full, and it still stands."""
    last = json.loads(truth.read_text(encoding="utf-8").splitlines()[-1])
    return bool(last["kind"] == "slow_done" and time.time() - last["t"] > STANDING_SECONDS)


def _players(game: Process) -> list[psutil.Process]:
    """The game's own processes, without the X server."""
    return [child for child in psutil.Process(game.pid).children(recursive=True) if "Xvfb" not in child.name()]


async def _listen(address: str, heard: Heard) -> None:
    async for record in follow(address, 0):
        if isinstance(record, Line):
            heard.lines.append({**record.to_dict(), "t": time.time()})
        elif isinstance(record, Status) and (record.what, record.state) == ("ocr", "capturing"):
            heard.ready = heard.ready or time.time()


async def _address(daemon: Process, log: Path, said: BinaryIO) -> str:
    """The address that the daemon says it listens on."""
    found: re.Match[bytes] | None = None

    def listens() -> bool:
        nonlocal found
        found = re.search(rb"listening on (ws://\S+)", log.read_bytes())
        if daemon.returncode is not None:
            raise RuntimeError(f"the daemon ended before it listened: see {said.name}")
        return found is not None

    await _until(listens)
    assert found is not None
    return found[1].decode()


@asynccontextmanager
async def _running(*command: str, **options: Any) -> AsyncIterator[Process]:
    """A process that is ended afterwards."""
    process = await asyncio.create_subprocess_exec(*command, **options)
    try:
        yield process
    finally:
        if process.returncode is None:
            # What plays the game would leave it behind; without its game it ends by itself.
            for ending in _players(process) if "--display" in command else (psutil.Process(process.pid),):
                ending.terminate()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(10):
                    await process.communicate()
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _until(met: Callable[[], bool], limit: float = START_LIMIT) -> None:
    async with asyncio.timeout(limit):
        while not met():  # noqa: ASYNC110 - what is waited for happens outside this program
            await asyncio.sleep(0.1)


class _Meter:
    """Counts the processor time of processes from when it was made."""

    def __init__(self, processes: list[psutil.Process]) -> None:
        self._processes = processes
        self._begun = time.monotonic()
        self._before = self._spent()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._begun

    @property
    def share(self) -> float:
        return (self._spent() - self._before) / self.seconds

    def _spent(self) -> float:
        times = [process.cpu_times() for process in self._processes]
        return float(sum(spent.user + spent.system for spent in times))


def _megabytes(processes: list[psutil.Process]) -> float:
    """PSS of the processes: memory that they share with others is counted in parts."""
    total = 0
    for process in processes:
        text = Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="ascii")
        total += int(re.findall(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)[0])
    return total / 1024
