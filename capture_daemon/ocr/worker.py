"""The OCR worker as the daemon sees it: a child process that reads rows, and is replaced when it hangs or dies."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, TypeVar

import capture_daemon
from capture_daemon import errors
from capture_daemon.config import OcrTable
from capture_daemon.delays import Delays
from capture_daemon.errors import CaptureDaemonError, ModelError
from capture_daemon.frames import Box, GreyImage
from capture_daemon.ocr import messages
from capture_daemon.ocr.engine import RowImage, RowText
from capture_daemon.records import StatusState

Answer = TypeVar("Answer")

logger = logging.getLogger(__name__)

START_LIMIT = 90.0
"""Seconds an engine may take to load its model."""
DOWNLOAD_LIMIT = 900.0
"""Seconds a download may take."""
CLOSE_LIMIT = 1.0
"""Seconds a child is given to end by itself."""
ENDING_LIMIT = 0.3
"""Seconds that a child which closed its pipe is given until it is gone."""
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
    and the row is tried again. Its text is empty where five children hung or died on it, or none could be started for
    ten minutes. `passes` counts the rows read, `restarts` the children that took another's place.
    """

    def __init__(
        self,
        settings: OcrTable,
        on_status: Callable[[StatusState, str | None], None],
        on_pass: Callable[[float], None] = lambda seconds: None,
        *,
        hurried: bool = False,
    ) -> None:
        """`on_pass` is told how many seconds each pass took.

        `hurried`: row comes after row, so the child keeps its memory from one to the next.
        """
        self.passes = 0
        self.restarts = 0
        self._hurried = hurried
        self._settings = settings
        self._on_status = on_status
        self._on_pass = on_pass
        self._child: _Child | None = None
        self._turn = asyncio.Lock()
        self._keeper: asyncio.Task[None] | None = None
        self._delays = Delays(FIRST_DELAY, LONGEST_DELAY)
        self._pause = 0.0
        self._closing = asyncio.Event()
        self._asking: set[asyncio.Task[Any]] = set()

    @property
    def process_id(self) -> int | None:
        """The child's process id, or None while there is none."""
        return self._child.process_id if self._child else None

    async def start(self) -> None:
        """Start the child and wait until its model is loaded.

        Raises ModelError where the engine or its model can't be had, ConfigurationError for an unknown language.
        """
        self._child = await self._start_child()
        self._keeper = asyncio.create_task(self._keep(), name="ocr-keeper")

    async def read(self, rows: Sequence[RowImage]) -> list[RowText]:
        """What stands in each row, in order; calls at the same time wait for one another."""
        return await self._to_the_end(self._read_all(rows), [_NOTHING] * len(rows))

    async def find_rows(self, picture: GreyImage) -> list[Box]:
        """Where rows of text stand in a whole picture, luma, in its own pixels; none where the child ends meanwhile.

        Raises ModelError where the detector isn't there.
        """
        return await self._to_the_end(self._find_rows(picture), [])

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
            asking.exception()  # whoever asked has it, unless they were cancelled

    async def _find_rows(self, picture: GreyImage) -> list[Box]:
        async with self._turn:
            if self._child is None:
                await self._restart()
            if self._child is None:
                return []
            try:
                async with asyncio.timeout(self._settings.timeout):
                    return await self._child.find_rows(picture)
            except TimeoutError:
                await self._lose(f"finding rows took longer than {self._settings.timeout:g} s")
            except (OSError, EOFError, ValueError):
                await self._lose("the worker ended")
            return []

    async def _read_all(self, rows: Sequence[RowImage]) -> list[RowText]:
        async with self._turn:
            return [await self._read(row) for row in rows]

    async def _read(self, row: RowImage) -> RowText:
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
            started = time.perf_counter()
            try:
                async with asyncio.timeout(self._settings.timeout):
                    text = await self._child.read(row)
            except TimeoutError:
                await self._lose(f"a pass took longer than {self._settings.timeout:g} s")
            except (OSError, EOFError, ValueError):
                await self._lose("the worker ended")
            else:
                self.passes += 1
                self._delays.reset()
                self._on_pass(time.perf_counter() - started)
                return text
        if not self._closing.is_set():
            logger.error("OCR: a row of text could not be read, and is left out")
        return _NOTHING

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

    def _failed(self) -> None:
        delay = self._delays.next()
        self._pause = delay if self._delays.failures > 1 else 0.0

    async def _restart(self) -> None:
        """Start another child after a delay; leaves none where that fails."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._pause):
                await self._closing.wait()
        if self._closing.is_set():
            return
        try:
            child = await self._start_child()
        except CaptureDaemonError as error:
            self._failed()
            logger.error("OCR: %s", error)
            self._on_status("degraded", str(error))
            return
        if self._closing.is_set():
            await child.close()
            return
        self._child = child
        self.restarts += 1
        self._on_status("capturing", None)

    async def _start_child(self) -> _Child:
        return await _Child.started(self._settings, self._on_status, hurried=self._hurried)


class _Child:
    """One child process, with its engine loaded."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        self.process_id = process.pid
        self._process = process
        self._rows, self._texts = process.stdin, process.stdout
        self._last_words: list[str] = []
        self._listener = asyncio.create_task(self._listen(process.stderr), name="ocr-stderr")

    @classmethod
    async def started(
        cls, settings: OcrTable, on_status: Callable[[StatusState, str | None], None], *, hurried: bool
    ) -> _Child:
        """A child whose model is loaded; raises what kept it from loading it."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-m",
            "capture_daemon.ocr.child",
            settings.model_dump_json(),
            *(["hurried"] if hurried else []),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=child_environment(),
            **apart(),
        )
        child = cls(process)
        try:
            await child._wait_until_ready(on_status)
        except BaseException:
            await child.kill()
            raise
        return child

    async def read(self, row: RowImage) -> RowText:
        """What stands in a row; raises EOFError or OSError where the child ends meanwhile."""
        self._rows.write(messages.row_message(row))
        await self._rows.drain()
        return messages.text_from(await self._receive())

    async def find_rows(self, picture: GreyImage) -> list[Box]:
        """Where rows stand in a picture; raises as `read` does, and ModelError where the detector isn't there."""
        self._rows.write(messages.picture_message(picture))
        await self._rows.drain()
        header = await self._receive()
        if "error" in header:
            raise _known_error(header["kind"])(header["error"])
        return messages.boxes_from(header)

    async def ended(self) -> None:
        """Wait until the process has ended."""
        await self._process.wait()

    async def close(self) -> None:
        """Let the process end by itself; end it where it doesn't."""
        self._rows.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_LIMIT):
                await self._process.wait()
        await self.kill()

    async def kill(self) -> None:
        """End the process at once, and wait until it is gone."""
        if self._texts.at_eof():
            # It is ending by itself; killing it meanwhile would take its exit status away from asyncio.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(ENDING_LIMIT):
                    await self._process.wait()
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
        await self._process.wait()
        self._rows.close()
        await self._listener

    async def _wait_until_ready(self, on_status: Callable[[StatusState, str | None], None]) -> None:
        limit = START_LIMIT
        while True:
            try:
                async with asyncio.timeout(limit):
                    header = await self._receive()
            except TimeoutError as error:
                raise ModelError(
                    f"the OCR engine was not ready after {limit:g} s: see its log with --log-level debug"
                ) from error
            except EOFError as error:
                await self._listener
                words = self._last_words[-1] if self._last_words else "without a word"
                raise ModelError(f"the OCR worker ended while it loaded its engine: {words}") from error
            if "ready" in header:
                logger.info("OCR: %s", header["ready"])
                return
            if "error" in header:
                raise _known_error(header["kind"])(header["error"])
            limit = DOWNLOAD_LIMIT
            on_status("waiting", f"downloading the model {header['loading']}")

    async def _receive(self) -> dict[str, Any]:
        header_length, body_length = messages.lengths(await self._texts.readexactly(messages.LENGTHS.size))
        header: dict[str, Any] = json.loads(await self._texts.readexactly(header_length))
        await self._texts.readexactly(body_length)
        return header

    async def _listen(self, stream: asyncio.StreamReader) -> None:
        """What libraries print, as debugging messages; also keeps the pipe from filling up."""
        while chunk := await stream.read(4096):
            lines = [line.strip() for line in chunk.decode(errors="replace").splitlines() if line.strip()]
            self._last_words = [*self._last_words, *lines][-20:]
            for line in lines:
                logger.debug("OCR worker: %s", line)


def _known_error(kind: str) -> type[CaptureDaemonError]:
    found = getattr(errors, kind, None)
    return found if isinstance(found, type) and issubclass(found, CaptureDaemonError) else ModelError


def child_environment() -> dict[str, str]:
    """The child's environment: it finds this package even where it isn't installed but lies beside the program."""
    root = str(Path(capture_daemon.__file__).resolve().parent.parent)
    paths = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
    if root not in paths and not root.endswith("-packages"):
        paths.insert(0, root)
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


def apart() -> dict[str, Any]:
    """Keep Ctrl-C in a terminal from reaching the child before it has learnt to ignore it."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.BELOW_NORMAL_PRIORITY_CLASS}
    return {"start_new_session": True}
