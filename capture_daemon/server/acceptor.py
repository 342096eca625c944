"""The gate: connections from the moment they are accepted, before anything else of them costs anything."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
import ssl
from collections.abc import Callable

from capture_daemon.server.connections import Arrival, Guest, Guests
from capture_daemon.server.peers import Peers
from capture_daemon.server.rate_limited_log import Sparing

logger = logging.getLogger(__name__)

HANDSHAKE_LIMIT = 10.0
"""Seconds from the moment a connection is accepted until its request is complete, TLS included."""
RETRY_DELAY = 0.5
"""Seconds until connections are accepted again after that failed, 0.1 to 5: they wait in the system meanwhile."""


class Gate:
    """Accepts, counts and limits connections, and makes guests of them. `open` it for each listener, `close` it once.

    The listeners are the caller's. Asyncio's own way would count nothing before TLS is done, give that a minute, and
    tell of an accept that fails some hundred times a second.
    """

    def __init__(
        self,
        guests: Guests,
        make: Callable[[], Guest],
        *,
        context: ssl.SSLContext | None = None,
        peers: Peers | None = None,
    ) -> None:
        """`make` makes a guest; it is told its user id where there are `peers` that know it."""
        self._guests = guests
        self._make = make
        self._context = context
        self._peers = peers
        self._accepting: list[asyncio.Task[None]] = []
        self._arriving: set[asyncio.Task[None]] = set()
        self._trouble = Sparing(logger)

    def open(self, listener: socket.socket) -> None:
        """Accept what comes there from now on."""
        self._accepting.append(asyncio.create_task(self._accept(listener)))

    async def close(self) -> None:
        """Accept nothing any more, and cut off whoever is no guest yet."""
        tasks = [*self._accepting, *self._arriving]
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
                self._trouble.tell(
                    logging.WARNING,
                    "connections can't be accepted just now: %s%s",
                    error.strerror,
                    ": raise the limit of open files" if error.errno in (errno.EMFILE, errno.ENFILE) else "",
                )
                self._guests.cut_oldest()
                await asyncio.sleep(RETRY_DELAY)
                continue
            task = asyncio.create_task(self._let_in(connection))
            self._arriving.add(task)
            task.add_done_callback(self._arriving.discard)
            await asyncio.sleep(0)  # a storm of them must not hold the loop

    async def _let_in(self, connection: socket.socket) -> None:
        task = asyncio.current_task()
        assert task is not None
        arrival = Arrival(task, HANDSHAKE_LIMIT)
        self._guests.came(arrival)
        handed_over = False

        def welcome() -> Guest:
            guest = self._make()
            guest.arrival, guest.uid = arrival, uid
            return guest

        try:
            uid = None if self._peers is None else await self._peers.uid_of(connection)
            handed_over = True
            await asyncio.get_running_loop().connect_accepted_socket(
                welcome,
                connection,
                ssl=self._context,
                ssl_handshake_timeout=None if self._context is None else HANDSHAKE_LIMIT,
            )
        except OSError as error:  # errors of TLS are OSErrors, too
            logger.debug("a connection ended before its request: %s", error)
        finally:
            if arrival.guest is None:
                self._guests.left(arrival)
            if not handed_over:
                connection.close()
