"""The server's connections: their limits, and access to all of them."""

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
"""Connections allowed beyond twice the number of clients: during their handshake, or for a page."""
RESERVED_FILES = 128
"""File descriptors reserved for the rest of the daemon, 64 to 512: it uses some 40."""
FEWEST = 16
"""Connections allowed even if the system's limit of open files is low."""
ECHO_LIMIT = 64 * 1024
"""Bytes queued for a client above which nothing more is read from it, 32 KiB to 1 MiB: the answers to its pings would
be queued as well. Twice the limit for text."""


class ClientConnection(ServerConnection):
    """A connection with its `admission`: None during the handshake, and for a page."""

    admission: Admission | None = None
    trusted = False
    """Whether it has shown the token, or needs none."""
    pending: PendingConnection | None = None
    """Its state during the handshake."""
    uid: int | None = None
    """The user id of the client's process; None if unknown."""

    @property
    def unanswerable(self) -> bool:
        """Whether the client has disconnected, or sent something other than a WebSocket frame after its request.

        websockets has already ended the connection then; answering would log an internal error.
        """
        return self.protocol.eof_sent

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start. The message queue of websockets also pauses reading."""
        super().connection_made(transport)
        self._throttle = ReceiveThrottle(self.transport, self._take)
        self.recv_messages.pause = lambda: self._throttle.hold("full")
        self.recv_messages.resume = lambda: self._throttle.release("full")

    def data_received(self, data: bytes) -> None:
        """Receive what the client sends at a bounded rate, and nothing while it doesn't read its answers."""
        self._throttle.offer(data)

    def _take(self, data: bytes) -> None:
        super().data_received(data)
        if self.paused and self.transport.get_write_buffer_size() > ECHO_LIMIT:
            self._throttle.hold("answers")

    def process_event(self, event: Event) -> None:
        """Count a received frame."""
        self._throttle.count()
        super().process_event(event)

    def resume_writing(self) -> None:
        """Resume: the client has read what was queued."""
        super().resume_writing()
        self._throttle.release("answers")

    def connection_lost(self, exc: Exception | None) -> None:
        """Receive nothing more."""
        self._throttle.end()
        super().connection_lost(exc)

    def cut(self) -> None:
        """Cut it off."""
        self.transport.abort()

    async def turn_away(self) -> None:
        """Abort the connection, and wait until it is closed."""
        self.transport.abort()
        await self.wait_closed()

    async def say(self, message: bytes) -> None:
        """Send one text message; raises TimeoutError if the client takes none, ConnectionClosed once it has gone."""
        waiting = self.transport.get_write_buffer_size() > 0 or self.transport.is_closing()
        if self.state is State.OPEN and not waiting:
            # Twice as fast. It doesn't wait for the client, and if nothing is queued there is nothing to wait for.
            broadcast((self,), message, text=True)
            return
        async with asyncio.timeout(channels.SEND_LIMIT):
            await self.send(message, text=True)

    async def send_pieces(self, pieces: AsyncIterator[bytes]) -> None:
        """Send one text message in pieces, each once the client has taken those before; raises ConnectionClosed."""
        await self.send(pieces, text=True)


class PendingConnection:
    """A connection before its request is complete: looking up its user, in the TLS handshake, or sending headers."""

    def __init__(self, task: asyncio.Task[None], limit: float) -> None:
        """`task` makes a connection of it. If its request isn't complete after `limit` seconds, it is cut off."""
        self.connection: ClientConnection | None = None
        self._task = task
        self._late = asyncio.get_running_loop().call_later(limit, self.cut)

    def is_in_time(self) -> None:
        """Cancel the deadline: the request is complete, or the client has disconnected."""
        self._late.cancel()

    def cut(self) -> None:
        """Cut it off."""
        if self.connection is None:
            self._task.cancel()
        else:
            self.connection.cut()


class ConnectionRegistry:
    """All connections: limits their number, and can abort them."""

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
        """Number of connections that are in their handshake, or for a page."""
        return len(self._unfinished)

    @property
    def clients(self) -> int:
        """Number of admitted clients."""
        return len(self._clients)

    def admit(self, connection: ClientConnection, admission: Admission) -> bool:
        """Admit a client; False if the limit is reached and all clients are trusted.

        If the limit is reached, the oldest client that hasn't shown the token yet is aborted to make room.
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
        """Add a connection; if there are too many, abort the one that has been in its handshake the longest.

        Handshakes take milliseconds, so that one is the least likely to be genuine.
        """
        self._unfinished[one] = None
        if len(self._unfinished) > self._limit + HANDSHAKES or len(self._unfinished) + len(self._clients) > self._most:
            self.cut_oldest()

    def left(self, one: PendingConnection) -> None:
        """Remove a connection."""
        one.is_in_time()
        self._unfinished.pop(one, None)

    def cut_oldest(self) -> None:
        """Abort the connection that has been in its handshake the longest, if any."""
        oldest = next(iter(self._unfinished), None)
        if oldest is not None:
            self.left(oldest)
            oldest.cut()

    def abort_unfinished(self) -> None:
        """Abort every connection that is in its handshake."""
        for connection in self.present:
            if connection.state is State.CONNECTING:
                connection.cut()

    def abort(self) -> None:
        """Abort every connection."""
        for connection in self.present:
            connection.cut()

    def kind(self) -> type[ClientConnection]:
        """The class for new connections: it adds and removes them here."""
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
    """Connections that the limit of open files allows, with the reserve for the rest of the daemon."""
    if sys.platform == "win32":
        return sys.maxsize
    import resource  # noqa: PLC0415 - Windows has none

    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return sys.maxsize if soft == resource.RLIM_INFINITY else max(FEWEST, soft - RESERVED_FILES)
