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
        """`replaces` is the line that this one corrects; it need not have a number yet."""
        self.written: Entry | None = None
        """The record with its number; None until it is in the log, and forever if it was dropped."""
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
        """The record to append now, with the number of the line it replaces, unless that one was dropped.

        With `stream`, a replaced line of another stream is left out, because its number would mean another line.
        """
        if not isinstance(self._line, Line | Choice) or self._replaces is None or self._replaces.written is None:
            return self._line
        if stream not in (None, self._replaces.written.stream):
            return self._line
        return replace(self._line, replaces=self._replaces.written.seq)

    def when_written(self, call: Callable[[Entry], None]) -> None:
        """Call `call`, which must not block, with the record once it is written; at once if it already is."""
        if self._done.is_set() and self.written is not None:
            call(self.written)
        else:
            self._when_written.append(call)

    async def settled(self) -> None:
        """Wait until the line is written or dropped, or has to wait for the log."""
        await self._settled.wait()

    def settle(self) -> None:
        """Let the caller continue, because the line has to wait for the log."""
        self._settled.set()

    def finish(self) -> None:
        """Note that the line was written and published."""
        assert self.written is not None
        self._end()
        for call in self._when_written:
            call(self.written)
        self._when_written.clear()

    def fail(self, error: BaseException) -> None:
        """Note that the line was dropped."""
        self._error = error
        self._end()

    def __await__(self) -> Generator[Any, None, Entry]:
        yield from self._done.wait().__await__()
        if self.written is None:
            # A new error each time: raising one twice would mix their tracebacks.
            raise LogError(str(self._error)) from self._error
        return self.written

    def _end(self) -> None:
        self._replaces = None  # otherwise a chain of corrections would keep every line in memory
        self._settled.set()
        self._done.set()
