"""Syncing the log to disk at an interval, in its own thread: a slow disk doesn't delay the next line."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

logger = logging.getLogger(__name__)

CLOSE_LIMIT = 2.0
"""Seconds to wait for a running sync when the log is closed; a hanging one is abandoned."""


class LogSyncer:
    """Calls `sync` at most once every `interval` seconds, and within that time after `wanted`.

    `sync` raises OSError to be retried; it returns a remaining problem after a success, or None.
    """

    def __init__(self, interval: float, sync: Callable[[], str | None]) -> None:
        self.trouble: str | None = None
        """Why the last sync failed; None if it succeeded."""
        self.on_trouble: Callable[[str | None], None] = lambda trouble: None
        """Called in the thread, with `trouble`, when it changes."""
        self._interval = interval
        self._sync = sync
        self._wanted = threading.Event()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    def wanted(self) -> None:
        """Request a sync, because something was written. Call this from one thread at a time."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="log sync", daemon=True)
            self._thread.start()
        self._wanted.set()

    def close(self) -> None:
        """End the thread; the last sync is up to the caller."""
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
