"""Typing pace: how far the row that is being typed has come, and whether and how fast letters come in this game."""

from __future__ import annotations

from collections import deque
from statistics import median

from capture_daemon.reading.parameters import LOOK
from capture_daemon.reading.row import Row
from capture_daemon.reading.wording import letters

REMEMBERED, ENOUGH = 15, 5
"""Steps by which the pace is known, 10 to 30, and how many of them are enough; 3 to 8."""
ROWS, LETTERS = 15, 8
"""Rows by which it is known whether a game types them, 10 to 30, and how many letters the shortest has; 6 to 12."""
TYPED_SECONDS = 0.2
"""Seconds that the typing of a row takes, at least, for it to be seen; 0.15 to 0.4."""
SLOWEST = 0.35
"""Seconds between two letters at most, 0.25 to 0.5: what takes longer is a pause."""


class TypingPace:
    """How a row grows from frame to frame."""

    def __init__(self) -> None:
        self._row: Row | None = None
        self._right, self._since = 0, 0.0
        self._steps: deque[float] = deque(maxlen=REMEMBERED)

    def seconds_at(self, row: Row, right: int, time: float) -> float:
        """For how many seconds a row has got no further than it is now, at a time in seconds; `right` is its end."""
        if row is not self._row or right > self._right:
            if row is self._row and time - self._since <= SLOWEST:
                self._steps.append(time - self._since)
            self._row, self._right, self._since = row, right, time
        return time - self._since

    @property
    def rest(self) -> float | None:
        """Seconds without a letter after which a row has come to rest; None as long as the pace isn't known."""
        if len(self._steps) < ENOUGH:
            return None
        return min(LOOK.rest_recorded, max(LOOK.least_rest, LOOK.steps_of_rest * median(self._steps)))


class TypedRows:
    """Whether a game types its rows, letter by letter, or shows them at once."""

    def __init__(self) -> None:
        self._typed: deque[bool] = deque(maxlen=ROWS)

    def note(self, row: Row) -> None:
        """A row has gone."""
        if len(letters(row.text)) >= LETTERS:
            self._typed.append(row.steps > 0 or row.grown - row.born >= TYPED_SECONDS)

    @property
    def are_usual(self) -> bool:
        """Whether most rows of late were typed."""
        return 2 * sum(self._typed) > len(self._typed)
