"""The feed: a line is written to the log, then remembered, then handed to every subscriber."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from itertools import islice

import capture_daemon
from capture_daemon.linelog.log import LineLog
from capture_daemon.linelog.pending import PendingLine
from capture_daemon.linelog.writer import LogWriter
from capture_daemon.records import Entry, Gap, Hello, Partial, Status
from capture_daemon.server.subscription import FeedMessage, Subscription

HISTORY = 1024
"""Lines kept in memory."""
PARTIAL_INTERVAL = 0.25
"""Seconds between two partials: at most four a second."""
_FROM_LOG = 128
_READS = 2  # threads of the loop's pool that may read the log at a time: others wait for them, too


@dataclass(frozen=True, slots=True)
class Cursor:
    """What a client has already: every line up to `after`, of `stream` (None: of the feed's own)."""

    after: int
    stream: str | None = None


class Feed:
    """Publishes lines from one event loop; every method is called on it.

    The feed owns the thread that writes to the log, not the log itself: `close` the feed first, then the log.
    """

    def __init__(
        self, log: LineLog, *, history: int = HISTORY, on_status: Callable[[Status], None] = lambda status: None
    ) -> None:
        """`on_status` is called with each change of a status."""
        self._log = log
        self._on_status = on_status
        self._stream = log.stream
        self._latest = log.latest
        self._history: deque[FeedMessage] = deque(maxlen=history)
        self._subscriptions: set[Subscription] = set()
        self._reads = asyncio.Semaphore(_READS)
        self._statuses: dict[str, Status] = {}
        self._writer = LogWriter(log, self._written, self.set_status, self._opened)
        self._partial: FeedMessage | None = None
        self._partial_timer: asyncio.TimerHandle | None = None

    @property
    def stream(self) -> str:
        """The stream of the last line published, and of the next one, unless the log has to begin another with it."""
        return self._stream

    @property
    def oldest(self) -> int:
        """The first number that is available."""
        return self._log.oldest

    @property
    def latest(self) -> int:
        """The number of the last line published; 0 if there was none yet."""
        return self._latest

    @property
    def statuses(self) -> list[Status]:
        """The latest status of each part of the daemon that has one."""
        return list(self._statuses.values())

    @property
    def wants_partials(self) -> bool:
        """Whether anyone asks for text still being typed."""
        return any(subscription.partials for subscription in self._subscriptions)

    @property
    def waiting(self) -> int:
        """Lines that were published, but could not be written to the log yet."""
        return self._writer.waiting

    @property
    def dropped(self) -> int:
        """Lines dropped because too many waited for the log."""
        return self._writer.dropped

    def begin(self) -> None:
        """Set the log's status, and start opening the log if the disk was full before."""
        self.set_status(Status(what="log", state="capturing"))
        self._writer.begin()

    def publish(self, line: Entry, replaces: PendingLine | None = None) -> PendingLine:
        """Take `line`, to be written to the log and then handed to the subscribers, in order; returns at once.

        Await what is returned for the record with its number. While the log can't be written lines wait in memory,
        without a number and unseen by subscribers; the log's status reports that. `replaces` is the corrected line.
        """
        pending = PendingLine(line, replaces)
        self._writer.put(pending)
        return pending

    async def write(self, line: Entry, replaces: PendingLine | None = None) -> PendingLine:
        """Publish `line`, and wait until it is written; no longer than a second where the log can't be written."""
        pending = self.publish(line, replaces)
        await pending.settled()
        return pending

    def publish_partial(self, partial: Partial) -> None:
        """Hand text still being typed to those who ask for it: four times a second at most, the newest each time."""
        self._partial = FeedMessage(partial)
        if self._partial_timer is None:
            self._send_partial()

    def set_status(self, status: Status) -> None:
        """Report the status of a part of the daemon; nothing is sent if it hasn't changed."""
        if self._statuses.get(status.what) != status:
            self._statuses[status.what] = status
            self._on_status(status)
            for subscription in self._subscriptions:
                subscription.offer_status(status)

    def subscribe(self, cursor: Cursor | None = None, *, partials: bool = False) -> Subscription:
        """Listen from now on, or past `cursor`; end it with `Subscription.close`.

        It begins with a Gap where the cursor is of another stream or lies in the future. Where another stream begins
        later on, a Hello and a Gap report it.
        """
        position, gap = self._latest, None
        if cursor is not None and cursor.stream not in (None, self.stream):
            # How far the other stream went isn't known, so the gap names the first number that can't be given.
            position, gap = 0, Gap(first=cursor.after + 1, last=cursor.after + 1, reason="stream")
        elif cursor is not None and cursor.after > self._latest:
            gap = Gap(first=self._latest + 1, last=cursor.after, reason="future")
        elif cursor is not None:
            position = cursor.after
        subscription = Subscription(self, position, gap, partials=partials, live_only=cursor is None)
        self._subscriptions.add(subscription)
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        """Forget `subscription`; called by its `close`."""
        self._subscriptions.discard(subscription)

    async def past(self, position: int) -> list[FeedMessage]:
        """Some of the lines past `position`, the next ones, in order: from memory, or else from the log.

        Raises LogError if the log can't be read.
        """
        first = self._latest - len(self._history) + 1
        if position + 1 >= first:
            return list(islice(self._history, position + 1 - first, position + 1 - first + _FROM_LOG))
        async with self._reads:
            return await asyncio.to_thread(self._read, position, first - 1, self._stream)

    async def close(self) -> int:
        """End every subscription, once it has handed out what was published, and the thread that writes.

        Returns how many lines could never be written, those dropped before included.
        """
        lost = await self._writer.close()
        for subscription in self._subscriptions:
            subscription.end()
        if self._partial_timer is not None:
            self._partial_timer.cancel()
        return lost

    def _written(self, line: Entry) -> None:
        if line.stream != self._stream:
            self._change_stream(line.stream, line.seq - 1)
        self._history.append(FeedMessage(line))
        self._latest = line.seq
        self._partial = None
        for subscription in self._subscriptions:
            subscription.offer_line()

    def _opened(self) -> None:
        """The log, which could not be opened at first, is open; stream and number are mostly as predicted."""
        if self._log.found != (self._stream, self._latest):
            self._change_stream(*self._log.found)

    def _change_stream(self, stream: str, latest: int) -> None:
        for subscription in self._subscriptions:
            position = subscription.position
            first = self._latest - len(self._history) + 1
            left = list(islice(self._history, max(0, position + 1 - first), None)) if position + 1 >= first else None
            hello = Hello(
                stream=stream, oldest=min(self.oldest, latest + 1), latest=latest, version=capture_daemon.__version__
            )
            subscription.change_stream(left, hello, latest)
        self._stream, self._latest = stream, latest
        self._history.clear()

    def _send_partial(self) -> None:
        self._partial_timer = None
        if self._partial is not None:
            for subscription in self._subscriptions:
                subscription.offer_partial(self._partial)
            self._partial = None
            self._partial_timer = asyncio.get_running_loop().call_later(PARTIAL_INTERVAL, self._send_partial)

    def _read(self, position: int, until: int, stream: str) -> list[FeedMessage]:
        with closing(self._log.read(position, until, stream)) as reading:
            return [FeedMessage(record) for record in islice(reading, _FROM_LOG)]
