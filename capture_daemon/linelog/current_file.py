"""The log file that is being written: one write per line; changes by others are detected, unsynced bytes kept."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path
from typing import Self

from capture_daemon.linelog import fs

UNSYNCED_LIMIT = 8 << 20
"""Bytes that are kept: at half a kilobyte a line 16,000 lines, far more than are said between two syncs. More are not
kept, and then what a disk that fails loses of them can only be status."""


class Unsynced:
    """The bytes and the numbers of lines written since the last sync that went well. For one thread at a time.

    Once a sync has failed, the system may have dropped what it should have written, and call the next one good.
    """

    def __init__(self) -> None:
        self.doubtful = False
        """Whether a sync failed since the last good one, so that the bytes must be written again."""
        self._start = 0
        self._data = bytearray()
        self._numbers: list[tuple[int, int]] = []  # each line's number, and where in the file it ends
        self._overflown = False

    @property
    def lost(self) -> tuple[int, int] | None:
        """The first and the last number of lines that a failed sync may have lost and that can't be written again."""
        if not (self.doubtful and self._overflown and self._numbers):
            return None
        return self._numbers[0][0], self._numbers[-1][0]

    def add(self, start: int, data: bytes, number: int) -> None:
        """A line was written at a place in the file."""
        if not self._numbers:
            self._start = start
        self._overflown = self._overflown or len(self._data) + len(data) > UNSYNCED_LIMIT
        if self._overflown:
            self._data.clear()
            # Only the first and the last are of interest from then on.
            self._numbers = [self._numbers[0] if self._numbers else (number, start), (number, start + len(data))]
            return
        self._data += data
        self._numbers.append((number, start + len(data)))

    def drop_last(self, size: int) -> None:
        """The last line, of this many bytes, was cut off again."""
        if not self._overflown and self._numbers:
            del self._data[-size:]
            self._numbers.pop()

    def again(self) -> tuple[int, bytes] | None:
        """What must be written again before the next sync means anything, and where in the file; None for nothing."""
        return (self._start, bytes(self._data)) if self.doubtful and self._data else None

    def synced(self, end: int) -> None:
        """Everything before this place in the file is on the disk."""
        if self._overflown and self._numbers and self._numbers[-1][1] > end:
            return  # where the lines after it begin isn't known any more: all are kept in mind
        self.doubtful = False
        if not self._numbers or self._numbers[-1][1] <= end:
            self.forget()
            return
        del self._data[: max(0, end - self._start)]
        self._start = max(self._start, end)
        self._numbers = [held for held in self._numbers if held[1] > end]

    def forget(self) -> None:
        """Nothing is kept any more."""
        self.doubtful = self._overflown = False
        self._data.clear()
        self._numbers = []


class CurrentFile:
    """An open file, to which one thread appends; `sync` may be called from another. Its `path` may lead elsewhere."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        status = os.fstat(descriptor)
        self.size = status.st_size
        """Bytes in it, as far as they were written here."""
        self._identity = fs.identity(status)
        self._descriptor: int | None = descriptor
        self._whole: int | None = None  # where to cut off what a failed write left, as long as that fails as well
        self._guard = threading.Lock()
        self._unsynced = Unsynced()

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a file, or make it, for its owner only. Raises OSError, also for a link, and for what is no file."""
        return cls(path, fs.open_private(path, fs.APPEND))

    @property
    def descriptor(self) -> int:
        """The open file, to append to and to cut off."""
        assert self._descriptor is not None
        return self._descriptor

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left of a write that failed."""
        return self._whole is None

    @property
    def lost(self) -> tuple[int, int] | None:
        """The numbers of lines that a failed sync may have lost, if they can't be written again."""
        with self._guard:
            return self._unsynced.lost

    def is_at(self, status: os.stat_result) -> bool:
        """Whether the file that was looked at is this one."""
        return fs.identity(status) == self._identity

    def is_as_left(self) -> bool:
        """Whether it is still at its path, and no longer or shorter than it was made here. Raises OSError."""
        status = fs.look(self.path)
        return status is not None and self.is_at(status) and status.st_size == self.size

    def measure(self) -> None:
        """Accept the file as it is now; bytes written before can't be rewritten any more."""
        with self._guard:
            self.size = os.fstat(self.descriptor).st_size
            self._unsynced.forget()

    def cut_back(self) -> None:
        """Cut off what a failed write left of its line; nothing is written after half a line. Raises OSError."""
        if self._whole is not None:
            fs.cut(self.descriptor, self._whole)
            self._whole = None

    def write(self, data: bytes, number: int, *, sync: bool, keep: bool) -> None:
        """Append a line in one write; with `sync` it is on the disk afterwards, with `keep` a later sync is for that.

        What a full disk cut short, or could not be synced, is taken back. Raises OSError.
        """
        try:
            if fs.append(self.descriptor, data) < len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            if sync:
                fs.sync(self.descriptor)
        except OSError:
            self._whole = self.size
            self.cut_back()
            raise
        with self._guard:
            if keep:
                self._unsynced.add(self.size, data, number)
            self.size += len(data)

    def take_back(self, size: int) -> None:
        """Cut off the last `size` bytes, a line that was written and must not stay. Raises OSError."""
        with self._guard:
            self.size -= size
            self._unsynced.drop_last(size)
        self._whole = self.size
        self.cut_back()

    def sync(self) -> None:
        """Have everything written by now on the disk. Raises OSError.

        After an error that is not believed before it was written again: the system may have dropped it.
        """
        with self._guard:
            if self._descriptor is None:
                return
            descriptor, end, again = os.dup(self._descriptor), self.size, self._unsynced.again()
        try:
            if again is not None:
                fs.write_over(self.path, descriptor, *again)
            fs.sync(descriptor)
        except OSError:
            with self._guard:
                self._unsynced.doubtful = True
            raise
        finally:
            os.close(descriptor)
        with self._guard:
            if self._unsynced.lost is None:
                self._unsynced.synced(end)

    def close(self) -> None:
        """Close it, without a sync; may be called more than once."""
        with self._guard:
            if self._descriptor is not None:
                os.close(self._descriptor)
                self._descriptor = None
