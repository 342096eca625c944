"""Patience: for how long a text that has come to rest is held back, because the game may only be pausing."""

from __future__ import annotations

from capture_daemon.reading.text import Ending

_FIRST = {Ending.FINAL: 0.0, Ending.DOTS: 0.45, Ending.PAUSE: 0.85, Ending.OPEN: 0.5}
"""Seconds of rest before anything is known of the game's habits: games pause at commas, sometimes at dots."""
LONGEST = 1.0
"""Seconds of rest after which a text is said however it ends."""
SHORTEST = 0.27
"""Seconds of rest that are no pause: a game that is busy stutters as long, and no text is said sooner."""
MARGIN = 1.35
"""A pause is expected to last up to this many times as long as the longest seen."""
FORGETTING = 0.93
"""What is left of a habit after each line that ended so."""
PLAIN, FORGETTING_PLAIN = 0.5, 0.98
"""Seconds of rest that no stutter lasts, and what is left of such a habit: it was a pause, and will be made again."""
READING_SECONDS = 0.15
"""How long before a text may be said it is read at the latest."""


class Patience:
    """Learns from each line how long this game pauses after which ending."""

    def __init__(self) -> None:
        self._pauses = dict.fromkeys(Ending, 0.0)
        self._ends = dict.fromkeys(Ending, 0)

    def needed(self, ending: Ending) -> float:
        """Seconds of rest after which a text ending so is said."""
        seen = min(LONGEST, MARGIN * self._pauses[ending])
        if self._pauses[ending] == 0.0 and self._ends[ending] >= 3 and ending is Ending.OPEN:
            return 0.25
        return max(_FIRST[ending], seen)

    def before_reading(self) -> float:
        """Seconds of rest before which it's no use to read: no ending would be said soon after."""
        return min(self.needed(ending) for ending in Ending) - READING_SECONDS

    def note_pause(self, ending: Ending, seconds: float) -> None:
        """The game went on typing after a rest of so many seconds behind such an ending."""
        if not SHORTEST <= seconds <= LONGEST:
            return
        self._pauses[ending] = max(self._pauses[ending], seconds)
        if ending is Ending.PAUSE:
            # A game that pauses at commas pauses at the ends of sentences too, until it's seen not to.
            self._pauses[Ending.FINAL] = max(self._pauses[Ending.FINAL], seconds)

    def note_end(self, ending: Ending) -> None:
        """A line ended so."""
        self._ends[ending] += 1
        self._pauses[ending] *= FORGETTING if self._pauses[ending] < PLAIN else FORGETTING_PLAIN
