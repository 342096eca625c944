"""Prometheus metrics. docs/service.md lists them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from prometheus_client import (
    CONTENT_TYPE_PLAIN_0_0_4,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

from capture_daemon.frames import Frame
from capture_daemon.pipeline.sink import Observer
from capture_daemon.records import Status, StatusState, StatusSubject

PREFIX = "capture_daemon"
CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
PASS_SECONDS = (0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
DELAY_SECONDS = (0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0)
SUBJECTS: tuple[StatusSubject, ...] = ("source", "ocr", "log")
_FAILED: tuple[StatusState, ...] = ("lost", "degraded")

Number = Callable[[], float]
"""Tells a number as it is now; called when somebody asks for the metrics, on the event loop."""


class Metrics(Observer):
    """Counts one run of the daemon, in a registry of its own."""

    def __init__(self, version: str) -> None:
        self.on_frames: Callable[[Sequence[Frame]], None] = lambda frames: None
        """Called with the frames that are about to be read."""
        self.seconds_behind = 0.0
        """How far reading is behind a live source."""
        self.dropped = 0
        """Frames dropped unseen."""
        self._registry = CollectorRegistry()
        self._frames = self._counter("frames", "Frames taken from the source.")
        self._changes = self._counter("changes", "Frames in which the text's region looked different from the last.")
        self._frames_dropped = self._counter("frames_dropped", "Frames dropped unseen: reading fell too far behind.")
        self._pass_seconds = Histogram(
            f"{PREFIX}_ocr_pass_seconds", "Time of one OCR pass.", buckets=PASS_SECONDS, registry=self._registry
        )
        self._rows_dropped = self._counter("rows_dropped", "Rows of text that were given up unread.")
        self._lines = self._counter("lines", "Lines published, corrections among them.")
        self._delay = Histogram(
            f"{PREFIX}_line_delay_seconds",
            "From a line's last glyph on screen to its message, on a live source.",
            buckets=DELAY_SECONDS,
            registry=self._registry,
        )
        self.gauge("seconds_behind", "How far reading is behind a live source.", lambda: self.seconds_behind)
        self._failures = self._counter("failures", "Times that a part was lost or degraded.", "what")
        self._restarts = self._counter("restarts", "Times that a part that had failed worked again.", "what")
        self._state = Gauge(f"{PREFIX}_up", "Whether a part works, 1 or 0.", ["what"], registry=self._registry)
        for what in SUBJECTS:
            self._failures.labels(what)
            self._restarts.labels(what)
        Gauge(f"{PREFIX}_info", "The version, always 1.", ["version"], registry=self._registry).labels(version).set(1)
        ProcessCollector(registry=self._registry)
        self._states: dict[StatusSubject, StatusState] = {}
        self._failing: set[StatusSubject] = set()

    def shown(self, frames: Sequence[Frame]) -> None:
        """Pass them on."""
        self.on_frames(frames)

    def saw(self, frames: int, changes: int) -> None:
        """Count frames and changes."""
        self._frames.inc(frames)
        self._changes.inc(changes)

    def passed_over(self, frames: int) -> None:
        """Count frames that were dropped."""
        self.dropped += frames
        self._frames_dropped.inc(frames)

    def behind(self, seconds: float) -> None:
        """Remember it."""
        self.seconds_behind = seconds

    def read(self, seconds: float) -> None:
        """Count an OCR pass and its time."""
        self._pass_seconds.observe(seconds)

    def gave_up(self, rows: int) -> None:
        """Count rows given up unread."""
        self._rows_dropped.inc(rows)

    def stands(self, status: Status) -> None:
        """Count failures, and recoveries from them."""
        before, self._states[status.what] = self._states.get(status.what), status.state
        self._state.labels(status.what).set(status.state in ("capturing", "paused"))
        if status.state in _FAILED and before not in _FAILED:
            self._failures.labels(status.what).inc()
            self._failing.add(status.what)
        elif status.state == "capturing" and status.what in self._failing:
            self._failing.discard(status.what)
            self._restarts.labels(status.what).inc()

    def said(self, delay: float | None) -> None:
        """Count a line and how late it was."""
        self._lines.inc()
        if delay is not None:
            self._delay.observe(max(0.0, delay))

    def gauge(self, name: str, description: str, number: Number) -> None:
        """Add a number that goes up and down, asked for at each reading."""
        Gauge(f"{PREFIX}_{name}", description, registry=self._registry).set_function(number)

    def counter(self, name: str, description: str, number: Number) -> None:
        """Add a number that only grows and is counted elsewhere, asked for at each reading."""
        self._registry.register(_Counted(f"{PREFIX}_{name}", description, number))

    def text(self) -> bytes:
        """Everything, in Prometheus' text format."""
        return generate_latest(self._registry)

    def _counter(self, name: str, description: str, *labels: str) -> Counter:
        return Counter(f"{PREFIX}_{name}", description, labels, registry=self._registry)


class _Counted(Collector):
    def __init__(self, name: str, description: str, number: Number) -> None:
        self._name, self._description, self._number = name, description, number

    def collect(self) -> list[CounterMetricFamily]:
        return [CounterMetricFamily(self._name, self._description, value=self._number())]
