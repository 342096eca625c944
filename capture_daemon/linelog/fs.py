"""The log's file operations, each a single step: a power cut or a kill may come between any two."""

from __future__ import annotations

import errno
import os
import stat
import sys
from pathlib import Path
from typing import BinaryIO

PRIVATE = 0o600
PRIVATE_FOLDER = 0o700
_OTHERS = 0o077
# Without O_NONBLOCK, opening a pipe in a file's place might block forever; files ignore the flag.
_ALWAYS = (
    getattr(os, "O_BINARY", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NONBLOCK", 0)
)
APPEND = os.O_RDWR | os.O_APPEND | os.O_CREAT | _ALWAYS
READ_AND_WRITE = os.O_RDWR | os.O_CREAT | _ALWAYS
_READ = os.O_RDONLY | _ALWAYS
_WRITE = os.O_WRONLY | _ALWAYS
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
"""Errors of a full disk or an exhausted quota: they may pass once somebody frees space."""


def open_private(path: Path, flags: int) -> int:
    """Open a file that only its owner may read; returns the descriptor.

    Raises OSError, also if it is a symbolic link (ELOOP) or not a regular file, such as a folder, a pipe or a device.
    """
    return _file_only(os.open(path, flags, PRIVATE), path)


def open_to_read(path: Path) -> BinaryIO:
    """Open a file for reading. Raises OSError, also if it is a symbolic link (ELOOP) or not a regular file."""
    return os.fdopen(_file_only(os.open(path, _READ), path), "rb")


def create(path: Path) -> int:
    """Create a file for appending; returns the descriptor. Raises FileExistsError if it exists, OSError."""
    return open_private(path, APPEND | os.O_EXCL)


def is_file(path: Path) -> bool:
    """Whether there is a regular file, not a link to one. Raises OSError if that can't be checked."""
    status = look(path)
    return status is not None and stat.S_ISREG(status.st_mode)


def look(path: Path) -> os.stat_result | None:
    """The status of what is at a path, without following links; None if there is nothing. Raises OSError."""
    try:
        return path.lstat()
    except FileNotFoundError:
        return None


Identity = tuple[int, int]
"""Device and inode, which identify a file whatever its name."""


def identity(status: os.stat_result | None) -> Identity | None:
    """The identity of the file with this status; None without one."""
    return None if status is None else (status.st_dev, status.st_ino)


def make_private(descriptor: int) -> bool:
    """Remove other users' permissions; False if the file belongs to another user and they stay."""
    if sys.platform == "win32" or os.fstat(descriptor).st_mode & 0o777 == PRIVATE:
        return True
    try:
        os.fchmod(descriptor, PRIVATE)
    except PermissionError:
        return False
    return True


def keep_to_owner(path: Path) -> None:
    """Remove other users' permissions on a file, if there are any and this is allowed. Raises OSError."""
    if sys.platform == "win32" or not path.lstat().st_mode & _OTHERS:
        return
    descriptor = _file_only(os.open(path, _READ), path)
    try:
        make_private(descriptor)
    finally:
        os.close(descriptor)


def append(descriptor: int, data: bytes) -> int:
    """Write once; returns the number of bytes written, fewer than `len(data)` if the disk is full."""
    return os.write(descriptor, data)


def write_at(descriptor: int, place: int, data: bytes) -> None:
    """Write once, at byte `place` of the file. Raises OSError, also if only part was written."""
    if _write_at(descriptor, data, place) < len(data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def write_over(path: Path, descriptor: int, place: int, data: bytes) -> None:
    """Write bytes again at byte `place` of the file at `path`, which is open for appending as `descriptor`.

    Raises OSError, also if `path` leads to another file, or the file is shorter than `place`.
    """
    # An appending descriptor always writes at the end, whatever offset is given.
    again = _file_only(os.open(path, _WRITE), path)
    try:
        if not os.path.samestat(os.fstat(again), os.fstat(descriptor)):
            raise OSError(errno.ESTALE, "another file stands in its place", str(path))
        if os.fstat(again).st_size < place + len(data):
            raise OSError(errno.ESTALE, "it was cut off by somebody else", str(path))
        view = memoryview(data)
        while view:
            written = _write_at(again, view, place)
            place, view = place + written, view[written:]
    finally:
        os.close(again)


def cut(descriptor: int, size: int) -> None:
    """Truncate a file to `size` bytes. Raises OSError."""
    os.ftruncate(descriptor, size)


def make_parent(path: Path) -> None:
    """Create a file's folder, for its owner only, if it doesn't exist. Raises OSError."""
    path.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)


def rename(source: Path, target: Path) -> None:
    """Rename a file. Raises OSError."""
    source.rename(target)


def remove(path: Path) -> None:
    """Remove a file if it exists. Raises OSError."""
    path.unlink(missing_ok=True)


def sync(descriptor: int) -> None:
    """Sync a file's contents to disk. Raises OSError."""
    os.fsync(descriptor)


def sync_folder(folder: Path) -> None:
    """Sync a folder to disk, that is, names created, changed or removed in it. Raises OSError."""
    if sys.platform == "win32":
        return  # a folder can't be opened there
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some network file systems can't do this
            raise
    finally:
        os.close(descriptor)


if sys.platform == "win32":

    def _write_at(descriptor: int, data: bytes | memoryview, place: int) -> int:
        os.lseek(descriptor, place, os.SEEK_SET)
        return os.write(descriptor, data)
else:
    _write_at = os.pwrite


def _file_only(descriptor: int, path: Path) -> int:
    """Return the descriptor; if it isn't of a regular file, close it and raise OSError."""
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "is not a file", str(path))
    return descriptor
