"""A face without a terminal: questions are lines of standard input, answers go to standard output as they come."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import AsyncIterator, Iterator

from rich.console import Console
from rich.text import Text

from capture_daemon.llm.companion.composing import as_script_text
from capture_daemon.llm.companion.current_scene import Heard

_BLOCK = 1 << 12
_LONGEST = 1 << 14
"""Bytes; what is longer is taken for several lines."""


class PlainFace:
    """Reads a file descriptor and prints."""

    waits_for_answers = True

    def __init__(self, name: str, output: Console, notes: Console, shows_lines: bool, descriptor: int = 0) -> None:
        self._name = name
        self._output = output
        self._notes = notes
        self._shows_lines = shows_lines
        self._descriptor = descriptor

    async def typed(self) -> AsyncIterator[str]:
        """The lines of the descriptor, to its end."""
        queue: asyncio.Queue[str | None] = asyncio.Queue(1)
        loop = asyncio.get_running_loop()

        def read() -> None:
            try:
                for text in self._lines():
                    asyncio.run_coroutine_threadsafe(queue.put(text), loop).result()
                asyncio.run_coroutine_threadsafe(queue.put(None), loop).result()
            except (RuntimeError, asyncio.CancelledError):
                return  # the loop has ended meanwhile

        # Reading can't be broken off everywhere, so nothing waits for the thread's end.
        threading.Thread(target=read, name="typed", daemon=True).start()
        while (text := await queue.get()) is not None:
            yield text

    def heard(self, line: Heard) -> None:
        """Print a line of the game on standard error, if wanted."""
        if self._shows_lines:
            self._notes.print(Text(as_script_text(line), style="dim"))

    def wait(self) -> None:
        """Show nothing: what reads the output counts on answers only."""

    def idle(self) -> None:
        """Show nothing."""

    def begin(self) -> None:
        """Print the name."""
        self._write(f"{self._name}: ")

    def piece(self, text: str) -> None:
        """Print a piece at once."""
        self._write(text)

    def end(self, broken_off: bool) -> None:
        """End the line."""
        self._write(" —\n" if broken_off else "\n")

    def note(self, text: str) -> None:
        """Print a note on standard error."""
        self._notes.print(text, style="yellow")

    def _write(self, text: str) -> None:
        self._output.print(Text(text), end="")
        self._output.file.flush()

    def _lines(self) -> Iterator[str]:
        """What the descriptor gives, without Python's own buffer, whose lock would be held at the program's end."""
        rest = b""
        while block := os.read(self._descriptor, _BLOCK):
            *whole, rest = (rest + block).split(b"\n")
            for text in whole:
                yield text.decode("utf-8", "replace")
            if len(rest) > _LONGEST:
                yield rest.decode("utf-8", "replace")
                rest = b""
        if rest:
            yield rest.decode("utf-8", "replace")


def both_are_terminals() -> bool:
    """Whether the player sits at a terminal, reading and writing."""
    return sys.stdin.isatty() and sys.stdout.isatty()
