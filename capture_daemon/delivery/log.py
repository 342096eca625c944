"""The JSONL log: append-only, line records only, every number once."""

from __future__ import annotations

import errno
import logging
import os
import secrets
from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path
from typing import Self

from capture_daemon.config import LogTable
from capture_daemon.delivery import files, logfile, recovery
from capture_daemon.delivery.lock import LogLock
from capture_daemon.delivery.log_reading import LogReading
from capture_daemon.delivery.parts import Parts, newest_record
from capture_daemon.delivery.rotation import Rotation
from capture_daemon.delivery.syncing import Syncing
from capture_daemon.errors import LogError
from capture_daemon.records import Gap, Line

logger = logging.getLogger(__name__)


class LineLog:
    """One log, held by this process from `open` to `close`.

    `append` is for one thread at a time; `read` may be called from any thread, also while a line is being appended.
    """

    def __init__(self, path: Path, lock: LogLock, descriptor: int, settings: LogTable, *, alone: bool) -> None:
        self.path = path
        self.stream = ""
        """Names the run of numbers: 12 hexadecimal digits."""
        self.latest = 0
        """The last number given; 0 where none was given yet."""
        self.size = 0
        """Bytes in the file that is being written."""
        self._settings = settings
        self._alone = alone
        self._lock = lock
        self._descriptor: int | None = descriptor
        self._whole: int | None = None  # where to cut off what a failed write left, as long as that fails, too
        self._syncing = None if isinstance(settings.fsync, str) else Syncing(settings.fsync, self._sync)
        self._rotation = Rotation(settings)
        self._reading: LogReading | None = None
        self._parts: Parts | None = None
        self._earlier_stream = False

    @classmethod
    def open(cls, path: Path, settings: LogTable | None = None, *, alone: bool = False) -> Self:
        """Open the log, or begin it, its folder too, and lock it; `settings.path` is not looked at.

        With `alone` files beside it that are named like its parts are somebody else's. What a kill tore is mended.
        Raises LogHeldError where another daemon has it, LogError where it can't be written or is something else.
        """
        try:
            path = _without_links(path)
            path.parent.mkdir(mode=files.PRIVATE_FOLDER, parents=True, exist_ok=True)
        except OSError as error:
            raise _cannot_be_written(path, error) from error
        lock = LogLock.acquire(path)
        try:
            log = cls(path, lock, files.open_private(path, files.APPEND), settings or LogTable(), alone=alone)
        except OSError as error:
            lock.release(clean=False)
            raise _cannot_be_written(path, error) from error
        try:
            log._resume()
        except OSError as error:
            log._abandon()
            raise _cannot_be_written(path, error) from error
        except LogError:
            log._abandon()
            raise
        return log

    @property
    def oldest(self) -> int:
        """The first number of the stream that the log holds; 1 also where it holds none yet."""
        return 1 if self._reading is None else self._reading.oldest

    @property
    def damaged(self) -> int:
        """Damaged lines met so far, each counted once."""
        return 0 if self._reading is None else self._reading.damaged

    @property
    def sync_trouble(self) -> str | None:
        """Why lines could not be had on the disk when that was last tried; None where they could."""
        return None if self._syncing is None else self._syncing.trouble

    def watch_syncing(self, call: Callable[[str | None], None]) -> None:
        """Have `call` called, in a thread, with `sync_trouble` whenever it changes."""
        if self._syncing is not None:
            self._syncing.on_trouble = call

    def append(self, line: Line) -> Line:
        """Give `line` this log's stream and its next number, write it, and return the record as it was written.

        When this returns, the line is in the file. Raises LogError where it can't be written; the number is then given
        to the next line.
        """
        if self._descriptor is None:
            raise LogError(f"{self.path}: is closed")
        line = replace(line, stream=self.stream, seq=self.latest + 1)
        data = line.to_json().encode() + b"\n"
        try:
            self._follow_removal()
            self._cut_back()
            self._rotate_if_due(len(data))
            self._write(data)
        except OSError as error:
            raise _cannot_be_written(self.path, error) from error
        self.latest = line.seq
        self.size += len(data)
        self._rotation.written()
        return line

    def read(self, after: int, until: int | None = None) -> Generator[Line | Gap, None, None]:
        """The lines of this stream past number `after`, in order, to `until`, or `latest` as it is when this begins.

        A Gap stands where numbers are missing: "rotated" where a part was removed, "damaged" for lines that can't be
        read or are gone for another reason, "future" for numbers that were not given yet. Rotated parts are read, too,
        a line at a time, as the iterator is. Raises LogError where the log can't be read.
        """
        latest = self.latest if until is None else min(until, self.latest)
        if after > self.latest:
            yield Gap(first=self.latest + 1, last=after, reason="future")
            return
        assert self._reading is not None
        yield from self._reading.read(after, latest)

    def close(self) -> None:
        """Have every line on the disk, close the file and let another daemon have it; may be called twice."""
        if self._descriptor is None:
            return
        if self._syncing is not None:
            self._syncing.close()
        clean = self._whole is None
        try:
            files.sync(self._descriptor)
        except OSError as error:
            logger.error("%s: can't be synced to the disk: %s", self.path, error.strerror)
            clean = False
        # A stream without a line would be forgotten, and the one before it, of which lines may be lost, go on.
        self._abandon(clean=clean and not (self.latest == 0 and self._earlier_stream))

    def _abandon(self, *, clean: bool = False) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
        self._lock.release(clean=clean)

    def _resume(self) -> None:
        """Go on where the log ends; begin a stream where it is empty, or numbers given may be lost.

        Lines lost at the end may have been seen by a client, so that their numbers must not be given again.
        """
        assert self._descriptor is not None
        with self.path.open("rb") as file:
            last, damaged = logfile.last_record(file)
            if last is None:
                recovery.refuse_what_is_no_log(self.path, file)
            if not files.make_private(self._descriptor):
                logger.warning("%s: belongs to somebody else, and others may read it", self.path)
            recovery.mend(self.path, file, self._descriptor)
            last, damaged = logfile.last_record(file)
            file.seek(0)
            first = next((record for record in logfile.records(file) if isinstance(record, Line)), None)
        self.size = os.fstat(self._descriptor).st_size
        self._rotation.begin(first)
        newest = (last.stream, last.seq) if last is not None else None
        if newest is None and not damaged and not self._alone:
            newest = newest_record(self.path)
        self._earlier_stream = newest is not None
        self.stream, self.latest = self._next_number(newest, damaged)
        self._lock.note(self.stream)
        self._parts = Parts(self.path, self.stream, alone=self._alone)
        self._reading = LogReading(self.path, self.stream, self._parts)
        if self._settings.keep != "all":
            self._parts.remove_all_but(self._settings.keep)
        if self.latest:
            self._reading.find_oldest(self.latest)

    def _next_number(self, newest: tuple[str, int] | None, damaged: int) -> tuple[str, int]:
        """The stream to write, and its last number so far."""
        left, stream = self._lock.left, secrets.token_hex(6)
        if damaged:
            logger.warning("%s: ends in damaged lines (%d): begins stream %s", self.path, damaged, stream)
        elif newest is not None and left is not None and left.was_cut_off:
            logger.warning(
                "%s: the machine stopped while this was written, and lines may be lost: begins stream %s",
                *(self.path, stream),
            )
        elif newest is not None and left is not None and left.stream != newest[0]:
            logger.warning("%s: does not end in stream %s as it did: begins stream %s", self.path, left.stream, stream)
        elif newest is not None:
            return newest
        return stream, 0

    def _follow_removal(self) -> None:
        """Begin the file anew where it was removed or moved away under our hands."""
        assert self._descriptor is not None
        if os.fstat(self._descriptor).st_nlink and self.path.exists():
            return
        logger.warning("%s: was removed while it was being written: begins a new file", self.path)
        self._begin_file()
        assert self._reading is not None
        self._reading.find_oldest(self.latest)

    def _begin_file(self) -> None:
        assert self._descriptor is not None
        assert self._reading is not None
        descriptor = files.open_private(self.path, files.APPEND)
        with self._reading.moving:
            before, self._descriptor = self._descriptor, descriptor
        os.close(before)
        self.size, self._whole = os.fstat(descriptor).st_size, None
        self._rotation.begin()

    def _rotate_if_due(self, coming: int) -> None:
        if not self._rotation.is_due(self.size, coming):
            return
        try:
            self._rotate()
        except OSError as error:
            self._rotation.failed()
            logger.error("%s: can't be rotated: %s; it goes on growing", self.path, error.strerror)
            if not self.path.exists():
                raise  # there is nothing to go on in until a new file can be made

    def _rotate(self) -> None:
        """Give the file its name as a part and begin another; after each step everything can be found again."""
        assert self._descriptor is not None
        assert self._parts is not None
        assert self._reading is not None
        files.sync(self._descriptor)
        with self._reading.moving:
            part = self._parts.add(self.latest)
            files.sync_folder(self.path.parent)
            self._begin_file()
        files.sync_folder(self.path.parent)
        logger.info("%s: went on in a new file, the lines up to %d are in %s", self.path, self.latest, part.path.name)
        if self._settings.keep != "all" and self._parts.remove_all_but(self._settings.keep):
            self._reading.find_oldest(self.latest)

    def _write(self, data: bytes) -> None:
        """One write; what a full disk cut short is taken back, and what could not be synced where that is asked for."""
        assert self._descriptor is not None
        size = os.fstat(self._descriptor).st_size
        try:
            if files.append(self._descriptor, data) < len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            if self._settings.fsync == "always":
                files.sync(self._descriptor)
        except OSError:
            self._whole = size
            self._cut_back()
            raise
        if self._syncing is not None:
            self._syncing.wanted()

    def _cut_back(self) -> None:
        """Cut off what a failed write left of its line; nothing is written after half a line."""
        if self._whole is not None:
            assert self._descriptor is not None
            files.cut(self._descriptor, self._whole)
            self._whole = None

    def _sync(self) -> None:
        """In the syncing thread: have what was written by now on the disk."""
        assert self._reading is not None
        with self._reading.moving:
            if self._descriptor is None:
                return
            descriptor = os.dup(self._descriptor)
        try:
            files.sync(descriptor)
        finally:
            os.close(descriptor)


def _without_links(path: Path) -> Path:
    """The path with its folder's links followed; raises LogError where the log itself is a link, or no file."""
    path = path.expanduser().absolute()
    if path.is_symlink():
        raise LogError(
            f"{path}: is a symbolic link, which may point anywhere: name the file itself with --log or log.path"
        )
    path = path.parent.resolve() / path.name
    if path.exists() and not path.is_file():
        raise LogError(f"{path}: is not a file: choose another log with --log or log.path")
    return path


def _cannot_be_written(path: Path, error: OSError) -> LogError:
    return LogError(
        f"{path}: can't be written: {error.strerror}: make room or give permission, "
        "or choose another log with --log or log.path"
    )
