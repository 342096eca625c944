"""Writing lines to the log from the event loop: lines that can't be written are queued and retried."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable

from capture_daemon.common.backoff import Backoff
from capture_daemon.errors import LogError
from capture_daemon.linelog.log import LineLog
from capture_daemon.linelog.log_thread import LogThread
from capture_daemon.linelog.pending import PendingLine
from capture_daemon.records import Entry, Status, StatusState

logger = logging.getLogger(__name__)

WAITING_LIMIT = 10_000
"""Lines that may wait in memory; beyond it the oldest is dropped."""
FIRST_DELAY = 0.25
LONGEST_DELAY = 5.0
"""Seconds between two attempts to write."""
HANG_LIMIT = 1.0
"""Seconds after which an unfinished write counts as trouble."""
CLOSE_LIMIT = 1.0
"""Seconds to wait at the end for queued lines."""
_BATCH = 64


class LogWriter:
    """Writes lines in order, in a thread. Call `put` and `close` on one event loop.

    `on_written` is called with each written line; `on_status` with the log's status: "degraded" while lines wait,
    "lost" once one was dropped, "capturing" when all are written again. `on_open` is called when a log that a full disk
    kept from opening is finally opened.
    """

    def __init__(
        self,
        log: LineLog,
        on_written: Callable[[Entry], None],
        on_status: Callable[[Status], None],
        on_open: Callable[[], None] = lambda: None,
    ) -> None:
        self.dropped = 0
        """Lines dropped so far because more than WAITING_LIMIT waited."""
        self._log = log
        self._on_written = on_written
        self._on_status = on_status
        self._on_open = on_open
        self._thread = LogThread("log")
        self._waiting: deque[PendingLine] = deque()
        self._batch: list[PendingLine] = []
        self._task: asyncio.Task[None] | None = None
        self._trouble: str | None = None
        self._dropped_before = 0
        self._closing = asyncio.Event()
        self._unforeseen: BaseException | None = None

    @property
    def waiting(self) -> int:
        """Lines that are not in the log yet."""
        return len(self._waiting) + len(self._batch)

    def put(self, pending: PendingLine) -> None:
        """Queue a line. Raises the unexpected error of an earlier write, if any."""
        if self._unforeseen is not None:
            raise self._unforeseen
        self._waiting.append(pending)
        if self._trouble is not None:
            pending.settle()
            self._drop_what_is_too_much()
            self._report_trouble()
        self._go()

    def begin(self) -> None:
        """Start opening a log that could not be opened before, without waiting for a line; sets the status."""
        if self._log.trouble is not None:
            self._fail(self._log.trouble)
            self._go()

    def _go(self) -> None:
        if self._task is None:
            loop = asyncio.get_running_loop()
            self._log.watch_syncing(lambda trouble: _call_in(loop, self._synced, trouble))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work(), name="write the log")
            self._task.add_done_callback(self._worked)

    async def close(self) -> int:
        """Try once more to write the queued lines, and end the thread; returns how many were never written.

        A hanging write is abandoned.
        """
        self._closing.set()
        if self._task is not None:
            await asyncio.wait((self._task,), timeout=CLOSE_LIMIT)
            self._task.cancel()
            await asyncio.wait((self._task,))
        lost = [pending for pending in (*self._batch, *self._waiting) if pending.written is None]
        for pending in lost:
            pending.fail(LogError("the daemon ended before the line could be written"))
        self._batch, self._waiting = [], deque()
        await asyncio.to_thread(self._thread.close, CLOSE_LIMIT)
        return len(lost) + self.dropped

    async def _work(self) -> None:
        backoff = Backoff(FIRST_DELAY, LONGEST_DELAY)
        while self._waiting or self._log.trouble is not None:
            was_closed = self._log.trouble is not None
            self._batch = [self._waiting.popleft() for _ in range(min(_BATCH, len(self._waiting)))]
            error = await self._write()
            if was_closed and self._log.trouble is None:
                self._on_open()
            while self._batch and (written := self._batch[0].written) is not None:
                self._on_written(written)
                self._batch.pop(0).finish()
            self._waiting.extendleft(reversed(self._batch))
            self._batch = []
            if error is None:
                self._recover()
                backoff.reset()
                continue
            self._fail(str(error))
            if self._closing.is_set():
                return
            await self._pause(backoff.next())

    async def _write(self) -> LogError | None:
        batch = self._batch
        writing = self._thread.run(lambda: self._append(batch))
        while True:
            done, _ = await asyncio.wait((writing,), timeout=HANG_LIMIT)
            if done:
                return writing.result()
            self._fail(f"{self._log.path}: the disk doesn't respond")

    def _append(self, batch: list[PendingLine]) -> LogError | None:
        """In the thread: write a batch up to the first line that fails; returns its error, or None."""
        try:
            self._log.ready()
            for pending in batch:
                pending.written = self._log.append(pending.to_write(self._log.stream))
        except LogError as error:
            return error
        return None

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._closing.wait()
        except TimeoutError:
            return

    def _fail(self, why: str) -> None:
        if self._trouble is None:
            logger.error("%s; lines wait in memory until it can be written", why)
            self._dropped_before = self.dropped
        self._trouble = why
        for pending in (*self._batch, *self._waiting):
            pending.settle()
        self._drop_what_is_too_much()
        self._report_trouble()

    def _recover(self) -> None:
        if self._trouble is None or self._waiting:
            return
        self._trouble = None
        dropped = self.dropped - self._dropped_before
        logger.info("%s: can be written again", self._log.path)
        detail = f"{dropped} lines were dropped while the log could not be written" if dropped else None
        self._on_status(Status(what="log", state="capturing", detail=detail))
        if self._log.sync_trouble is not None:
            self._synced(self._log.sync_trouble)

    def _drop_what_is_too_much(self) -> None:
        while self.waiting > WAITING_LIMIT and self._waiting:
            self.dropped += 1
            if self.dropped - self._dropped_before == 1:
                logger.error("more than %d lines wait for the log: the oldest are dropped", WAITING_LIMIT)
            self._waiting.popleft().fail(LogError(f"dropped: more than {WAITING_LIMIT} lines waited for the log"))

    def _report_trouble(self) -> None:
        dropped = self.dropped - self._dropped_before
        state: StatusState = "lost" if dropped else "degraded"
        detail = f"{self._trouble}; {self.waiting} lines wait, {dropped} were dropped"
        self._on_status(Status(what="log", state=state, detail=detail))

    def _synced(self, trouble: str | None) -> None:
        if self._trouble is not None:
            return  # a worse status is already set
        if trouble is None:
            self._on_status(Status(what="log", state="capturing"))
        else:
            detail = f"{self._log.path}: {trouble}; lines are written, but a power cut could lose them"
            self._on_status(Status(what="log", state="degraded", detail=detail))

    def _worked(self, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None:
            # Raised to callers that await a line, and at the next `put`.
            self._unforeseen = error
            for pending in (*self._batch, *self._waiting):
                pending.fail(error)
            self._batch, self._waiting = [], deque()


def _call_in(loop: asyncio.AbstractEventLoop, call: Callable[[str | None], None], trouble: str | None) -> None:
    # A closed loop raises RuntimeError: nobody is waiting any more.
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(call, trouble)
