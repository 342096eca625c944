"""Publishing: what readers say goes to the sink as records, each line once, however many readers saw it."""

from __future__ import annotations

import asyncio

from capture_daemon.pipeline.record_builder import RecordBuilder
from capture_daemon.pipeline.sink import Sink
from capture_daemon.pipeline.stitching import LineStitcher
from capture_daemon.reading.events import Chosen, Event, Said


class Publisher:
    """Makes records of events and hands them to the sink; counts lines. Each region has numbers of its own."""

    def __init__(self) -> None:
        self.lines: RecordBuilder | None = None
        """What makes records; None until the source is open."""
        self.shown_at = 0.0
        """When the last published line was complete on screen, by `time.monotonic`."""
        self.line_said = asyncio.Event()
        """Set when a line was said."""
        self.said = self.corrected = self.rows = 0
        self._stitchers: dict[str, LineStitcher] = {}

    async def publish(self, event: Event, began: float, sink: Sink) -> None:
        """Publish what a reader said that saw its first frame at `began`, on the source's clock."""
        assert self.lines is not None
        stitcher = self._stitchers.setdefault(event.region, LineStitcher())
        if isinstance(event, Chosen):
            chosen = stitcher.join_choice(event)
            self.shown_at = self.lines.shown_at(chosen.ended)
            self.lines.note(chosen, await sink.write(self.lines.choice(chosen), self.lines.replaced(chosen)))
        elif not isinstance(event, Said):
            if stitcher.is_news(event):
                sink.publish_partial(self.lines.partial(event))
        elif (said := stitcher.join(event, began)) is not None:
            await self._say(said, sink)

    def cut(self, at: float, *, same_picture: bool) -> None:
        """Other readers begin; those before saw their last frame at `at`, on the source's clock."""
        for stitcher in self._stitchers.values():
            stitcher.cut(at, same_picture=same_picture)

    async def _say(self, said: Said, sink: Sink) -> None:
        assert self.lines is not None
        replaces = self.lines.replaced(said)
        line = self.lines.line(said)
        self.shown_at = self.lines.shown_at(said.completed)
        self.lines.note(said, await sink.write(line, replaces))
        self.said += 1
        self.rows += len(line.rows)
        self.line_said.set()
        self.corrected += replaces is not None
