"""The connections that there are, each from its first byte to its last."""

from __future__ import annotations

import asyncio

from websockets.asyncio.server import ServerConnection, broadcast
from websockets.protocol import State

from capture_daemon.delivery import doors
from capture_daemon.delivery.reception import Admission

HANDSHAKES = 64
"""Connections that there may be besides as many as the clients: before their handshake is done, or for a page."""


class Guest(ServerConnection):
    """A connection that knows how it was admitted; None before that, and for a page."""

    admission: Admission | None = None
    trusted = False
    """Whether it has shown the token, or needs none."""

    @property
    def unanswerable(self) -> bool:
        """Whether it has gone already, or has sent what is no WebSocket frame after its request.

        The library has ended the connection then, and takes an answer for a fault of its own.
        """
        return self.protocol.eof_sent

    async def turn_away(self) -> None:
        """Cut it off."""
        self.transport.abort()
        await self.wait_closed()

    async def say(self, message: bytes) -> None:
        """Send one text message; raises TimeoutError where the client takes none, ConnectionClosed once it has gone."""
        waiting = self.transport.get_write_buffer_size() > 0 or self.transport.is_closing()
        if self.state is State.OPEN and not waiting:
            # Twice as fast. It doesn't wait for the client, and where nothing is queued there is nothing to wait for.
            broadcast((self,), message, text=True)
            return
        async with asyncio.timeout(doors.SEND_LIMIT):
            await self.send(message, text=True)


class Guests:
    """Keeps count of the connections, so that they never are too many, and all of them can be ended."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._present: set[Guest] = set()
        self._unfinished: dict[Guest, None] = {}  # in the order in which they came
        self._clients: dict[Guest, None] = {}

    @property
    def present(self) -> list[Guest]:
        """Every connection, also one whose handshake isn't done."""
        return list(self._present)

    @property
    def clients(self) -> int:
        """How many have come in by a door."""
        return len(self._clients)

    def admit(self, guest: Guest, admission: Admission) -> bool:
        """Let one in by a door; False where there are as many clients as there may be, and all are trusted.

        Otherwise whoever has been let in without showing the token yet, and the longest ago, makes room.
        """
        if len(self._clients) >= self._limit:
            stranger = next((one for one in self._clients if not one.trusted), None)
            if stranger is None:
                return False
            del self._clients[stranger]
            stranger.transport.abort()
        guest.admission, guest.trusted = admission, admission.trusted
        self._unfinished.pop(guest, None)
        self._clients[guest] = None
        return True

    def abort_unfinished(self) -> None:
        """Cut off every connection that isn't through its handshake."""
        for guest in self.present:
            if guest.state is State.CONNECTING:
                guest.transport.abort()

    def abort(self) -> None:
        """Cut off every connection."""
        for guest in self.present:
            guest.transport.abort()

    def kind(self) -> type[Guest]:
        """What the server is to make of each connection, so that it is known here from the first byte on."""
        guests = self

        class KnownGuest(Guest):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                guests._came(self)
                super().connection_made(transport)

            def connection_lost(self, exc: Exception | None) -> None:
                guests._left(self)
                super().connection_lost(exc)

        return KnownGuest

    def _came(self, guest: Guest) -> None:
        # Handshakes take milliseconds; whoever has been at it the longest is the least likely to mean it.
        if len(self._unfinished) >= self._limit + HANDSHAKES:
            oldest = next(iter(self._unfinished))
            del self._unfinished[oldest]
            oldest.transport.abort()
        self._present.add(guest)
        self._unfinished[guest] = None

    def _left(self, guest: Guest) -> None:
        self._present.discard(guest)
        self._unfinished.pop(guest, None)
        self._clients.pop(guest, None)
