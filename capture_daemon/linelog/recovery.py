"""A log whose last line has no end: a whole record is given one, what was torn is set aside and cut off."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import BinaryIO

from capture_daemon.errors import LogError
from capture_daemon.linelog import fs, scan

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
    """Raise LogError where a file in which no record can be read doesn't even begin like a log: it is left alone."""
    file.seek(0)
    head = file.read(len(BEGINNING))
    if head.strip(b"\0") and not BEGINNING.startswith(head) and not head.startswith(b'{"type"'):
        raise LogError(f"{log}: is not a log of lines: move it away, or choose another with --log or log.path")


def _write_whole(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
