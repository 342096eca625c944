"""The WebSocket server: lets clients in, and owns their connections until they are gone."""

from __future__ import annotations

import asyncio
import logging
from http import HTTPStatus

from websockets.asyncio.server import Server as WebSocketServer
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.protocol import State

from capture_daemon.config import ServerTable
from capture_daemon.delivery import control, doors
from capture_daemon.delivery.addresses import listening_sockets
from capture_daemon.delivery.controls import Controls
from capture_daemon.delivery.doors import Farewell
from capture_daemon.delivery.entrance import ControlDoor, Door, Doorkeeper, LinesDoor, RefusedError, find_door
from capture_daemon.delivery.feed import Feed
from capture_daemon.delivery.pages import Pages, find_page, to_response
from capture_daemon.delivery.subscription import Subscription
from capture_daemon.errors import LogError

logger = logging.getLogger(__name__)

LARGEST_MESSAGE = 4096
"""Bytes that a client may send in one message."""
HANDSHAKE_LIMIT = 5.0
PING_INTERVAL = 20.0
CLOSE_LIMIT = 1.0
"""Seconds for a client to take what is queued for it when the daemon stops, and to answer a closing handshake."""
ANSWER_LIMIT = 0.7
"""Seconds for a client to answer the closing handshake when the daemon stops and it was not done by then."""
SLOW_CLOSE_LIMIT = 5.0
_WRITE_BUFFER = 32 * 1024


class Server:
    """Serves one feed. `start` once, `close` once; both on the feed's event loop."""

    def __init__(
        self,
        feed: Feed,
        settings: ServerTable,
        version: str,
        *,
        controls: Controls | None = None,
        pages: Pages | None = None,
    ) -> None:
        self._feed = feed
        self._settings = settings
        self._version = version
        self._controls = controls
        self._pages = pages
        self._doorkeeper = Doorkeeper(settings.port)
        self._servers: list[WebSocketServer] = []
        self._connections: set[ServerConnection] = set()
        self._talks: dict[asyncio.Task[Farewell | None], Subscription] = {}
        self._stopping = False

    async def start(self) -> list[tuple[str, int]]:
        """Listen, and return the addresses as (host, port).

        Raises AddressError where the host is not loopback or the port can't be had.
        """
        settings = self._settings
        sockets = listening_sockets(settings.host, settings.port)
        addresses = [(listener.getsockname()[0], listener.getsockname()[1]) for listener in sockets]
        self._doorkeeper = Doorkeeper(
            addresses[0][1], settings.hosts, settings.origins, bound=[host for host, _ in addresses]
        )
        for listener in sockets:
            server = serve(
                self._handle,
                sock=listener,
                process_request=self._let_in,
                create_connection=_remembered_in(self._connections),
                compression=None,  # it costs 56 KB a connection, and lines are short
                server_header=None,
                open_timeout=HANDSHAKE_LIMIT,
                ping_interval=PING_INTERVAL,
                ping_timeout=PING_INTERVAL,
                close_timeout=CLOSE_LIMIT,
                max_size=LARGEST_MESSAGE,
                write_limit=_WRITE_BUFFER,
                logger=_websockets_logger,
            )
            self._servers.append(await server)
        return addresses

    async def close(self) -> None:
        """Let nobody in any more, send clients what was queued for them, and close them with 1001, within about 2 s."""
        closing = [asyncio.create_task(server.wait_closed()) for server in self._servers]
        if not closing:
            return
        for server in self._servers:
            server.close(close_connections=False)
        self._stopping = True
        for connection in list(self._connections):
            if connection.state is State.CONNECTING:
                connection.transport.abort()
        for subscription in self._talks.values():
            subscription.end()
        _, pending = await asyncio.wait(closing, timeout=CLOSE_LIMIT)
        if pending:
            for talk in list(self._talks):
                talk.cancel()
            _, pending = await asyncio.wait(closing, timeout=ANSWER_LIMIT)
        if pending:
            for connection in list(self._connections):
                connection.transport.abort()
            await asyncio.wait(pending)
        self._servers.clear()

    def _let_in(self, connection: ServerConnection, request: Request) -> Response | None:
        try:
            self._doorkeeper.check(request.headers)
            if self._pages is not None and (page := find_page(self._pages, request)) is not None:
                return to_response(page)
            if isinstance(find_door(request.path), ControlDoor) and self._controls is None:
                raise RefusedError(HTTPStatus.NOT_FOUND, "there is nothing to control here")
        except RefusedError as refused:
            return connection.respond(refused.status, f"{refused.reason}\n")
        return None  # what isn't a WebSocket handshake is answered by websockets with 426 and a readable line

    async def _handle(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        door = find_door(connection.request.path)
        if isinstance(door, ControlDoor):
            assert self._controls is not None
            farewell = await control.converse(connection, self._controls)
            if farewell is not None:
                await _close(connection, farewell)
            return
        with doors.subscribe(self._feed, door) as subscription:
            farewell = await self._converse(connection, subscription, door)
        if farewell is doors.TOO_SLOW:
            logger.info("closes a client that is too slow; it can come back and resume")
        if farewell is not None:
            await _close(connection, farewell)

    async def _converse(self, connection: ServerConnection, subscription: Subscription, door: Door) -> Farewell | None:
        """Talk and listen until one of them ends, or the client is too slow; None where it has gone by itself."""
        talk = asyncio.create_task(self._talk(connection, subscription, door))
        listen = asyncio.create_task(_listen(connection, door))
        slow = asyncio.create_task(subscription.slow.wait())
        self._talks[talk] = subscription
        if self._stopping:
            subscription.end()
        try:
            await asyncio.wait((talk, listen, slow), return_when=asyncio.FIRST_COMPLETED)
            if listen.done():
                return listen.result()
            if slow.done():
                return doors.TOO_SLOW
            return doors.STOPPING if talk.cancelled() else talk.result()
        finally:
            del self._talks[talk]
            for task in (talk, listen, slow):
                task.cancel()
            await asyncio.wait((talk, listen, slow))

    async def _talk(self, connection: ServerConnection, subscription: Subscription, door: Door) -> Farewell | None:
        try:
            return await doors.talk(connection, self._feed, subscription, door, self._version)
        except ConnectionClosed:
            return None
        except LogError as error:
            logger.warning("%s", error)
            return doors.LOG_UNREADABLE


async def _listen(connection: ServerConnection, door: Door) -> Farewell | None:
    """Take what the client sends; None where it has gone, or was closed for a message that is too large."""
    try:
        while True:
            await connection.recv()
            if isinstance(door, LinesDoor):
                return doors.UNKNOWN_MESSAGE
    except ConnectionClosed:
        return None


async def _close(connection: ServerConnection, farewell: Farewell) -> None:
    """The closing handshake, with a limit also on writing: a client that reads nothing would block it for ever."""
    limit = SLOW_CLOSE_LIMIT if farewell == doors.TOO_SLOW else CLOSE_LIMIT
    try:
        async with asyncio.timeout(limit):
            await connection.close(farewell.code, farewell.reason)
    except TimeoutError:
        connection.transport.abort()


def _remembered_in(connections: set[ServerConnection]) -> type[ServerConnection]:
    """Connections that are in the set from the first byte on, so that also a handshake that never ends is ended."""

    class RememberedConnection(ServerConnection):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            connections.add(self)
            super().connection_made(transport)

        def connection_lost(self, exc: Exception | None) -> None:
            connections.discard(self)
            super().connection_lost(exc)

    return RememberedConnection


def _is_a_fault(record: logging.LogRecord) -> bool:
    """Keep faults of our own; what clients do amiss becomes one line at debug level."""
    if record.levelno >= logging.ERROR and "handshake" not in record.msg:
        return True
    error = record.exc_info[1] if record.exc_info else None
    logger.debug("%s%s", record.getMessage(), f": {error}" if error else "")
    return False


_websockets_logger = logging.getLogger(f"{__name__}.websockets")
_websockets_logger.addFilter(_is_a_fault)
