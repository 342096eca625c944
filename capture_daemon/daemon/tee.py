"""What happens to a line: its picture is begun, the feed or a file takes it, and the observer is called."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from capture_daemon.linelog.pending import PendingLine
from capture_daemon.pictures.keeper import PictureKeeper, Shot
from capture_daemon.pipeline.sink import Sink
from capture_daemon.records import Choice, Entry, Line, Partial, Status


class Tee:
    """The feed, or a file, the pictures, and an observer that is called for each published line."""

    def __init__(
        self,
        sink: Sink,
        pictures: PictureKeeper,
        on_line: Callable[[Entry, float], None],
        shown_at: Callable[[], float],
    ) -> None:
        self._sink = sink
        self._pictures = pictures
        self._on_line = on_line
        self._shown_at = shown_at

    @property
    def wants_partials(self) -> bool:
        """Whether any client asked for text that is still being typed."""
        return self._sink.wants_partials

    async def write(self, line: Entry, replaces: PendingLine | None = None) -> PendingLine:
        """Write a record; a line's picture is kept once it has its number."""
        shown_at = self._shown_at()
        shot: Shot | None = None
        if isinstance(line, Line | Choice):
            line, shot = await self._pictures.take(line, shown_at)
        pending = await self._sink.write(line, replaces)
        if shot is not None:
            pending.when_written(partial(self._pictures.keep, shot))
        pending.when_written(lambda written: self._on_line(written, shown_at))
        return pending

    def publish_partial(self, partial: Partial) -> None:
        """Pass on text that is still being typed."""
        self._sink.publish_partial(partial)

    def set_status(self, status: Status) -> None:
        """Pass on how a part is doing."""
        self._sink.set_status(status)
