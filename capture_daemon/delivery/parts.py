"""The files of one log: `dialogue.jsonl` is being written, `dialogue.1.jsonl` is the oldest, then comes `.2`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from capture_daemon.delivery import files, logfile


@dataclass(frozen=True, slots=True)
class Part:
    """A file that was rotated. Its name is for good: a part is never written or renamed again."""

    number: int
    path: Path
    last: int | None
    """The last number of the log's stream in it; None where that isn't known."""


def part_path(log: Path, number: int) -> Path:
    """The name of a rotated part."""
    return log.with_name(f"{log.stem}.{number}{log.suffix}")


def part_numbers(log: Path) -> list[int]:
    """The numbers of the parts that there are, in order."""
    pattern = re.compile(re.escape(log.stem) + r"\.([1-9][0-9]{0,8})" + re.escape(log.suffix))
    found = (pattern.fullmatch(path.name) for path in log.parent.iterdir())
    return sorted(int(match[1]) for match in found if match)


def newest_record(log: Path) -> tuple[str, int] | None:
    """Stream and number of the last record in the parts that can be read; None where there is none."""
    for number in reversed(part_numbers(log)):
        with part_path(log, number).open("rb") as file:
            last, _ = logfile.last_record(file)
        if last is not None:
            return last.stream, last.seq
    return None


class Parts:
    """The rotated parts that may hold lines of one stream, the oldest first."""

    def __init__(self, log: Path, stream: str, *, alone: bool = False) -> None:
        """Look for them, but if it is `alone`; of each only the end is read. Raises OSError."""
        self._log = log
        numbers = [] if alone else part_numbers(log)
        self._first_number = numbers[0] if numbers else 1
        self._next_number = numbers[-1] + 1 if numbers else 1
        self._parts = list(reversed(list(_of_stream(log, stream, numbers))))

    def __iter__(self) -> Iterator[Part]:
        return iter(list(self._parts))

    @property
    def some_were_removed(self) -> bool:
        """Whether older parts were there once."""
        return self._first_number > 1

    def add(self, last: int) -> Part:
        """Rename the log itself to be the newest part, `last` its last number. Raises OSError."""
        part = Part(self._next_number, part_path(self._log, self._next_number), last)
        if part.path.exists():
            raise FileExistsError(None, "is there already", str(part.path))
        files.rename(self._log, part.path)
        self._parts.append(part)
        self._next_number += 1
        return part

    def remove_all_but(self, keep: int) -> bool:
        """Remove the oldest parts, of this stream or another; whether there were any. Raises OSError."""
        numbers = part_numbers(self._log)
        surplus = numbers[: max(0, len(numbers) - keep)]
        for number in surplus:
            files.remove(part_path(self._log, number))
            self._parts = [part for part in self._parts if part.number != number]
            self._first_number = number + 1
        if surplus:
            files.sync_folder(self._log.parent)
        return bool(surplus)


def _of_stream(log: Path, stream: str, numbers: list[int]) -> Iterator[Part]:
    """The newest first, back to where the stream began."""
    for number in reversed(numbers):
        path = part_path(log, number)
        with path.open("rb") as file:
            last, _ = logfile.last_record(file)
        if last is not None and last.stream != stream:
            return
        yield Part(number, path, None if last is None else last.seq)
