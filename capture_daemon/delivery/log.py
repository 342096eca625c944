"""The JSONL log: append-only, line records only, every number once."""

from __future__ import annotations

import errno
import logging
import os
import secrets
from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, Self

from capture_daemon.delivery import logfile
from capture_daemon.delivery.lock import LogLock
from capture_daemon.errors import LogError
from capture_daemon.records import Gap, Line

logger = logging.getLogger(__name__)

_FLAGS = os.O_RDWR | os.O_APPEND | getattr(os, "O_BINARY", 0)


class LineLog:
    """One log, held by this process from `open` to `close`.

    `append` is for one thread at a time; `read` may be called from any thread, also while a line is being appended.
    """

    def __init__(self, path: Path, lock: LogLock, descriptor: int) -> None:
        self.path = path
        self.stream = ""
        """Names the run of numbers: 12 hexadecimal digits."""
        self.oldest = 1
        """The first number of the stream that the log holds; 1 also where it holds none yet."""
        self.latest = 0
        """The last number given; 0 where none was given yet."""
        self._lock = lock
        self._descriptor: int | None = descriptor
        self._torn = False

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the log, or begin it, its folder too, and lock it.

        Raises LogHeldError where another daemon has it, LogError where it can't be written or is something else.
        """
        try:
            path = path.expanduser().resolve()
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if path.exists() and not path.is_file():
                raise LogError(f"{path}: is not a file: choose another log with --log or log.path")
        except OSError as error:
            raise _cannot_be_written(path, error) from error
        lock = LogLock.acquire(path)
        try:
            log = cls(path, lock, os.open(path, _FLAGS | os.O_CREAT, 0o600))
        except OSError as error:
            lock.release()
            raise _cannot_be_written(path, error) from error
        try:
            log._resume()
        except OSError as error:
            log.close()
            raise LogError(f"{path}: can't be read: {error.strerror}") from error
        except LogError:
            log.close()
            raise
        return log

    def append(self, line: Line) -> Line:
        """Give `line` this log's stream and its next number, write it, and return the record as it was written.

        When this returns, the line is in the file. Raises LogError where it can't be written; the number is then given
        to the next line.
        """
        if self._descriptor is None:
            raise LogError(f"{self.path}: is closed")
        line = replace(line, stream=self.stream, seq=self.latest + 1)
        data = line.to_json().encode() + b"\n"
        try:
            self._follow_removal()
            self._write(b"\n" + data if self._torn else data)
        except OSError as error:
            raise _cannot_be_written(self.path, error) from error
        self.latest = line.seq
        return line

    def read(self, after: int, until: int | None = None) -> Generator[Line | Gap, None, None]:
        """The lines of this stream past number `after`, in order, to `until`, or `latest` as it is when this begins.

        A Gap stands where numbers are missing: "damaged" for lines that can't be read or are no longer there, "future"
        for numbers that were not given yet. The file is read as the iterator is, a line at a time. Raises LogError
        where it can't be read.
        """
        latest = self.latest if until is None else min(until, self.latest)
        if after > self.latest:
            yield Gap(first=self.latest + 1, last=after, reason="future")
            return
        expected = after + 1
        try:
            with self.path.open("rb") as file:
                for line in self._lines(file, after):
                    if not expected <= line.seq <= latest:
                        continue
                    if line.seq > expected:
                        yield self._damaged(expected, line.seq - 1)
                    yield line
                    expected = line.seq + 1
                    if expected > latest:
                        return
        except FileNotFoundError:
            logger.warning("%s: was removed while it was being written", self.path)
        except OSError as error:
            raise LogError(f"{self.path}: can't be read: {error.strerror}") from error
        if expected <= latest:
            yield self._damaged(expected, latest)

    def close(self) -> None:
        """Close the file and let another daemon have it; may be called twice."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
        self._lock.release()

    def _lines(self, file: BinaryIO, after: int) -> Iterator[Line]:
        file.seek(logfile.find(file, self.stream, after))
        return (line for line in logfile.records(file) if line is not None and line.stream == self.stream)

    def _damaged(self, first: int, last: int) -> Gap:
        logger.warning("%s: lines %d to %d are damaged or missing", self.path, first, last)
        return Gap(first=first, last=last, reason="damaged")

    def _resume(self) -> None:
        """Go on where the log ends; begin a stream where it is empty, or ends in something that can't be read.

        Lines lost at the end may have been seen by a client, so that their numbers must not be given again.
        """
        with self.path.open("rb") as file:
            last, torn, damaged = logfile.last_record(file)
            if last is None and damaged:
                self._refuse_what_is_no_log(file)
            if last is not None and not damaged:
                self.stream, self.latest = last.stream, last.seq
            else:
                self.stream = secrets.token_hex(6)
            if torn and self._descriptor is not None:
                self._write(b"\n")
            self.oldest = next((line.seq for line in self._lines(file, 0)), 1)
        if damaged:
            logger.warning("%s: ends in damaged lines (%d): begins stream %s", self.path, damaged, self.stream)

    def _refuse_what_is_no_log(self, file: BinaryIO) -> None:
        file.seek(0)
        if file.read(1) not in (b"{", b"\0"):
            raise LogError(f"{self.path}: is not a log of lines: choose another with --log or log.path")

    def _follow_removal(self) -> None:
        """Begin the file anew where it was removed or moved away under our hands."""
        assert self._descriptor is not None
        if os.fstat(self._descriptor).st_nlink and self.path.exists():
            return
        logger.warning("%s: was removed while it was being written: begins a new file", self.path)
        descriptor = os.open(self.path, _FLAGS | os.O_CREAT, 0o600)
        os.close(self._descriptor)
        self._descriptor = descriptor
        self._torn = False
        self.oldest = self.latest + 1

    def _write(self, data: bytes) -> None:
        """One write; what a full disk cut short is taken back."""
        assert self._descriptor is not None
        size = os.fstat(self._descriptor).st_size
        written = os.write(self._descriptor, data)
        if written < len(data):
            self._torn = True
            os.ftruncate(self._descriptor, size)
            self._torn = False
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._torn = False


def _cannot_be_written(path: Path, error: OSError) -> LogError:
    return LogError(
        f"{path}: can't be written: {error.strerror}: make room or give permission, "
        "or choose another log with --log or log.path"
    )
