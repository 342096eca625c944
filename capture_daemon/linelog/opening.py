"""Opening a log: checks and repairs what exists at its path, and the errors if it can't be written."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import BinaryIO

from capture_daemon.errors import LogError
from capture_daemon.linelog import fs, scan
from capture_daemon.linelog.current_file import CurrentFile
from capture_daemon.linelog.lock import left_behind
from capture_daemon.linelog.mark import LogEnding, Mark
from capture_daemon.records import Entry

logger = logging.getLogger(__name__)

BEGINNING = b'{"type": "line", '
"""The beginning of every record that this program writes."""


def broken_path(log: Path) -> Path:
    """The path of the file in which a log's torn lines are set aside."""
    return log.with_name(log.name + ".broken")


def mend(log: Path, file: BinaryIO, descriptor: int) -> None:
    """Repair the end of a log whose last line has no newline.

    A complete record gets its missing newline; anything else is set aside and cut off. A kill meanwhile may set it
    aside twice, but loses nothing. Raises OSError.

    Args:
        log: The log's path.
        file: The log, open for reading.
        descriptor: The log, open for appending and truncating.
    """
    size = file.seek(0, os.SEEK_END)
    end = scan.end_of_last_line(file)
    if end == size:
        return
    file.seek(end)
    if scan.parse_line(file.read(scan.LONGEST)) is not None:
        _write_whole(descriptor, b"\n")
        fs.sync(descriptor)
        logger.warning("%s: its last line was whole, but had no end, and is given one", log)
        return
    aside = fs.open_private(broken_path(log), fs.APPEND)
    try:
        fs.make_private(aside)
        file.seek(end)
        while block := file.read(scan.BLOCK):
            _write_whole(aside, block)
        _write_whole(aside, b"\n")
        fs.sync(aside)
    finally:
        os.close(aside)
    fs.sync_folder(log.parent)
    fs.cut(descriptor, end)
    fs.sync(descriptor)
    logger.warning("%s: its last line was torn: %d bytes are set aside in %s", log, size - end, broken_path(log).name)


def refuse_what_is_no_log(log: Path, file: BinaryIO) -> None:
    """Raise LogError if a file without a readable record doesn't even begin like a log; it is left alone."""
    file.seek(0)
    head = file.read(len(BEGINNING))
    if head.strip(b"\0") and not BEGINNING.startswith(head) and not head.startswith(b'{"type"'):
        raise LogError(f"{log}: is not a log of lines: move it away, or choose another with --log or log.path")


def _write_whole(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def without_links(path: Path) -> Path:
    """The path with its folder's links resolved. Raises LogError if the log itself is a link, or not a regular file."""
    try:
        path = path.expanduser().absolute()
        if path.is_symlink():
            raise LogError(
                f"{path}: is a symbolic link, which may point anywhere: name the file itself with --log or log.path"
            )
        path = path.parent.resolve() / path.name
        if path.exists() and not path.is_file():
            raise LogError(f"{path}: is not a file: choose another log with --log or log.path")
    except OSError as error:
        raise cannot_be_written(path, error) from error
    return path


def look_over(path: Path, current: CurrentFile | None) -> tuple[Entry | None, CurrentFile]:
    """Repair the file at a log's path, and open it unless it is `current`.

    Returns its last record, if any, and the open file. Raises LogError if it isn't a log, OSError.
    """
    opened = current or CurrentFile.open(path)
    try:
        with fs.open_to_read(path) as file:
            last, _ = scan.last_record(file)
            if last is None:
                refuse_what_is_no_log(path, file)
            fs.make_private(opened.descriptor)
            mend(path, file, opened.descriptor)
            last, _ = scan.last_record(file)
    except BaseException:
        if opened is not current:
            opened.close()
        raise
    opened.measure()
    return last, opened


def foresee(path: Path, fresh: str, *, alone: bool) -> tuple[str, int]:
    """The stream and number that will most likely come next in a log that can't be opened, as `LogEnding.next` decides.

    Raises OSError if the log can't be read.
    """
    with fs.open_to_read(path) as file:
        last, damaged = scan.last_record(file)
        if file.seek(0, os.SEEK_END) > scan.end_of_last_line(file):
            damaged = max(0, damaged - 1)  # the torn line will be set aside
    if last is None:
        return fresh, 0
    marked = None if alone else Mark.look(path)
    return LogEnding((last.stream, last.seq), damaged, left_behind(path), marked).next(path, fresh, alone=alone)


def cannot_be_written(path: Path, error: OSError) -> LogError:
    """The error for a log that can't be written; names the file that failed, if it is another one."""
    named = None if error.filename is None else Path(os.fsdecode(error.filename))
    where = "" if named in (None, path) else f"{named}: "
    return LogError(
        f"{path}: can't be written: {where}{error.strerror}: make room or give permission, "
        "or choose another log with --log or log.path"
    )


def for_want_of_room(error: LogError) -> bool:
    """Whether the cause is a full disk, on which somebody may free space."""
    return isinstance(error.__cause__, OSError) and error.__cause__.errno in fs.NO_ROOM


def may_be_gone(first: int, last: int) -> str:
    """The message for lines that a disk has lost, or may have lost."""
    return f"the disk failed, and lines {first} to {last} may be gone from it after a power cut"
