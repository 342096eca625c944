"""Standard output and standard error that never block: a daemon must not stop because its reader does.

A terminal that is stopped (Ctrl-S) and a pipe that nobody reads take nothing, for as long as they like. What is written
here waits in a queue, which is bounded, and is passed on by a thread. What finds the queue full is dropped and counted,
and the number is printed once the stream accepts data again.
"""

from __future__ import annotations

import io
import select
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import BinaryIO, TextIO, cast

MOST_MESSAGES = 1000
"""Messages that wait for a reader, 100 to 10,000: some minutes of a busy daemon, seconds of one at level debug."""
MOST_CHARACTERS = 1_000_000
"""Characters that they may have together, 100,000 to 10,000,000: tracebacks are long."""
CLOSE_LIMIT = 0.5
"""Seconds that both streams together are given at the end, 0.1 to 1: all has ended three seconds after SIGTERM."""
LOOK_AGAIN = 1.0
"""Seconds after which a stream that somebody made non-blocking is tried again at the latest."""


class UnblockedStream(io.TextIOBase):
    """Takes text like the stream in whose place it stands, and writes it from a thread of its own until `close`.

    A message is what ends with a line break, or is followed by `flush`. `notice` makes the text that reports N
    dropped messages.
    """

    def __init__(self, stream: TextIO, notice: Callable[[int], str]) -> None:
        """Raises OSError or ValueError if `stream` is no file of the system, and so blocks nobody."""
        super().__init__()
        self._descriptor = stream.fileno()
        # Without its buffer: that has a lock, which a write that hangs would hold when the interpreter flushes it.
        self._raw = cast("BinaryIO", getattr(stream.buffer, "raw", stream.buffer))
        self._encoding = stream.encoding
        self._terminal = stream.isatty()
        self.notice = notice
        self.dropped = 0
        """Messages dropped so far, as a number that only grows."""
        self._unreported = 0
        self._begun = ""
        self._waiting: deque[str] = deque()
        self._characters = 0
        self._changed = threading.Condition()
        self._ended = self._gone = False
        self._thread = threading.Thread(target=self._work, name=f"write {stream.name}", daemon=True)
        self._thread.start()

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """The encoding of the stream in whose place this one stands."""
        return self._encoding

    def fileno(self) -> int:
        """The descriptor that is written to in the end."""
        return self._descriptor

    def isatty(self) -> bool:
        """Whether that is a terminal."""
        return self._terminal

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, text: str) -> int:
        """Have the text written soon, or dropped where too much waits. Never blocks."""
        with self._changed:
            self._begun += text
            if "\n" in text or len(self._begun) > MOST_CHARACTERS:
                whole, end, self._begun = self._begun.rpartition("\n")
                self._put(whole + end)
        return len(text)

    def flush(self) -> None:
        """Have what was begun written soon as well. Never blocks."""
        with self._changed:
            if self._begun:
                begun, self._begun = self._begun, ""
                self._put(begun)

    def finish(self, limit: float) -> None:
        """Write what waits, within `limit` seconds, and end the thread, or leave it behind if nothing is taken."""
        self.flush()
        with self._changed:
            self._ended = True
            self._changed.notify_all()
        self._thread.join(limit)

    def _put(self, text: str) -> None:
        if self._ended or self._gone:
            return
        if len(self._waiting) >= MOST_MESSAGES or self._characters + len(text) > MOST_CHARACTERS:
            self.dropped += 1
            self._unreported += 1
            return
        # What was dropped came after all that waits, and before this.
        self._report_dropped()
        self._add(text)

    def _report_dropped(self) -> None:
        if self._unreported:
            unreported, self._unreported = self._unreported, 0
            self._add(self.notice(unreported))

    def _add(self, text: str) -> None:
        self._waiting.append(text)
        self._characters += len(text)
        self._changed.notify_all()

    def _work(self) -> None:
        while (text := self._next()) is not None:
            try:
                self._write(memoryview(text.encode(self._encoding, "backslashreplace")))
            except OSError:
                # Its reader has gone for good: there is nowhere to report that.
                with self._changed:
                    self._gone = True
                    self._waiting.clear()
                return

    def _next(self) -> str | None:
        with self._changed:
            while not self._waiting:
                self._report_dropped()
                if self._waiting:
                    break
                if self._ended:
                    return None
                self._changed.wait()
            text = self._waiting.popleft()
            self._characters -= len(text)
            return text

    def _write(self, data: memoryview) -> None:
        while data:
            # None if the stream, which other programs may share, was made non-blocking and is full.
            written = cast("int | None", self._raw.write(data))
            if written is None:
                select.select([], [self._descriptor], [], LOOK_AGAIN)
            else:
                data = data[written:]


_replaced: dict[str, tuple[TextIO, UnblockedStream]] = {}


def unblock() -> None:
    """Put streams that wait for nobody in the place of standard output and standard error, until `restore`.

    One that is no file of the system, or is closed, stays as it is.
    """
    for name, notice in (("stdout", _lines_dropped), ("stderr", _messages_dropped)):
        stream: TextIO | None = getattr(sys, name)
        if stream is None or name in _replaced:
            continue
        try:
            unblocked = UnblockedStream(stream, notice)
        except (OSError, ValueError):
            continue
        _replaced[name] = stream, unblocked
        setattr(sys, name, unblocked)


def restore() -> None:
    """Write what waits, within half a second, and put the streams back; does nothing if none was replaced."""
    end = time.monotonic() + CLOSE_LIMIT
    for name, (stream, unblocked) in _replaced.items():
        setattr(sys, name, stream)
        unblocked.finish(max(0.0, end - time.monotonic()))
    _replaced.clear()


def dropped() -> int:
    """Messages that standard error did not take so far."""
    return _replaced["stderr"][1].dropped if "stderr" in _replaced else 0


def _lines_dropped(count: int) -> str:
    return f"… {_counted(count, 'line')} not shown here: the terminal was stopped. The log has all of them.\n"


def _messages_dropped(count: int) -> str:
    return f"capture-daemon: warning: {dropped_message(count)}\n"


def dropped_message(count: int) -> str:
    """The message that reports `count` dropped messages."""
    return f"{_counted(count, 'message')} dropped: standard error took nothing, and too many waited"


def _counted(count: int, what: str) -> str:
    return f"1 {what} was" if count == 1 else f"{count} {what}s were"
