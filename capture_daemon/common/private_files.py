"""Files and folders that hold what was on screen: for their owner only, and never by way of somebody's link."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from pathlib import Path

FILE = 0o600
FOLDER = 0o700
_DEVICES = Path("/dev")
_LINK = "is a symbolic link, which may point anywhere"


def write(file: Path, data: bytes) -> None:
    """Write a file that only its owner may read, all of it or nothing; an older one is replaced.

    A device or a pipe, such as /dev/stdout, is written to as it is. Raises OSError, also if a link to a file, or to
    nothing, stands in its place.
    """
    try:
        kind = file.stat().st_mode
    except FileNotFoundError:
        kind = None
    # What /dev/stdout leads to may be a file, and is what was asked for.
    if kind is not None and not stat.S_ISDIR(kind) and (not stat.S_ISREG(kind) or file.parent == _DEVICES):
        file.write_bytes(data)
        return
    refuse_link(file)
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)  # readable by its owner only
    made = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
        made.replace(file)
    except BaseException:
        made.unlink(missing_ok=True)
        raise


def make_folder(folder: Path) -> None:
    """Make a folder that only its owner may look into, and those missing above it; one that is there stays as it is.

    Raises OSError.
    """
    missing = []
    while not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
        if folder == folder.parent:
            break
    for one in reversed(missing):
        one.mkdir(mode=FOLDER, exist_ok=True)


def make_inner_folder(folder: Path) -> None:
    """Make a folder inside one of ours. Raises OSError, also if a link stands in its place."""
    refuse_link(folder)
    make_folder(folder)


def refuse_link(path: Path) -> None:
    """Raise OSError if a symbolic link stands at a path."""
    if path.is_symlink():
        raise OSError(errno.ELOOP, _LINK, str(path))


def begin(file: Path) -> None:
    """Ensure that a file exists that only its owner may read, for others to write into. Raises OSError."""
    refuse_link(file)
    handle = os.open(file, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0), FILE)
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "is not a file", str(file))
        if hasattr(os, "fchmod") and status.st_mode & 0o077 and status.st_uid == os.geteuid():
            os.fchmod(handle, FILE)
    finally:
        os.close(handle)
