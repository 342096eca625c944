"""The OCR worker's process, from the daemon's side: started, asked over its pipes, ended."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import capture_daemon
from capture_daemon import errors
from capture_daemon.config.models import OcrTable
from capture_daemon.errors import CaptureDaemonError, ModelError
from capture_daemon.frames import ColourImage
from capture_daemon.ocr import messages
from capture_daemon.ocr.engine import FoundBox, RowImage, RowText
from capture_daemon.records import StatusState

logger = logging.getLogger(__name__)

START_LIMIT = 90.0
"""Seconds an engine may take to load its model."""
DOWNLOAD_LIMIT = 900.0
"""Seconds a download may take."""
CLOSE_LIMIT = 1.0
"""Seconds a child is given to end by itself."""
ENDING_LIMIT = 0.3
"""Seconds that a child which closed its pipe is given until it is gone."""


class WorkerLostError(ModelError):
    """A child that could not be started, died or hung before its model was loaded: another may do better."""


class WorkerProcess:
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
        cls, settings: OcrTable, on_status: Callable[[StatusState, str | None], None], *, batch_mode: bool
    ) -> WorkerProcess:
        """A child whose model is loaded.

        Raises the error that kept it from loading, WorkerLostError if it could not be started, died or hung meanwhile.
        """
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-P",
                "-m",
                "capture_daemon.ocr.child",
                settings.model_dump_json(),
                *(["batch_mode"] if batch_mode else []),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=child_environment(),
                **apart(),
            )
        except OSError as error:
            raise WorkerLostError(
                f"the OCR worker can't be started: {error.strerror}: see what fills memory"
            ) from error
        child = cls(process)
        try:
            await child._wait_until_ready(on_status)
        except BaseException:
            await child.kill()
            raise
        return child

    async def read(self, row: RowImage) -> RowText:
        """What stands in a row; raises EOFError or OSError if the child ends meanwhile."""
        self._rows.write(messages.row_message(row))
        await self._rows.drain()
        return messages.text_from(await self._receive())

    async def find(self, picture: ColourImage, scale: float | None) -> list[FoundBox]:
        """Where pieces of text stand in a picture; raises as `read` does."""
        self._rows.write(messages.picture_message(picture, scale))
        await self._rows.drain()
        return messages.boxes_from(await self._receive())

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
                raise WorkerLostError(
                    f"the OCR engine was not ready after {limit:g} s: see its log with --log-level debug"
                ) from error
            except EOFError as error:
                await self._listener
                words = self._last_words[-1] if self._last_words else "without a word"
                raise WorkerLostError(f"the OCR worker ended while it loaded its engine: {words}") from error
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
