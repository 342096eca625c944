"""The file of a log that is being written: a line is one write, and whoever else touches the file is noticed."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path
from typing import Self

from capture_daemon.linelog import fs
from capture_daemon.linelog.unsynced import Unsynced


class CurrentFile:
    """An open file, to which one thread appends; `sync` may be called from another. Its `path` may lead elsewhere."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        told = os.fstat(descriptor)
        self.size = told.st_size
        """Bytes in it, as far as they were written here."""
        self._identity = fs.identity(told)
        self._descriptor: int | None = descriptor
        self._whole: int | None = None  # where to cut off what a failed write left, as long as that fails, too
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
        """The numbers of lines that a failed sync may have lost, where they can't be written again."""
        with self._guard:
            return self._unsynced.lost

    def is_at(self, told: os.stat_result) -> bool:
        """Whether the file that was looked at is this one."""
        return fs.identity(told) == self._identity

    def is_as_left(self) -> bool:
        """Whether it is still at its path, and no longer or shorter than it was made here. Raises OSError."""
        told = fs.look(self.path)
        return told is not None and self.is_at(told) and told.st_size == self.size

    def measure(self) -> None:
        """Take it as it is now, whoever made it so: what was written before can't be written again at its place."""
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
        """Close it, without a sync; may be called twice."""
        with self._guard:
            if self._descriptor is not None:
                os.close(self._descriptor)
                self._descriptor = None
