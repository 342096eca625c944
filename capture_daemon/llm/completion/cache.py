"""Every answer a model gave, in a file: what was asked once costs nothing again, also after a kill in the middle."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from capture_daemon.common import private_files
from capture_daemon.errors import ConfigurationError

_WAIT = 10.0
"""Seconds to wait for another program that writes into the file."""
_TABLE = "CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, said TEXT) WITHOUT ROWID"


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer; `said` is None if the model had nothing to say there."""

    said: str | None


class Cache:
    """Answers by the key of their question; may be used from any thread, and by several programs at a time."""

    def __init__(self, path: Path) -> None:
        """Raises ConfigurationError if the file can't be opened, or is none of these."""
        self._path = path
        self._lock = threading.Lock()
        with self._told():
            private_files.make_folder(path.parent)
            private_files.begin(path)
            self._connection = sqlite3.connect(path, timeout=_WAIT, check_same_thread=False, isolation_level=None)
            try:
                self._connection.execute(_TABLE)
            except sqlite3.Error:
                self._connection.close()
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def get(self, key: str) -> Kept | None:
        """The answer to a question, None if it was never answered; raises ConfigurationError."""
        with self._told(), self._lock:
            row = self._connection.execute("SELECT said FROM answers WHERE key = ?", (key,)).fetchone()
        return None if row is None else Kept(row[0])

    def put(self, key: str, said: str | None) -> None:
        """Keep an answer; it is on its way to the disk when this returns. Raises ConfigurationError."""
        with self._told(), self._lock:
            self._connection.execute("INSERT OR REPLACE INTO answers VALUES (?, ?)", (key, said))

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise ConfigurationError(f"{self._path}: can't be used: {error}: name another file with --cache") from error


def usual_path() -> Path:
    """The default file for answers."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
    return base / "capture-daemon" / "completions.sqlite3"
