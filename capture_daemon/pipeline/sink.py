"""Where records go: the feed, or a file."""

from __future__ import annotations

from typing import Protocol

from capture_daemon.linelog.pending import PendingLine
from capture_daemon.records import Line, Partial, Status


class Sink(Protocol):
    """Where records go; `Feed` is one."""

    @property
    def wants_partials(self) -> bool:
        """Whether anyone asks for text still being typed."""
        ...

    async def write(self, line: Line, replaces: PendingLine | None = None) -> PendingLine:
        """Keep the line, now or as soon as it can be; `replaces` is the line that it corrects."""
        ...

    def publish_partial(self, partial: Partial) -> None:
        """Hand on text still being typed."""
        ...

    def set_status(self, status: Status) -> None:
        """Hand on how a part of the daemon is doing."""
        ...
