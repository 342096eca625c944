"""The feed: a line is written to the log, then remembered, then handed to every subscriber."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from itertools import islice

from capture_daemon.delivery.log import LineLog
from capture_daemon.delivery.subscription import Message, Subscription
from capture_daemon.errors import LogError
from capture_daemon.records import Gap, Line, Partial, Status

HISTORY = 1024
"""Lines kept in memory."""
PARTIAL_INTERVAL = 0.25
"""Seconds between two partials: at most four a second."""
_FROM_LOG = 128


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
        """`on_status` is told each change of a status."""
        self._log = log
        self._on_status = on_status
        self._latest = log.latest
        self._history: deque[Message] = deque(maxlen=history)
        self._subscriptions: set[Subscription] = set()
        self._statuses: dict[str, Status] = {}
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="log")
        self._order = asyncio.Lock()
        self._publishing: set[asyncio.Task[Line]] = set()
        self._partial: Message | None = None
        self._partial_timer: asyncio.TimerHandle | None = None

    @property
    def stream(self) -> str:
        """The log's stream."""
        return self._log.stream

    @property
    def oldest(self) -> int:
        """The first number that can be had."""
        return self._log.oldest

    @property
    def latest(self) -> int:
        """The number of the last line published; 0 where there was none yet."""
        return self._latest

    @property
    def statuses(self) -> list[Status]:
        """The latest status of each part of the daemon that has told one."""
        return list(self._statuses.values())

    @property
    def wants_partials(self) -> bool:
        """Whether anyone asks for text still being typed."""
        return any(subscription.partials for subscription in self._subscriptions)

    async def publish(self, line: Line) -> Line:
        """Write `line` to the log, hand it to the subscribers, and return it with its number.

        A publication that has begun is finished even if the caller is cancelled. Raises LogError where the line can't
        be written; then nobody gets it, and the log's status is "lost" until a line can be written again.
        """
        task = asyncio.create_task(self._publish(line))
        self._publishing.add(task)
        task.add_done_callback(self._published)
        return await asyncio.shield(task)

    def publish_partial(self, partial: Partial) -> None:
        """Hand text still being typed to those who ask for it: four times a second at most, the newest each time."""
        self._partial = Message(partial)
        if self._partial_timer is None:
            self._send_partial()

    def set_status(self, status: Status) -> None:
        """Tell how a part of the daemon is doing; nothing is sent where that is known already."""
        if self._statuses.get(status.what) != status:
            self._statuses[status.what] = status
            self._on_status(status)
            for subscription in self._subscriptions:
                subscription.offer_status(status)

    def subscribe(self, cursor: Cursor | None = None, *, partials: bool = False) -> Subscription:
        """Listen from now on, or past `cursor`; end it with `Subscription.close`.

        It begins with a Gap where the cursor is of another stream or lies in the future.
        """
        position, gap = self._latest, None
        if cursor is not None and cursor.stream not in (None, self.stream):
            # How far the other stream went isn't known, so the gap names the first number that can't be given.
            position, gap = 0, Gap(first=cursor.after + 1, last=cursor.after + 1, reason="stream")
        elif cursor is not None and cursor.after > self._latest:
            gap = Gap(first=self._latest + 1, last=cursor.after, reason="future")
        elif cursor is not None:
            position = cursor.after
        subscription = Subscription(self, position, gap, partials=partials)
        self._subscriptions.add(subscription)
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        """Forget `subscription`; called by its `close`."""
        self._subscriptions.discard(subscription)

    async def past(self, position: int) -> list[Message]:
        """Some of the lines past `position`, the next ones, in order: from memory, or else from the log.

        Raises LogError where the log can't be read.
        """
        first = self._latest - len(self._history) + 1
        if position + 1 >= first:
            return list(islice(self._history, position + 1 - first, position + 1 - first + _FROM_LOG))
        return await asyncio.to_thread(self._read, position, first - 1)

    async def close(self) -> None:
        """End every subscription, once it has handed out what was published, and the thread that writes."""
        if self._publishing:
            await asyncio.wait(self._publishing)
        for subscription in self._subscriptions:
            subscription.end()
        if self._partial_timer is not None:
            self._partial_timer.cancel()
        await asyncio.to_thread(self._writer.shutdown)

    async def _publish(self, line: Line) -> Line:
        async with self._order:
            try:
                line = await asyncio.get_running_loop().run_in_executor(self._writer, self._log.append, line)
            except LogError as error:
                self.set_status(Status(what="log", state="lost", detail=str(error)))
                raise
            message = Message(line)
            self._history.append(message)
            self._latest = line.seq
            self._partial = None
            for subscription in self._subscriptions:
                subscription.offer_line()
        if "log" in self._statuses:
            self.set_status(Status(what="log", state="capturing"))
        return line

    def _published(self, task: asyncio.Task[Line]) -> None:
        self._publishing.discard(task)
        if not task.cancelled():
            task.exception()  # whoever published has it, unless they were cancelled; the status tells it in any case

    def _send_partial(self) -> None:
        self._partial_timer = None
        if self._partial is not None:
            for subscription in self._subscriptions:
                subscription.offer_partial(self._partial)
            self._partial = None
            self._partial_timer = asyncio.get_running_loop().call_later(PARTIAL_INTERVAL, self._send_partial)

    def _read(self, position: int, until: int) -> list[Message]:
        with closing(self._log.read(position, until)) as reading:
            return [Message(record) for record in islice(reading, _FROM_LOG)]
