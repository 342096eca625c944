"""One client from the handshake to the close: the token if one is required, then what its route sends."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Coroutine
from typing import Any

from websockets.exceptions import ConnectionClosed

from capture_daemon.errors import LogError
from capture_daemon.server import channels
from capture_daemon.server.channels import CloseReason
from capture_daemon.server.connections import ClientConnection
from capture_daemon.server.control import ControlContext, converse
from capture_daemon.server.feed import Feed
from capture_daemon.server.routes import ControlRoute, LinesRoute, TexthookerRoute
from capture_daemon.server.subscription import Subscription
from capture_daemon.server.tokens import Token

logger = logging.getLogger(__name__)

TOKEN_LIMIT = 5.0
"""Seconds for a client to show the token."""
NO_TOKEN = CloseReason(1008, f"no token within {TOKEN_LIMIT:.0f} seconds")
TOKEN_FIRST = CloseReason(1008, 'the token comes first: {"type": "auth", "token": "..."}')
WRONG_TOKEN = CloseReason(1008, "the token is wrong")


class ClientHandler:
    """Serves one admitted connection."""

    def __init__(
        self,
        connection: ClientConnection,
        feed: Feed,
        version: str,
        *,
        token: Token | None = None,
        context: ControlContext | None = None,
    ) -> None:
        self._connection = connection
        self._feed = feed
        self._version = version
        self._token = token
        self._context = context
        self._subscription: Subscription | None = None
        self._cut: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def end(self) -> None:
        """Send what is queued, then end."""
        if self._subscription is None:
            self.cut()
        else:
            self._subscription.end()

    def cut(self) -> None:
        """End now."""
        if not self._cut.done():
            self._cut.set_result(None)

    async def run(self) -> CloseReason | None:
        """Send and receive until the end; None if the client disconnected."""
        assert self._connection.admission is not None
        route = self._connection.admission.route
        if not self._connection.trusted and (close_reason := await self._first(self._hear_token())) is not None:
            return close_reason
        if isinstance(route, ControlRoute):
            assert self._context is not None
            return await self._first(converse(_WithoutTokens(self._connection), self._context))
        with channels.subscribe(self._feed, route) as self._subscription:
            return await self._first(self._listen(route), self._talk(route), slow=self._subscription.slow)

    async def _first(
        self, *works: Coroutine[Any, Any, CloseReason | None], slow: asyncio.Future[None] | None = None
    ) -> CloseReason | None:
        """The result of the first of these to finish; the others are cancelled."""
        tasks = [asyncio.create_task(work) for work in works]
        try:
            ends: list[asyncio.Future[Any]] = [*tasks, self._cut, slow or self._cut]
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                if task.done():
                    return task.result()
            return channels.STOPPING if slow is None or not slow.done() else channels.TOO_SLOW
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _hear_token(self) -> CloseReason | None:
        """Wait for the token; None once the client has shown it."""
        assert self._token is not None
        try:
            async with asyncio.timeout(TOKEN_LIMIT):
                shown = token_in(await self._connection.recv())
        except TimeoutError:
            return NO_TOKEN
        except ConnectionClosed:
            return None
        if shown is None:
            return TOKEN_FIRST
        self._connection.trusted = self._token.matches(shown)
        return None if self._connection.trusted else WRONG_TOKEN

    async def _talk(self, route: LinesRoute | TexthookerRoute) -> CloseReason | None:
        assert self._subscription is not None
        try:
            return await channels.talk(self._connection, self._feed, self._subscription, route, self._version)
        except ConnectionClosed:
            return None
        except LogError as error:
            logger.warning("%s", error)
            return channels.LOG_UNREADABLE

    async def _listen(self, route: LinesRoute | TexthookerRoute) -> CloseReason | None:
        """Receive messages; None if the client disconnected, or was closed for too large a message."""
        connection = _WithoutTokens(self._connection)
        try:
            while True:
                await connection.recv()
                if isinstance(route, LinesRoute):
                    return channels.UNKNOWN_MESSAGE
        except ConnectionClosed:
            return None


class _WithoutTokens:
    """A connection that skips `auth` messages: a client that has a token may always show it."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    async def recv(self) -> str | bytes:
        """The next message."""
        while token_in(message := await self._connection.recv()) is not None:
            pass
        return message

    async def send(self, message: str) -> None:
        """Send one text message."""
        await self._connection.send(message)

    async def send_pieces(self, pieces: AsyncIterator[bytes]) -> None:
        """Send one text message in pieces."""
        await self._connection.send_pieces(pieces)


def token_in(message: str | bytes) -> str | None:
    """The token that a message shows; None if it is no `auth` message."""
    try:
        values = json.loads(message)
    except (ValueError, RecursionError):
        return None
    if not isinstance(values, dict) or values.get("type") != "auth":
        return None
    token = values.get("token")
    return token if isinstance(token, str) else None
