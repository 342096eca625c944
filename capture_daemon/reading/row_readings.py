"""Row readings: what looks read in a row, and what they agree on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from capture_daemon.frames import Box
from capture_daemon.ocr.engine import RowText
from capture_daemon.reading.marks import may_be_mark
from capture_daemon.reading.speaker import bracketed_name, is_name
from capture_daemon.reading.speaker_dashes import DASHES, ENDS, begins_with_dash, may_begin_with_dash
from capture_daemon.reading.text import is_readable, tidy
from capture_daemon.reading.wording import has_end_more, is_but_for_marks, letters, likeness, majority_text

LEAST_CONFIDENCE = 0.45
"""Confidence under which a reading says nothing, not even that something stands there; 0.3 to 0.6."""
ALIKE = 0.8
"""Share of letters that a reading has in common with the best from which its letters are compared; 0.7 to 0.9."""
ELLIPSIS = 3
"""Dots from which they are an ellipsis: a single one is a speck."""
_DOTTED, _ELLIPSES = (".", "…"), ("...", "…")
_LEAD = re.compile(r"[-–—―]|[.…‥⋯]+")
SURE_LETTER = 0.95
"""Probability from which a single letter was read surely; 0.9 to 0.97: o is read as a at 0.85, as long as nothing
follows."""
LOOK_ALIKES = frozenset("Il1|0O")
"""Letters of which recognisers are never sure, and which are told by those beside them."""
READINGS = 8
"""How many readings of a row are kept."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one look read in a row."""

    text: str
    confidence: float
    time: float
    places: tuple[tuple[str, float], ...] = ()
    """The characters with their columns in the region."""
    left: float = 0.0
    """The column of the region at which the detector's box began."""
    unsure: tuple[float, ...] = ()
    """The columns of the region at which letters stand that were not read surely, each by itself."""
    mark_at: float | None = None
    """The column of the region from which on there stood a mark behind it, which was left out; None without one."""

    @classmethod
    def of(cls, text: RowText, time: float, offset: float, box: Box) -> Reading | None:
        """What the recogniser read in a box; None if it is nothing, or a mark.

        Args:
            text: The answer for the row's picture.
            time: When the frame was shown.
            offset: The column of the region at which the row's picture begins.
            box: Where the detector saw the row.

        """
        words = tidy(text.text)
        if text.confidence < LEAST_CONFIDENCE or not is_readable(words) or may_be_mark(words, text.confidence):
            return None
        places = tuple((one.text, one.place + offset) for one in text.characters)
        unsure = tuple(
            one.place + offset
            for one in text.characters
            if one.probability < SURE_LETTER and one.text.isalnum() and one.text not in LOOK_ALIKES
        )
        return cls(words, _confidence_but_for_mark(text, words), time, places, box.left, unsure)

    @property
    def lead(self) -> str:
        """The dash before it, or the dots of an ellipsis, as they were read; empty without."""
        found = _LEAD.match(self.text)
        return found[0] if found else ""

    def has_stroke_for_dash(self, other: Reading) -> bool:
        """Whether it begins with a stroke where another reading of the same words has a dash."""
        same = letters(self.text)[1:] == letters(other.text)[1:]
        return same and begins_with_dash(other.text) and may_begin_with_dash(self.text)

    def was_cut_off(self, other: Reading) -> bool:
        """Whether its box left out the dash or the dots at the beginning of another reading of the row, or some."""
        more = len(letters(other.lead)) - len(letters(self.lead))
        if more < (1 if other.lead[:1] in DASHES else ELLIPSIS - 1) or not other.places:
            return False
        rest, whole = (letters(one.text)[len(letters(one.lead)) :] for one in (self, other))
        return other.places[0][1] < self.left and rest.rstrip(ENDS) == whole.rstrip(ENDS) != ""

    def with_lead_of(self, other: Reading) -> Reading:
        """The reading with the dash or the dots of another before it."""
        space = " " if other.text[len(other.lead) :].startswith(" ") else ""
        return replace(self, text=other.lead + space + self.text[len(self.lead) :].lstrip(), left=other.left)


def _confidence_but_for_mark(text: RowText, words: str) -> float:
    """How surely the words of a row were read: recognisers are never sure of the mark behind them."""
    bare = "".join(words.split())
    read = "".join(one.text for one in text.characters if not one.text.isspace())
    if not bare or not read.startswith(bare):
        return text.confidence
    kept, probabilities = 0, []
    for one in text.characters:
        if kept == len(bare):
            break
        kept += len(one.text.strip())
        probabilities.append(one.probability)
    usual, without = (fmean(some) for some in ([one.probability for one in text.characters], probabilities))
    return min(1.0, text.confidence * without / usual) if without > usual > 0 else text.confidence


def latest(readings: Sequence[Reading]) -> list[Reading]:
    """The last of a row's readings, and of those before the last one with a dash or dots before it, if no other has.

    Detectors leave those out again and again, and that they were read once is not to be forgotten.
    """
    kept = list(readings[-READINGS:])
    led = [one for one in readings[:-READINGS] if one.lead]
    if led and not any(one.lead for one in kept):
        kept[0] = led[-1]
    return kept


def best_reading(readings: Sequence[Reading], *, blinks: bool) -> Reading:
    """The reading that most looks agree on, of several the surest; where no two agree, what they agree on.

    `blinks` says that a mark comes and goes behind the row, which looks may have read.
    """
    weights: dict[str, float] = {}
    for reading in readings:
        plain = [
            one.text
            for one in readings
            # Behind a name dots are what is said, and so is an ellipsis of which a look saw but some.
            if is_but_for_marks(reading.text, one.text)
            and bracketed_name(one.text) is None
            and not (one.text.endswith(_DOTTED) and reading.text.endswith(_ELLIPSES))
        ]
        # What is sometimes there, after the text, is the sign that the game waits for its player.
        words = letters(min(plain, key=len) if blinks and plain else reading.text)
        weights[words] = weights.get(words, 0.0) + _vote(reading)
    winner = max(weights, key=lambda words: weights[words])
    if not blinks and has_end_more(winner, letters(readings[-1].text)):
        # What was typed last was seen but once.
        return readings[-1]
    best = max((one for one in readings if letters(one.text) == winner), key=lambda one: one.confidence)
    words_only = best.text.rstrip("…")
    dotted = [one for one in readings if one.text.rstrip("…") == words_only != ""]
    # Recognisers merge two, and never part one.
    best = max(dotted, key=lambda one: (len(one.text), one is best), default=best)
    best = _spaced_as_most(best, readings)
    # Names begin with a capital; a row of a text may go on in small letters.
    capital = best.text[:1].upper() + best.text[1:]
    name = capital if is_name(capital) else best.text
    dashed = [one for one in readings if best.has_stroke_for_dash(one)]
    if dashed:
        return replace(best, text=max(dashed, key=_vote).text[0] + best.text[1:])
    whole = [one for one in readings if best.was_cut_off(one)]
    if whole:
        return best.with_lead_of(max(whole, key=lambda one: len(letters(one.lead))))
    capitalised = next((one for one in readings if one.text == name != best.text), None)
    if capitalised is not None:
        return capitalised
    others = [(one.text, _vote(one)) for one in readings if one is not best and likeness(one.text, best.text) >= ALIKE]
    if not others or weights[winner] > 0.5 * sum(weights.values()):
        return best
    return replace(best, text=tidy(majority_text(best.text, others, _vote(best))))


def _spaced_as_most(best: Reading, readings: Sequence[Reading]) -> Reading:
    """The surest of those readings with the same characters that have their spaces where most have them."""
    bare = "".join(best.text.split())
    same = [one for one in readings if "".join(one.text.split()) == bare]
    weights: dict[str, float] = {}
    for one in same:
        weights[one.text] = weights.get(one.text, 0.0) + _vote(one)
    return max(same, key=lambda one: (weights[one.text], one is best, one.confidence), default=best)


def _vote(reading: Reading) -> float:
    """The weight of a reading among others."""
    return max(0.05, reading.confidence - 0.4)
