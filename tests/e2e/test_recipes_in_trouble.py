"""The recipes where something fails: a daemon that hangs up or refuses, a server that wants fewer requests."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from http import HTTPStatus
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from capture_daemon.records import Choice, Entry, Hello
from tests.e2e.test_recipes import RECIPES, Service
from tests.e2e.test_recipes import service as service  # noqa: PLC0414 - a fixture
from tests.needs import needs, needs_file
from tests.program import ROOT
from tests.server.helpers import line

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the package node-ws is Debian's")
STREAM = "aaaaaaaaaaaa"
KEPT, NOW = b"\xff\xd8 kept", b"\xff\xd8 now"
WAIT = 60.0


class FailingDaemon:
    """Serves lines that a test writes, and fails on `/v1/control` and at `/v1/pictures` as the test says."""

    def __init__(self) -> None:
        self.address = ""
        self.entries: list[Entry] = []
        self.queries: list[str] = []
        self.feeds: set[ServerConnection] = set()
        self.answers: list[dict[str, Any] | None] = []
        """The next answers to `frame`, None for hanging up; after the last a picture is given."""
        self.requests: list[str] = []
        self.missing = 0
        """So many requests for a picture are told that there is none."""

    def add(self, entry: Entry) -> None:
        self.entries.append(entry.numbered(STREAM, len(self.entries) + 1))

    async def until_followed(self, times: int) -> None:
        async with asyncio.timeout(WAIT):
            while len(self.queries) < times or not self.feeds:  # noqa: ASYNC110 - a fixed short wait
                await asyncio.sleep(0.02)

    async def serve_client(self, client: ServerConnection) -> None:
        assert client.request is not None
        path, _, query = client.request.path.partition("?")
        try:
            await (self._answer(client) if path == "/v1/control" else self._feed(client, query))
        except ConnectionClosed:
            return

    async def _answer(self, client: ServerConnection) -> None:
        await client.recv()
        answer = self.answers.pop(0) if self.answers else {"ok": True, "jpeg": base64.b64encode(NOW).decode()}
        if answer is None:
            await client.close(1001)
        else:
            await client.send(json.dumps({"id": 1, **answer}))
            await client.wait_closed()

    async def _feed(self, client: ServerConnection, query: str) -> None:
        latest = len(self.entries)
        sent = int(query.removeprefix("after=").partition("&")[0]) if query else latest
        await client.send(Hello(stream=STREAM, oldest=1, latest=latest, version="0").to_json())
        self.queries.append(query)
        self.feeds.add(client)
        try:
            while client.close_code is None:
                for entry in self.entries[sent:]:
                    await client.send(entry.to_json())
                    sent = entry.seq
                await asyncio.sleep(0.02)
        finally:
            self.feeds.discard(client)

    def picture(self, client: ServerConnection, request: Request) -> Response | None:
        if not request.path.startswith("/v1/pictures/"):
            return None
        self.requests.append(request.path)
        if len(self.requests) <= self.missing:
            return client.respond(HTTPStatus.NOT_FOUND, "no picture\n")
        response = client.respond(HTTPStatus.OK, "")
        response.body = KEPT
        del response.headers["Content-Length"]
        response.headers["Content-Length"] = str(len(KEPT))
        return response


@asynccontextmanager
async def following(name: str, arguments: Callable[[str], list[str]]) -> AsyncIterator[FailingDaemon]:
    """A recipe that follows such a daemon; `arguments` are its own, given the daemon's address."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    program = sys.executable
    if name.endswith(".cjs"):
        program = needs("node", package="nodejs")
        environment["NODE_PATH"] = str(needs_file("/usr/share/nodejs/ws", package="node-ws").parent)
    daemon = FailingDaemon()
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(
            serve(daemon.serve_client, "127.0.0.1", 0, process_request=daemon.picture)
        )
        daemon.address = f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"
        command = [program, str(RECIPES / name), *arguments(daemon.address)]
        running = await asyncio.create_subprocess_exec(*command, env=environment, stdout=asyncio.subprocess.DEVNULL)
        try:
            await daemon.until_followed(1)
            yield daemon
            assert running.returncode is None
        finally:
            if running.returncode is None:
                running.kill()
            await running.wait()


def pictures(service: Service) -> list[bytes | None]:
    """The picture on each card so far; None for a card that has none."""
    found: list[bytes | None] = []
    for _, body in service.posted:
        given = body["params"]["note"]["picture"]
        found.append(base64.b64decode(given[0]["data"]) if given else None)
    return found


@pytest.mark.parametrize("kind", ["py", "cjs"])
def test_a_card_without_its_picture_and_the_next_with_it(service: Service, kind: str) -> None:
    async def main() -> None:
        async with following(f"anki.{kind}", lambda feed: [feed, f"{service.address}/anki"]) as daemon:
            daemon.answers = [None, {"ok": False, "error": "no frame available: try again", "code": 3}]
            for text in ("Hung up.", "Refused.", "Given."):
                daemon.add(line(text))
            cards = await asyncio.to_thread(service.wait_for, "/anki", 3)
        assert [card["params"]["note"]["fields"]["Front"] for card in cards] == ["Hung up.", "Refused.", "Given."]
        assert pictures(service) == [None, None, NOW]

    asyncio.run(main())


@pytest.mark.parametrize("kind", ["py", "cjs"])
def test_a_card_gets_the_picture_that_is_kept_of_its_line(service: Service, kind: str) -> None:
    async def main() -> FailingDaemon:
        async with following(f"anki.{kind}", lambda feed: [feed, f"{service.address}/anki"]) as daemon:
            daemon.missing = 2
            daemon.add(line("Kept a little later.", picture=f"lines.pictures/{STREAM}-1.jpg"))
            daemon.add(line("Not kept."))
            await asyncio.to_thread(service.wait_for, "/anki", 2)
            daemon.missing = 1000
            daemon.add(line("Gone by now.", picture=f"lines.pictures/{STREAM}-3.jpg"))
            await asyncio.to_thread(service.wait_for, "/anki", 3)
        return daemon

    daemon = asyncio.run(main())
    assert pictures(service) == [KEPT, NOW, None]
    assert daemon.requests[:3] == [f"/v1/pictures/1?stream={STREAM}"] * 3


@pytest.mark.parametrize("kind", ["py", "cjs"])
def test_a_recipe_goes_on_after_a_choice(service: Service, kind: str) -> None:
    async def main() -> list[str]:
        async with following(f"discord.{kind}", lambda feed: [f"{service.address}/discord", feed]) as daemon:
            daemon.add(line("One."))
            await asyncio.to_thread(service.wait_for, "/discord", 1)
            daemon.add(Choice.from_dict({**line().to_dict(), "options": ["Yes.", "No."], "chosen": 1}))
            await asyncio.sleep(0.5)
            for feed in tuple(daemon.feeds):
                await feed.close(1001)
            daemon.add(line("Two."))
            await daemon.until_followed(2)
            await asyncio.to_thread(service.wait_for, "/discord", 2)
        return daemon.queries

    assert asyncio.run(main())[1] == f"after=2&stream={STREAM}"
    assert [body["content"] for _, body in service.posted] == ["**Sylvie** One.", "**Sylvie** Two."]


@pytest.mark.parametrize("kind", ["py", "cjs"])
def test_a_line_is_posted_again_where_the_channel_is_full(service: Service, kind: str) -> None:
    async def main() -> None:
        async with following(f"discord.{kind}", lambda feed: [f"{service.address}/discord", feed]) as daemon:
            service.full = ["0.5", "soon"]
            daemon.add(line("One."))
            daemon.add(line("Two."))
            await asyncio.to_thread(service.wait_for, "/discord", 2)

    asyncio.run(main())
    assert [body["content"] for _, body in service.posted] == ["**Sylvie** One.", "**Sylvie** Two."]
    assert service.full == []
