"""One subscriber's place in the feed: which lines it has had, and what else waits for it."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Self

from capture_daemon.records import Entry, Gap, Hello, Record, Status

if TYPE_CHECKING:
    from capture_daemon.server.feed import Feed

LIMIT = 512
"""Lines that a live subscriber may be behind before it is too slow."""


@dataclass(frozen=True)
class FeedMessage:
    """A record on its way out; its JSON, in UTF-8, is made once for all who get it."""

    record: Record

    @cached_property
    def data(self) -> bytes:
        """The record as one line of JSON, without a newline."""
        return self.record.to_json().encode()


class Subscription:
    """Hands out, one at a time: statuses, lines in order and each once, and partials where no line waits.

    Lines are not queued here: the subscription remembers how far it has come, and takes the next ones from the feed's
    memory or from the log, so that a slow reader costs no memory. It is made by `Feed.subscribe`.
    """

    def __init__(self, feed: Feed, position: int, gap: Gap | None, *, partials: bool, live_only: bool = True) -> None:
        """`live_only`: the client did not ask for earlier lines."""
        self.partials = partials
        """Whether text still being typed is asked for."""
        self.slow: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when this reader, having been live once, is more than LIMIT lines behind."""
        self._feed = feed
        self.position = position
        """The last number handed out, or passed over in a gap."""
        self._gap = gap
        self._live_only = live_only
        self._first: deque[FeedMessage] = deque()  # the rest of a stream that ended, and the report of its end
        self._stream = 0  # counts them
        self._live = False
        self._ended = False
        self._fetched: deque[FeedMessage] = deque()
        self._statuses = {status.what: status for status in feed.statuses}
        self._partial: FeedMessage | None = None
        self._news = asyncio.Event()

    async def next(self) -> FeedMessage | None:
        """The next message, waiting for it; None at the end of the feed, after everything published was handed out.

        Nothing is lost where the wait is cancelled. Raises LogError if the log can't be read.
        """
        while True:
            if self._statuses:
                return FeedMessage(self._statuses.pop(next(iter(self._statuses))))
            if self._gap is not None:
                gap, self._gap = self._gap, None
                return FeedMessage(gap)
            if self._first:
                return self._first.popleft()
            if not self._fetched and self.position < self._feed.latest:
                stream = self._stream
                fetched = await self._feed.past(self.position)
                if stream != self._stream:
                    continue  # they are among those left of it
                self._fetched.extend(fetched)
            if self._fetched:
                return self._advance(self._fetched.popleft())
            self._live = True
            if self._partial is not None:
                partial, self._partial = self._partial, None
                return partial
            if self._ended:
                return None
            self._news.clear()
            await self._news.wait()

    def offer_line(self) -> None:
        """A line was published."""
        self._partial = None
        if self._live and self._feed.latest - self.position > LIMIT and not self.slow.done():
            self.slow.set_result(None)
        self._news.set()

    def change_stream(self, left: list[FeedMessage] | None, hello: Hello, latest: int) -> None:
        """Another stream begins, which has come to number `latest`; `left` of the one before is still to be handed out.

        None: what is left isn't in memory, and is passed over. A reader who hasn't had what was left of the stream
        before that one is too slow.
        """
        if self._first and not self.slow.done():
            self.slow.set_result(None)
        if left is None:
            left = list(self._fetched)
        last = [message.record.seq for message in left if isinstance(message.record, Entry)]
        missing = (last[-1] if last else self.position) + 1
        notices = [FeedMessage(hello), FeedMessage(Gap(first=missing, last=missing, reason="stream"))]
        self._first = deque([*left, *notices])
        self._fetched.clear()
        self.position = latest if self._live_only else 0
        self._live = False
        self._stream += 1
        self._news.set()

    def offer_partial(self, partial: FeedMessage) -> None:
        """Text is being typed; it replaces what waits of it."""
        if self.partials:
            self._partial = partial
            self._news.set()

    def offer_status(self, status: Status) -> None:
        """A status changed; it replaces the one about the same thing that still waits."""
        self._statuses[status.what] = status
        self._news.set()

    def end(self) -> None:
        """No more lines will come: `next` gives None once everything published was handed out."""
        self._ended = True
        self._news.set()

    def close(self) -> None:
        """Stop listening; may be called more than once."""
        self._feed.unsubscribe(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _advance(self, message: FeedMessage) -> FeedMessage:
        record = message.record
        if isinstance(record, Entry):
            self.position = record.seq
        elif isinstance(record, Gap):
            self.position = record.last
        return message
