"""The log's file operations, each one step: a power cut or a kill may come between any two."""

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
# Without O_NONBLOCK a pipe in a file's place would be waited on, perhaps for good; it changes nothing for files.
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
"""What a disk says that is full, or whose owner may have no more of it: somebody may make room."""


def open_private(path: Path, flags: int) -> int:
    """A descriptor of a file that only its owner may read.

    A symbolic link in its place is an OSError (ELOOP), and so is what is no file: a folder, a pipe, a device.
    """
    return _file_only(os.open(path, flags, PRIVATE), path)


def open_to_read(path: Path) -> BinaryIO:
    """A file to read. A symbolic link in its place is an OSError (ELOOP), and so is what is no file."""
    return os.fdopen(_file_only(os.open(path, _READ), path), "rb")


def create(path: Path) -> int:
    """A descriptor of a new file to append to; FileExistsError if there is one."""
    return open_private(path, APPEND | os.O_EXCL)


def is_file(path: Path) -> bool:
    """Whether there is a file, and not a link to one. Raises OSError if that can't be seen."""
    status = look(path)
    return status is not None and stat.S_ISREG(status.st_mode)


def look(path: Path) -> os.stat_result | None:
    """What is at a path, links not followed; None if nothing is. Raises OSError."""
    try:
        return path.lstat()
    except FileNotFoundError:
        return None


Identity = tuple[int, int]
"""Device and inode: what a file is, whatever its name."""


def identity(status: os.stat_result | None) -> Identity | None:
    """Which file was looked at."""
    return None if status is None else (status.st_dev, status.st_ino)


def make_private(descriptor: int) -> bool:
    """Take other people's permissions away; False if the file is somebody else's, and they may keep them."""
    if sys.platform == "win32" or os.fstat(descriptor).st_mode & 0o777 == PRIVATE:
        return True
    try:
        os.fchmod(descriptor, PRIVATE)
    except PermissionError:
        return False
    return True


def keep_to_owner(path: Path) -> None:
    """Take other people's permissions on a file away, if they have any and it may be done. Raises OSError."""
    if sys.platform == "win32" or not path.lstat().st_mode & _OTHERS:
        return
    descriptor = _file_only(os.open(path, _READ), path)
    try:
        make_private(descriptor)
    finally:
        os.close(descriptor)


def append(descriptor: int, data: bytes) -> int:
    """Write once; the bytes written, which are fewer than all where the disk is full."""
    return os.write(descriptor, data)


def write_at(descriptor: int, place: int, data: bytes) -> None:
    """Write once, this many bytes from the file's beginning. Raises OSError, also if the disk took only a part."""
    if _write_at(descriptor, data, place) < len(data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def write_over(path: Path, descriptor: int, place: int, data: bytes) -> None:
    """Write bytes again at their place in the file at `path`, which is open to be appended to as `descriptor`.

    Raises OSError, also if another file stands there, or one that doesn't reach as far.
    """
    # What is written by a descriptor that appends goes to the end, whatever place is named.
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
    """Cut off what comes after this many bytes."""
    os.ftruncate(descriptor, size)


def make_folder(path: Path) -> None:
    """Make the folder that a file is to stand in, for its owner only, if it isn't there yet. Raises OSError."""
    path.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)


def rename(source: Path, target: Path) -> None:
    """Give a file another name."""
    source.rename(target)


def remove(path: Path) -> None:
    """Remove a file, if it is there."""
    path.unlink(missing_ok=True)


def sync(descriptor: int) -> None:
    """Have what was written to a file on the disk."""
    os.fsync(descriptor)


def sync_folder(folder: Path) -> None:
    """Have names that were given, changed or removed in a folder on the disk."""
    if sys.platform == "win32":
        return  # a folder can't be opened there
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some network file systems can't
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
    """The same descriptor; closed, and an OSError, if it is of something else than a file."""
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "is not a file", str(path))
    return descriptor
