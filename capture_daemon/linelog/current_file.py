"""The log file that is being written: one write per line; changes by others are detected, unsynced bytes kept."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path
from typing import Self

from capture_daemon.linelog import fs

UNSYNCED_LIMIT = 8 << 20
"""Unsynced bytes to keep for rewriting: some 16,000 lines, far more than are written between two syncs. Beyond this,
lines that a failing disk loses can only be reported."""


class Unsynced:
    """The bytes and numbers of the lines written since the last good sync. Not thread-safe.

    After a failed sync, the system may have dropped the unwritten data and report success for the next sync.
    """

    def __init__(self) -> None:
        self.doubtful = False
        """Whether a sync failed since the last good one; the bytes must then be written again."""
        self._start = 0
        self._data = bytearray()
        self._numbers: list[tuple[int, int]] = []  # each line's number, and where in the file it ends
        self._overflown = False

    @property
    def lost(self) -> tuple[int, int] | None:
        """The first and last number of lines that a failed sync may have lost and that can't be rewritten, or None."""
        if not (self.doubtful and self._overflown):
            return None
        return self._numbers[0][0], self._numbers[-1][0]

    def add(self, start: int, data: bytes, number: int) -> None:
        """Record a line that was written at byte `start` of the file."""
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
        """Forget the last line, of `size` bytes, which was cut off again."""
        if not self._overflown and self._numbers:
            del self._data[-size:]
            self._numbers.pop()

    def again(self) -> tuple[int, bytes] | None:
        """Offset and bytes to write again before the next sync can be trusted; None if there are none."""
        return (self._start, bytes(self._data)) if self.doubtful and self._data else None

    def synced(self, end: int) -> None:
        """Forget everything before byte `end` of the file, which is now on disk."""
        if self._overflown and self._numbers[-1][1] > end:
            return  # where the next line begins is no longer known: keep all numbers
        self.doubtful = False
        if not self._numbers or self._numbers[-1][1] <= end:
            self.forget()
            return
        del self._data[: max(0, end - self._start)]
        self._start = max(self._start, end)
        self._numbers = [held for held in self._numbers if held[1] > end]

    def forget(self) -> None:
        """Forget everything."""
        self.doubtful = self._overflown = False
        self._data.clear()
        self._numbers = []


class CurrentFile:
    """An open file to which one thread appends; another may call `sync`. Its `path` may by now lead to another file."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        status = os.fstat(descriptor)
        self.size = status.st_size
        """Its size in bytes, as far as this object wrote or measured it."""
        self._identity = fs.identity(status)
        self._descriptor: int | None = descriptor
        self._whole: int | None = None  # where to cut off a partial line, until that succeeds
        self._guard = threading.Lock()
        self._unsynced = Unsynced()

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open or create a file, for its owner only. Raises OSError, also if it is a link or not a regular file."""
        return cls(path, fs.open_private(path, fs.APPEND))

    @property
    def descriptor(self) -> int:
        """The file descriptor, open for appending and truncating."""
        assert self._descriptor is not None
        return self._descriptor

    @property
    def is_whole(self) -> bool:
        """Whether the file holds no partial line of a failed write."""
        return self._whole is None

    @property
    def lost(self) -> tuple[int, int] | None:
        """First and last number of lines that a failed sync may have lost and that can't be rewritten, or None."""
        with self._guard:
            return self._unsynced.lost

    def is_at(self, status: os.stat_result) -> bool:
        """Whether `status` is of this file."""
        return fs.identity(status) == self._identity

    def is_as_left(self) -> bool:
        """Whether it is still at its path, with the size it had after the last write. Raises OSError."""
        status = fs.look(self.path)
        return status is not None and self.is_at(status) and status.st_size == self.size

    def measure(self) -> None:
        """Accept the file's present size; unsynced bytes can then no longer be rewritten."""
        with self._guard:
            self.size = os.fstat(self.descriptor).st_size
            self._unsynced.forget()

    def cut_back(self) -> None:
        """Cut off the partial line of a failed write, so that nothing follows it. Raises OSError."""
        if self._whole is not None:
            fs.cut(self.descriptor, self._whole)
            self._whole = None

    def write(self, data: bytes, number: int, *, sync: bool, keep: bool) -> None:
        """Append a line in one write. With `sync`, also sync it; with `keep`, keep it for a later sync.

        A line that was written only in part, or could not be synced, is removed again. Raises OSError.
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
        """Remove the last `size` bytes, a line that must not stay. Raises OSError."""
        with self._guard:
            self.size -= size
            self._unsynced.drop_last(size)
        self._whole = self.size
        self.cut_back()

    def sync(self) -> None:
        """Sync everything written so far to disk. Raises OSError.

        After a failed sync the bytes are written again first, because the system may have dropped them.
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
        """Close the file without syncing it; may be called more than once."""
        with self._guard:
            if self._descriptor is not None:
                os.close(self._descriptor)
                self._descriptor = None
