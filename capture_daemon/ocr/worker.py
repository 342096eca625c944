"""The OCR worker as the daemon sees it: a child process that reads rows, and is replaced when it hangs or dies."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

from capture_daemon.common.backoff import Backoff
from capture_daemon.config.models import OcrTable
from capture_daemon.errors import CaptureDaemonError
from capture_daemon.frames import ColourImage
from capture_daemon.ocr.engine import FoundBox, RowImage, RowText
from capture_daemon.ocr.process import ENDING_LIMIT, WorkerLostError, WorkerProcess
from capture_daemon.records import StatusState

Answer = TypeVar("Answer")

logger = logging.getLogger(__name__)

FIRST_DELAY, LONGEST_DELAY = 0.5, 30.0
"""Seconds, about, before another child is started after two failures in a row, and what that grows to by doubling.

After a first failure it is started at once.
"""
ATTEMPTS = 5
"""How many children a row may be given to: more must be the row's own fault."""
ROW_LIMIT = 600.0
"""Seconds a row waits where no child can be started."""
_NOTHING = RowText("", 0.0)


class OcrWorker:
    """Reads rows in a child process of lower priority.

    A pass that takes longer than the configuration's `timeout` is given up: the child is ended, another is started,
    and the row is tried again. Its text is empty if five children hung or died on it, or none could be started for
    ten minutes. For a recording, where nobody waits, each try may take twice as long as the one before: a busy machine
    must not change what is read. `passes` counts the rows read, `restarts` the children that took another's place.
    """

    def __init__(
        self,
        settings: OcrTable,
        on_status: Callable[[StatusState, str | None], None],
        on_pass: Callable[[float], None] = lambda seconds: None,
        *,
        batch_mode: bool = False,
    ) -> None:
        """`on_pass` is called with the seconds that each pass took.

        `batch_mode`: row comes after row, so the child keeps its memory from one to the next.
        """
        self.passes = 0
        self.restarts = 0
        self.load_seconds = 0.0
        """How long `start` took."""
        self._batch_mode = batch_mode
        self._settings = settings
        self._on_status = on_status
        self._on_pass = on_pass
        self._child: WorkerProcess | None = None
        self._turn = asyncio.Lock()
        self._keeper: asyncio.Task[None] | None = None
        self._delays = Backoff(FIRST_DELAY, LONGEST_DELAY)
        self._pause = 0.0
        self._closing = asyncio.Event()
        self._asking: set[asyncio.Task[Any]] = set()

    @property
    def process_id(self) -> int | None:
        """The child's process id, or None while there is none."""
        return self._child.process_id if self._child else None

    async def start(self, *, retry: bool = False) -> None:
        """Start the child and wait until its model is loaded.

        With `retry` a child that dies or hangs meanwhile is replaced, after delays that grow, until one is ready.
        Raises ModelError if the engine, its model or the detector isn't available, ConfigurationError for an unknown
        language.
        """
        began = time.monotonic()
        self._child = await self._first_child(retry)
        self.load_seconds = time.monotonic() - began
        self._keeper = asyncio.create_task(self._keep(), name="ocr-keeper")

    async def read(self, rows: Sequence[RowImage]) -> list[RowText]:
        """What stands in each row, in order; calls at the same time wait for one another."""
        return await self._to_the_end(self._read_all(rows), [_NOTHING] * len(rows))

    async def find(self, picture: ColourImage, scale: float | None = None) -> list[FoundBox] | None:
        """Where pieces of text stand in a picture, in its own pixels; None if it could not be looked at."""
        nothing: list[list[FoundBox] | None] = [None]
        [found] = await self._to_the_end(self._find(picture, scale), nothing)
        return found

    async def close(self) -> None:
        """End the child, within two seconds; a read that is under way answers with empty texts."""
        self._closing.set()
        if self._keeper is not None:
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeper
            self._keeper = None
        child, self._child = self._child, None
        if child is not None:
            await child.close()
        if self._asking:
            _, pending = await asyncio.wait(self._asking, timeout=ENDING_LIMIT)
            for asking in pending:
                asking.cancel()
            if pending:
                await asyncio.wait(pending)

    async def _to_the_end(self, work: Coroutine[None, None, list[Answer]], nothing: list[Answer]) -> list[Answer]:
        """Finish what was begun even if its caller is cancelled: its answer must not be taken for the next one's."""
        asking = asyncio.create_task(work, name="ocr-ask")
        self._asking.add(asking)
        asking.add_done_callback(self._asked)
        try:
            return await asyncio.shield(asking)
        except asyncio.CancelledError:
            if not asking.cancelled():
                raise
            return nothing

    def _asked(self, asking: asyncio.Task[Any]) -> None:
        self._asking.discard(asking)
        if not asking.cancelled():
            asking.exception()  # the caller has it, unless it was cancelled

    async def _find(self, picture: ColourImage, scale: float | None) -> list[list[FoundBox] | None]:
        async with self._turn:
            return [await self._answer(lambda child: child.find(picture, scale))]

    async def _read_all(self, rows: Sequence[RowImage]) -> list[RowText]:
        async with self._turn:
            return [await self._read(row) for row in rows]

    async def _read(self, row: RowImage) -> RowText:
        started = time.perf_counter()
        text = await self._answer(lambda child: child.read(row))
        if text is None:
            return _NOTHING
        self.passes += 1
        self._on_pass(time.perf_counter() - started)
        return text

    async def _answer(self, ask: Callable[[WorkerProcess], Coroutine[None, None, Answer]]) -> Answer | None:
        """What a child answers; None if several hung or died on it, or none could be started."""
        began = time.monotonic()
        attempts = 0
        while attempts < ATTEMPTS and not self._closing.is_set():
            if self._child is None:
                await self._restart()
            if self._child is None:
                if time.monotonic() - began > ROW_LIMIT:
                    break
                continue
            attempts += 1
            limit = self._settings.timeout * (2 ** (attempts - 1) if self._batch_mode else 1)
            try:
                async with asyncio.timeout(limit):
                    answer = await ask(self._child)
            except TimeoutError:
                await self._lose(f"a pass took longer than {limit:g} s")
            except (OSError, EOFError, ValueError):
                await self._lose("the worker ended")
            else:
                self._delays.reset()
                return answer
        if not self._closing.is_set():
            logger.error("OCR: a picture could not be read, and is left out")
        return None

    async def _keep(self) -> None:
        """Replace a child that dies while nothing is asked of it, so that the next row needn't wait for its start."""
        while True:
            child = self._child
            if child is not None:
                await child.ended()
            async with self._turn:
                if self._child is child and child is not None:
                    await self._lose("the worker ended")
                if self._child is None:
                    await self._restart()

    async def _lose(self, reason: str) -> None:
        child, self._child = self._child, None
        if child is not None:
            await child.kill()
        if self._closing.is_set():
            return
        self._failed()
        logger.warning("OCR: %s, starting another", reason)
        self._on_status("degraded", f"{reason}; another is started")

    def _not_started(self, error: CaptureDaemonError) -> None:
        self._failed()
        logger.error("OCR: %s", error)
        self._on_status("degraded", str(error))

    async def _wait_a_while(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._pause):
                await self._closing.wait()

    def _failed(self) -> None:
        delay = self._delays.next()
        self._pause = delay if self._delays.failures > 1 else 0.0

    async def _first_child(self, retry: bool) -> WorkerProcess:
        while True:
            try:
                return await self._start_child()
            except WorkerLostError as error:
                if not retry:
                    raise
                self._not_started(error)
            await self._wait_a_while()
            if self._closing.is_set():
                raise WorkerLostError("the OCR worker was closed before it had loaded its engine")

    async def _restart(self) -> None:
        """Start another child after a delay; leaves none if that fails."""
        await self._wait_a_while()
        if self._closing.is_set():
            return
        try:
            child = await self._start_child()
        except CaptureDaemonError as error:
            self._not_started(error)
            return
        if self._closing.is_set():
            await child.close()
            return
        self._child = child
        self.restarts += 1
        self._on_status("capturing", None)

    async def _start_child(self) -> WorkerProcess:
        return await WorkerProcess.started(self._settings, self._on_status, batch_mode=self._batch_mode)
