"""The feed and many clients: how late each gets a line, what a client costs, what one that stops reading does.

    python -m bench.fanout CLIENTS LINES PACE STUCK

Log, feed and server are the real ones, in a process of their own; the clients are another. Delay is from the moment a
line is handed to the feed, before it is written to the log, to its bytes being read by the client.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import subprocess
import sys
import time
from asyncio.subprocess import PIPE
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil

from capture_daemon.config.models import ServerTable
from capture_daemon.linelog.log import LineLog
from capture_daemon.records import Line
from capture_daemon.server.feed import Feed
from capture_daemon.server.server import Server

CROWDS = (1, 50, 200)
LINES, PACE = 200, 20.0
"""Lines of each crowd, and how many a second: far more than any game says."""
ENDURANCE, ENDURANCE_PACE = 10_000, 100.0
SETTLED = 2
"""Tenths of the endurance after which the feed's memory of lines is full."""
LIMIT = 60.0


@dataclass(slots=True)
class Crowd:
    """One crowd of clients."""

    clients: int
    seen: dict[str, Any]
    kilobytes: float
    """A client, in the server's memory."""
    microseconds: float
    """Of processor time, a message."""


@dataclass(slots=True)
class Fanout:
    """What was measured with one crowd, and with clients beside it that had stopped reading."""

    crowd: Crowd
    lines: int
    megabytes: list[float]
    """The server's memory after each tenth of the lines."""
    closed_after: int | None
    """Lines after which the one that had stopped reading was closed, to a tenth of them."""

    @property
    def growth(self) -> float:
        """Megabytes by which the memory grew once it had settled."""
        return max(self.megabytes[SETTLED:]) - self.megabytes[SETTLED - 1]


def line() -> Line:
    """A line as games say them; its text tells when it was said."""
    when = "2026-11-22T15:20:11.123+00:00"
    text = f"said at {time.monotonic_ns() // 1000}: and then we went down to the river, all of us."
    return Line(
        stream="",
        seq=0,
        session=when,
        time=when,
        started=when,
        media_time=None,
        media_started=None,
        speaker="Sylvie",
        text=text,
        rows=[text],
        language="en",
        confidence=0.987,
        source="screen:1",
        region="dialogue",
        box=[420, 670, 382, 31],
    )


class _Stage:
    """A feed and its server, and the process that they run in."""

    def __init__(self, feed: Feed, server: Server, port: int) -> None:
        self.feed, self.server, self.port = feed, server, port
        self.process = psutil.Process()

    def memory(self) -> float:
        """Megabytes, after what is not needed any more has been let go."""
        gc.collect()
        return float(self.process.memory_info().rss) / 1e6

    def processor(self) -> float:
        """Seconds of processor time so far."""
        times = self.process.cpu_times()
        return float(times.user + times.system)

    async def publish(self, count: int, pace: float) -> None:
        """Lines one after another, so many a second."""
        loop = asyncio.get_running_loop()
        begin = loop.time()
        for number in range(count):
            # The pace is what is measured under.
            await asyncio.sleep(max(0.0, begin + number / pace - loop.time()))
            await self.feed.publish(line())


async def _crowd(folder: Path, clients: int, lines: int, pace: float, *, stuck: int = 0) -> Fanout:
    log = LineLog.open(folder / f"{clients}-{stuck}.jsonl")
    feed = Feed(log)
    server = Server(feed, ServerTable(port=0), "0.1.0")
    stage = _Stage(feed, server, (await server.start())[0][1])
    before = stage.memory()
    command = [sys.executable, "-m", "bench.fanout_clients", str(stage.port), str(clients), str(stuck)]
    crowd = await asyncio.create_subprocess_exec(*command, stdout=PIPE)
    assert crowd.stdout is not None
    assert (await asyncio.wait_for(crowd.stdout.readline(), LIMIT)).strip() == b"ready"
    kilobytes = (stage.memory() - before) * 1000 / (clients + stuck)
    memory: list[float] = []
    closed_after = None
    used = stage.processor()
    for _ in range(10):
        await stage.publish(lines // 10, pace)
        memory.append(stage.memory())
        if closed_after is None and server.too_slow:
            closed_after = feed.latest
    used = stage.processor() - used
    await server.close()
    seen = json.loads((await asyncio.wait_for(crowd.stdout.readline(), LIMIT)).decode())
    await crowd.wait()
    await feed.close()
    log.close()
    microseconds = used * 1e6 / (lines * clients)
    return Fanout(Crowd(clients, seen, kilobytes, microseconds), lines, memory, closed_after)


def measure() -> list[Fanout]:
    """Each crowd by itself, then the largest beside a client that has stopped reading, in processes of their own."""
    found = []
    for clients, lines, pace, stuck in (
        *((clients, LINES, PACE, 0) for clients in CROWDS),
        (max(CROWDS), ENDURANCE, ENDURANCE_PACE, 1),
    ):
        command = [sys.executable, "-m", "bench.fanout", str(clients), str(lines), str(pace), str(stuck)]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=lines / pace + 2 * LIMIT)
        values = json.loads(done.stdout)
        found.append(Fanout(**{**values, "crowd": Crowd(**values["crowd"])}))
    return found


def main() -> None:
    """The command line: prints what was measured as JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.fanout", description="Measure the feed with many clients.")
    parser.add_argument("clients", type=int)
    parser.add_argument("lines", type=int)
    parser.add_argument("pace", type=float, help="lines a second")
    parser.add_argument("stuck", type=int, help="clients that stop reading")
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        found = asyncio.run(_crowd(Path(folder), options.clients, options.lines, options.pace, stuck=options.stuck))
    print(json.dumps(asdict(found)))


if __name__ == "__main__":
    main()
