"""One client from the handshake to the last word: the token where one is asked for, then whatever its door says."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Coroutine
from typing import Any

from websockets.exceptions import ConnectionClosed

from capture_daemon.errors import LogError
from capture_daemon.server import channels
from capture_daemon.server.channels import Farewell
from capture_daemon.server.connections import Guest
from capture_daemon.server.control import Desk, converse
from capture_daemon.server.feed import Feed
from capture_daemon.server.routes import ControlDoor, LinesDoor, TexthookerDoor
from capture_daemon.server.subscription import Subscription
from capture_daemon.server.tokens import Token

logger = logging.getLogger(__name__)

TOKEN_LIMIT = 5.0
"""Seconds for a client to show the token."""
NO_TOKEN = Farewell(1008, f"no token within {TOKEN_LIMIT:.0f} seconds")
TOKEN_FIRST = Farewell(1008, 'the token comes first: {"type": "auth", "token": "..."}')
WRONG_TOKEN = Farewell(1008, "the token is wrong")


class Conversation:
    """What is said with one guest, who has been admitted."""

    def __init__(
        self,
        guest: Guest,
        feed: Feed,
        version: str,
        *,
        token: Token | None = None,
        desk: Desk | None = None,
    ) -> None:
        self._guest = guest
        self._feed = feed
        self._version = version
        self._token = token
        self._desk = desk
        self._subscription: Subscription | None = None
        self._cut: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def end(self) -> None:
        """Nothing more will be said: send what is queued, then come to an end."""
        if self._subscription is None:
            self.cut()
        else:
            self._subscription.end()

    def cut(self) -> None:
        """Come to an end now."""
        if not self._cut.done():
            self._cut.set_result(None)

    async def hold(self) -> Farewell | None:
        """Talk and listen to the end; None where the guest has gone by itself."""
        assert self._guest.admission is not None
        door = self._guest.admission.door
        if not self._guest.trusted and (farewell := await self._first(self._hear_token())) is not None:
            return farewell
        if isinstance(door, ControlDoor):
            assert self._desk is not None
            return await self._first(converse(_Unasked(self._guest), self._desk))
        with channels.subscribe(self._feed, door) as self._subscription:
            return await self._first(self._listen(door), self._talk(door), slow=self._subscription.slow)

    async def _first(
        self, *works: Coroutine[Any, Any, Farewell | None], slow: asyncio.Future[None] | None = None
    ) -> Farewell | None:
        """What the first of these comes to; the others are ended. It may be too slow, or cut, meanwhile."""
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

    async def _hear_token(self) -> Farewell | None:
        """Wait for the token; None once it was shown."""
        assert self._token is not None
        try:
            async with asyncio.timeout(TOKEN_LIMIT):
                shown = token_in(await self._guest.recv())
        except TimeoutError:
            return NO_TOKEN
        except ConnectionClosed:
            return None
        if shown is None:
            return TOKEN_FIRST
        self._guest.trusted = self._token.matches(shown)
        return None if self._guest.trusted else WRONG_TOKEN

    async def _talk(self, door: LinesDoor | TexthookerDoor) -> Farewell | None:
        assert self._subscription is not None
        try:
            return await channels.talk(self._guest, self._feed, self._subscription, door, self._version)
        except ConnectionClosed:
            return None
        except LogError as error:
            logger.warning("%s", error)
            return channels.LOG_UNREADABLE

    async def _listen(self, door: LinesDoor | TexthookerDoor) -> Farewell | None:
        """Take what is sent; None where the guest has gone, or was closed for a message that is too large."""
        guest = _Unasked(self._guest)
        try:
            while True:
                await guest.recv()
                if isinstance(door, LinesDoor):
                    return channels.UNKNOWN_MESSAGE
        except ConnectionClosed:
            return None


class _Unasked:
    """A guest, without the tokens that it shows and that nobody has asked for: who has one may always show it."""

    def __init__(self, guest: Guest) -> None:
        self._guest = guest

    async def recv(self) -> str | bytes:
        """The next message."""
        while token_in(message := await self._guest.recv()) is not None:
            pass
        return message

    async def send(self, message: str) -> None:
        """Send one text message."""
        await self._guest.send(message)

    async def send_pieces(self, pieces: AsyncIterator[bytes]) -> None:
        """Send one text message in pieces."""
        await self._guest.send_pieces(pieces)


def token_in(message: str | bytes) -> str | None:
    """The token that a message shows; None where it is no `auth` message."""
    try:
        values = json.loads(message)
    except (ValueError, RecursionError):
        return None
    if not isinstance(values, dict) or values.get("type") != "auth":
        return None
    token = values.get("token")
    return token if isinstance(token, str) else None
