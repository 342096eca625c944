"""A face in a terminal: the player types below, what is said grows above, and neither gets into the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

from prompt_toolkit import PromptSession, print_formatted_text
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.input import Input
from prompt_toolkit.output import Output
from prompt_toolkit.patch_stdout import patch_stdout
from rich.console import Console
from rich.text import Text

from capture_daemon.llm.companion.composing import as_script_text
from capture_daemon.llm.companion.current_scene import Heard

_PROMPT = "> "
_NAME = "bold ansicyan"
_DIM = "ansibrightblack"
_NOTE = "ansiyellow"
_REFRESH = 0.5
"""Seconds between two looks at the terminal's size."""


class TerminalFace:
    """What is said stands above the prompt while it grows, and stays there once it is said."""

    waits_for_answers = False

    def __init__(
        self, name: str, shows_lines: bool, *, source: Input | None = None, output: Output | None = None
    ) -> None:
        self._name = name
        self._shows_lines = shows_lines
        self._answer: str | None = None
        self._waits = False
        self._session: PromptSession[str] = PromptSession(
            self._message, input=source, output=output, refresh_interval=_REFRESH
        )

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Within it, whatever is written to standard output or standard error stands above the prompt."""
        with patch_stdout():
            yield

    async def typed(self) -> AsyncIterator[str]:
        """What the player types, until Ctrl-D or Ctrl-C."""
        while True:
            try:
                text = await self._session.prompt_async(handle_sigint=False)
            except (EOFError, KeyboardInterrupt):
                return
            yield text
            # The task that answers gets a turn before the prompt is drawn again.
            await asyncio.sleep(0)

    def heard(self, line: Heard) -> None:
        """Show a line of the game, if wanted."""
        if self._shows_lines:
            self._print([(_DIM, as_script_text(line))])

    def wait(self) -> None:
        """Show that an answer is on its way."""
        self._waits = True
        self._session.app.invalidate()

    def idle(self) -> None:
        """Show that none is."""
        self._waits = False
        self._session.app.invalidate()

    def begin(self) -> None:
        """Show the name, with nothing said yet."""
        self._answer = ""
        self._session.app.invalidate()

    def piece(self, text: str) -> None:
        """Let what is shown grow."""
        self._answer = (self._answer or "") + text
        self._session.app.invalidate()

    def end(self, broken_off: bool) -> None:
        """Leave what was said where it is."""
        said, self._answer = self._answer or "", None
        self._print([(_NAME, f"{self._name}: "), ("", said + (" —" if broken_off else ""))])
        self._session.app.invalidate()

    def note(self, text: str) -> None:
        """Show something else."""
        self._print([(_NOTE, text)])

    def _print(self, parts: list[tuple[str, str]]) -> None:
        print_formatted_text(FormattedText(parts))

    def _message(self) -> FormattedText:
        """The prompt, and above it what is being said, in rows of the terminal: nothing wraps them later."""
        if self._answer is None and self._waits:
            return FormattedText([(_DIM, f"{self._name} …\n"), ("", _PROMPT)])
        if self._answer is None:
            return FormattedText([("", _PROMPT)])
        width = max(2, self._session.output.get_size().columns - 1)
        console = Console(width=width, color_system=None)
        rows = Text(f"{self._name}: {self._answer}").wrap(console, width)
        return FormattedText([("", f"{row.plain}\n") for row in rows] + [("", _PROMPT)])
