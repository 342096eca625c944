"""Accepting connections: each is counted and limited before it costs anything else."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
import ssl
from collections.abc import Callable

from capture_daemon.server.connections import ClientConnection, ConnectionRegistry, PendingConnection
from capture_daemon.server.peers import Peers
from capture_daemon.server.rate_limited_log import RateLimitedLog

logger = logging.getLogger(__name__)

HANDSHAKE_LIMIT = 10.0
"""Seconds from the moment a connection is accepted until its request is complete, TLS included."""
RETRY_DELAY = 0.5
"""Seconds until connections are accepted again after that failed, 0.1 to 5: they wait in the system meanwhile."""


class Acceptor:
    """Accepts, counts and limits connections. `open` it for each listener, `close` it once.

    The caller owns the listeners. Asyncio's own server would count nothing before TLS is done, allow a minute for
    that, and log a failing accept some hundred times a second.
    """

    def __init__(
        self,
        connections: ConnectionRegistry,
        make: Callable[[], ClientConnection],
        *,
        context: ssl.SSLContext | None = None,
        peers: Peers | None = None,
    ) -> None:
        """`make` creates a connection, which gets the client's user id if `peers` knows it."""
        self._connections = connections
        self._make = make
        self._context = context
        self._peers = peers
        self._accepting: list[asyncio.Task[None]] = []
        self._pending: set[asyncio.Task[None]] = set()
        self._failures = RateLimitedLog(logger)

    def open(self, listener: socket.socket) -> None:
        """Start accepting connections on this listener."""
        self._accepting.append(asyncio.create_task(self._accept(listener)))

    async def close(self) -> None:
        """Stop accepting, and abort every connection whose handshake isn't done."""
        tasks = [*self._accepting, *self._pending]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._accepting.clear()

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, _ = await loop.sock_accept(listener)
            except ConnectionError:
                continue  # it has gone already
            except OSError as error:
                self._failures.log(
                    logging.WARNING,
                    "connections can't be accepted just now: %s%s",
                    error.strerror,
                    ": raise the limit of open files" if error.errno in (errno.EMFILE, errno.ENFILE) else "",
                )
                self._connections.cut_oldest()
                await asyncio.sleep(RETRY_DELAY)
                continue
            task = asyncio.create_task(self._let_in(connection))
            self._pending.add(task)
            task.add_done_callback(self._pending.discard)
            await asyncio.sleep(0)  # a storm of them must not hold the loop

    async def _let_in(self, connection: socket.socket) -> None:
        task = asyncio.current_task()
        assert task is not None
        pending = PendingConnection(task, HANDSHAKE_LIMIT)
        self._connections.came(pending)
        handed_over = False

        def allowed() -> ClientConnection:
            connection = self._make()
            connection.pending, connection.uid = pending, uid
            return connection

        try:
            uid = None if self._peers is None else await self._peers.uid_of(connection)
            handed_over = True
            await asyncio.get_running_loop().connect_accepted_socket(
                allowed,
                connection,
                ssl=self._context,
                ssl_handshake_timeout=None if self._context is None else HANDSHAKE_LIMIT,
            )
        except OSError as error:  # errors of TLS are OSErrors, too
            logger.debug("a connection ended before its request: %s", error)
        finally:
            if pending.connection is None:
                self._connections.left(pending)
            if not handed_over:
                connection.close()
