"""Publishing: readers' events go to the sink as records, each line once, however many readers saw it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from capture_daemon.pipeline.record_builder import RecordBuilder
from capture_daemon.pipeline.sink import Sink
from capture_daemon.reading.events import Chosen, Event, Said, Typing
from capture_daemon.reading.wording import same_words

STANDING_FROM = 0.5
"""Seconds after a reader's first frame within which a line must have begun to have been there before."""
TYPING_WITHIN = 1.5
"""Seconds before a cut within which a line must have grown to have been cut short."""
CUT_SHARE = 0.8
"""What both must have in common at the beginning, as a share of the line that was cut short: its end may be misread."""


class LineStitcher:
    """Merges the lines of successive readers into one stream, dropping repeats at the boundary.

    Line numbers continue from one reader to the next. If a reader's first line was on screen when it started, it is
    compared with the last line before: the same words are dropped; more words, or a new name, are a correction.
    """

    def __init__(self) -> None:
        self._offset = self._highest = 0
        self._last: Said | None = None
        self._compare: Said | None = None
        self._cut_short = False
        self._same: tuple[int, int] | None = None

    def cut(self, at: float, *, same_picture: bool) -> None:
        """Start another reader; the previous one saw its last frame at `at`, on the source's clock.

        `same_picture`: whether both read the same source.
        """
        self._offset = self._highest
        self._compare = self._last if same_picture else None
        self._cut_short = self._last is not None and at - self._last.completed < TYPING_WITHIN
        self._same = None

    def join(self, said: Said, began: float) -> Said | None:
        """The line with its number in the stream, or None if it was reported before.

        `began` is when this reader saw its first frame.
        """
        number = said.number + self._offset
        replaces = None if said.replaces is None else said.replaces + self._offset
        if self._same is not None and replaces == self._same[0]:
            replaces = self._same[1]
        said = replace(said, number=number, replaces=replaces)
        self._highest = max(self._highest, number)
        before, self._compare = self._compare, None
        if before is not None and said.started - began < STANDING_FROM:
            if self._is_same(before, said):
                self._same = number, before.number
                return None
            if self._is_more(before, said):
                said = replace(said, replaces=before.number)
        self._last = said
        return said

    def join_choice(self, chosen: Chosen) -> Chosen:
        """The choice with its number in the stream. A menu that a reader didn't see go isn't reported by it."""
        number = chosen.number + self._offset
        replaces = None if chosen.replaces is None else chosen.replaces + self._offset
        self._highest = max(self._highest, number)
        return replace(chosen, number=number, replaces=replaces)

    def is_news(self, typing: Typing) -> bool:
        """Whether text still being typed is more than what stood when the reader began, or was said just now.

        The last glimpse of a line may be read after the line itself.
        """
        if self._last is not None and typing.text == self._last.text:
            return False
        return self._compare is None or not self._compare.text.startswith(typing.text)

    def _is_same(self, before: Said, said: Said) -> bool:
        return same_words(before.text, said.text) and said.speaker in (None, before.speaker)

    def _is_more(self, before: Said, said: Said) -> bool:
        if same_words(before.text, said.text):
            return True
        common = 0
        for one, other in zip(before.text, said.text, strict=False):
            if one != other:
                break
            common += 1
        return self._cut_short and len(said.text) > len(before.text) and common >= CUT_SHARE * len(before.text)


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
        self.chosen = self.options = 0
        """Menus published without those that correct one, and the options of all."""
        self._stitchers: dict[str, LineStitcher] = {}

    async def publish(self, event: Event, began: float, sink: Sink) -> None:
        """Publish an event of a reader whose first frame was at `began`, on the source's clock."""
        assert self.lines is not None
        stitcher = self._stitchers.setdefault(event.region, LineStitcher())
        if isinstance(event, Chosen):
            chosen = stitcher.join_choice(event)
            self.shown_at = self.lines.shown_at(chosen.ended)
            replaces = self.lines.replaced(chosen)
            choice = self.lines.choice(chosen)
            self.lines.note(chosen, await sink.write(choice, replaces))
            self.chosen += replaces is None
            self.options += len(choice.options)
        elif not isinstance(event, Said):
            if stitcher.is_news(event):
                sink.publish_partial(self.lines.partial(event))
        elif (said := stitcher.join(event, began)) is not None:
            await self._say(said, sink)

    def cut(self, at: float, *, same_picture: bool) -> None:
        """Other readers begin; the last frame of those before was at `at`, on the source's clock."""
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
