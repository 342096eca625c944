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
"""How every record begins that this program wrote."""


def broken_path(log: Path) -> Path:
    """Where torn lines of a log are set aside."""
    return log.with_name(log.name + ".broken")


def mend(log: Path, file: BinaryIO, descriptor: int) -> None:
    """End what follows the last newline of `file`, which is `log`, or set it aside and cut it off, by `descriptor`.

    A whole record is given the newline that an editor left out, or a kill. A kill while something is being set aside
    sets it aside twice, and loses nothing. Raises OSError.
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
    """Raise LogError if a file in which no record can be read doesn't even begin like a log: it is left alone."""
    file.seek(0)
    head = file.read(len(BEGINNING))
    if head.strip(b"\0") and not BEGINNING.startswith(head) and not head.startswith(b'{"type"'):
        raise LogError(f"{log}: is not a log of lines: move it away, or choose another with --log or log.path")


def _write_whole(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def without_links(path: Path) -> Path:
    """The path with its folder's links followed; raises LogError if the log itself is a link, or no file."""
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
    """Mend the file that is at a log's place, which may be the current one, and open it if it isn't.

    Returns its last record as well. Raises LogError if it is no log, OSError.
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

    Raises OSError if it can't be looked at.
    """
    with fs.open_to_read(path) as file:
        last, damaged = scan.last_record(file)
        if file.seek(0, os.SEEK_END) > scan.end_of_last_line(file):
            damaged = max(0, damaged - 1)  # what was torn will be set aside
    if last is None:
        return fresh, 0
    marked = None if alone else Mark.look(path)
    return LogEnding((last.stream, last.seq), damaged, left_behind(path), marked).next(path, fresh, alone=alone)


def cannot_be_written(path: Path, error: OSError) -> LogError:
    """What to say of a log that can't be written; it names the file that can't be, where that is another."""
    named = None if error.filename is None else Path(os.fsdecode(error.filename))
    where = "" if named in (None, path) else f"{named}: "
    return LogError(
        f"{path}: can't be written: {where}{error.strerror}: make room or give permission, "
        "or choose another log with --log or log.path"
    )


def for_want_of_room(error: LogError) -> bool:
    """Whether that is because a disk is full: somebody may make room."""
    return isinstance(error.__cause__, OSError) and error.__cause__.errno in fs.NO_ROOM


def may_be_gone(first: int, last: int) -> str:
    """What to say of lines that a disk has lost, or may have."""
    return f"the disk failed, and lines {first} to {last} may be gone from it after a power cut"
