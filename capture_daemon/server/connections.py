"""The connections that there are, each from its first byte to its last."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator

from websockets.asyncio.server import ServerConnection, broadcast
from websockets.protocol import Event, State

from capture_daemon.server import channels
from capture_daemon.server.router import Admission
from capture_daemon.server.throttle import ReceiveThrottle

HANDSHAKES = 64
"""Connections that there may be besides as many as the clients: before their handshake is done, or for a page."""
RESERVED_FILES = 128
"""Files that connections leave to the log, the source, OCR and what else the daemon has, 64 to 512: it has some 40."""
FEWEST = 16
"""Connections that there may be however few files the system gives."""
ECHO_LIMIT = 64 * 1024
"""Bytes waiting for a client above which nothing more is read of it, 32 KiB to 1 MiB: what it sends, pings above all,
has answers that would wait, too. Twice as many as text may be."""


class ClientConnection(ServerConnection):
    """A connection that knows how it was admitted; None before that, and for a page."""

    admission: Admission | None = None
    trusted = False
    """Whether it has shown the token, or needs none."""
    pending: PendingConnection | None = None
    """How it came in."""
    uid: int | None = None
    """The user whose program it is; None where that isn't known."""

    @property
    def unanswerable(self) -> bool:
        """Whether it has gone already, or has sent what is no WebSocket frame after its request.

        The library has ended the connection then, and takes an answer for a fault of its own.
        """
        return self.protocol.eof_sent

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin; the library's messages have a say of their own in whether more is read."""
        super().connection_made(transport)
        self._throttle = ReceiveThrottle(self.transport, self._take)
        self.recv_messages.pause = lambda: self._throttle.hold("full")
        self.recv_messages.resume = lambda: self._throttle.release("full")

    def data_received(self, data: bytes) -> None:
        """Take what the client sends, at a bounded rate, and none of it while it doesn't take what it has coming."""
        self._throttle.offer(data)

    def _take(self, data: bytes) -> None:
        super().data_received(data)
        if self.paused and self.transport.get_write_buffer_size() > ECHO_LIMIT:
            self._throttle.hold("answers")

    def process_event(self, event: Event) -> None:
        """Count what comes."""
        self._throttle.count()
        super().process_event(event)

    def resume_writing(self) -> None:
        """Go on: the client has taken what was waiting."""
        super().resume_writing()
        self._throttle.release("answers")

    def connection_lost(self, exc: Exception | None) -> None:
        """Take nothing more."""
        self._throttle.end()
        super().connection_lost(exc)

    def cut(self) -> None:
        """Cut it off."""
        self.transport.abort()

    async def turn_away(self) -> None:
        """Cut it off, and wait until it has gone."""
        self.transport.abort()
        await self.wait_closed()

    async def say(self, message: bytes) -> None:
        """Send one text message; raises TimeoutError where the client takes none, ConnectionClosed once it has gone."""
        waiting = self.transport.get_write_buffer_size() > 0 or self.transport.is_closing()
        if self.state is State.OPEN and not waiting:
            # Twice as fast. It doesn't wait for the client, and where nothing is queued there is nothing to wait for.
            broadcast((self,), message, text=True)
            return
        async with asyncio.timeout(channels.SEND_LIMIT):
            await self.send(message, text=True)

    async def send_pieces(self, pieces: AsyncIterator[bytes]) -> None:
        """Send one text message in pieces, each once the client has taken those before; raises ConnectionClosed."""
        await self.send(pieces, text=True)


class PendingConnection:
    """A connection on its way in: whose user is being asked, whose TLS handshake or whose request isn't done."""

    def __init__(self, task: asyncio.Task[None], limit: float) -> None:
        """`task` makes a connection of it. If its request isn't complete after `limit` seconds, it is cut off."""
        self.connection: ClientConnection | None = None
        self._task = task
        self._late = asyncio.get_running_loop().call_later(limit, self.cut)

    def is_in_time(self) -> None:
        """Its request is complete, or it has gone."""
        self._late.cancel()

    def cut(self) -> None:
        """Cut it off."""
        if self.connection is None:
            self._task.cancel()
        else:
            self.connection.cut()


class ConnectionRegistry:
    """Keeps count of the connections, so that they never are too many, and all of them can be ended."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._most = min(2 * limit + HANDSHAKES, _files_to_be_had())
        self._present: set[ClientConnection] = set()
        self._unfinished: dict[PendingConnection, None] = {}  # in the order in which they came
        self._clients: dict[ClientConnection, None] = {}

    @property
    def present(self) -> list[ClientConnection]:
        """Every connection, also one whose handshake isn't done."""
        return list(self._present)

    @property
    def unfinished(self) -> int:
        """How many connections there are before their handshake is done, or for a page."""
        return len(self._unfinished)

    @property
    def clients(self) -> int:
        """How many have come in by a route."""
        return len(self._clients)

    def admit(self, connection: ClientConnection, admission: Admission) -> bool:
        """Let one in by a route; False where there are as many clients as there may be, and all are trusted.

        Otherwise whoever has been let in without showing the token yet, and the longest ago, makes room.
        """
        if len(self._clients) >= self._limit:
            stranger = next((one for one in self._clients if not one.trusted), None)
            if stranger is None:
                return False
            del self._clients[stranger]
            stranger.cut()
        connection.admission, connection.trusted = admission, admission.trusted
        self._forget_pending(connection)
        self._clients[connection] = None
        return True

    def came(self, one: PendingConnection) -> None:
        """Count a connection; where there are too many, the one that has been at its handshake the longest is cut off.

        Handshakes take milliseconds; that one is the least likely to mean it.
        """
        self._unfinished[one] = None
        if len(self._unfinished) > self._limit + HANDSHAKES or len(self._unfinished) + len(self._clients) > self._most:
            self.cut_oldest()

    def left(self, one: PendingConnection) -> None:
        """Count it no more."""
        one.is_in_time()
        self._unfinished.pop(one, None)

    def cut_oldest(self) -> None:
        """Cut off the connection that has been at its handshake the longest, if there is one."""
        oldest = next(iter(self._unfinished), None)
        if oldest is not None:
            self.left(oldest)
            oldest.cut()

    def abort_unfinished(self) -> None:
        """Cut off every connection that isn't through its handshake."""
        for connection in self.present:
            if connection.state is State.CONNECTING:
                connection.cut()

    def abort(self) -> None:
        """Cut off every connection."""
        for connection in self.present:
            connection.cut()

    def kind(self) -> type[ClientConnection]:
        """What is made of each connection, so that it is known here until it has gone."""
        connections = self

        class RegisteredConnection(ClientConnection):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                connections._present.add(self)
                if self.pending is not None:
                    self.pending.connection = self
                super().connection_made(transport)

            def connection_lost(self, exc: Exception | None) -> None:
                connections._left(self)
                super().connection_lost(exc)

        return RegisteredConnection

    def _left(self, connection: ClientConnection) -> None:
        self._present.discard(connection)
        self._forget_pending(connection)
        self._clients.pop(connection, None)

    def _forget_pending(self, connection: ClientConnection) -> None:
        if connection.pending is not None:
            self.left(connection.pending)


def _files_to_be_had() -> int:
    """Connections that leave the rest of the daemon files to open; the system decides how many a process may have."""
    if sys.platform == "win32":
        return sys.maxsize
    import resource  # noqa: PLC0415 - Windows has none

    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return sys.maxsize if soft == resource.RLIM_INFINITY else max(FEWEST, soft - RESERVED_FILES)
