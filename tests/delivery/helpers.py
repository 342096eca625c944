"""A line to say, and a whole delivery room to say it in."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from capture_daemon.config import ServerTable
from capture_daemon.delivery import Feed, LineLog, Server
from capture_daemon.delivery.controls import Controls
from capture_daemon.delivery.pages import Pages
from capture_daemon.records import Line, Record, parse_record

WAIT = 20.0


def line(text: str = "Hi there!", **changes: Any) -> Line:
    values: dict[str, Any] = {
        "stream": "",
        "seq": 0,
        "session": "2026-11-22T15:17:00.120+00:00",
        "time": "2026-11-22T15:20:11.123+00:00",
        "started": "2026-11-22T15:20:08.871+00:00",
        "media_time": None,
        "media_started": None,
        "speaker": "Sylvie",
        "text": text,
        "rows": [text],
        "language": "en",
        "confidence": 0.987,
        "source": "screen:1",
        "region": "dialogue",
        "box": [420, 670, 382, 31],
    }
    return Line(**values | changes)


@dataclass
class Room:
    log: LineLog
    feed: Feed
    server: Server
    port: int

    def url(self, path: str = "/v1/lines") -> str:
        return f"ws://127.0.0.1:{self.port}{path}"

    @asynccontextmanager
    async def client(self, path: str = "/v1/lines", **options: Any) -> AsyncIterator[ClientConnection]:
        async with connect(self.url(path), compression=None, proxy=None, close_timeout=1, **options) as connection:
            yield connection

    async def say(self, *texts: str, **changes: Any) -> list[Line]:
        return [await self.feed.publish(line(text, **changes)) for text in texts]


@asynccontextmanager
async def room(
    folder: Path,
    *,
    history: int = 1024,
    controls: Controls | None = None,
    pages: Pages | None = None,
    **settings: Any,
) -> AsyncIterator[Room]:
    """A delivery room; that it leaves no task and no thread behind is checked every time."""
    tasks, threads = asyncio.all_tasks(), set(threading.enumerate())
    log = LineLog.open(folder / "dialogue.jsonl")
    feed = Feed(log, history=history)
    server = Server(feed, ServerTable(**{"port": 0} | settings), "0.1.0", controls=controls, pages=pages)
    try:
        addresses = await server.start()
        yield Room(log, feed, server, addresses[0][1])
    finally:
        await server.close()
        await feed.close()
        log.close()
    left = {task for task in asyncio.all_tasks() - tasks if "websockets/asyncio/client" not in str(task.get_coro())}
    assert not left
    assert not {thread for thread in threading.enumerate() if thread.name.startswith("log")} - threads


async def receive(connection: ClientConnection) -> Record:
    return parse_record(await asyncio.wait_for(connection.recv(), WAIT))


async def receive_lines(connection: ClientConnection, count: int) -> list[Line]:
    """The next `count` lines, whatever else comes between."""
    lines: list[Line] = []
    while len(lines) < count:
        record = await receive(connection)
        if isinstance(record, Line):
            lines.append(record)
    return lines


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that no event tells."""
    for _ in range(int(WAIT / 0.01)):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise TimeoutError
