from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from capture_daemon.records import Line
from capture_daemon.server import channels
from capture_daemon.server import server as server_module
from tests.server.helpers import UPGRADE, Room, listening, receive, receive_lines, room, until


async def connect_without_reading(place: Room, path: str) -> socket.socket:
    """A client whose socket takes little and who never reads."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(client, ("127.0.0.1", place.port))
    request = "\r\n".join([f"GET {path} HTTP/1.1", "Host: localhost", *UPGRADE, "", ""])
    await loop.sock_sendall(client, request.encode())
    return client


@pytest.mark.parametrize("path", ["/", "/v1/lines"])
def test_a_client_that_does_not_read_costs_little_and_is_closed(
    tmp_path: Path, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "SLOW_CLOSE_LIMIT", 0.3)

    async def main() -> None:
        async with room(tmp_path) as place:
            stuck = await connect_without_reading(place, path)
            await listening(place, 1)
            async with place.client("/v1/lines?after=0") as reader:
                text = "x" * 10_000 + "."
                largest = 0
                for _ in range(1200):
                    await place.say(text)
                    await receive_lines(reader, 1)
                    sizes = [c.transport.get_write_buffer_size() for c in place.server._connections.present]
                    largest = max(largest, *sizes)
                    if len(place.server._connections.present) == 1:
                        break
                assert largest < 200_000
                await until(lambda: len(place.server._connections.present) == 1)
            stuck.close()

    asyncio.run(main())


def test_a_slow_client_is_told_1013_and_resumes(tmp_path: Path) -> None:
    async def main() -> None:
        small = socket.socket()
        small.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        async with room(tmp_path) as place:
            small.setblocking(False)
            await asyncio.get_running_loop().sock_connect(small, ("127.0.0.1", place.port))
            async with place.client(sock=small, max_queue=1) as client:
                await receive(client)
                await place.say(*["x" * 10_000 + "."] * 1000)
                got = await read_to_the_end(client)
                assert got == list(range(1, len(got) + 1))
                assert client.close_code == 1013
                assert "resume with after" in str(client.close_reason)
            async with place.client(f"/v1/lines?after={len(got)}") as again:
                assert (await receive_lines(again, 1))[0].seq == len(got) + 1

    asyncio.run(main())


async def read_to_the_end(client: ClientConnection) -> list[int]:
    numbers: list[int] = []
    try:
        while True:
            record = await receive(client)
            if isinstance(record, Line):
                numbers.append(record.seq)
    except ConnectionClosed:
        return numbers


def test_a_client_that_takes_nothing_for_too_long_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "SLOW_CLOSE_LIMIT", 0.2)
    monkeypatch.setattr(channels, "SEND_LIMIT", 0.5)

    async def main() -> None:
        async with room(tmp_path) as place:
            stuck = await connect_without_reading(place, "/v1/lines")
            await listening(place, 1)
            await place.say(*["x" * 100_000 + "."] * 100)
            await until(lambda: not place.server._connections.present)
            stuck.close()
            assert place.server.too_slow == 1

    asyncio.run(main())


def test_a_stuck_client_does_not_hold_up_the_end(tmp_path: Path) -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        async with room(tmp_path) as place:
            stuck = await connect_without_reading(place, "/v1/lines")
            await listening(place, 1)
            await place.say(*["x" * 20_000 + "."] * 400)
            begin = loop.time()
        assert loop.time() - begin < 3
        stuck.close()

    asyncio.run(main())
