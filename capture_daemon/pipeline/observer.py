"""Who looks on while lines are captured: told what happens, and in the way of nothing."""

from __future__ import annotations

from capture_daemon.records import Status


class Observer:
    """Does nothing with what it is told; `Metrics` counts it. Called on the event loop, and may not block."""

    def saw(self, frames: int, changes: int) -> None:
        """So many frames were taken from the source; the text's region looked different in `changes` of them."""

    def passed_over(self, frames: int) -> None:
        """So many frames were dropped unseen: reading fell too far behind its source."""

    def read(self, seconds: float) -> None:
        """One OCR pass was answered after so many seconds."""

    def gave_up(self, rows: int) -> None:
        """So many rows won't be read: they would have come too late."""

    def stands(self, status: Status) -> None:
        """A part of the daemon told how it is doing."""

    def said(self, delay: float | None) -> None:
        """A line was published, `delay` seconds after its last glyph was seen; None where nobody waited for it."""
