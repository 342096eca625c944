"""A client that pings as fast as it can, and takes the answers or doesn't."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from pathlib import Path
from typing import Any

import pytest

from capture_daemon.server import connections, throttle
from capture_daemon.server.tls import pinned_context
from tests.server.certificates import make_certificate
from tests.server.helpers import UPGRADE, WAIT, Room, StandInControls, listening, receive, receive_lines, room

PING = bytes([0x89, 0x80 | 125]) + b"abcd" + b"\0" * 125
SAID = (b"abcd" * 32)[:125]
"""A masked ping of the largest size; its answer has 127 bytes."""
FLOODED = 3.0
"""Seconds for which it pings."""
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


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pings are taken as fast as they come."""
    monkeypatch.setattr(throttle, "AT_ONCE", 10**9)


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("path", ["/", "/v1/lines"])
def test_pings_that_are_not_answered_for_are_not_read(tmp_path: Path, path: str) -> None:
    async def main() -> None:
        async with room(tmp_path) as place:
            client, sent = await flood(place, path)
            assert sent < 16 * 2**20  # what the system's own buffers took
            [connection] = place.server._connections.present
            # One reading of at most 256 KiB may come on top.
            assert connection.transport.get_write_buffer_size() < connections.ECHO_LIMIT + 300_000
            await listening(place, 1)
            async with place.client() as other:
                await receive(other)
                await place.say("Still here.")
                assert [line.text for line in await receive_lines(other, 1)] == ["Still here."]
            client.close()

    asyncio.run(main())


@pytest.mark.usefixtures("hurried")
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


@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize("bytewise", [False, True])
def test_who_takes_the_answers_gets_them_at_a_bounded_rate(tmp_path: Path, tls: bool, bytewise: bool) -> None:
    """The smallest pings, as many as the line takes, or byte by byte; others are served at once all the while."""

    async def main() -> None:
        certificate, key = make_certificate(tmp_path)
        settings: dict[str, Any] = {"certificate": certificate, "key": key} if tls else {}
        context = pinned_context(certificate) if tls else None
        async with room(tmp_path, controls=StandInControls(), **settings) as place, place.client(ssl=context) as other:
            await receive(other)
            reader, writer = await asyncio.open_connection("127.0.0.1", place.port, ssl=context)
            head = "\r\n".join(["GET /v1/control HTTP/1.1", "Host: localhost", *UPGRADE, "", ""])
            writer.write(head.encode())
            await reader.readuntil(b"\r\n\r\n")
            loop = asyncio.get_running_loop()
            [connection] = [
                one
                for one in place.server._connections.present
                if one.remote_address == writer.get_extra_info("sockname")
            ]
            taken = count_pieces(connection)
            began = loop.time()
            flooding = asyncio.create_task(_flood(writer, b"\x89\x80abcd", bytewise=bytewise))
            heard = 0
            for number in range(int(FLOODED / 0.1)):
                said = loop.time()
                await place.say(f"line {number}")
                assert [line.text for line in await receive_lines(other, 1)] == [f"line {number}"]
                assert loop.time() - said < 1
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(0.1):
                        while True:
                            heard += len(await reader.read(2**20)) // 2
            took = loop.time() - began
            flooding.cancel()
            await asyncio.gather(flooding, return_exceptions=True)
            writer.transport.abort()
            most = 1000 + 500 * took + 4096 / 6  # as docs/guarantees.md has it, and what is in one piece
            print(f"{heard} answers, {len(taken)} pieces in {took:.1f} s; at most {most:.0f}")
            assert heard + len(taken) <= most
            assert heard > (100 if bytewise else throttle.AT_ONCE)

    asyncio.run(main())


def count_pieces(connection: connections.ClientConnection) -> list[int]:
    """The sizes of what is taken of a client, as it is."""
    taken: list[int] = []
    take = connection._throttle._take

    def counted(piece: bytes) -> None:
        taken.append(len(piece))
        take(piece)

    connection._throttle._take = counted
    return taken


async def _flood(writer: asyncio.StreamWriter, ping: bytes, *, bytewise: bool) -> None:
    """Ping on and on."""
    if bytewise:
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    while True:
        for piece in [bytes([byte]) for byte in ping] if bytewise else [ping * 5000]:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)


async def _send(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(data)
    await writer.drain()
