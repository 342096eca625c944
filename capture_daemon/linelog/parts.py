"""The files of one log, and when it rotates: `dialogue.jsonl` is written, `dialogue.1.jsonl` is the oldest part."""

from __future__ import annotations

import logging
import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from capture_daemon.config.models import LogTable
from capture_daemon.linelog import fs, scan
from capture_daemon.linelog.mark import Mark
from capture_daemon.records import Entry

ROTATION_RETRY = 60.0
"""Seconds before a rotation that failed is tried again; the log goes on growing in between."""
_MEGABYTE = 1_000_000
_DAY = 86_400.0


class Rotation:
    """Knows how old the file is that is being written, and whether another is due."""

    def __init__(self, settings: LogTable) -> None:
        self._size = None if settings.rotate_size is None else settings.rotate_size * _MEGABYTE
        self._age = None if settings.rotate_age is None else settings.rotate_age * _DAY
        self._begun: float | None = None
        self._not_before = 0.0

    def begin(self, first: Entry | None = None) -> None:
        """A file is being written whose first line is `first`; None if it holds none yet."""
        # A first line of the future was written before the clock was set back: the file's age counts from now.
        self._begun = None if first is None else _elapsed() - max(0.0, time.time() - _unix(first))

    def written(self) -> None:
        """A line was written; if it was the file's first, the file is as old as this."""
        if self._begun is None:
            self._begun = _elapsed()

    def failed(self) -> None:
        """It was due, and could not be done."""
        self._not_before = time.monotonic() + ROTATION_RETRY

    def is_due(self, size: int, coming: int) -> bool:
        """Whether to rotate a file of `size` bytes before `coming` more are added."""
        too_large = self._size is not None and size + coming > self._size
        too_old = self._age is not None and self._begun is not None and _elapsed() - self._begun >= self._age
        return size > 0 and (too_large or too_old) and time.monotonic() >= self._not_before


def _elapsed() -> float:
    """Seconds on a clock that never jumps, and if there is one that also counts while the machine sleeps."""
    clock: int | None = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


def _unix(line: Entry) -> float:
    try:
        return datetime.fromisoformat(line.time).timestamp()
    except (ValueError, OverflowError, OSError):  # a time that is none, or that the system can't count to
        return time.time()


logger = logging.getLogger(__name__)

LONGEST_NUMBER = 18
"""Digits of a part's number that is looked at; a file with more in its name is somebody else's."""


@dataclass(frozen=True, slots=True)
class Part:
    """A file that was rotated. Its name is for good: a part is never written or renamed again."""

    number: int
    path: Path
    last: int | None
    """The last number of the log's stream in it; None if that isn't known."""


def part_path(log: Path, number: int) -> Path:
    """The name of a rotated part."""
    return log.with_name(f"{log.stem}.{number}{log.suffix}")


class Parts:
    """The rotated parts of a log; going through it gives those that may hold lines of its stream, the oldest first.

    Which files are parts of this log is in its mark: others may be named alike, and are left alone.
    """

    def __init__(self, log: Path, stream: str, mark: Mark | None) -> None:
        """Look for them, of each only at the end; without a mark there are none. Raises OSError."""
        self._log = log
        self._mark = mark
        numbers = self._numbers()
        self._first_number = numbers[0] if numbers else 1
        self._parts = list(reversed(list(_of_stream(log, stream, numbers))))
        for number in numbers:
            _keep_to_owner(part_path(log, number))

    def __iter__(self) -> Iterator[Part]:
        return iter(list(self._parts))

    def go_by(self, mark: Mark) -> None:
        """Note what is to be noted in another mark from here on."""
        self._mark = mark

    @property
    def some_were_removed(self) -> bool:
        """Whether older parts were there once."""
        return self._first_number > 1

    def add(self, last: int) -> Part:
        """Rename the log itself to be the newest part, `last` its last number. Raises OSError."""
        assert self._mark is not None
        number = self._mark.newest_part + 1
        while os.path.lexists(part_path(self._log, number)):
            number += 1  # somebody else's
        part = Part(number, part_path(self._log, number), last)
        self._mark.add_part(number)
        try:
            fs.rename(self._log, part.path)
        except OSError:
            self._mark.drop_newest_part()
            raise
        self._parts.append(part)
        return part

    def take_back(self, part: Part) -> None:
        """Undo `add`: the part is the log itself again, if nothing else is by now. Raises OSError."""
        if os.path.lexists(self._log):
            return
        fs.rename(part.path, self._log)
        self._parts.remove(part)
        assert self._mark is not None
        self._mark.drop_newest_part()

    def remove_all_but(self, keep: int) -> bool:
        """Remove the oldest parts, of this stream or another; whether there were any.

        One that can't be removed is logged, and stays.
        """
        numbers = self._numbers()
        removed = False
        for number in numbers[: max(0, len(numbers) - keep)]:
            path = part_path(self._log, number)
            try:
                fs.remove(path)
            except OSError as error:
                logger.error("%s: can't be removed, though log.keep is %d: %s", path, keep, error.strerror)
                break
            assert self._mark is not None
            self._mark.forget_parts(number)
            self._parts = [part for part in self._parts if part.number != number]
            self._first_number = number + 1
            removed = True
        if removed:
            fs.sync_folder(self._log.parent)
        return removed

    def _numbers(self) -> list[int]:
        """The numbers of this log's parts that are there, in order."""
        if self._mark is None:
            return []
        made = [number for number in _numbers_beside(self._log) if self._mark.made(number)]
        return [number for number in made if fs.is_file(part_path(self._log, number))]


def newest_record(log: Path, mark: Mark) -> tuple[str, int] | None:
    """Stream and number of the last record in the parts that can be read; None if there is none."""
    for number in reversed(_numbers_beside(log)):
        if mark.made(number) and (last := _last(part_path(log, number))) is not None:
            return last.stream, last.seq
    return None


def adopt(log: Path, mark: Mark, first: Entry | None) -> None:
    """Note in a mark that was lost, or never made, which files are parts: those that a log goes on from.

    `first` is the first record of the log itself. A part ends with the number before; the next one is told likewise.
    """
    numbers = []
    for number in reversed(_numbers_beside(log)):
        path = part_path(log, number)
        last = _last(path) if fs.is_file(path) else None
        if first is None or last is None or (last.stream, last.seq) != (first.stream, first.seq - 1):
            continue
        numbers.append(number)
        first = _first(path)
    for number in reversed(numbers):
        mark.add_part(number)


def _numbers_beside(log: Path) -> list[int]:
    """The numbers in the names of files that are called as parts would be, in order."""
    digits = f"[1-9][0-9]{{0,{LONGEST_NUMBER - 1}}}"
    pattern = re.compile(re.escape(log.stem) + rf"\.({digits})" + re.escape(log.suffix))
    found = (pattern.fullmatch(path.name) for path in log.parent.iterdir())
    return sorted(int(match[1]) for match in found if match)


def _of_stream(log: Path, stream: str, numbers: list[int]) -> Iterator[Part]:
    """The newest first, back to where the stream began."""
    for number in reversed(numbers):
        path = part_path(log, number)
        last = _last(path)
        if last is not None and last.stream != stream:
            return
        yield Part(number, path, None if last is None else last.seq)


def _last(path: Path) -> Entry | None:
    """The last record of a part; None if there is none, or it can't be read, which is logged."""
    try:
        with fs.open_to_read(path) as file:
            return scan.last_record(file)[0]
    except OSError as error:
        logger.warning("%s: can't be read: %s", path, error.strerror)
        return None


def _first(path: Path) -> Entry | None:
    try:
        with fs.open_to_read(path) as file:
            return next((record for record in scan.records(file) if isinstance(record, Entry)), None)
    except OSError as error:
        logger.warning("%s: can't be read: %s", path, error.strerror)
        return None


def _keep_to_owner(path: Path) -> None:
    try:
        fs.keep_to_owner(path)
    except OSError as error:
        logger.warning("%s: others may read it, and that can't be changed: %s", path, error.strerror)
