"""How the parts of a run are doing: kept, logged when they recover, and passed on to the sink."""

from __future__ import annotations

import logging
from collections.abc import Callable

from capture_daemon.pipeline.sink import Sink
from capture_daemon.records import Status, StatusState, StatusSubject

_TROUBLE: dict[StatusSubject, tuple[StatusState, ...]] = {"source": ("lost", "waiting"), "ocr": ("degraded",)}
"""The states whose end is logged."""

logger = logging.getLogger(__name__)


class StatusBoard:
    """The latest status of the source and of OCR. All on the event loop."""

    def __init__(self, source_name: Callable[[], str]) -> None:
        self.paused = False
        """Whether capturing is paused on request; the source's own status is hidden meanwhile."""
        self.source: Status | None = None
        """The source's own status, even while paused."""
        self._source_name = source_name
        self._statuses: dict[StatusSubject, Status] = {}
        self._worked: set[StatusSubject] = set()
        self._sink: Sink | None = None

    def attach(self, sink: Sink) -> None:
        """Pass every status to `sink` from now on, those known already first."""
        self._sink = sink
        for status in self._statuses.values():
            sink.set_status(status)

    def set_source(self, state: StatusState, detail: str | None) -> bool:
        """Set the source's status; True if the source is in trouble."""
        self.source = Status(what="source", state=state, detail=detail)
        self.report_source()
        return state in _TROUBLE["source"]

    def set_ocr(self, state: StatusState, detail: str | None) -> None:
        """Set the status of OCR."""
        self._set(Status(what="ocr", state=state, detail=detail))

    def report_source(self) -> None:
        """Report the source's status, or that it is paused."""
        status = Status(what="source", state="paused") if self.paused else self.source
        if status is not None:
            self._set(status)

    def _set(self, status: Status) -> None:
        before = self._statuses.get(status.what)
        self._statuses[status.what] = status
        if status.state == "capturing":
            if before is not None and before.state in _TROUBLE[status.what]:
                again = " again" if status.what in self._worked else ""
                logger.info("%s: capturing%s", self._source_name() if status.what == "source" else "OCR", again)
            self._worked.add(status.what)
        if self._sink is not None:
            self._sink.set_status(status)
