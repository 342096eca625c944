"""A daemon's delivery room in a process of its own: the real log, feed and server, and lines out of nowhere.

    python -m tests.server.talker LOG [KEY=VALUE of the [log] table …]

says `listening on ws://…` on standard error, and then a line every few milliseconds until it is stopped or killed.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tomllib
from pathlib import Path

from capture_daemon.cli.serving import print_ready
from capture_daemon.config.models import LogTable, ServerTable
from capture_daemon.linelog.log import LineLog
from capture_daemon.server.feed import Feed
from capture_daemon.server.server import Server
from tests.server.helpers import line

PAUSE = 0.004
"""Seconds between two lines, on average; sometimes several come at once."""


async def talk(log: LineLog) -> None:
    feed = Feed(log)
    server = Server(feed, ServerTable(port=0), "0.1.0")
    await server.start()
    print_ready(server.address)
    number = 0
    last = None
    while True:
        for _ in range(random.choice((1, 1, 1, 5))):
            number += 1
            text = f"line {number} " + "…" * random.randrange(300)
            last = feed.publish(line(text), last if number % 7 == 0 else None)
        await asyncio.sleep(random.uniform(0, 2 * PAUSE))


if __name__ == "__main__":
    settings = LogTable(**tomllib.loads("\n".join(sys.argv[2:])))
    asyncio.run(talk(LineLog.open(Path(sys.argv[1]), settings)))
