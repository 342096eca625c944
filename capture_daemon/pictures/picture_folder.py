"""The folder of pictures beside a log: a file for each line, the oldest removed beyond a size and an age."""

from __future__ import annotations

import errno
import logging
import os
import re
import shutil
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from capture_daemon.common import private_files
from capture_daemon.linelog import fs

LEFT_FREE = 50_000_000
"""Bytes of the disk that pictures leave to the log, 10 to 500 million: no line waits for room because of one."""
LARGEST = 64 << 20
"""Bytes of a file that are read: no JPEG of a frame has more."""
_NAME = re.compile(r"[0-9a-z]{1,32}-[0-9]{1,18}\.jpg")
_UNFINISHED = re.compile(r"\.[0-9a-z]{1,32}-[0-9]{1,18}\.jpg\.[a-z0-9_]+")
_DAY = 86_400.0
_MEGABYTE = 1_000_000

logger = logging.getLogger(__name__)


def folder_of(log: Path) -> Path:
    """Where the pictures of a log lie: `dialogue.pictures` beside `dialogue.jsonl`."""
    return log.with_name(f"{log.name.removesuffix('.jsonl')}.pictures")


@dataclass(frozen=True, slots=True)
class _Kept:
    name: str
    size: int
    written: float


class PictureFolder:
    """The files of one log, for one thread at a time; `read` may be called from another."""

    def __init__(self, path: Path, *, most: float, age: float) -> None:
        """`most` megabytes are kept, for `age` days. Opens nothing yet."""
        self.path = path
        self.dropped = 0
        """Pictures that were removed to keep within the limits."""
        self._most = most * _MEGABYTE
        self._age = age * _DAY
        self._kept: deque[_Kept] | None = None
        self._size = 0

    @property
    def size(self) -> int:
        """Bytes in the folder, of the files found so far."""
        return self._size

    def begin(self) -> None:
        """Find the files of earlier runs, and remove what is over the limits; raises OSError."""
        private_files.make_inner_folder(self.path)
        found = []
        with os.scandir(self.path) as entries:
            for entry in entries:
                if _UNFINISHED.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                    fs.remove(self.path / entry.name)  # a kill came in between
                elif _NAME.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                    status = entry.stat(follow_symlinks=False)
                    found.append(_Kept(entry.name, status.st_size, status.st_mtime))
        found.sort(key=lambda one: (one.written, len(one.name), one.name))
        self._kept, self._size = deque(found), sum(one.size for one in found)
        self._drop_what_is_too_much(0)

    def write(self, name: str, data: bytes) -> None:
        """Keep a picture, and drop the oldest if they are too many; raises OSError, also if the disk is almost full."""
        if self._kept is None:
            self.begin()
        elif not self.path.is_dir():
            logger.warning("%s: was removed while pictures were kept there: it is made again", self.path)
            self.begin()
        assert self._kept is not None
        if shutil.disk_usage(self.path).free < LEFT_FREE + len(data):
            reason = f"less than {LEFT_FREE // _MEGABYTE} MB of the disk are free, which are left to the log"
            raise OSError(errno.ENOSPC, reason, str(self.path))
        self._drop_what_is_too_much(len(data))
        private_files.write(self.path / name, data)
        self._kept.append(_Kept(name, len(data), time.time()))
        self._size += len(data)

    def read(self, name: str) -> bytes | None:
        """A picture, as it was written; None if it is not kept. Raises OSError if it can't be read."""
        if not _NAME.fullmatch(name):
            return None
        try:
            with fs.open_to_read(self.path / name) as file:
                return file.read(LARGEST)
        except (FileNotFoundError, NotADirectoryError):
            return None

    def _drop_what_is_too_much(self, coming: int) -> None:
        assert self._kept is not None
        too_old = time.time() - self._age
        while self._kept and (self._size + coming > self._most or self._kept[0].written < too_old):
            fs.remove(self.path / self._kept[0].name)
            self._size -= self._kept.popleft().size
            self.dropped += 1
