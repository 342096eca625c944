"""Reading a small file that the configuration names, and that may be a device, a pipe, a terabyte, on a hung drive."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from capture_daemon.common import time_limit
from capture_daemon.errors import ConfigurationError

READ_LIMIT = 5.0
"""Seconds that reading one may take, 1 to 10: as long as a configuration file."""
# A pipe without a writer must not be waited for.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Content:
    """What a file held, and its permissions."""

    data: bytes = field(repr=False)
    mode: int


def read(path: Path, name: str, most: int) -> Content:
    """What is in a file of at most this many bytes; `name` is what it is called in errors.

    Raises ConfigurationError if it isn't there, is no file, is larger, or can't be read within `READ_LIMIT`.
    """
    content = read_if_there(path, name, most)
    if content is None:
        raise ConfigurationError(f"{name}: {path}: there is no such file")
    return content


def read_if_there(path: Path, name: str, most: int) -> Content | None:
    """The same, but None if there is nothing of that name."""
    return read_in_time(f"{name}: {path}", lambda: _read(path, name, most))


def read_in_time(what: str, job: Callable[[], Result]) -> Result:
    """What `job`, which reads `what`, returns or raises; ConfigurationError if it takes more than `READ_LIMIT`."""
    try:
        return time_limit.run(f"read {what}", READ_LIMIT, job)
    except TimeoutError:
        raise ConfigurationError(
            f"{what}: could not be read within {READ_LIMIT:g} s: check whether its drive responds"
        ) from None


def _read(path: Path, name: str, most: int) -> Content | None:
    try:
        # Looked at before it is opened: opening a device may do something.
        if not stat.S_ISREG(path.stat().st_mode):
            raise _no_file(path, name)
        descriptor = os.open(path, _FLAGS)
        with os.fdopen(descriptor, "rb") as file:
            mode = os.fstat(descriptor).st_mode
            if not stat.S_ISREG(mode):
                raise _no_file(path, name)
            data = file.read(most + 1)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENOTDIR):
            return None
        raise ConfigurationError(f"{name}: {path}: can't be read: {error.strerror}: give permission") from error
    except ValueError as error:
        # A null character in its name.
        raise ConfigurationError(f"{name}: {str(path)!r} is not the path of a file") from error
    if len(data) > most:
        raise ConfigurationError(f"{name}: {path}: is larger than {most // 1024} KiB: name the right file")
    return Content(data, mode)


def _no_file(path: Path, name: str) -> ConfigurationError:
    return ConfigurationError(f"{name}: {path}: is not a file, but a folder, a pipe or a device: name a file")
