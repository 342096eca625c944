"""What a running daemon decided in the last half minute, for its owner to ask for."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import replace

from capture_daemon.reading.trace import Decision
from capture_daemon.records import Entry, unix
from capture_daemon.tracing.records import Record, decision_record

SECONDS = 30.0
MOST = 20_000
"""Decisions that are kept, whatever happens: some ten megabytes."""


class Recent:
    """Keeps decisions and lines while `on`; told from several threads."""

    def __init__(self, *, on: bool) -> None:
        self._on = on
        self._lock = threading.Lock()
        self._kept: deque[tuple[float, Decision | Entry]] = deque(maxlen=MOST)

    @property
    def on(self) -> bool:
        """Whether anything is kept."""
        return self._on

    def switch(self, *, on: bool) -> None:
        """Keep what comes from now on, or nothing; what was kept is forgotten when it is switched off."""
        with self._lock:
            self._on = on
            if not on:
                self._kept.clear()

    def note(self, decision: Decision) -> None:
        """Take a decision."""
        with self._lock:
            if self._on:
                self._keep(decision)

    def said(self, line: Entry) -> None:
        """Take a line that was published."""
        with self._lock:
            if self._on:
                self._keep(line)

    def records(self, *, live: bool) -> list[Record]:
        """What was decided and said in the last half minute, in the order it came.

        Times of a `live` source become Unix time, as the system's clock stands now; others are media time.
        """
        with self._lock:
            self._forget()
            kept = [one for _, one in self._kept]
        zero = unix(0.0) if live else 0.0
        return [
            one.to_dict() if isinstance(one, Entry) else decision_record(replace(one, time=zero + one.time))
            for one in kept
        ]

    def _keep(self, one: Decision | Entry) -> None:
        self._kept.append((time.monotonic(), one))
        self._forget()

    def _forget(self) -> None:
        since = time.monotonic() - SECONDS
        while self._kept and self._kept[0][0] < since:
            self._kept.popleft()
