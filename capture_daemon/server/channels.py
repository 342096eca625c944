"""What each route sends: records to programs, sentences to texthooker pages."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import count
from typing import Protocol

from capture_daemon.records import Hello, Line
from capture_daemon.server.feed import Feed
from capture_daemon.server.routes import LinesRoute, Route
from capture_daemon.server.subscription import Subscription

PAUSE_SECONDS = 1.0
"""Seconds for which a text that ends like a pause is held."""
_COMMAS = frozenset(",、，､،﹐﹑")


def ends_like_a_pause(text: str) -> bool:
    """Whether the text may go on: it ends in a comma, a dash or a letter."""
    last = text.rstrip()[-1:]
    return last in _COMMAS or (last != "" and unicodedata.category(last)[0:2] in _PAUSES)


_PAUSES = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Pd"})


class PauseFilter:
    """Decides which lines a page gets, and when. It is given the time, and owns no clock."""

    def __init__(self) -> None:
        self._held: Line | None = None
        self.due: float | None = None
        """When the held line must be sent; None if none is held."""

    def offer(self, line: Line, now: float) -> list[Line]:
        """A line was said: the lines to send now, in order."""
        ready = []
        if self._held is not None and line.replaces == self._held.seq:
            # The page never saw the line replaced; it did see what that one replaced, if it did.
            line = replace(line, replaces=self._held.replaces)
            self._held = self.due = None
        else:
            ready = self.release()
        if ends_like_a_pause(line.text):
            self._held, self.due = line, now + PAUSE_SECONDS
        else:
            ready.append(line)
        return ready

    def release(self) -> list[Line]:
        """The held line, to be sent now, or nothing."""
        ready = [] if self._held is None else [self._held]
        self._held = self.due = None
        return ready


SEND_LIMIT = 20.0
"""Seconds that one message may wait for the client to take it."""
_TURN = 32
"""Messages that one client may get before the others have their turn: one that catches up has many at once."""


@dataclass(frozen=True, slots=True)
class CloseReason:
    """A close code and its reason."""

    code: int
    reason: str


STOPPING = CloseReason(1001, "the daemon stops")
TOO_SLOW = CloseReason(1013, "too slow: come back and resume with after")
UNKNOWN_MESSAGE = CloseReason(1008, "unknown message: nothing can be asked for here")
LOG_UNREADABLE = CloseReason(1011, "the log can't be read")


class MessageSender(Protocol):
    """Where messages go: a WebSocket connection."""

    async def say(self, message: bytes) -> None:
        """Send one text message, waiting for a slow client; raises TimeoutError after SEND_LIMIT."""
        ...


def subscribe(feed: Feed, route: Route) -> Subscription:
    """A subscription for a client of `route`."""
    if isinstance(route, LinesRoute):
        return feed.subscribe(route.cursor, partials=route.partials)
    return feed.subscribe()


async def talk(
    sender: MessageSender, feed: Feed, subscription: Subscription, route: Route, version: str
) -> CloseReason:
    """Send everything that belongs to `route` until the feed ends or the client is too slow.

    Raises LogError if the log can't be read.
    """
    try:
        if isinstance(route, LinesRoute):
            await _lines(sender, feed, subscription, version)
        else:
            await _sentences(sender, subscription)
    except TimeoutError:
        return TOO_SLOW
    return STOPPING


async def _lines(sender: MessageSender, feed: Feed, subscription: Subscription, version: str) -> None:
    hello = Hello(stream=feed.stream, oldest=feed.oldest, latest=feed.latest, version=version)
    await sender.say(hello.to_json().encode())
    for sent in count(1):
        message = await subscription.next()
        if message is None:
            return
        await sender.say(message.data)
        if sent % _TURN == 0:
            # Sending to a client that keeps up never waits: a long history would block the loop.
            await asyncio.sleep(0)


async def _sentences(sender: MessageSender, subscription: Subscription) -> None:
    pause_filter = PauseFilter()
    clock = asyncio.get_running_loop().time
    while True:
        try:
            async with asyncio.timeout_at(pause_filter.due):
                message = await subscription.next()
        except TimeoutError:
            await _say(sender, pause_filter.release())
            continue
        if message is None:
            await _say(sender, pause_filter.release())
            return
        if isinstance(message.record, Line):
            await _say(sender, pause_filter.offer(message.record, clock()))


async def _say(sender: MessageSender, lines: Iterable[Line]) -> None:
    for line in lines:
        await sender.say(line.to_sentence().encode())
