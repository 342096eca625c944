"""The JSONL log: append-only, line records only, each number used once."""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path
from typing import Self, TypeVar

from capture_daemon.config.models import LogTable
from capture_daemon.errors import LogError
from capture_daemon.linelog import fs, opening, scan
from capture_daemon.linelog.current_file import CurrentFile
from capture_daemon.linelog.lock import LogLock
from capture_daemon.linelog.log_reader import LogReader
from capture_daemon.linelog.mark import LogEnding, Mark, new_stream
from capture_daemon.linelog.parts import Parts, Rotation, adopt, newest_record
from capture_daemon.linelog.syncing import LogSyncer
from capture_daemon.records import Choice, Entry, Gap, Line

AnyEntry = TypeVar("AnyEntry", bound=Entry)

logger = logging.getLogger(__name__)


class LineLog:
    """One log, held by this process from `open` to `close`.

    `append` is for one thread at a time; `read` may be called from any thread, also while a line is being appended.
    """

    def __init__(self, path: Path, settings: LogTable, *, alone: bool) -> None:
        self.path = path
        self.stream = ""
        """The name of the current stream, 12 hexadecimal digits. A new stream may begin at any line."""
        self.latest = 0
        """The last number given out; 0 if there is none yet."""
        self.trouble: str | None = None
        """Why the full disk kept the log from being opened; None if it is open."""
        self.found: tuple[str, int] = "", 0
        """The stream and its last number when the log was opened."""
        self._settings = settings
        self._alone = alone
        self._fresh = new_stream()  # used if no stream continues
        self._lock: LogLock | None = None
        self._mark: Mark | None = None
        self._file: CurrentFile | None = None
        self._closed = False
        self._syncing = None if isinstance(settings.fsync, str) else LogSyncer(settings.fsync, self._sync)
        self._rotation = Rotation(settings)
        self._reading = LogReader(path, "", Parts(path, "", None))
        self._earlier_stream = False
        self._lost = ""  # a message about lines that may be lost; never reset
        self._doubt: str | None = None  # why the next number might have been used before

    @classmethod
    def open(
        cls, path: Path, settings: LogTable | None = None, *, alone: bool = False, waits_for_room: bool = False
    ) -> Self:
        """Open and lock the log, creating it and its folder if needed, and repair a torn last line.

        Args:
            settings: Syncing and rotation; the defaults if None. Its `path` is ignored.
            alone: Only this process has ever written the log: keep no mark, and look for no parts.
            waits_for_room: Don't raise if the disk is full: set `trouble` instead. `append` then fails until there is
                room, and `stream` and `latest` are what they will most likely be.

        Raises LogHeldError if another daemon uses the log, LogError if it can't be written or isn't a log.
        """
        log = cls(opening.without_links(path), settings or LogTable(), alone=alone)
        try:
            log._begin()
        except LogError as error:
            if not waits_for_room or not opening.for_want_of_room(error):
                log._abandon()
                raise
            log.trouble = str(error)
            log._look()
        except BaseException:
            log._abandon()
            raise
        return log

    @property
    def oldest(self) -> int:
        """The stream's first number in the log; 1 if there is none yet."""
        return self._reading.oldest

    @property
    def size(self) -> int:
        """The size in bytes of the file being written."""
        return 0 if self._file is None else self._file.size

    @property
    def damaged(self) -> int:
        """The number of damaged lines found so far, each counted once."""
        return self._reading.damaged

    @property
    def sync_trouble(self) -> str | None:
        """Why the last sync failed; None if it succeeded."""
        return None if self._syncing is None else self._syncing.trouble

    def watch_syncing(self, call: Callable[[str | None], None]) -> None:
        """Call `call` with `sync_trouble`, in a thread, whenever it changes."""
        if self._syncing is not None:
            self._syncing.on_trouble = call

    def ready(self) -> None:
        """Open the log if the disk was full before; raises LogError if it still is."""
        if self.trouble is None:
            return
        try:
            self._begin()
        except LogError as error:
            self.trouble = str(error)
            raise
        self.trouble = None
        logger.info("%s: there is room: it is open, stream %s, %d lines", self.path, self.stream, self.latest)

    def append(self, line: AnyEntry) -> AnyEntry:
        """Give `line` this log's stream and its next number, write it, and return the written record.

        When this returns, the line is in the file. Changes that somebody else made to the file, the lock or the mark
        are handled first. If the next number might have been used before, a new stream begins with this line, and its
        `replaces` is dropped. Raises LogError if the line can't be written; the next line then gets its number.
        """
        if self._closed:
            raise LogError(f"{self.path}: is closed")
        self.ready()
        stream = self.stream
        try:
            self._hold()
            self._follow_file()
            self._give_up_what_is_lost()
            self._begin_stream_if_in_doubt()
            if self.stream != stream and isinstance(line, Line | Choice):
                line = replace(line, replaces=None)
            line = line.numbered(self.stream, self.latest + 1)
            data = line.to_json().encode() + b"\n"
            self._rotate_if_due(len(data))
            self._write(line.seq, data)
        except OSError as error:
            raise opening.cannot_be_written(self.path, error) from error
        self.latest = line.seq
        self._rotation.written()
        return line

    def read(
        self, after: int, until: int | None = None, stream: str | None = None
    ) -> Generator[Entry | Gap, None, None]:
        """Yield this stream's lines after number `after` in order, up to `until`, or to the present `latest`.

        Reads a line at a time, rotated parts included. A Gap replaces missing numbers: "rotated" if their part was
        removed, "damaged" if lines can't be read or are missing for another reason, "future" for numbers not given out
        yet. With `stream`, yields nothing if another stream has begun. Raises LogError if the log can't be read.
        """
        reading, latest = self._reading, self.latest
        if stream not in (None, reading.stream):
            return
        if until is not None:
            latest = until if stream is not None else min(until, latest)
        elif after > latest:
            yield Gap(first=latest + 1, last=after, reason="future")
            return
        yield from reading.read(after, latest)

    def close(self) -> None:
        """Sync every line to disk, and close and unlock the log; may be called more than once."""
        if self._closed:
            return
        self._closed = True
        if self._syncing is not None:
            self._syncing.close()
        clean = self._file is not None and self._file.is_whole
        try:
            if self._file is not None:
                self._file.sync()
            if self._mark is not None:
                self._mark.sync()
        except OSError as error:
            logger.error("%s: can't be synced to the disk: %s", self.path, error.strerror)
            clean = False
        # A stream without a line would be forgotten, and the previous one, which may have lost lines, would continue.
        self._abandon(clean=clean and not (self.latest == 0 and self._earlier_stream))

    def _abandon(self, *, clean: bool = False) -> None:
        if self._file is not None:
            self._file.close()
        if self._mark is not None:
            self._mark.close()
        if self._lock is not None:
            self._lock.release(clean=clean)

    def _begin(self) -> None:
        """Lock the log and open it; can be retried if it fails because the disk is full. Raises LogError."""
        try:
            fs.make_parent(self.path)
            if self._lock is None:
                self._lock = LogLock.acquire(self.path)
            if not self._alone and self._mark is None:
                self._mark = Mark.open(self.path)
            file = CurrentFile.open(self.path)
            try:
                self._resume(file)
            except BaseException:
                file.close()
                raise
        except OSError as error:
            raise opening.cannot_be_written(self.path, error) from error

    def _resume(self, current: CurrentFile) -> None:
        """Continue where the log ends; begin a stream if it is empty, or if given numbers may be lost."""
        assert self._lock is not None
        with fs.open_to_read(self.path) as file:
            last, damaged = scan.last_record(file)
            if last is None:
                opening.refuse_what_is_no_log(self.path, file)
            if not fs.make_private(current.descriptor):
                logger.warning("%s: belongs to somebody else, and others may read it", self.path)
            opening.mend(self.path, file, current.descriptor)
            last, damaged = scan.last_record(file)
            file.seek(0)
            first = next((record for record in scan.records(file) if isinstance(record, Entry)), None)
        current.measure()
        if self._mark is not None and self._mark.found is None:
            adopt(self.path, self._mark, first)
        newest = None if last is None else (last.stream, last.seq)
        if newest is None and not damaged and self._mark is not None:
            newest = newest_record(self.path, self._mark)
        marked = None if self._mark is None else self._mark.found
        ending = LogEnding(newest, damaged, self._lock.left, marked)
        stream, latest = ending.next(self.path, self._fresh, alone=self._alone)
        self._earlier_stream = newest is not None
        self._lock.note(stream)
        if self._mark is not None:
            self._mark.note(stream, latest)
            self._mark.sync()
        self._take_up(stream, latest, self._mark)
        self._rotation.begin(first)
        self._file = current
        self.found = stream, latest

    def _look(self) -> None:
        """Predict the next stream and number of a log that can't be written. Never raises."""
        try:
            self._take_up(*opening.foresee(self.path, self._fresh, alone=self._alone), self._mark)
        except OSError as error:
            logger.debug("%s: can't be looked at: %s", self.path, error)
            self._take_up(self._fresh, 0, None)

    def _take_up(self, stream: str, latest: int, mark: Mark | None) -> None:
        """Continue with a stream after number `latest`."""
        parts = Parts(self.path, stream, mark)
        reading = LogReader(self.path, stream, parts)
        if self._settings.keep != "all":
            parts.remove_all_but(self._settings.keep)
        if latest:
            reading.find_oldest(latest)
        self._parts, self._reading, self.stream, self.latest = parts, reading, stream, latest

    def _begin_stream_if_in_doubt(self) -> None:
        """Begin another stream in the current file if the next number might have been used before."""
        assert self._lock is not None
        if self._doubt is None:
            return
        stream = new_stream()
        logger.warning("%s: %s: begins stream %s", self.path, self._doubt, stream)
        self._lock.note(stream)
        if self._mark is not None:
            self._mark.note(stream, 0)
        self._earlier_stream = True
        self._take_up(stream, 0, self._mark)
        self._doubt = None

    def _hold(self) -> None:
        """Check that the lock and the mark are still ours; recreate them if somebody removed them.

        Raises LogHeldError if another daemon holds them by now, OSError.
        """
        assert self._lock is not None
        if not self._lock.is_there:
            fs.make_parent(self.path)
            lock = LogLock.acquire(self.path)
            try:
                lock.note(self.stream)
            except OSError:
                lock.release()  # a lock without a note would look like a clean end
                raise
            self._lock.release(clean=False)
            self._lock = lock
            logger.warning("%s: its lock was removed while it was being written: it is locked again", self.path)
        if self._mark is not None and not self._mark.is_there:
            mark = Mark.open(self.path)
            try:
                mark.take_over(self._mark)
                mark.note(self.stream, self.latest)
            except OSError:
                mark.close()
                raise
            self._mark.close()
            self._mark = mark
            self._parts.go_by(mark)
            logger.warning("%s: was removed while the log was being written: it is made again", mark.path)

    def _follow_file(self) -> None:
        """Check that nobody changed the file; if somebody did, continue in the file that is there now."""
        file = self._file
        assert file is not None
        file.cut_back()
        if file.is_as_left():
            return
        fs.make_parent(self.path)
        last: Entry | None = None
        status = fs.look(self.path)
        if status is None:
            file = CurrentFile.open(self.path)
            logger.warning("%s: was removed while it was being written: begins a new file", self.path)
        else:
            if not stat.S_ISREG(status.st_mode):
                raise LogError(f"{self.path}: something else than a file was put in its place: take it away")
            last, file = opening.look_over(self.path, file if file.is_at(status) else None)
            logger.warning("%s: was changed by somebody else while it was being written", self.path)
        self._go_on_in(file)
        if last is not None and self.latest and (last.stream != self.stream or last.seq > self.latest):
            self._doubt = "ends in lines that were not written here"
        self._reading.find_oldest(self.latest)

    def _go_on_in(self, file: CurrentFile) -> None:
        """Continue writing in `file`, another one or one that has changed."""
        with self._reading.moving:
            before, self._file = self._file, file
        if before is not None and before is not file:
            before.close()
        self._rotation.begin()

    def _give_up_what_is_lost(self) -> None:
        """Begin a new stream after lines that the disk may have lost and that can't be rewritten."""
        assert self._file is not None
        lost = self._file.lost
        if lost is None:
            return
        self._lost = opening.may_be_gone(*lost)
        self._doubt = self._lost
        self._file.measure()

    def _rotate_if_due(self, coming: int) -> None:
        if not self._rotation.is_due(self.size, coming):
            return
        try:
            self._rotate()
        except OSError as error:
            self._rotation.failed()
            logger.error("%s: can't be rotated: %s; it goes on growing", self.path, error.strerror)
            if not os.path.lexists(self.path):
                raise  # there is no file to continue in until a new one can be made

    def _rotate(self) -> None:
        """Rename the file as a part and begin another; a kill after any step loses nothing."""
        assert self._file is not None
        self._file.sync()
        with self._reading.moving:
            part = self._parts.add(self.latest)
            try:
                fs.sync_folder(self.path.parent)
                file = CurrentFile.open(self.path)
            except OSError:
                self._parts.take_back(part)
                raise
            self._go_on_in(file)
        fs.sync_folder(self.path.parent)
        logger.info("%s: went on in a new file, the lines up to %d are in %s", self.path, self.latest, part.path.name)
        if self._settings.keep != "all" and self._parts.remove_all_but(self._settings.keep):
            self._reading.find_oldest(self.latest)

    def _write(self, number: int, data: bytes) -> None:
        """Write a line and mark its number; remove the line again if its number can't be marked."""
        assert self._file is not None
        self._file.write(data, number, sync=self._settings.fsync == "always", keep=self._syncing is not None)
        if self._mark is not None:
            try:
                self._mark.note(self.stream, number)
            except OSError:
                self._file.take_back(len(data))
                raise
        if self._syncing is not None:
            self._syncing.wanted()

    def _sync(self) -> str | None:
        """In the syncing thread: sync everything written so far; returns a message if lines may be lost."""
        file = self._file
        if file is not None:
            file.sync()
            if (lost := file.lost) is not None:
                return opening.may_be_gone(*lost)
        return self._lost or None
