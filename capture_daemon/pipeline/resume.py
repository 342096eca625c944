"""Resuming a recording: the lines read before the interruption, and where to continue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from capture_daemon.records import Line

CHECKED = 2
"""The last lines kept, which are read again and must come out the same."""
WARM_LINES = 6
WARM_SECONDS = 20.0
"""How much is read again before those: a reader learns from the lines just before."""


@dataclass(frozen=True, slots=True)
class ResumePoint:
    """The lines kept, in order, and the media time in seconds from which to read again."""

    lines: tuple[Line, ...]
    start: float

    @classmethod
    def of(cls, lines: Sequence[Line]) -> Self | None:
        """What to keep of lines that were read up to an interruption; None if beginning anew costs no more.

        The last line is not kept: the interruption may have cut it short.
        """
        kept = tuple(lines[:-1])
        if len(kept) <= CHECKED + WARM_LINES or any(line.media_started is None for line in kept):
            return None
        warm, first = kept[-CHECKED - WARM_LINES].media_started, kept[-CHECKED].media_started
        assert warm is not None
        assert first is not None
        # A little before the line, so that it is seen to begin.
        start = min(warm, first - WARM_SECONDS) - 1.0
        return cls(kept, start) if start > 0 else None

    @property
    def session(self) -> float:
        """The Unix time that the lines count from."""
        return datetime.fromisoformat(self.lines[0].session).timestamp()

    @property
    def before(self) -> list[Line]:
        """The lines that aren't read again."""
        return [line for line in self.lines if line.media_started is not None and line.media_started < self.start]

    @property
    def names(self) -> set[str]:
        """Who had spoken by then."""
        return {line.speaker for line in self.before if line.speaker is not None}

    @property
    def checked(self) -> tuple[Line, ...]:
        """The lines that must come out the same."""
        return self.lines[-CHECKED:]
