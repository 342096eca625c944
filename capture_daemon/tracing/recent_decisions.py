"""The decisions of a running daemon in the last half minute, for its owner to request."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import replace

from capture_daemon.reading.trace import Decision
from capture_daemon.records import Entry, unix
from capture_daemon.tracing.trace_records import Record, decision_record

SECONDS = 30.0
MOST = 20_000
"""The most decisions to keep: some ten megabytes."""


class Recent:
    """Keeps decisions and lines while `on`. Thread-safe."""

    def __init__(self, *, on: bool) -> None:
        self._on = on
        self._lock = threading.Lock()
        self._kept: deque[tuple[float, Decision | Entry]] = deque(maxlen=MOST)

    @property
    def on(self) -> bool:
        """Whether anything is kept."""
        return self._on

    def switch(self, *, on: bool) -> None:
        """Start keeping decisions and lines, or stop and forget them."""
        with self._lock:
            self._on = on
            if not on:
                self._kept.clear()

    def note(self, decision: Decision) -> None:
        """Keep a decision, if on."""
        with self._lock:
            if self._on:
                self._keep(decision)

    def said(self, line: Entry) -> None:
        """Keep a published line, if on."""
        with self._lock:
            if self._on:
                self._keep(line)

    def records(self, *, live: bool) -> list[Record]:
        """The decisions and lines of the last half minute, in order of arrival.

        Times of a `live` source are given as Unix time, by the system's present clock; others are media time.
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
