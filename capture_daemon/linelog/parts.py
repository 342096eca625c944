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
"""Seconds before a failed rotation is retried; the log keeps growing meanwhile."""
_MEGABYTE = 1_000_000
_DAY = 86_400.0


class Rotation:
    """Knows the age of the file being written, and whether rotation is due."""

    def __init__(self, settings: LogTable) -> None:
        self._size = None if settings.rotate_size is None else settings.rotate_size * _MEGABYTE
        self._age = None if settings.rotate_age is None else settings.rotate_age * _DAY
        self._begun: float | None = None
        self._not_before = 0.0

    def begin(self, first: Entry | None = None) -> None:
        """Start with a file whose first line is `first`, or None if it is empty."""
        # If the first line's time lies in the future, the clock was set back since: count the file's age from now.
        self._begun = None if first is None else _elapsed() - max(0.0, time.time() - _unix(first))

    def written(self) -> None:
        """Note that a line was written; the first one starts the file's age."""
        if self._begun is None:
            self._begun = _elapsed()

    def failed(self) -> None:
        """Note that a due rotation failed."""
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
    except (ValueError, OverflowError, OSError):  # an invalid time, or one out of the system's range
        return time.time()


logger = logging.getLogger(__name__)

LONGEST_NUMBER = 18
"""The most digits of a part's number; a file with more isn't a part."""


@dataclass(frozen=True, slots=True)
class Part:
    """A rotated file. It is never written or renamed again."""

    number: int
    path: Path
    last: int | None
    """The last number of the log's stream in it; None if unknown."""


def part_path(log: Path, number: int) -> Path:
    """The path of a rotated part."""
    return log.with_name(f"{log.stem}.{number}{log.suffix}")


class Parts:
    """The rotated parts of a log; iterates over those that may hold lines of its stream, oldest first.

    The log's mark lists its parts; other files with similar names are left alone.
    """

    def __init__(self, log: Path, stream: str, mark: Mark | None) -> None:
        """Find the parts, reading only the end of each; without a mark there are none. Raises OSError."""
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
        """Use another mark from now on."""
        self._mark = mark

    @property
    def some_were_removed(self) -> bool:
        """Whether older parts once existed."""
        return self._first_number > 1

    def add(self, last: int) -> Part:
        """Rename the log itself to be the newest part; `last` is its last number. Raises OSError."""
        assert self._mark is not None
        number = self._mark.newest_part + 1
        while os.path.lexists(part_path(self._log, number)):
            number += 1  # not this log's file
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
        """Undo `add`: rename the part back, unless another file has taken the log's place. Raises OSError."""
        if os.path.lexists(self._log):
            return
        fs.rename(part.path, self._log)
        self._parts.remove(part)
        assert self._mark is not None
        self._mark.drop_newest_part()

    def remove_all_but(self, keep: int) -> bool:
        """Remove the oldest parts beyond `keep`, whatever their stream; returns whether there were any.

        A part that can't be removed is logged, and stays.
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
        """The numbers of this log's existing parts, in order."""
        if self._mark is None:
            return []
        made = [number for number in _numbers_beside(self._log) if self._mark.made(number)]
        return [number for number in made if fs.is_file(part_path(self._log, number))]


def newest_record(log: Path, mark: Mark) -> tuple[str, int] | None:
    """The stream and number of the last readable record in the parts; None if there is none."""
    for number in reversed(_numbers_beside(log)):
        if mark.made(number) and (last := _last(part_path(log, number))) is not None:
            return last.stream, last.seq
    return None


def adopt(log: Path, mark: Mark, first: Entry | None) -> None:
    """Note in a new mark which files are parts: those that the log directly continues.

    `first` is the first record of the log itself. The newest part ends with the number before it; each older part is
    recognised in the same way.
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
    """The numbers of all files beside the log with names like its parts, in order."""
    digits = f"[1-9][0-9]{{0,{LONGEST_NUMBER - 1}}}"
    pattern = re.compile(re.escape(log.stem) + rf"\.({digits})" + re.escape(log.suffix))
    found = (pattern.fullmatch(path.name) for path in log.parent.iterdir())
    return sorted(int(match[1]) for match in found if match)


def _of_stream(log: Path, stream: str, numbers: list[int]) -> Iterator[Part]:
    """The parts of a stream, newest first, back to its beginning."""
    for number in reversed(numbers):
        path = part_path(log, number)
        last = _last(path)
        if last is not None and last.stream != stream:
            return
        yield Part(number, path, None if last is None else last.seq)


def _last(path: Path) -> Entry | None:
    """The last record of a part; None if there is none, or if it can't be read, which is logged."""
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
