"""Where lines go besides the log and the feed: the clipboard, and a command for each line."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import re
import signal
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import IO

from capture_daemon.config.models import OutputTable
from capture_daemon.records import Line

WAITING = 64
"""Lines that may wait for the command, 16 to 256: some minutes of play. One more pushes out the oldest."""
COPY_LIMIT = 5.0
"""Seconds that the clipboard may take, 2 to 10: the programs that set it answer within tenths."""
COMMAND_LIMIT = 10.0
"""Seconds that a command may take, 5 to 30: a translation over the network takes some."""
CLOSE_LIMIT = 1.0
"""Seconds for the lines that still wait at the end; the daemon itself ends within three."""
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_COPY = (sys.executable, "-P", "-X", "utf8", "-m", "pyperclip", "--copy")
_NO_CLIPBOARD = (
    "the clipboard can't be set: on Linux, install xclip (X11) or wl-clipboard (Wayland), and see that DISPLAY or "
    "WAYLAND_DISPLAY names this session"
)

logger = logging.getLogger(__name__)


class Outputs:
    """Passes each line to the configured clipboard and command; neither waits for the other.

    All on the event loop. Nothing here delays the feed or ends the daemon: what fails is logged, once until it works
    again, and never with a line's text.
    """

    def __init__(self, settings: OutputTable) -> None:
        self._settings = settings
        self.folder = Path()
        """The log's folder: records name their pictures as seen from there."""
        # The clipboard holds one text: a line that waits is of no use once there is a newer one.
        self._clipboard = _Output("clipboard", 1, self._copy)
        self._command = _Output("command", WAITING, self._call)
        self._reported: dict[str, str] = {}

    @property
    def dropped(self) -> int:
        """Lines that the command never got because too many waited."""
        return self._command.dropped

    def configure(self, settings: OutputTable) -> None:
        """Use other settings from the next line on."""
        self._settings = settings
        self._reported.clear()

    def said(self, line: Line) -> None:
        """A line was published, or corrected. Returns at once."""
        if self._settings.clipboard:
            self._clipboard.put(line)
        if self._settings.command and not self._command.put(line):
            self._report("waiting", "lines come faster than output.command ends: the oldest that wait are left out")

    async def close(self) -> None:
        """Pass on the waiting lines, for a second at most, then end the running command."""
        outputs = (self._clipboard, self._command)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_LIMIT):
                await asyncio.gather(*(output.passed_on() for output in outputs))
        await asyncio.gather(*(output.close() for output in outputs))

    async def _copy(self, line: Line) -> None:
        if self._settings.clipboard:
            try:
                fault = await self._copied(line.text)
            except OSError as error:  # no process, or no file, can be made
                fault = f"the clipboard can't be set: {error.strerror or 'no program can be started'}"
            self._report("clipboard", fault)

    async def _call(self, line: Line) -> None:
        if command := self._settings.command:
            self._report("command", await self._called(command, line))

    async def _copied(self, text: str) -> str | None:
        """Put a text into the clipboard; why that can't be, if so."""
        # The program that keeps the clipboard stays behind, and holds what it was given: a file, not a pipe.
        with await asyncio.to_thread(tempfile.TemporaryFile) as complaints:
            code = await _run(_COPY, COPY_LIMIT, text.encode(), complaints)
            if code is None:
                return f"the clipboard was not set within {COPY_LIMIT:g} s"
            # Some of these programs fail with words alone.
            return _NO_CLIPBOARD if code or os.fstat(complaints.fileno()).st_size else None

    async def _called(self, command: Sequence[str], line: Line) -> str | None:
        """Run the command for a line; why that can't be, if so."""
        name = command[0]
        try:
            code = await _run(filled(command, line, self.folder), COMMAND_LIMIT)
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else "it can't be run"
            return f"output.command {name}: {reason}: name a program that is installed, or its path"
        if code is None:
            return f"output.command {name}: ended after {COMMAND_LIMIT:g} s: have it return sooner"
        return f"output.command {name}: failed with exit code {code}" if code else None

    def _report(self, what: str, fault: str | None) -> None:
        before = self._reported.pop(what, None)
        if fault is None:
            return
        self._reported[what] = fault
        if fault != before:
            logger.warning("%s", fault)


class _Output:
    """Passes lines on to one place, one after another, in a task of its own; `room` lines may wait for their turn."""

    def __init__(self, name: str, room: int, pass_on: Callable[[Line], Awaitable[None]]) -> None:
        self._name = name
        self._pass_on = pass_on
        self._waiting: asyncio.Queue[Line] = asyncio.Queue(room)
        self._task: asyncio.Task[None] | None = None
        self.dropped = 0
        """Lines that were pushed out by newer ones."""

    def put(self, line: Line) -> bool:
        """Have a line wait for its turn. False if it pushed out the oldest that waited."""
        if self._task is None:
            self._task = asyncio.create_task(self._work(), name=f"output: {self._name}")
        had_room = not self._waiting.full()
        if not had_room:
            self._waiting.get_nowait()
            self._waiting.task_done()
            self.dropped += 1
        self._waiting.put_nowait(line)
        return had_room

    async def passed_on(self) -> None:
        """Wait until no line waits any more, and none is under way."""
        await self._waiting.join()

    async def close(self) -> None:
        """End at once; lines that still wait are left out."""
        if self._task is None:
            return
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        self._task = None

    async def _work(self) -> None:
        while True:
            line = await self._waiting.get()
            await self._pass_on(line)
            self._waiting.task_done()


def filled(command: Sequence[str], line: Line, folder: Path) -> list[str]:
    """The command with a line's values in place of their names in braces; each stays within its word.

    `folder` is the log's, where the line's picture is.
    """
    values = {
        "speaker": line.speaker or "",
        "text": line.text,
        "seq": str(line.seq),
        "time": line.time,
        "language": line.language,
        "replaces": "" if line.replaces is None else str(line.replaces),
        "region": line.region,
        "picture": "" if line.picture is None else str(folder / line.picture),
    }
    return [_PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), word) for word in command]


async def _run(
    command: Sequence[str], limit: float, given: bytes | None = None, complaints: IO[bytes] | None = None
) -> int | None:
    """Run a program, without a shell, and return its exit code; None if it was ended after `limit` seconds.

    Raises OSError and ValueError if it can't be started.
    """
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL if given is None else asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL if complaints is None else complaints,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(limit):
            if process.stdin is not None:
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    process.stdin.write(given or b"")
                    await process.stdin.drain()
                process.stdin.close()
            return await process.wait()
    except TimeoutError:
        return None
    finally:
        if process.returncode is None:
            _kill(process)
            await process.wait()


def _kill(process: asyncio.subprocess.Process) -> None:
    """End the program and what it started."""
    with contextlib.suppress(ProcessLookupError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
