"""An exclusive lock on a log, one daemon per log; and a note of how the last daemon ended."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from capture_daemon.errors import LogError, LogHeldError
from capture_daemon.linelog import fs

_LOCKED_BYTE = 1 << 20  # past the process ID, which must stay readable where locks are mandatory (Windows)
_NUMBER = 12
_LARGEST_NOTE = 256
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")

if sys.platform == "win32":
    import msvcrt

    def take(descriptor: int) -> None:
        """Lock a file, or raise BlockingIOError if another process has it."""
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except PermissionError as error:
            raise BlockingIOError(*error.args) from error
        os.lseek(descriptor, 0, os.SEEK_SET)
else:
    import fcntl

    def take(descriptor: int) -> None:
        """Lock a file, or raise BlockingIOError if another process has it."""
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


@dataclass(frozen=True, slots=True)
class Unfinished:
    """The note of a holder that did not end cleanly."""

    boot: str | None
    """The boot of the machine in which it ran, or None."""
    stream: str
    """The stream it was writing."""

    @property
    def was_cut_off(self) -> bool:
        """Whether the machine may have been restarted since, so that the last writes may be lost."""
        return self.boot is None or self.boot != boot_identity()


class LogLock:
    """Held from `acquire` to `release`, or until the process ends, however it ends.

    The locked file is `NAME.lock`, beside the log. Its first line is the holder's process ID; after `note` was called,
    the machine's boot and the log's stream follow. Only a clean end removes the file.
    """

    def __init__(self, path: Path, descriptor: int, left: Unfinished | None) -> None:
        self.left = left
        """The previous holder's note; None if it ended cleanly, or there was none."""
        self._path = path
        self._descriptor: int | None = descriptor
        self._identity = fs.identity(os.fstat(descriptor))
        self._noted = False

    @classmethod
    def acquire(cls, log: Path) -> Self:
        """Lock the log at `log`, a path without symbolic links.

        Raises LogHeldError if another process has it, LogError if it can't be locked.
        """
        path = lock_path(log)
        try:
            while (taken := _try(path)) is None:
                pass  # the previous holder removed the file meanwhile: the locked one is stale
        except BlockingIOError as error:
            raise LogHeldError(
                f"{log}: {_holder(path)} is writing this log: stop it, or choose another log with --log or log.path"
            ) from error
        except OSError as error:
            raise LogError(
                f"{path}: can't be locked: {error.strerror}: make room or give permission, "
                "or choose a log in another folder with --log or log.path"
            ) from error
        return cls(path, *taken)

    @property
    def is_there(self) -> bool:
        """Whether its file is still in place; if not, another process may lock a new one. Raises OSError."""
        return fs.identity(fs.look(self._path)) == self._identity

    def note(self, stream: str) -> None:
        """Note on disk that `stream` is being written in this boot of the machine. Raises OSError."""
        assert self._descriptor is not None
        self._noted = True
        # A single write: a kill leaves all of it or nothing.
        fs.write_at(self._descriptor, _NUMBER + 1, f"{boot_identity() or '-':<40}\n{stream}\n".encode())
        fs.sync(self._descriptor)
        fs.sync_folder(self._path.parent)

    def release(self, *, clean: bool = True) -> None:
        """Unlock the log; may be called more than once. Without `clean` the note stays."""
        if self._descriptor is None:
            return
        try:
            if clean or not (self._noted or self.left):
                self._clear(self._descriptor)
        finally:
            os.close(self._descriptor)
            self._descriptor = None

    def _clear(self, descriptor: int) -> None:
        # Remove it while it is locked: afterwards it might be another daemon's.
        try:
            os.ftruncate(descriptor, _NUMBER + 1)
            if sys.platform != "win32" and is_at(self._path, descriptor):
                fs.remove(self._path)
            fs.sync_folder(self._path.parent)
        except OSError:
            return  # the note stays, and the next daemon assumes an unclean end, which is safe


def boot_identity() -> str | None:
    """A string that changes with each boot of the machine; None if the system offers none."""
    try:
        if sys.platform == "darwin":
            asked = subprocess.run(
                ["/usr/sbin/sysctl", "-n", "kern.bootsessionuuid"],
                capture_output=True,
                text=True,
                timeout=5,
                check=True,
            )
            return asked.stdout.strip() or None
        return _BOOT_ID.read_text(encoding="ascii").strip() or None
    except (OSError, subprocess.SubprocessError):
        return None


def _try(path: Path) -> tuple[int, Unfinished | None] | None:
    """Lock the file; returns its descriptor and note, or None if it is no longer the one at `path`.

    Raises BlockingIOError if another process has the lock.
    """
    descriptor = fs.open_private(path, fs.READ_AND_WRITE)
    try:
        take(descriptor)
        if not is_at(path, descriptor):
            os.close(descriptor)
            return None
        fs.make_private(descriptor)
        os.lseek(descriptor, 0, os.SEEK_SET)
        left = _unfinished(os.read(descriptor, _LARGEST_NOTE))
        fs.write_at(descriptor, 0, f"{os.getpid():<{_NUMBER}}\n".encode())
    except OSError:
        os.close(descriptor)
        raise
    return descriptor, left


def lock_path(log: Path) -> Path:
    """The path of a log's lock."""
    return log.with_name(log.name + ".lock")


def left_behind(log: Path) -> Unfinished | None:
    """Read the note of an unclean end without locking; None if there is none."""
    try:
        with fs.open_to_read(lock_path(log)) as file:
            return _unfinished(file.read(_LARGEST_NOTE))
    except OSError:
        return None


def _unfinished(note: bytes) -> Unfinished | None:
    lines = note.decode("ascii", "replace").split("\n")
    if len(lines) < 3:
        return None  # its holder ended before writing anything
    boot, stream = lines[1].strip(), lines[2].strip()
    return Unfinished(None if boot == "-" else boot, stream)


def is_at(path: Path, descriptor: int) -> bool:
    """Whether a path still leads to the file that is open. Raises OSError."""
    return fs.identity(fs.look(path)) == fs.identity(os.fstat(descriptor))


def _holder(path: Path) -> str:
    try:
        with fs.open_to_read(path) as file:
            number = file.read(_LARGEST_NOTE).decode("ascii", "replace").partition("\n")[0].strip()
    except OSError:
        number = ""  # the log is locked; only the process ID is unknown
    return f"another daemon (process {number})" if number.isdecimal() else "another daemon"
