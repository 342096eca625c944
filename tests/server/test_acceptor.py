"""Connections that only take room: half-open handshakes, and more than there are files for."""

from __future__ import annotations

import asyncio
import logging
import resource
import socket
from pathlib import Path

import pytest

from capture_daemon.records import Hello
from capture_daemon.server import acceptor, connections
from capture_daemon.server.tls import pinned_context
from tests.server.certificates import make_certificate
from tests.server.helpers import Room, receive, receive_lines, room, until

CLIENTS = 4
LIMIT = 2.0
"""Seconds for a handshake and a request, where a test can't wait for ten."""


async def half_open(place: Room, count: int) -> list[socket.socket]:
    """So many connections that never say a word."""
    loop = asyncio.get_running_loop()
    made = []
    for _ in range(count):
        client = socket.socket()
        client.setblocking(False)
        await loop.sock_connect(client, ("127.0.0.1", place.port))
        made.append(client)
    return made


def close(clients: list[socket.socket]) -> None:
    for client in clients:
        client.close()


def test_half_open_tls_is_limited_and_others_come_in(tmp_path: Path) -> None:
    async def main() -> None:
        certificate, key = make_certificate(tmp_path)
        async with room(tmp_path, certificate=certificate, key=key, max_clients=CLIENTS) as place:
            most = CLIENTS + connections.HANDSHAKES
            stuck = await half_open(place, 3 * most)
            async with place.client(ssl=pinned_context(certificate)) as client:
                assert isinstance(await receive(client), Hello)
            await until(lambda: place.server._connections.unfinished <= most)
            # Those that were cut off hear of it, long before their time is up; what is left is what is counted.
            async with asyncio.timeout(acceptor.HANDSHAKE_LIMIT / 2):
                await until(lambda: sum(_is_open(one) for one in stuck) <= most)
            close(stuck)

    asyncio.run(main())


def _is_open(client: socket.socket) -> bool:
    try:
        return client.recv(1) != b""
    except BlockingIOError:
        return True
    except ConnectionError:
        return False


def test_half_open_tls_has_a_limit_of_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acceptor, "HANDSHAKE_LIMIT", 0.3)

    async def main() -> None:
        certificate, key = make_certificate(tmp_path)
        async with room(tmp_path, certificate=certificate, key=key) as place:
            stuck = await half_open(place, 5)
            await until(lambda: place.server._connections.unfinished == 0)
            await until(lambda: not any(_is_open(one) for one in stuck))
            close(stuck)

    asyncio.run(main())


def test_tls_and_request_have_one_limit_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acceptor, "HANDSHAKE_LIMIT", LIMIT)

    async def main() -> None:
        certificate, key = make_certificate(tmp_path)
        loop = asyncio.get_running_loop()
        async with room(tmp_path, certificate=certificate, key=key) as place:
            context = pinned_context(certificate)
            async with place.client(ssl=context) as in_time:
                assert isinstance(await receive(in_time), Hello)
                began = loop.time()
                [dawdler] = await half_open(place, 1)
                await asyncio.sleep(0.6 * LIMIT)
                reader, writer = await asyncio.open_connection(sock=dawdler, ssl=context, server_hostname="localhost")
                assert loop.time() - began < LIMIT
                # It never says nothing for long.
                head = b"GET /v1/lines HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 1000
                try:
                    for byte in head:
                        writer.write(bytes([byte]))
                        await writer.drain()
                        await asyncio.sleep(LIMIT / 20)
                        if reader.at_eof():
                            break
                except ConnectionError:
                    pass
                took = loop.time() - began
                assert 0.9 * LIMIT < took < 1.5 * LIMIT
                writer.transport.abort()
                await until(lambda: place.server._connections.unfinished == 0)
                # Whoever was in time stays.
                await place.say("Hi!")
                assert [line.text for line in await receive_lines(in_time, 1)] == ["Hi!"]

    asyncio.run(main())


def test_half_open_tls_does_not_hold_up_the_end(tmp_path: Path) -> None:
    async def main() -> None:
        certificate, key = make_certificate(tmp_path)
        async with room(tmp_path, certificate=certificate, key=key) as place:
            stuck = await half_open(place, 50)
            await until(lambda: place.server._connections.unfinished == 50)
            began = asyncio.get_running_loop().time()
            await place.server.close()
            assert asyncio.get_running_loop().time() - began < 1
            close(stuck)

    asyncio.run(main())


def test_no_files_left_is_told_once_in_a_while_and_passes(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """As where something else in the process has taken them all."""

    async def main() -> None:
        async with room(tmp_path) as place:
            taken = [socket.socket()]
            waiting = await half_open(place, 3)
            await until(lambda: place.server._connections.unfinished == 3)
            late = [socket.socket() for _ in range(20)]
            for one in late:
                one.setblocking(False)
            soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
            resource.setrlimit(resource.RLIMIT_NOFILE, (taken[0].fileno() + 1, hard))
            try:
                loop = asyncio.get_running_loop()
                for one in late:
                    await loop.sock_connect(one, ("127.0.0.1", place.port))
                await until(lambda: "open files" in caplog.text)
                await asyncio.sleep(3 * acceptor.RETRY_DELAY)  # it goes on failing all the while
            finally:
                resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            async with place.client() as client:
                assert isinstance(await receive(client), Hello)
            close([*taken, *waiting, *late])

    with caplog.at_level(logging.INFO):
        asyncio.run(main())
    told = [record for record in caplog.records if record.levelno > logging.INFO]
    assert 1 <= len(told) <= 6
    assert not any(record.exc_info for record in told)


def test_the_files_that_there_are_leave_the_daemon_some(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda kind: (256, 4096))
    assert connections.ConnectionRegistry(4096)._most == 256 - connections.RESERVED_FILES
    monkeypatch.setattr(resource, "getrlimit", lambda kind: (64, 4096))
    assert connections.ConnectionRegistry(4096)._most == connections.FEWEST
