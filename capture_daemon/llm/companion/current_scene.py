"""What was said last: the lines and choices since the last long pause."""

from __future__ import annotations

from datetime import datetime

from capture_daemon.pipeline.transcript import Entries
from capture_daemon.records import Choice, Line

Heard = Line | Choice
"""What a companion hears: a line on screen, or what the player chose from a menu."""

SCENE_GAP = 30.0
LONGEST = 40
"""Lines; of a longer scene the newest are kept."""


class CurrentScene:
    """The lines and choices of the current scene; a pause longer than `gap` seconds, or another session, begins one."""

    def __init__(self, gap: float = SCENE_GAP, longest: int = LONGEST) -> None:
        self.number = 0
        """How many scenes there have been, this one included."""
        self._gap = gap
        self._transcript: Entries[Heard] = Entries(longest)
        self._newest: Heard | None = None

    @property
    def lines(self) -> list[Heard]:
        """The lines and choices that hold, in order."""
        return self._transcript.lines

    def add(self, line: Heard) -> bool:
        """Take a line or a choice in; whether it begins a new scene."""
        begins = self._begins(line)
        if begins:
            self._transcript.clear()
            self.number += 1
        self._transcript.add(line)
        self._newest = line
        return begins

    def _begins(self, line: Heard) -> bool:
        before = self._newest
        if before is None or (line.stream, line.session, line.source) != (before.stream, before.session, before.source):
            return True
        if line.replaces is not None:
            return False
        began, ended = _seconds(line.started), _seconds(before.time)
        return began is not None and ended is not None and began - ended > self._gap


def words_of(heard: Heard) -> str:
    """A line's text, or what the player chose; empty if that isn't known."""
    return heard.text if isinstance(heard, Line) else heard.answer or ""


def _seconds(time: str) -> float | None:
    """The Unix time that a text names; None if it names none, as a feed may send it."""
    try:
        return datetime.fromisoformat(time).timestamp()
    except (ValueError, OverflowError, OSError):
        return None
