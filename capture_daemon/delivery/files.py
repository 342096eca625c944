"""The few things the log does to files and folders, each one step after which a power cut or a kill may come."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

PRIVATE = 0o600
PRIVATE_FOLDER = 0o700
_ALWAYS = getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
APPEND = os.O_RDWR | os.O_APPEND | os.O_CREAT | _ALWAYS
READ_AND_WRITE = os.O_RDWR | os.O_CREAT | _ALWAYS


def open_private(path: Path, flags: int) -> int:
    """A descriptor of a file that only its owner may read; a symbolic link in its place is an OSError (ELOOP)."""
    return os.open(path, flags, PRIVATE)


def create(path: Path) -> int:
    """A descriptor of a new file to append to; FileExistsError where there is one."""
    return open_private(path, APPEND | os.O_EXCL)


def make_private(descriptor: int) -> bool:
    """Take other people's permissions away; False where the file is somebody else's, and they may keep them."""
    if sys.platform == "win32" or os.fstat(descriptor).st_mode & 0o777 == PRIVATE:
        return True
    try:
        os.fchmod(descriptor, PRIVATE)
    except PermissionError:
        return False
    return True


def append(descriptor: int, data: bytes) -> int:
    """Write once; the bytes written, which are fewer than all where the disk is full."""
    return os.write(descriptor, data)


def cut(descriptor: int, size: int) -> None:
    """Cut off what comes after so many bytes."""
    os.ftruncate(descriptor, size)


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
