"""Many WebSocket clients in one process, as cheap as can be, so that what is measured is the server.

    python -m bench.fanout_clients PORT COUNT STUCK

says `ready` once all are connected, listens until each has been closed, and prints what they saw as one line of JSON.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import re
import socket
import sys
import time
from array import array
from typing import Any

import numpy as np

HANDSHAKE = (
    "GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
)
_LINE = re.compile(rb'"seq": (\d+), .*"text": "said at (\d+)')
CLOSE, PING, PONG = 8, 9, 10


class Client(asyncio.Protocol):
    """Reads frames of one connection; remembers numbers, delays in microseconds, and the close code."""

    def __init__(self) -> None:
        self.ready = asyncio.get_running_loop().create_future()
        self.gone = asyncio.get_running_loop().create_future()
        self.numbers = array("L")
        self.delays = array("L")
        self.code: int | None = None
        self._buffer = bytearray()
        self._open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection is there."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Take what came, and look at each frame that is complete."""
        now = time.monotonic_ns() // 1000
        buffer = self._buffer
        buffer += data
        if not self._open:
            head, end, _ = buffer.partition(b"\r\n\r\n")
            if not end:
                return
            assert head.startswith(b"HTTP/1.1 101 "), bytes(head)
            self._open = True
            del buffer[: len(head) + len(end)]
            self.ready.set_result(None)
        at = 0
        while len(buffer) - at >= 4:
            size, begin = buffer[at + 1], at + 2
            if size == 126:
                size, begin = int.from_bytes(buffer[at + 2 : at + 4], "big"), at + 4
            if len(buffer) < begin + size:
                break
            self._frame(buffer[at] & 15, bytes(buffer[begin : begin + size]), now)
            at = begin + size
        del buffer[:at]

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection has gone."""
        self.gone.set_result(None)

    def _frame(self, kind: int, payload: bytes, now: int) -> None:
        if kind == PING:
            # Masked with zeros, which leaves it as it is.
            self._transport.write(bytes([0x80 | PONG, 0x80 | len(payload), 0, 0, 0, 0]) + payload)
        elif kind == CLOSE:
            self.code = int.from_bytes(payload[:2], "big")
        elif found := _LINE.search(payload):
            self.numbers.append(int(found[1]))
            self.delays.append(max(0, now - int(found[2])))


def handshake(port: int, path: str = "/v1/lines") -> bytes:
    """What opens a WebSocket."""
    key = base64.b64encode(os.urandom(16)).decode()
    return HANDSHAKE.format(path=path, port=port, key=key).encode()


async def _connect(port: int) -> Client:
    transport, client = await asyncio.get_running_loop().create_connection(Client, "127.0.0.1", port)
    transport.write(handshake(port))
    await client.ready
    return client


async def _stuck(port: int) -> Client:
    """A client whose socket takes little, and who stops reading once it is in."""
    small = socket.socket()
    small.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    small.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(small, ("127.0.0.1", port))
    transport, client = await loop.create_connection(Client, sock=small)
    transport.write(handshake(port))
    await client.ready
    transport.pause_reading()
    return client


async def _main(port: int, count: int, stuck: int) -> dict[str, Any]:
    held = [await _stuck(port) for _ in range(stuck)]
    clients = [await _connect(port) for _ in range(count)]
    print("ready", flush=True)
    await asyncio.gather(*(client.gone for client in clients))
    delays = np.concatenate([np.asarray(client.delays, dtype=np.int64) for client in clients])
    return {
        "lines": sorted({len(client.numbers) for client in clients}),
        "dense": all(
            list(client.numbers) == list(range(client.numbers[0], client.numbers[0] + len(client.numbers)))
            for client in clients
            if client.numbers
        ),
        "codes": sorted({client.code or 0 for client in clients}),
        "stuck": len(held),
        "p50_ms": float(np.percentile(delays, 50)) / 1000,
        "p99_ms": float(np.percentile(delays, 99)) / 1000,
        "worst_ms": float(delays.max()) / 1000,
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_main(*map(int, sys.argv[1:4])))), flush=True)
