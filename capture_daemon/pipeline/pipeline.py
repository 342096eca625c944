"""From frames to events: drives a reader with the frames of a source."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from capture_daemon.capture.base import Source
from capture_daemon.frames import Frame
from capture_daemon.pipeline.driving import OcrBackend, answer_to, drive
from capture_daemon.pipeline.frame_queue import FrameQueue
from capture_daemon.pipeline.region_check import RegionCheck
from capture_daemon.pipeline.sink import Observer
from capture_daemon.reading.events import Answer, Event, ReadRows, Request, Steps
from capture_daemon.reading.several import FrameReader

FINISH_LIMIT = 1.2
"""Seconds that a stopped pipeline waits for OCR, to finish the current line."""
LEAVE_LIMIT = 30.0
"""The same after `leave`: longer than a hung OCR pass plus the start of a new worker."""

logger = logging.getLogger(__name__)


class Pipeline:
    """Drives one source through one reader to its end, or until it is stopped or left.

    One task queues frames, another passes them to the reader in order. The reader runs in a thread and waits for each
    OCR answer, so it may run a little behind a live source. `on_event` is awaited: events stay in order, and a slow
    log delays the next frame.
    """

    def __init__(  # noqa: PLR0913 - what it joins together
        self,
        source: Source,
        reader: FrameReader,
        ocr: OcrBackend,
        on_event: Callable[[Event], Awaitable[None]],
        *,
        live: bool,
        wants_partials: Callable[[], bool] = lambda: False,
        observer: Observer | None = None,
        check: RegionCheck | None = None,
    ) -> None:
        """`source` is open. With `live`, frames arrive at their own time; without, the source waits for the reader.

        `check` warns about regions that turn out not to work.
        """
        self.position = 0.0
        """The time of the last frame seen, on the source's clock."""
        self.began: float | None = None
        """The time of the first one."""
        self._source = source
        self._reader = reader
        self._ocr = ocr
        self._on_event = on_event
        self._wants_partials = wants_partials
        self._observer = observer or Observer()
        self._check = check
        self._frames = FrameQueue(source, self._observer, live=live)
        self._stopping = asyncio.Event()
        self._leaving = False
        self._is_late = False
        self._alarm: asyncio.TimerHandle | None = None
        self._patience: asyncio.Timeout | None = None
        self._unread = False

    async def run(self) -> bool:
        """Run until the source has ended and its last line is reported; False if `leave` ended it before.

        Raises:
            SourceError: The source failed, or is damaged from here on; raised after the current line is reported.
            ExceptionGroup: What OCR and `on_event` raise.

        """
        try:
            async with asyncio.TaskGroup() as group:
                self._frames.start(group)
                closing = group.create_task(self._close_when_stopped(), name="pipeline close")
                while frames := await self._frames.get():
                    await self._see(frames)
                await self._go_through(self._reader.end())
                closing.cancel()
        finally:
            if self._alarm is not None:
                self._alarm.cancel()
        if self._unread:
            logger.warning("the last frames could not be read before the end")
        if self._frames.error is not None:
            raise self._frames.error
        return not self._leaving or self._stopping.is_set()

    def leave(self) -> None:
        """Stop taking frames, finish the current line, and end `run`; the source stays open."""
        self._leaving = True
        self._frames.close()
        if not self._stopping.is_set():
            self._limit(LEAVE_LIMIT)

    def stop(self) -> None:
        """Stop taking frames, finish the current line, and end `run` shortly after `FINISH_LIMIT`."""
        self._stopping.set()
        self._frames.hurry()
        self._limit(FINISH_LIMIT)

    async def _see(self, frames: Sequence[Frame]) -> None:
        if self.began is None:
            self.began = frames[0].time
        self._observer.shown(frames)
        changes = self._reader.changes
        self._reader.wants_partials = self._wants_partials()
        await self._go_through(self._steps(frames))
        self._observer.saw(0, self._reader.changes - changes)
        if self._check is not None:
            for fitness in self._reader.fitness:
                await self._check.check(fitness, self.position, beside=fitness is not self._reader.fitness[0])

    def _steps(self, frames: Sequence[Frame]) -> Steps:
        for frame in frames:
            if self._is_late:
                self._unread = True
                return
            yield from self._reader.see(frame)
            self.position = frame.time

    async def _go_through(self, steps: Steps) -> None:
        await drive(steps, self._answer, self._pass_on)

    async def _answer(self, request: Request) -> Answer:
        """The OCR's answer; None if it doesn't come in time."""
        if not self._is_late:
            try:
                async with asyncio.timeout(None) as self._patience:
                    return await answer_to(self._ocr, request)
            except TimeoutError:
                if not self._is_late:
                    raise
            finally:
                self._patience = None
        self._unread = True
        if isinstance(request, ReadRows):
            self._observer.gave_up(len(request.rows))
        return None

    async def _pass_on(self) -> None:
        events, self._reader.events = self._reader.events, []
        for event in events:
            await self._on_event(event)

    def _limit(self, seconds: float) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = asyncio.get_running_loop().call_later(seconds, self._be_late)

    def _be_late(self) -> None:
        self._is_late = True
        if self._patience is not None:
            self._patience.reschedule(asyncio.get_running_loop().time())

    async def _close_when_stopped(self) -> None:
        await self._stopping.wait()
        await self._source.close()
