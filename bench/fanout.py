"""The feed and many clients: how late each gets a line, what a client costs, what one that stops reading does.

    python -m bench.fanout [--endurance LINES]

Log, feed and server are the real ones, in a process of their own; the clients are another. Delay is from the moment a
line is handed to the feed, before it is written to the log, to its bytes being read by the client.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import sys
import time
from asyncio.subprocess import PIPE
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil

from capture_daemon.config import ServerTable
from capture_daemon.delivery import Feed, LineLog, Server
from capture_daemon.records import Line

CROWDS = (1, 50, 200)
LINES, PACE = 300, 20.0
"""Lines of each crowd, and how many a second: far more than any game says."""
ENDURANCE, ENDURANCE_PACE = 10_000, 30.0
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
    """What was measured: the crowds, and one crowd with a client that has stopped reading."""

    crowds: list[Crowd] = field(default_factory=list)
    endurance: Crowd | None = None
    megabytes: list[float] = field(default_factory=list)
    """The server's memory during the endurance, ten times."""
    closed_after: int | None = None
    """Lines after which the one that had stopped reading was closed."""


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
            await asyncio.sleep(max(0.0, begin + number / pace - loop.time()))
            await self.feed.publish(line())


async def _crowd(folder: Path, clients: int, *, endurance: int = 0) -> tuple[Crowd, list[float], int | None]:
    log = LineLog.open(folder / f"{clients}-{endurance}.jsonl")
    feed = Feed(log)
    server = Server(feed, ServerTable(port=0), "0.1.0")
    port = (await server.start())[0][1]
    stage = _Stage(feed, server, port)
    before = stage.memory()
    stuck = 1 if endurance else 0
    command = [sys.executable, "-m", "bench.fanout_clients", str(port), str(clients), str(stuck)]
    crowd = await asyncio.create_subprocess_exec(*command, stdout=PIPE)
    assert crowd.stdout is not None
    assert (await asyncio.wait_for(crowd.stdout.readline(), LIMIT)).strip() == b"ready"
    kilobytes = (stage.memory() - before) * 1000 / (clients + stuck)
    memory: list[float] = []
    closed_after = None
    used = stage.processor()
    for _ in range(10):
        await stage.publish((endurance or LINES) // 10, ENDURANCE_PACE if endurance else PACE)
        memory.append(stage.memory())
        if stuck and closed_after is None and server.too_slow:
            closed_after = feed.latest
    used = stage.processor() - used
    await server.close()
    seen = json.loads((await asyncio.wait_for(crowd.stdout.readline(), LIMIT)).decode())
    await crowd.wait()
    await feed.close()
    log.close()
    return Crowd(clients, seen, kilobytes, used * 1e6 / (feed.latest * clients)), memory, closed_after


async def _measure(endurance: int) -> Fanout:
    found = Fanout()
    with TemporaryDirectory() as folder:
        for clients in CROWDS:
            found.crowds.append((await _crowd(Path(folder), clients))[0])
        found.endurance, found.megabytes, found.closed_after = await _crowd(
            Path(folder), max(CROWDS), endurance=endurance
        )
    return found


def main() -> None:
    """The command line: prints what was measured as JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.fanout", description="Measure the feed with many clients.")
    parser.add_argument("--endurance", type=int, default=ENDURANCE, metavar="LINES", help="lines beside a stuck client")
    print(json.dumps(asdict(asyncio.run(_measure(parser.parse_args().endurance)))))


if __name__ == "__main__":
    main()
