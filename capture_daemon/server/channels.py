"""What is said at each door: records to programs, sentences to texthooker pages."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from capture_daemon.records import Hello, Line
from capture_daemon.server.feed import Feed
from capture_daemon.server.pause_filter import Hold
from capture_daemon.server.routes import Door, LinesDoor
from capture_daemon.server.subscription import Subscription

SEND_LIMIT = 20.0
"""Seconds that one message may wait for the client to take it."""
_TURN = 32
"""Messages that one client may get before the others have their turn: one that catches up has many at once."""


@dataclass(frozen=True, slots=True)
class Farewell:
    """A close code and its reason."""

    code: int
    reason: str


STOPPING = Farewell(1001, "the daemon stops")
TOO_SLOW = Farewell(1013, "too slow: come back and resume with after")
UNKNOWN_MESSAGE = Farewell(1008, "unknown message: nothing can be asked for here")
LOG_UNREADABLE = Farewell(1011, "the log can't be read")


class Outlet(Protocol):
    """Where messages go: a WebSocket connection."""

    async def say(self, message: bytes) -> None:
        """Send one text message, waiting while the client can't take it; raises TimeoutError after SEND_LIMIT."""
        ...


def subscribe(feed: Feed, door: Door) -> Subscription:
    """A subscription for whoever came in by `door`."""
    if isinstance(door, LinesDoor):
        return feed.subscribe(door.cursor, partials=door.partials)
    return feed.subscribe()


async def talk(outlet: Outlet, feed: Feed, subscription: Subscription, door: Door, version: str) -> Farewell:
    """Send everything that belongs to `door` until the feed ends or the client proves too slow.

    Raises LogError where the log can't be read.
    """
    try:
        if isinstance(door, LinesDoor):
            await _lines(outlet, feed, subscription, version)
        else:
            await _sentences(outlet, subscription)
    except TimeoutError:
        return TOO_SLOW
    return STOPPING


async def _lines(outlet: Outlet, feed: Feed, subscription: Subscription, version: str) -> None:
    hello = Hello(stream=feed.stream, oldest=feed.oldest, latest=feed.latest, version=version)
    await outlet.say(hello.to_json().encode())
    for sent in count(1):
        message = await subscription.next()
        if message is None:
            return
        await outlet.say(message.data)
        if sent % _TURN == 0:
            # Sending to a client that keeps up never waits: a long history would hold the loop.
            await asyncio.sleep(0)


async def _sentences(outlet: Outlet, subscription: Subscription) -> None:
    hold = Hold()
    clock = asyncio.get_running_loop().time
    while True:
        try:
            async with asyncio.timeout_at(hold.due):
                message = await subscription.next()
        except TimeoutError:
            await _say(outlet, hold.release())
            continue
        if message is None:
            await _say(outlet, hold.release())
            return
        if isinstance(message.record, Line):
            await _say(outlet, hold.offer(message.record, clock()))


async def _say(outlet: Outlet, lines: Iterable[Line]) -> None:
    for line in lines:
        await outlet.say(line.to_sentence().encode())
