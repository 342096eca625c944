"""A client that asks for answers it doesn't take: pings, as fast as it can."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from typing import Any

import pytest

from capture_daemon.delivery import guests
from capture_daemon.delivery.tls import pinned_context
from tests.delivery.certificates import make_certificate
from tests.delivery.helpers import UPGRADE, WAIT, Room, listening, receive, receive_lines, room

PING = bytes([0x89, 0x80 | 125]) + b"abcd" + b"\0" * 125
SAID = (b"abcd" * 32)[:125]
"""A masked ping of the largest size; its answer has 127 bytes."""
QUIET = 0.5
"""Seconds for which the server takes nothing more: it has stopped reading."""


async def flood(place: Room, path: str) -> tuple[socket.socket, int]:
    """Ping until the server takes no more; the client, and how many bytes it got rid of."""
    loop = asyncio.get_running_loop()
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.setblocking(False)
    await loop.sock_connect(client, ("127.0.0.1", place.port))
    head = "\r\n".join([f"GET {path} HTTP/1.1", "Host: localhost", *UPGRADE, "", ""])
    await loop.sock_sendall(client, head.encode())
    assert (await loop.sock_recv(client, 200)).startswith(b"HTTP/1.1 101 ")
    sent = 0
    while sent < 60 * 2**20:
        try:
            async with asyncio.timeout(QUIET):
                await loop.sock_sendall(client, PING * 500)
        except TimeoutError:
            return client, sent
        sent += len(PING) * 500
    return client, sent


@pytest.mark.parametrize("path", ["/", "/v1/lines"])
def test_pings_that_are_not_answered_for_are_not_read(tmp_path: Path, path: str) -> None:
    async def main() -> None:
        async with room(tmp_path) as place:
            client, sent = await flood(place, path)
            assert sent < 16 * 2**20  # what the system's own buffers took
            [guest] = place.server._guests.present
            # One reading of at most 256 KiB may come on top.
            assert guest.transport.get_write_buffer_size() < guests.ECHO_LIMIT + 300_000
            await listening(place, 1)
            async with place.client() as other:
                await receive(other)
                await place.say("Still here.")
                assert [line.text for line in await receive_lines(other, 1)] == ["Still here."]
            client.close()

    asyncio.run(main())


@pytest.mark.parametrize("tls", [False, True])
def test_who_takes_the_answers_gets_all_of_them(tmp_path: Path, tls: bool) -> None:
    """Reading goes on once the client has taken what was waiting."""

    async def main() -> None:
        certificate, key = make_certificate(tmp_path)
        settings: dict[str, Any] = {"certificate": certificate, "key": key} if tls else {}
        context = pinned_context(certificate) if tls else None
        async with room(tmp_path, **settings) as place:
            reader, writer = await asyncio.open_connection("127.0.0.1", place.port, ssl=context)
            head = "\r\n".join(["GET / HTTP/1.1", "Host: localhost", *UPGRADE, "", ""])
            writer.write(head.encode())
            await reader.readuntil(b"\r\n\r\n")
            count = 20_000
            sending = asyncio.create_task(_send(writer, PING * count))
            await asyncio.sleep(QUIET)
            async with asyncio.timeout(WAIT):
                heard = b""
                while len(heard) < 127 * count:
                    heard += await reader.read(2**20)
                await sending
            assert heard == (bytes([0x8A, 125]) + SAID) * count
            writer.close()

    asyncio.run(main())


async def _send(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(data)
    await writer.drain()
