"""Reading a JSONL log without loading it: its last record, and the offset of a number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from capture_daemon.records import Entry, parse_record

BLOCK = 1 << 16
LONGEST = 1 << 20
"""The longest valid line in bytes; a longer one counts as damaged."""
LARGEST_NUMBER = (1 << 53) - 1
"""The largest valid `seq`: JavaScript has no larger exact integers, and no log comes near it."""
_NEAR = 1 << 14


def parse_line(text: bytes) -> Entry | None:
    """The record in one line of a log, or None if it is damaged."""
    try:
        record = parse_record(text)
    except ValueError:
        return None
    return record if isinstance(record, Entry) and 1 <= record.seq <= LARGEST_NUMBER else None


@dataclass(frozen=True, slots=True)
class Damage:
    """A line that is not a record, and the byte offset of its end."""

    end: int


def records(file: BinaryIO) -> Iterator[Entry | Damage]:
    """The records from the file's position to its last complete line, in order.

    Blank lines are skipped. Text after the last newline may be incomplete, and is left out.
    """
    while text := file.readline(LONGEST):
        if text.endswith(b"\n"):
            if not text.isspace():
                yield parse_line(text) or Damage(file.tell())
        elif len(text) == LONGEST:
            yield Damage(file.tell())
            while text and not text.endswith(b"\n"):
                text = file.readline(LONGEST)
        else:
            return


def lines_from_the_end(file: BinaryIO) -> Iterator[bytes]:
    """The file's lines, the last one first, each with its newline (the last may have none), read in blocks.

    Of a line longer than LONGEST only the end is given.
    """
    file.seek(0, 2)
    position = file.tell()
    rest = b""
    while position > 0:
        size = min(BLOCK, position)
        position -= size
        file.seek(position)
        *ended, last = (file.read(size) + rest).split(b"\n")
        pieces = [piece + b"\n" for piece in ended] + ([last] if last else [])
        rest = pieces[0][-LONGEST:]
        yield from reversed(pieces[1:])
    if rest:
        yield rest


def end_of_last_line(file: BinaryIO) -> int:
    """The byte offset after the file's last newline; 0 if it has none."""
    position = file.seek(0, 2)
    while position > 0:
        size = min(BLOCK, position)
        position -= size
        file.seek(position)
        if (found := file.read(size).rfind(b"\n")) >= 0:
            return position + found + 1
    return 0


def last_record(file: BinaryIO) -> tuple[Entry | None, int]:
    """The last readable record, and the number of damaged lines after it."""
    damaged = 0
    for text in lines_from_the_end(file):
        if (line := parse_line(text)) is not None:
            return line, damaged
        damaged += not text.isspace()
    return None, damaged


def find(file: BinaryIO, stream: str, after: int) -> int:
    """A byte offset to read from, shortly before the first record of `stream` with a number after `after`.

    A binary search: a stream's numbers only grow, and the newest stream comes last. It skips damaged lines; after a
    long run of them, the offset is further before the record.
    """
    file.seek(0, 2)
    low, high = 0, file.tell()
    while high - low > _NEAR:
        middle = (low + high) // 2
        file.seek(middle)
        file.readline(LONGEST)
        record = None
        limit = min(high, file.tell() + LONGEST)
        while record is None and file.tell() < limit and (text := file.readline(LONGEST)):
            record = parse_line(text)
        if record is None or (record.stream == stream and record.seq > after):
            high = middle
        else:
            low = file.tell()
    return low
