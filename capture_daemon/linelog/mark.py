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
"""Bytes that are read of a mark: some 1,600 ranges of parts, of which there is mostly one."""
_OURS = re.compile(rb"[-0-9a-f \n\0]*")


@dataclass(frozen=True, slots=True)
class Marked:
    """What a mark says."""

    stream: str
    """The stream whose numbers are marked."""
    seq: int
    """The last number of it that was given out."""


class Mark:
    """Held from `open` to `close`, or until the process ends: only the holder of the mark may continue its stream.

    The file is called `NAME.mark`. Its first line is a stream and the last number of it that was given out, written
    over with each line; the others are ranges of numbers of parts that this log made. It is not removed.
    """

    def __init__(self, path: Path, descriptor: int, text: bytes) -> None:
        self.path = path
        self.found = _marked(text)
        """What stood in it when it was opened; None if that was nothing that can be read."""
        self._unused = not text  # made only now, and nothing noted in it yet
        self._descriptor: int | None = descriptor
        self._ranges = _ranges(text) if self.found is not None else []
        self._identity = fs.identity(os.fstat(descriptor))

    @classmethod
    def open(cls, log: Path) -> Self:
        """Open the mark of a log, or make one, and lock it.

        Raises LogHeldError if another process has it, LogError if something else stands there, OSError.
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
                    if text and _marked(text) is None:
                        # Whose parts its ranges name isn't known any more: they must not come back behind new ones.
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
        """What the mark of a log says, without having it; None if there is none that can be read."""
        try:
            with fs.open_to_read(mark_path(log)) as file:
                return _marked(file.read(_LARGEST))
        except OSError:
            return None

    @property
    def is_there(self) -> bool:
        """Whether the file still stands where it was opened. Raises OSError."""
        return fs.identity(fs.look(self.path)) == self._identity

    def note(self, stream: str, seq: int) -> None:
        """Note the last number given out, in one write, of which a kill leaves all or nothing. Raises OSError."""
        assert self._descriptor is not None
        fs.write_at(self._descriptor, 0, f"{stream:<12} {seq:<16}\n".encode())
        self._unused = False

    def made(self, number: int) -> bool:
        """Whether a part of this number is this log's."""
        return any(first <= number <= last for first, last in self._ranges)

    @property
    def newest_part(self) -> int:
        """The highest number of a part that this log made; 0 if it has made none."""
        return max((last for _, last in self._ranges), default=0)

    def add_part(self, number: int) -> None:
        """Note that the part of this number, higher than all before, is this log's. Raises OSError."""
        if self._ranges and self._ranges[-1][1] == number - 1:
            self._write_range(len(self._ranges) - 1, (self._ranges[-1][0], number))
        else:
            self._write_range(len(self._ranges), (number, number))

    def drop_newest_part(self) -> None:
        """Note that the part added last has not come about. Raises OSError."""
        first, last = self._ranges[-1]
        self._write_range(len(self._ranges) - 1, (first, last - 1))

    def forget_parts(self, until: int) -> None:
        """Note that the parts up to this number are gone: a file of that name is somebody else's. Raises OSError."""
        for place, (first, last) in enumerate(self._ranges):
            if first <= until:
                # One whose first number is past its last holds none; it is kept for what comes next.
                self._write_range(place, (min(until, last) + 1, last))

    def take_over(self, before: Mark) -> None:
        """Continue where another mark of the same log is, whose file was removed. Raises OSError."""
        for place, held in enumerate(before._ranges):
            self._write_range(place, held)

    def sync(self) -> None:
        """Sync it to disk. Raises OSError."""
        assert self._descriptor is not None
        fs.sync(self._descriptor)

    def close(self) -> None:
        """Let another daemon have it; may be called more than once. One in which nothing was noted is removed."""
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
    """Where the mark of a log stands."""
    return log.with_name(log.name + ".mark")


def _marked(text: bytes) -> Marked | None:
    match = _HEAD.match(text)
    return None if match is None else Marked(match[1].decode("ascii"), int(match[2]))


def _ranges(text: bytes) -> list[tuple[int, int]]:
    """The ranges up to the first that can't be read."""
    found = []
    for place in range(_HEAD_SIZE, len(text), _RANGE_SIZE):
        if (match := _RANGE.fullmatch(text[place : place + _RANGE_SIZE])) is None:
            break
        found.append((int(match[1]), int(match[2])))
    return found


def _refuse_what_is_no_mark(path: Path, text: bytes) -> None:
    """Raise LogError for a file that doesn't even look like a damaged mark: it is left alone."""
    if not _OURS.fullmatch(text[:_HEAD_SIZE]):
        raise LogError(f"{path}: is not the mark of a log: move it away, or choose another log with --log or log.path")


logger = logging.getLogger(__name__)


def new_stream() -> str:
    """The name of a stream that there has never been: 12 hexadecimal digits."""
    return secrets.token_hex(6)


@dataclass(frozen=True, slots=True)
class LogEnding:
    """How a log was found."""

    newest: tuple[str, int] | None
    """Stream and number of its last record; None if it has none."""
    damaged: int
    """Lines after it that can't be read."""
    left: Unfinished | None
    """What the daemon before left behind, if it didn't end cleanly."""
    marked: Marked | None
    """What the mark says; None if there is none that can be read."""

    def next(self, log: Path, fresh: str, *, alone: bool) -> tuple[str, int]:
        """The stream to write, and its last number so far; `fresh` is the name of one that is begun.

        `alone`: nobody but this process has ever written it.
        Lines lost at the end may have been seen by a client, so that their numbers must not be given again.
        """
        why = self._why_not(alone=alone)
        if why is None:
            assert self.newest is not None
            return self.newest
        if self.newest is not None or self.damaged:
            logger.warning("%s: %s: begins stream %s", log, why, fresh)
        return fresh, 0

    def _why_not(self, *, alone: bool) -> str | None:
        """Why the stream can't go on; None if it can."""
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
        # The last line may have been written without its mark, by a daemon that was killed right then.
        if seq not in (self.marked.seq, self.marked.seq + 1):
            return f"ends with line {seq}, though lines up to {self.marked.seq} were given out"
        return None
