"""Where records go, the feed or a file; and the observer that counts what happens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from capture_daemon.frames import Frame
from capture_daemon.linelog.pending import PendingLine
from capture_daemon.records import Entry, Partial, Status


class Observer:
    """Hooks called on the event loop while lines are captured. They must not block; `Metrics` counts."""

    def saw(self, frames: int, changes: int) -> None:
        """`frames` frames arrived from the source; in `changes` of them the text's region had changed."""

    def shown(self, frames: Sequence[Frame]) -> None:
        """These frames are about to be read, in order."""

    def passed_over(self, frames: int) -> None:
        """`frames` frames were dropped unread: reading fell too far behind its source."""

    def behind(self, seconds: float) -> None:
        """Reading is so far behind a live source: between the frame that is read, or comes next, and the newest."""

    def read(self, seconds: float) -> None:
        """One OCR pass took `seconds`."""

    def gave_up(self, rows: int) -> None:
        """`rows` rows won't be read: the answer would have come too late."""

    def stands(self, status: Status) -> None:
        """The status of a part of the daemon changed."""

    def said(self, delay: float | None) -> None:
        """A line was published `delay` seconds after its last glyph appeared; None if nobody waits for it."""


class Sink(Protocol):
    """Where records go; `Feed` is one."""

    @property
    def wants_partials(self) -> bool:
        """Whether any client asked for text that is still being typed."""
        ...

    async def write(self, line: Entry, replaces: PendingLine | None = None) -> PendingLine:
        """Write the line or choice, now or as soon as possible; `replaces` is the line that it corrects."""
        ...

    def publish_partial(self, partial: Partial) -> None:
        """Pass on text that is still being typed."""
        ...

    def set_status(self, status: Status) -> None:
        """Pass on the status of a part of the daemon."""
        ...
