"""Syncing the log to disk at an interval, in its own thread: a slow disk doesn't delay the next line."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

logger = logging.getLogger(__name__)

CLOSE_LIMIT = 2.0
"""Seconds for a sync under way when the log is closed; one that hangs is left behind."""


class LogSyncer:
    """Calls `sync` at most once in `interval` seconds, and within that time of `wanted`.

    `sync` raises OSError if it is to be tried again, and returns what is still wrong after a success, None for nothing.
    """

    def __init__(self, interval: float, sync: Callable[[], str | None]) -> None:
        self.trouble: str | None = None
        """Why the last sync failed; None if it didn't."""
        self.on_trouble: Callable[[str | None], None] = lambda trouble: None
        """Called in the thread, with `trouble`, when it changes."""
        self._interval = interval
        self._sync = sync
        self._wanted = threading.Event()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    def wanted(self) -> None:
        """Something was written. One thread at a time calls this."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="log sync", daemon=True)
            self._thread.start()
        self._wanted.set()

    def close(self) -> None:
        """End the thread; the caller does the last sync."""
        self._closing.set()
        self._wanted.set()
        if self._thread is not None:
            self._thread.join(CLOSE_LIMIT)

    def _work(self) -> None:
        while True:
            self._wanted.wait()
            if self._closing.is_set():
                return
            self._wanted.clear()
            began = time.monotonic()
            self._sync_once()
            self._closing.wait(max(0.0, began + self._interval - time.monotonic()))

    def _sync_once(self) -> None:
        try:
            trouble = self._sync()
        except OSError as error:
            trouble = str(error.strerror)
            self._wanted.set()
        if trouble != self.trouble:
            self.trouble = trouble
            if trouble is not None:
                logger.error("the log can't be synced to the disk: %s; a power cut could lose lines", trouble)
            self.on_trouble(trouble)
