"""Reading a JSONL log without loading it: its last record, and the offset of a number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from capture_daemon.records import Entry, parse_record

BLOCK = 1 << 16
LONGEST = 1 << 20
"""Bytes; a longer line is damaged."""
LARGEST_NUMBER = (1 << 53) - 1
"""The largest `seq` that is taken for one: JavaScript knows no larger whole numbers, and no log comes near it."""
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
    """A line that is no record, and the byte at which it ends."""

    end: int


def records(file: BinaryIO) -> Iterator[Entry | Damage]:
    """The records from the file's position to its last complete line, in order.

    A blank line is passed over. What follows the last newline may still be being written and is left out.
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

    Of a line longer than LONGEST only an end is given.
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
    """The byte after the file's last newline; 0 if it has none."""
    position = file.seek(0, 2)
    while position > 0:
        size = min(BLOCK, position)
        position -= size
        file.seek(position)
        if (found := file.read(size).rfind(b"\n")) >= 0:
            return position + found + 1
    return 0


def last_record(file: BinaryIO) -> tuple[Entry | None, int]:
    """The last record that can be read, and how many damaged lines come after it."""
    damaged = 0
    for text in lines_from_the_end(file):
        if (line := parse_line(text)) is not None:
            return line, damaged
        damaged += not text.isspace()
    return None, damaged


def find(file: BinaryIO, stream: str, after: int) -> int:
    """A place to read from, not far before the first record of `stream` whose number is past `after`.

    The numbers of a stream only grow and the newest stream stands last, so halving finds it. Damaged lines are stepped
    over; where they go on for long, the place found is further before the record.
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
