"""Holding back, for pages that can't take a line back, what may only be a pause inside a line."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

from capture_daemon.records import Line

HOLD = 1.0
"""Seconds for which a text that ends like a pause is held."""
_COMMAS = frozenset(",、，､،﹐﹑")


def ends_like_a_pause(text: str) -> bool:
    """Whether the text may go on: it ends in a comma, a dash or a letter."""
    last = text.rstrip()[-1:]
    return last in _COMMAS or (last != "" and unicodedata.category(last)[0:2] in _PAUSES)


_PAUSES = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Pd"})


class PauseFilter:
    """Decides which lines a page gets, and when. It is given the time, and owns no clock."""

    def __init__(self) -> None:
        self._held: Line | None = None
        self.due: float | None = None
        """When what is held must be let go; None where nothing is held."""

    def offer(self, line: Line, now: float) -> list[Line]:
        """A line was said: the lines to send now, in order."""
        ready = []
        if self._held is not None and line.replaces == self._held.seq:
            # The page never saw the line replaced; it did see what that one replaced, if it did.
            line = replace(line, replaces=self._held.replaces)
            self._held = self.due = None
        else:
            ready = self.release()
        if ends_like_a_pause(line.text):
            self._held, self.due = line, now + HOLD
        else:
            ready.append(line)
        return ready

    def release(self) -> list[Line]:
        """What is held, to be sent now."""
        ready = [] if self._held is None else [self._held]
        self._held = self.due = None
        return ready
