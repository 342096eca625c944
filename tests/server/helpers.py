"""A line to say, and a whole delivery room to say it in."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from capture_daemon.config.models import LogTable, ServerTable
from capture_daemon.linelog.log import LineLog
from capture_daemon.linelog.mark import Mark
from capture_daemon.records import Choice, Line, Record, parse_record
from capture_daemon.server.control_interface import Controls, FramePicture, PictureRequest
from capture_daemon.server.feed import Feed
from capture_daemon.server.pages import Page, Pages, text_page
from capture_daemon.server.server import Server
from tests.program import ROOT, environment

WAIT = 20.0
TOKEN = "correct-horse+battery/staple=="


def examples(usual: int) -> int:
    """How many examples Hypothesis is to try: THOROUGH=10 in the environment has it try ten times as many as usual."""
    return usual * int(os.environ.get("THOROUGH", "1"))


def token_file(folder: Path, text: str = TOKEN) -> Path:
    """A file with a token, which others can't read."""
    file = folder / "token"
    file.write_bytes(text.encode())
    file.chmod(0o600)
    return file


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


def set_mark(log: Path, stream: str, seq: int) -> None:
    """Have the mark of a log say that the numbers of a stream have come so far."""
    mark = Mark.open(log)
    mark.note(stream, seq)
    mark.close()


class StandInPages:
    """Pages of a daemon that isn't there."""

    def viewer(self) -> Page:
        return Page(
            HTTPStatus.OK, "text/html; charset=utf-8", b"<title>lines</title>", {"Content-Security-Policy": "own"}
        )

    def health(self) -> Page:
        return Page(HTTPStatus.SERVICE_UNAVAILABLE, "application/json", b'{"log": "lost"}')

    def metrics(self) -> Page:
        return Page(HTTPStatus.OK, "text/plain; version=0.0.4", b"lines_total 3\n")

    async def picture(self, seq: int, stream: str | None) -> Page:
        if seq > 9:
            return text_page(HTTPStatus.NOT_FOUND, "the picture is not kept", {})
        return Page(HTTPStatus.OK, "image/jpeg", f"picture {seq} of {stream or 'the present stream'}".encode())


class StandInSnapshot:
    """A frame of a daemon that isn't there."""

    def picture(self, wanted: PictureRequest) -> FramePicture:
        return FramePicture(b"\x89PNG", (64, 48), [0, 0, 64, 48], {"dialogue": [1, 2, 3, 4], "speaker": None})


class StandInControls:
    """Controls of a daemon that isn't there."""

    async def pause(self) -> None:
        """Nothing to pause."""

    async def resume(self) -> None:
        """Nothing to resume."""

    def status(self) -> dict[str, Any]:
        return {"paused": False}

    async def frame(self) -> StandInSnapshot:
        return StandInSnapshot()

    async def set_region(self, name: str, box: str, save: bool) -> dict[str, Any]:
        return {"region": name, "box": box, "saved": save}

    def trace(self) -> list[dict[str, Any]]:
        return [{"type": "decision", "verdict": "came"}]


UPGRADE = (
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
)
"""The headers of a handshake."""


@dataclass(frozen=True)
class Answer:
    """An HTTP answer, as it came."""

    status: int
    headers: dict[str, str]
    body: str


@dataclass
class Room:
    log: LineLog
    feed: Feed
    server: Server
    port: int

    def url(self, path: str = "/v1/lines") -> str:
        return f"{self.server.address.partition(':')[0]}://127.0.0.1:{self.port}{path}"

    @asynccontextmanager
    async def client(self, path: str = "/v1/lines", **options: Any) -> AsyncIterator[ClientConnection]:
        async with connect(self.url(path), compression=None, proxy=None, close_timeout=1, **options) as connection:
            yield connection

    async def raw(self, *headers: str, request: str = "GET /v1/lines HTTP/1.1") -> str:
        """What the server answers to a request written by hand, until it closes or has sent all there is at once."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write("\r\n".join([request, *headers, "", ""]).encode())
            return (await asyncio.wait_for(reader.read(65536), WAIT)).decode(errors="replace")
        finally:
            writer.close()
            await writer.wait_closed()

    async def get(self, path: str, *headers: str, method: str = "GET") -> Answer:
        """The answer to a plain HTTP request."""
        answer = await self.raw("Host: localhost", *headers, request=f"{method} {path} HTTP/1.1")
        head, _, body = answer.partition("\r\n\r\n")
        status, *lines = head.split("\r\n")
        return Answer(int(status.split()[1]), dict(line.split(": ", 1) for line in lines), body)

    async def say(self, *texts: str, **changes: Any) -> list[Line]:
        said = [await self.feed.publish(line(text, **changes)) for text in texts]
        return [record for record in said if isinstance(record, Line)]


def choice(*options: str, chosen: int | None = 1, **changes: Any) -> Choice:
    """What was chosen from a menu, as the daemon publishes it, without its number."""
    said = line().to_dict()
    keys = ("session", "time", "started", "media_time", "media_started", "language", "confidence", "source", "box")
    values = {key: said[key] for key in keys} | {"region": "choices"} | changes
    return Choice(stream="", seq=0, options=list(options), chosen=chosen, **values)


@asynccontextmanager
async def room(
    folder: Path,
    *,
    history: int = 1024,
    controls: Controls | None = None,
    pages: Pages | None = None,
    kept: LogTable | None = None,
    **settings: Any,
) -> AsyncIterator[Room]:
    """A delivery room; that it leaves no task and no thread behind is checked every time."""
    tasks, threads = asyncio.all_tasks(), set(threading.enumerate())
    log = LineLog.open(folder / "dialogue.jsonl", kept)
    feed = Feed(log, history=history)
    server = Server(feed, ServerTable(**{"port": 0} | settings), "0.1.0", controls=controls, pages=pages)
    try:
        addresses = await server.start()
        yield Room(log, feed, server, addresses[0][1])
    finally:
        await server.close()
        await feed.close()
        log.close()
    # It may be left by another task than the one that came in.
    left = asyncio.all_tasks() - tasks - {asyncio.current_task()}
    assert not {task for task in left if "websockets/asyncio/client" not in str(task.get_coro())}
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


async def closed(connection: ClientConnection) -> tuple[list[str | bytes], int | None, str | None]:
    """What is heard until the connection is closed, the close code and the reason."""
    heard: list[str | bytes] = []
    try:
        while True:
            heard.append(await asyncio.wait_for(connection.recv(), WAIT))
    except ConnectionClosed:
        return heard, connection.close_code, connection.close_reason


async def refused(place: Room, path: str = "/v1/lines", **options: Any) -> tuple[int, str]:
    """The status of a handshake that is refused, and what is said."""
    with pytest.raises(InvalidStatus) as caught:
        async with place.client(path, **options):
            pass
    response = caught.value.response
    return response.status_code, bytes(response.body or b"").decode()


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that no event tells."""
    for _ in range(int(WAIT / 0.01)):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise TimeoutError


async def listening(place: Room, count: int) -> None:
    """Wait until that many clients are subscribed."""
    await until(lambda: len(place.feed._subscriptions) == count)


def start_talker(path: Path, *settings: str) -> subprocess.Popen[str]:
    """A daemon's delivery room in a process of its own, writing the log at `path`; the caller's to end."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.server.talker", str(path), *settings],
        cwd=ROOT,
        env=environment(path.parent),
        stderr=subprocess.PIPE,
        text=True,
    )


def address_of(talker: subprocess.Popen[str]) -> str:
    """Where it listens, once it does."""
    assert talker.stderr is not None
    said = talker.stderr.readline()
    while said and not said.startswith("listening on "):
        said = talker.stderr.readline()
    return said.split()[-1]
