from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from pathlib import Path

import pytest

from capture_daemon.records import Hello
from capture_daemon.server import connections
from tests.server.helpers import (
    TOKEN,
    UPGRADE,
    WAIT,
    StandInPages,
    closed,
    listening,
    receive,
    refused,
    room,
    token_file,
    until,
)


def test_one_client_too_many_is_refused_until_another_goes(tmp_path: Path) -> None:
    async def main() -> None:
        async with room(tmp_path, max_clients=2, pages=StandInPages()) as place:
            async with place.client() as first, place.client("/") as second:
                await listening(place, 2)
                status, said = await refused(place)
                assert status == 503
                assert "server.max_clients" in said
                assert (await place.get("/healthz")).status == 503  # what the stand-in says, though it is full
                assert (await place.get("/")).status == 200
                await second.close()
                await until(lambda: place.server.clients == 1)
                async with place.client() as third:
                    await receive(third)
                await receive(first)
            await until(lambda: place.server.clients == 0)

    asyncio.run(main())


def test_who_has_not_shown_the_token_takes_nobodys_place(tmp_path: Path) -> None:
    """Otherwise some machine without the token could keep everybody else out."""

    async def main() -> None:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        async with room(tmp_path, max_clients=2, token_file=token_file(tmp_path)) as place:
            async with (
                place.client() as first,
                place.client() as second,
                place.client(additional_headers=headers) as trusted,
            ):
                await receive(trusted)
                assert (await closed(first))[:2] == ([], 1006)
                await second.send(json.dumps({"type": "auth", "token": TOKEN}))
                await receive(second)
                assert (await refused(place))[0] == 503
                assert place.server.clients == 2
            await until(lambda: not place.server._connections.present)

    asyncio.run(main())


def test_handshakes_that_are_never_done_make_way(tmp_path: Path) -> None:
    """Those that came first are cut off; a client is let in all the while."""

    async def main() -> None:
        async with room(tmp_path, max_clients=2) as place:
            halves = []
            for _ in range(2 + connections.HANDSHAKES + 20):
                halves.append(await asyncio.open_connection("127.0.0.1", place.port))
                halves[-1][1].write(b"GET /v1/lines HTTP/1.1\r\n")
            async with place.client() as client:
                assert isinstance(await receive(client), Hello)
            assert len(place.server._connections.present) <= 2 + connections.HANDSHAKES + 1
            with contextlib.suppress(ConnectionResetError):  # where it had sent what nobody has read yet
                assert await asyncio.wait_for(halves[0][0].read(), WAIT) == b""
            for _, writer in halves:
                writer.close()

    asyncio.run(main())


def test_a_client_that_goes_before_it_is_answered_is_no_fault(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        async with room(tmp_path, pages=StandInPages()) as place:
            for path in ("/", "/v1/lines", "/nowhere"):
                for headers in ((), UPGRADE):
                    reader, writer = await asyncio.open_connection("127.0.0.1", place.port)
                    request = "\r\n".join([f"GET {path} HTTP/1.1", "Host: localhost", *headers, "", ""])
                    writer.write(request.encode())
                    writer.write_eof()
                    await asyncio.wait_for(reader.read(), WAIT)
                    writer.close()
            await until(lambda: not place.server._connections.present)

    with caplog.at_level(logging.INFO):
        asyncio.run(main())
    assert not [record for record in caplog.records if record.levelno > logging.INFO]
