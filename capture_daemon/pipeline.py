"""The way from frames to events: a source is watched, rows are read, and what was said is passed on."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

from capture_daemon.errors import RegionError, SourceError
from capture_daemon.frames import Frame
from capture_daemon.observer import Observer
from capture_daemon.ocr.engine import RowImage, RowText
from capture_daemon.reading.events import Event, RowRequest
from capture_daemon.reading.reader import Reader
from capture_daemon.row_queue import RowQueue
from capture_daemon.sources.base import Source
from capture_daemon.stillness import Stillness

ReadRows = Callable[[Sequence[RowImage]], Awaitable[list[RowText]]]
"""Reads pictures of rows: one answer a row, in order. It limits its own time."""

MOST_OPEN = 64
"""Rows of a recording that may wait for an answer; watching then waits, too. Live, `RowQueue` has its own bound."""
BATCH = 4
"""Rows read in one go from a recording. Live it is one: what still waits can be replaced, what is read is heard."""
FINISH_LIMIT = 1.2
"""Seconds for which a pipeline that is stopped waits for the rows of the line in hand."""
LEAVE_LIMIT = 30.0
"""Seconds for which one that is left does: longer than a pass that hangs, and the start of another worker."""
_NOT_READ = RowText("", 0.0)

logger = logging.getLogger(__name__)


class Pipeline:
    """Drives one source through one reader to its end, or until it is stopped or left.

    One task watches: it takes frames and lets the reader see them, in a thread. One recognises: it takes rows from the
    queue and has them read. One hears: it gives the reader the answers. The reader is used by one of them at a time,
    and `on_event` is awaited before it is used again, so that events stay in order and a slow log holds up the rest.
    """

    def __init__(  # noqa: PLR0913 - what it joins together
        self,
        source: Source,
        reader: Reader,
        read: ReadRows,
        on_event: Callable[[Event], Awaitable[None]],
        *,
        live: bool,
        wants_partials: Callable[[], bool] = lambda: False,
        observer: Observer | None = None,
    ) -> None:
        """`source` is open. With `live` the newest row wins; without, every row is answered, in order."""
        self.position = 0.0
        """The time of the last frame seen, on the source's clock."""
        self.began: float | None = None
        """The time of the first one."""
        self._source = source
        self._reader = reader
        self._read = read
        self._on_event = on_event
        self._live = live
        self._wants_partials = wants_partials
        self._observer = observer or Observer()
        self._queue = RowQueue(newest_wins=live)
        self._open: set[int] = set()
        self._answers: deque[tuple[RowRequest, RowText]] = deque()
        self._answered = asyncio.Event()
        self._heard = asyncio.Event()
        self._turn = asyncio.Lock()
        self._stopping = asyncio.Event()
        self._leaving = False
        self._taking: asyncio.Timeout | None = None
        self._patience: asyncio.Timeout | None = None
        self._stillness = Stillness()

    async def run(self) -> bool:
        """Work until the source has ended and what it showed has been said; False where it was left before.

        Raises what the source ends with, SourceDamagedError perhaps, once the line in hand has been said; and what
        `read` and `on_event` raise, in an ExceptionGroup.
        """
        ended_with: SourceError | RegionError | None = None
        async with asyncio.TaskGroup() as group:
            helpers = [
                group.create_task(work(), name=f"pipeline {work.__name__}")
                for work in (self._recognise, self._hear, self._close_when_stopped)
            ]
            try:
                await self._watch()
            except (SourceError, RegionError) as error:
                ended_with = error
            await self._finish()
            for helper in helpers:
                helper.cancel()
        if ended_with is not None:
            raise ended_with
        return not self._leaving or self._stopping.is_set()

    def leave(self) -> None:
        """Take no more frames, say the line in hand, and end `run`; the source goes on."""
        self._leaving = True
        self._heard.set()
        if not self._stopping.is_set():
            self._limit(LEAVE_LIMIT)
        if self._taking is not None:
            self._taking.reschedule(asyncio.get_running_loop().time())

    def stop(self) -> None:
        """Take no more frames, say the line in hand, and end `run` within `FINISH_LIMIT` and a bit."""
        self._stopping.set()
        self._heard.set()
        self._limit(FINISH_LIMIT)

    @property
    def _is_going(self) -> bool:
        return not self._stopping.is_set() and not self._leaving

    def _limit(self, seconds: float) -> None:
        if self._patience is not None:
            self._patience.reschedule(asyncio.get_running_loop().time() + seconds)

    async def _take(self) -> list[Frame]:
        """The next frames; none at the source's end, and where this was left while it waited for them."""
        try:
            async with asyncio.timeout(None) as self._taking:
                return await self._source.frames()
        except TimeoutError:
            if self._taking is None or not self._taking.expired():
                raise
            return []
        finally:
            self._taking = None

    async def _watch(self) -> None:
        while self._is_going and (frames := await self._take()):
            taken, changes = len(frames), self._reader.changes
            if self._source.live:
                frames = [seen for frame in frames for seen in self._stillness.worth_seeing(frame)]
            if not frames:
                self._observer.saw(taken, 0)
                continue
            if self.began is None:
                self.began = frames[0].time
            async with self._turn:
                self._reader.wants_partials = self._wants_partials()
                await asyncio.to_thread(self._see, frames)
                self._observer.saw(taken, self._reader.changes - changes)
                await self._pass_on()
            self.position = frames[-1].time
            while not self._live and len(self._open) > MOST_OPEN and self._is_going:
                await self._next_heard()

    def _see(self, frames: Sequence[Frame]) -> None:
        for frame in frames:
            self._reader.see(frame)

    async def _recognise(self) -> None:
        while True:
            batch = await self._queue.take(1 if self._live else BATCH)
            texts = await self._read([request.image for request in batch])
            self._answers.extend(zip(batch, texts, strict=True))
            self._answered.set()

    async def _hear(self) -> None:
        while True:
            await self._answered.wait()
            self._answered.clear()
            async with self._turn:
                await self._pass_on()
            self._heard.set()

    async def _pass_on(self) -> None:
        """Give the reader its answers, take its requests and events; called by whoever has the turn."""
        reader = self._reader
        while self._answers or reader.requests or reader.events:
            while self._answers:
                request, text = self._answers.popleft()
                self._answer(request, text)
            requests, reader.requests = reader.requests, []
            for request in requests:
                self._open.add(request.number)
                for given_up in self._queue.put(request):
                    self._observer.gave_up(1)
                    self._answer(given_up, _NOT_READ)
            events, reader.events = reader.events, []
            for event in events:
                await self._on_event(event)

    def _answer(self, request: RowRequest, text: RowText) -> None:
        self._open.discard(request.number)
        self._reader.hear(request.number, text)

    async def _finish(self) -> None:
        async with self._turn:
            await asyncio.to_thread(self._reader.end)
            await self._pass_on()
        try:
            async with asyncio.timeout(self._finish_limit) as self._patience:
                while self._open:
                    await self._next_heard()
        except TimeoutError:
            # What hasn't been read by now is left out whole: half a line would be worse than none.
            self._observer.gave_up(len(self._open))
            logger.warning("%d rows could not be read before the end", len(self._open))
        finally:
            self._patience = None
        async with self._turn:
            await self._pass_on()

    @property
    def _finish_limit(self) -> float | None:
        if self._stopping.is_set():
            return FINISH_LIMIT
        return LEAVE_LIMIT if self._leaving else None

    async def _next_heard(self) -> None:
        self._heard.clear()
        await self._heard.wait()

    async def _close_when_stopped(self) -> None:
        await self._stopping.wait()
        await self._source.close()
