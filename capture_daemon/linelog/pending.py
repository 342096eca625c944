"""A line on its way into the log: queued, then written or dropped."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from dataclasses import replace
from typing import Any, Self

from capture_daemon.errors import LogError
from capture_daemon.records import Choice, Entry, Line


class PendingLine:
    """One line, or choice, that was handed in. Await it for the record as it was written, with its number.

    Awaiting raises LogError if the line was dropped. The awaiting task may be cancelled; the line is still
    written. But for `written`, which the writing thread sets, everything is called on the event loop.
    """

    def __init__(self, line: Entry, replaces: PendingLine | None = None) -> None:
        """`replaces` is the line that this one corrects; its number need not be known yet."""
        self.written: Entry | None = None
        """The record with its number; None until it is in the log, and for good where the line was dropped."""
        self._line = line
        self._replaces = replaces
        self._error: BaseException | None = None
        self._settled = asyncio.Event()
        self._done = asyncio.Event()
        self._when_written: list[Callable[[Entry], None]] = []

    @classmethod
    def of(cls, written: Entry) -> Self:
        """A line that is already in a log."""
        pending = cls(written)
        pending.written = written
        pending.finish()
        return pending

    def to_write(self, stream: str | None = None) -> Entry:
        """The line to append now; it names the number of the line replaced, where that one was not dropped.

        With `stream` only a line of this stream is named: the number of another's means something else.
        """
        if not isinstance(self._line, Line | Choice) or self._replaces is None or self._replaces.written is None:
            return self._line
        if stream not in (None, self._replaces.written.stream):
            return self._line
        return replace(self._line, replaces=self._replaces.written.seq)

    def when_written(self, call: Callable[[Entry], None]) -> None:
        """Call `call`, which must not block, with the record once it is written; at once where it is already."""
        if self._done.is_set() and self.written is not None:
            call(self.written)
        else:
            self._when_written.append(call)

    async def settled(self) -> None:
        """Wait until the line is written, or dropped, or known to have to wait for longer."""
        await self._settled.wait()

    def settle(self) -> None:
        """The line has to wait: its caller may continue."""
        self._settled.set()

    def finish(self) -> None:
        """The line was written and handed out."""
        assert self.written is not None
        self._end()
        for call in self._when_written:
            call(self.written)
        self._when_written.clear()

    def fail(self, error: BaseException) -> None:
        """The line was dropped."""
        self._error = error
        self._end()

    def __await__(self) -> Generator[Any, None, Entry]:
        yield from self._done.wait().__await__()
        if self.written is None:
            # A new error each time: one that is raised twice collects the frames of both.
            raise LogError(str(self._error)) from self._error
        return self.written

    def _end(self) -> None:
        self._replaces = None  # else every line of a chain of corrections would be kept
        self._settled.set()
        self._done.set()
