"""An exclusive lock on a log: one daemon a log."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import Self

from capture_daemon.errors import LogError, LogHeldError

_LOCKED_BYTE = 1 << 20  # past the process number, which must stay readable where locks are mandatory (Windows)

if sys.platform == "win32":
    import msvcrt

    def _take(descriptor: int) -> None:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except PermissionError as error:
            raise BlockingIOError(*error.args) from error
        os.lseek(descriptor, 0, os.SEEK_SET)
else:
    import fcntl

    def _take(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class LogLock:
    """Held from `acquire` to `release`, or until the process ends, however it ends.

    The lock is on a file beside the log, `NAME.lock`, which holds the number of the process that has it.
    """

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor: int | None = descriptor

    @classmethod
    def acquire(cls, log: Path) -> Self:
        """Lock `log`, a path without symbolic links in it.

        Raises LogHeldError where another process has it, LogError where it can't be locked.
        """
        path = log.with_name(log.name + ".lock")
        try:
            while (descriptor := _try(path)) is None:
                pass  # whoever had the lock removed its file in between, so that the one locked is nobody's
        except BlockingIOError as error:
            raise LogHeldError(
                f"{log}: {_holder(path)} is writing this log: stop it, or choose another log with --log or log.path"
            ) from error
        except OSError as error:
            raise LogError(
                f"{path}: can't be locked: {error.strerror}: choose a log in another folder with --log or log.path"
            ) from error
        return cls(path, descriptor)

    def release(self) -> None:
        """Let another daemon have the log; may be called twice."""
        if self._descriptor is None:
            return
        # Removed while it is still held: afterwards it might be another's. One that stays does no harm.
        with contextlib.suppress(OSError):
            if sys.platform != "win32" and _is_at(self._path, self._descriptor):
                self._path.unlink()
        os.close(self._descriptor)
        self._descriptor = None


def _try(path: Path) -> int | None:
    """A descriptor of the locked file; None where it is no longer the one at `path`.

    Raises BlockingIOError where another process has the lock.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
    try:
        _take(descriptor)
        if not _is_at(path, descriptor):
            os.close(descriptor)
            return None
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _is_at(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _holder(path: Path) -> str:
    try:
        number = path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        number = ""  # the lock is held all the same; only the number can't be had
    return f"another daemon (process {number})" if number.isdecimal() else "another daemon"
