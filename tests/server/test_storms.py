"""Clients that come and go by the hundred, in every way: whoever stays misses nothing, and nothing is left behind."""

from __future__ import annotations

import asyncio
import gc
import random
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.server.helpers import UPGRADE, Room, StandInControls, StandInPages, receive_lines, room, until

STORM = 300
AT_ONCE = 60
HANDSHAKE = "\r\n".join(["GET {path} HTTP/1.1", "Host: localhost", *UPGRADE, "", ""])


async def polite(place: Room) -> None:
    async with place.client(random.choice(["/", "/v1/lines?after=0", "/v1/control"])):
        await asyncio.sleep(random.random() / 20)


async def gone_without_a_word(place: Room) -> None:
    async with place.client("/v1/lines?after=0&partials=1") as client:
        client.transport.abort()


async def gone_in_the_handshake(place: Room) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", place.port)
    handshake = HANDSHAKE.format(path="/v1/lines?after=0").encode()
    writer.write(handshake[: random.randrange(len(handshake))])
    await asyncio.sleep(0)
    writer.transport.abort()


async def reset(place: Room) -> None:
    """Closed while something is still unread, which the other side takes for an error."""
    _, writer = await asyncio.open_connection("127.0.0.1", place.port)
    writer.write(HANDSHAKE.format(path="/v1/lines?after=0").encode())
    await asyncio.sleep(random.random() / 20)
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    writer.transport.abort()


async def browsing(place: Room) -> None:
    assert (await place.get(random.choice(["/", "/healthz", "/metrics", "/nowhere"]))).status in (200, 404, 503)


async def badly_behaved(place: Room) -> None:
    async with place.client("/v1/lines") as client:
        await client.send("x" * random.choice([10, 5000]))
        await client.wait_closed()


WAYS: list[Callable[[Room], Awaitable[None]]] = [
    polite,
    gone_without_a_word,
    gone_in_the_handshake,
    reset,
    browsing,
    badly_behaved,
]


def test_a_storm_leaves_nothing_behind(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The room itself sees to it that no task and no thread is left."""

    async def come_and_go(place: Room, limit: asyncio.Semaphore, number: int) -> None:
        async with limit:
            with suppress(ConnectionClosed, InvalidHandshake, ConnectionError):
                await WAYS[number % len(WAYS)](place)

    async def main() -> None:
        async with room(tmp_path, controls=StandInControls(), pages=StandInPages(), history=20) as place:
            await place.say(*(f"line {number}." for number in range(200)))
            async with place.client("/v1/lines?after=200") as steady:
                await until(lambda: place.server.clients == 1)
                files, tasks = open_files(), len(asyncio.all_tasks())
                limit = asyncio.Semaphore(AT_ONCE)
                storm = asyncio.gather(*(come_and_go(place, limit, number) for number in range(STORM)))
                for number in range(100):
                    await place.say(f"line {number}.")
                    await asyncio.sleep(0.01)
                await storm
                assert [line.seq for line in await receive_lines(steady, 100)] == list(range(201, 301))
                await until(lambda: len(place.server._connections.present) == 1)
                await until(lambda: len(asyncio.all_tasks()) <= tasks)
                await until(lambda: open_files() <= files)
                assert place.server.clients == len(place.server._handlers) == len(place.feed._subscriptions) == 1
            await until(lambda: place.server.clients == 0)

    asyncio.run(main())
    assert not [record for record in caplog.records if record.levelname == "ERROR" or record.name == "asyncio"]


def open_files() -> int:
    gc.collect()
    return psutil.Process().num_fds() if hasattr(psutil.Process, "num_fds") else 0
