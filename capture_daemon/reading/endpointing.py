"""Endpointing: when a text at rest is complete, as speech recognisers call the question."""

from __future__ import annotations

from capture_daemon.reading.parameters import ENDPOINT
from capture_daemon.reading.text import Ending

_FIRST = {Ending.FINAL: 0.0, Ending.DOTS: 0.45, Ending.PAUSE: 0.85, Ending.OPEN: 0.5}
"""Seconds of rest before anything is known of the game's habits: games pause at commas, sometimes at dots."""
ENDS, WITHOUT_PAUSES = 2, 0.25
"""Texts that must have ended one way, or gone on behind it at once, 2 to 5, and none after a pause, for this game not
to pause there, as far as is known; and the seconds of rest that are enough then, 0.15 to 0.4."""


class Endpointer:
    """Learns from each line how long this game pauses after which ending."""

    def __init__(self, settle: float) -> None:
        """`settle` is the least rest in seconds that the configuration asks for."""
        self._settle = settle
        self._pauses = dict.fromkeys(Ending, 0.0)
        self._ends = dict.fromkeys(Ending, 0)

    def needed(self, ending: Ending) -> float:
        """Seconds of rest after which a text with this ending is complete."""
        least = max(ENDPOINT.shortest, self._settle)
        seen = min(ENDPOINT.longest, ENDPOINT.margin * self._pauses[ending])
        if ending in (Ending.OPEN, Ending.DOTS) and self._pauses[ending] == 0.0 and self._ends[ending] >= ENDS:
            return max(least, WITHOUT_PAUSES)
        return max(least, _FIRST[ending], seen)

    def note_pause(self, ending: Ending, seconds: float) -> None:
        """Record that the game went on typing after a rest of `seconds` behind such an ending."""
        if not ENDPOINT.stutter <= seconds <= ENDPOINT.longest:
            return
        self._pauses[ending] = max(self._pauses[ending], seconds)
        if ending is Ending.PAUSE:
            # A game that pauses at commas pauses at the ends of sentences too, until it's seen not to.
            self._pauses[Ending.FINAL] = max(self._pauses[Ending.FINAL], seconds)

    def note_passed(self, ending: Ending) -> None:
        """Record that a text was typed on behind such an ending without a pause."""
        self._ends[ending] += 1

    def note_end(self, ending: Ending) -> None:
        """Record that a line ended this way."""
        self._ends[ending] += 1
        self._pauses[ending] *= ENDPOINT.forgetting
