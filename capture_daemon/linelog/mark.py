"""Numbering: the mark file beside a log (last number, list of parts), and the number that comes next."""

from __future__ import annotations

import logging
import os
import re
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from capture_daemon.errors import LogError, LogHeldError
from capture_daemon.linelog import fs
from capture_daemon.linelog.lock import Unfinished, is_at, take

_HEAD = re.compile(rb"([0-9a-f]{12}) ([0-9]{1,16}) *\n")
_HEAD_SIZE = 12 + 1 + 16 + 1
_RANGE = re.compile(rb" *([0-9]{1,19}) +([0-9]{1,19})\n")
_RANGE_SIZE = 19 + 1 + 19 + 1
_LARGEST = 1 << 16
"""Bytes to read of a mark: enough for some 1,600 ranges of parts; usually there is one."""
_OURS = re.compile(rb"[-0-9a-f \n\0]*")


@dataclass(frozen=True, slots=True)
class Marked:
    """The contents of a mark."""

    stream: str
    """The stream."""
    seq: int
    """The stream's last number that was given out."""


class Mark:
    """Held from `open` to `close`, or until the process ends: only the holder of the mark may continue its stream.

    The file is `NAME.mark`. Its first line, overwritten with each log line, is a stream and its last number given out.
    The other lines are ranges of part numbers that this log made. The file is never removed once it is used.
    """

    def __init__(self, path: Path, descriptor: int, text: bytes) -> None:
        self.path = path
        self.found = _marked(text)
        """Its contents when it was opened; None if they could not be read."""
        self._unused = not text  # newly created, and nothing noted in it yet
        self._descriptor: int | None = descriptor
        self._ranges = _ranges(text) if self.found is not None else []
        self._identity = fs.identity(os.fstat(descriptor))

    @classmethod
    def open(cls, log: Path) -> Self:
        """Open or create the mark of a log, and lock it.

        Raises LogHeldError if another process holds it, LogError if the file is something else, OSError.
        """
        path = mark_path(log)
        while True:
            descriptor = fs.open_private(path, fs.READ_AND_WRITE)
            try:
                take(descriptor)
                if is_at(path, descriptor):
                    fs.make_private(descriptor)
                    text = os.read(descriptor, _LARGEST)
                    _refuse_what_is_no_mark(path, text)
                    if _marked(text) is None:
                        # It is unknown which parts its ranges mean: they must not reappear after new ones.
                        os.ftruncate(descriptor, 0)
                    return cls(path, descriptor, text)
            except BlockingIOError as error:
                os.close(descriptor)
                raise LogHeldError(
                    f"{log}: another daemon is writing this log: stop it, or choose another log with --log or log.path"
                ) from error
            except BaseException:
                os.close(descriptor)
                raise
            os.close(descriptor)

    @classmethod
    def look(cls, log: Path) -> Marked | None:
        """Read the mark of a log without locking it; None if there is none, or it can't be read."""
        try:
            with fs.open_to_read(mark_path(log)) as file:
                return _marked(file.read(_LARGEST))
        except OSError:
            return None

    @property
    def is_there(self) -> bool:
        """Whether the file is still in place. Raises OSError."""
        return fs.identity(fs.look(self.path)) == self._identity

    def note(self, stream: str, seq: int) -> None:
        """Note the last number given out, in a single write: a kill leaves all of it or nothing. Raises OSError."""
        assert self._descriptor is not None
        fs.write_at(self._descriptor, 0, f"{stream:<12} {seq:<16}\n".encode())
        self._unused = False

    def made(self, number: int) -> bool:
        """Whether this log made the part with this number."""
        return any(first <= number <= last for first, last in self._ranges)

    @property
    def newest_part(self) -> int:
        """The highest part number that this log made; 0 if there is none."""
        return max((last for _, last in self._ranges), default=0)

    def add_part(self, number: int) -> None:
        """Note that this log made the part with this number, which is higher than all before. Raises OSError."""
        if self._ranges and self._ranges[-1][1] == number - 1:
            self._write_range(len(self._ranges) - 1, (self._ranges[-1][0], number))
        else:
            self._write_range(len(self._ranges), (number, number))

    def drop_newest_part(self) -> None:
        """Note that the part added last was not made after all. Raises OSError."""
        first, last = self._ranges[-1]
        self._write_range(len(self._ranges) - 1, (first, last - 1))

    def forget_parts(self, until: int) -> None:
        """Note that the parts up to this number are gone: files with such names aren't this log's. Raises OSError."""
        for place, (first, last) in enumerate(self._ranges):
            if first <= until:
                # A range whose first number is past its last is empty; it is kept for the next part.
                self._write_range(place, (min(until, last) + 1, last))

    def take_over(self, before: Mark) -> None:
        """Take over the contents of this log's previous mark, whose file was removed. Raises OSError."""
        for place, held in enumerate(before._ranges):
            self._write_range(place, held)

    def sync(self) -> None:
        """Sync it to disk. Raises OSError."""
        assert self._descriptor is not None
        fs.sync(self._descriptor)

    def close(self) -> None:
        """Unlock and close it, removing it if nothing was noted in it; may be called more than once."""
        if self._descriptor is not None:
            if self._unused and sys.platform != "win32" and self.is_there:
                fs.remove(self.path)
            os.close(self._descriptor)
            self._descriptor = None

    def _write_range(self, place: int, held: tuple[int, int]) -> None:
        assert self._descriptor is not None
        fs.write_at(self._descriptor, _HEAD_SIZE + place * _RANGE_SIZE, f"{held[0]:>19} {held[1]:>19}\n".encode())
        self._ranges[place : place + 1] = [held]


def mark_path(log: Path) -> Path:
    """The path of a log's mark."""
    return log.with_name(log.name + ".mark")


def _marked(text: bytes) -> Marked | None:
    match = _HEAD.match(text)
    return None if match is None else Marked(match[1].decode("ascii"), int(match[2]))


def _ranges(text: bytes) -> list[tuple[int, int]]:
    """The ranges before the first unreadable one."""
    found = []
    for place in range(_HEAD_SIZE, len(text), _RANGE_SIZE):
        if (match := _RANGE.fullmatch(text[place : place + _RANGE_SIZE])) is None:
            break
        found.append((int(match[1]), int(match[2])))
    return found


def _refuse_what_is_no_mark(path: Path, text: bytes) -> None:
    """Raise LogError if the file doesn't even look like a damaged mark; it is left alone."""
    if not _OURS.fullmatch(text[:_HEAD_SIZE]):
        raise LogError(f"{path}: is not the mark of a log: move it away, or choose another log with --log or log.path")


logger = logging.getLogger(__name__)


def new_stream() -> str:
    """The name of a new stream: 12 random hexadecimal digits."""
    return secrets.token_hex(6)


@dataclass(frozen=True, slots=True)
class LogEnding:
    """The state in which a log was found."""

    newest: tuple[str, int] | None
    """The stream and number of its last record; None if it has none."""
    damaged: int
    """The number of unreadable lines after it."""
    left: Unfinished | None
    """The previous daemon's note, if it didn't end cleanly."""
    marked: Marked | None
    """The mark's contents; None if there is no readable mark."""

    def next(self, log: Path, fresh: str, *, alone: bool) -> tuple[str, int]:
        """The stream to write, and its last number so far.

        A client may have seen lines that are lost at the end, so their numbers must not be given again.

        Args:
            log: The log's path, for messages.
            fresh: The name of the stream to begin if none continues.
            alone: Only this process has ever written the log.
        """
        why = self._why_not(alone=alone)
        if why is None:
            assert self.newest is not None
            return self.newest
        if self.newest is not None or self.damaged:
            logger.warning("%s: %s: begins stream %s", log, why, fresh)
        return fresh, 0

    def _why_not(self, *, alone: bool) -> str | None:
        """Why the stream can't continue; None if it can."""
        if self.damaged:
            return f"ends in damaged lines ({self.damaged})"
        if self.newest is None:
            return "holds no line"
        if self.left is not None and self.left.was_cut_off:
            return "the machine stopped while this was written, and lines may be lost"
        if self.left is not None and self.left.stream != self.newest[0]:
            return f"does not end in stream {self.left.stream} as it did"
        return None if alone else self._why_mark_does_not_fit(*self.newest)

    def _why_mark_does_not_fit(self, stream: str, seq: int) -> str | None:
        if self.marked is None:
            return "has no mark beside it with its last number"
        if self.marked.stream != stream:
            return f"does not end in stream {self.marked.stream} as it did"
        # A daemon killed right then may have written the last line but not its mark.
        if seq not in (self.marked.seq, self.marked.seq + 1):
            return f"ends with line {seq}, though lines up to {self.marked.seq} were given out"
        return None
