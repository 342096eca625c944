"""Reading a log that is being written and rotated: line by line, across its parts, with a gap where any is missing."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import BinaryIO

from capture_daemon.errors import LogError
from capture_daemon.linelog import fs, scan
from capture_daemon.linelog.parts import Parts
from capture_daemon.records import Entry, Gap

logger = logging.getLogger(__name__)

_REMEMBERED_DAMAGE = 4096


class LogReader:
    """Reads one stream of a log. Thread-safe."""

    def __init__(self, path: Path, stream: str, parts: Parts) -> None:
        """Raises OSError if the log can't be read."""
        self.moving = threading.RLock()
        """Held while a file is renamed, and while one is looked up."""
        self.oldest = 1
        """The first number in the log."""
        self.stream = stream
        """The stream to read."""
        self._path = path
        self._parts = parts
        self._damage: set[tuple[int, int]] = set()

    @property
    def damaged(self) -> int:
        """The number of damaged lines found so far, each counted once."""
        return len(self._damage)

    def find_oldest(self, latest: int) -> None:
        """Find the oldest line after parts were removed; `latest` is the last number given out. Raises OSError."""
        for file in self._files(0):
            if (line := next(self._lines(file, 0), None)) is not None:
                self.oldest = line.seq
                return
        self.oldest = latest + 1

    def read(self, after: int, last: int) -> Generator[Entry | Gap, None, None]:
        """Yield the lines after number `after`, up to `last`, in order, and gaps for missing ones. Raises LogError."""
        expected = after + 1
        try:
            for file in self._files(after):
                for line in self._lines(file, expected - 1):
                    if not expected <= line.seq <= last:
                        continue
                    yield from self._missing(expected, line.seq - 1)
                    yield line
                    expected = line.seq + 1
                    if expected > last:
                        return
        except OSError as error:
            raise LogError(f"{error.filename or self._path}: can't be read: {error.strerror}") from error
        yield from self._missing(expected, last)

    def _files(self, after: int) -> Iterator[BinaryIO]:
        """The files that may hold lines after `after`, oldest first, each open while it is being read."""
        done = 0
        while True:
            # One at a time, because the file being written may become a part meanwhile.
            with self.moving:
                number, path = self._next_file(done, after)
                try:
                    file = fs.open_to_read(path)
                except FileNotFoundError:
                    logger.warning("%s: was removed while the daemon ran", path)
                    file = None
                except OSError as error:
                    if number is None:
                        raise
                    # An unreadable part is a gap; the other parts are still read.
                    logger.warning("%s: can't be read: %s", path, error.strerror)
                    file = None
            if file is not None:
                with file:
                    yield file
            if number is None:
                return
            done = number

    def _next_file(self, done: int, after: int) -> tuple[int | None, Path]:
        """The first part after number `done` that may hold lines after `after`; finally None and the log itself."""
        for part in self._parts:
            if part.number > done and (part.last is None or part.last > after):
                return part.number, part.path
        return None, self._path

    def _lines(self, file: BinaryIO, after: int) -> Iterator[Entry]:
        file.seek(scan.find(file, self.stream, after))
        for record in scan.records(file):
            if isinstance(record, scan.Damage):
                if len(self._damage) < _REMEMBERED_DAMAGE:
                    self._damage.add((os.fstat(file.fileno()).st_ino, record.end))
            elif record.stream == self.stream:
                yield record

    def _missing(self, first: int, last: int) -> Iterator[Gap]:
        """The gaps for the missing numbers `first` to `last`, if any."""
        if first <= last and first < self.oldest and self._parts.some_were_removed:
            removed = min(last, self.oldest - 1)
            yield Gap(first=first, last=removed, reason="rotated")
            first = removed + 1
        if first <= last:
            logger.warning("%s: lines %d to %d are damaged or missing", self._path, first, last)
            yield Gap(first=first, last=last, reason="damaged")
