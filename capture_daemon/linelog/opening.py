"""What is found at a log's place before lines are written there, and what to say where they can't be."""

from __future__ import annotations

import os
from pathlib import Path

from capture_daemon.errors import LogError
from capture_daemon.linelog import fs, recovery, scan
from capture_daemon.linelog.current_file import CurrentFile
from capture_daemon.linelog.lock import left_behind
from capture_daemon.linelog.mark import Mark
from capture_daemon.linelog.numbering import LogEnding
from capture_daemon.records import Line


def without_links(path: Path) -> Path:
    """The path with its folder's links followed; raises LogError where the log itself is a link, or no file."""
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


def look_over(path: Path, current: CurrentFile | None) -> tuple[Line | None, CurrentFile]:
    """Mend the file that is at a log's place, which may be the current one, and open it if it isn't.

    Returns its last record, too. Raises LogError where it is no log, OSError.
    """
    opened = current or CurrentFile.open(path)
    try:
        with fs.open_to_read(path) as file:
            last, _ = scan.last_record(file)
            if last is None:
                recovery.refuse_what_is_no_log(path, file)
            fs.make_private(opened.descriptor)
            recovery.mend(path, file, opened.descriptor)
            last, _ = scan.last_record(file)
    except BaseException:
        if opened is not current:
            opened.close()
        raise
    opened.measure()
    return last, opened


def foresee(path: Path, fresh: str, *, alone: bool) -> tuple[str, int]:
    """The stream and number that will most likely come next in a log that can't be opened; as `LogEnding.next` has it.

    Raises OSError where it can't be looked at.
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
