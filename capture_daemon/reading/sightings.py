"""Writing seen at a number of moments, a second or so apart: which rows are the same writing, and how long it stood."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from capture_daemon.frames import Box
from capture_daemon.reading.layout import on_one_level, same_place
from capture_daemon.reading.text import is_east_asian
from capture_daemon.reading.wording import goes_on, letters, likeness

ALIKE = 0.72
"""Share of letters in common from which two rows in one place say the same; 0.6 to 0.85, as for reading."""
MISSED = 2
"""Moments after which writing that was not seen again has gone; 1 to 3: the detector passes over a row now and then."""
SURE, SURE_ONCE = 0.7, 0.85
"""Confidence from which a row counts as text, and where it was seen but once; 0.6 to 0.95: textures read worse."""
LEAST_LETTERS = 3
"""Letters from which writing says something, two in Chinese and Japanese; 2 to 5: textures are read as one or two."""
LETTERS_SHARE = 0.5
"""Share of letters among its characters, at least: the rest of a display's writing is numbers; 0.4 to 0.8."""


@dataclass(frozen=True, slots=True)
class SeenRow:
    """A row at one moment: its box in pixels of the whole frame, what was read in it, perhaps nothing, and how surely.

    `confidence` is from 0 to 1. A `column` of vertical text has its box as it stands.
    """

    box: Box
    text: str = ""
    confidence: float = 0.0
    column: bool = False


@dataclass(slots=True, eq=False)
class Writing:
    """One text in one place, from the first moment at which it was seen to the last; moments are numbers from 0."""

    box: Box
    """Where it stood when most of it was there, in pixels of the whole frame."""
    text: str
    confidence: float
    moments: list[int] = field(default_factory=list)

    @property
    def first(self) -> int:
        """The moment at which it came."""
        return self.moments[0]

    @property
    def last(self) -> int:
        """The last moment at which it was seen."""
        return self.moments[-1]

    @property
    def amount(self) -> float:
        """How much it says: its width in heights of a row, in any script about half as many as it has letters."""
        return self.box.width / max(1, self.box.height)

    @property
    def speaks(self) -> bool:
        """Whether it says something: it was read surely, and has letters, not digits and marks alone."""
        bare = letters(self.text)
        words = [one for one in bare if one.isalpha()]
        least = LEAST_LETTERS - 1 if any(map(is_east_asian, words)) else LEAST_LETTERS
        sure = SURE if len(self.moments) > 1 else SURE_ONCE
        return self.confidence >= sure and len(words) >= max(least, LETTERS_SHARE * len(bare))

    def is_seen_with(self, other: Writing) -> bool:
        """Whether both stood at one moment."""
        return not set(self.moments).isdisjoint(other.moments)

    def likeness(self, row: SeenRow) -> float:
        """How likely a row is this writing, perhaps with more typed, 0 to 1."""
        if not on_one_level(self.box, row.box) or self.box.intersection(row.box) is None:
            return 0.0
        if not self.text or not row.text:
            return 0.5 if same_place(self.box, row.box) else 0.0
        if goes_on(self.text, row.text):
            return 1.0
        alike = likeness(self.text, row.text)
        return alike if alike >= ALIKE else 0.0

    def see(self, row: SeenRow, moment: int) -> None:
        """Record that it was seen again."""
        if moment != self.last:
            self.moments.append(moment)
        more = len(letters(row.text)) - len(letters(self.text))
        if more > 0 or (more == 0 and row.confidence > self.confidence):
            self.box, self.text, self.confidence = row.box, row.text, row.confidence


class Sightings:
    """All that was seen, moment after moment."""

    def __init__(self) -> None:
        self.moments = 0
        """How many moments there were."""
        self.writings: list[Writing] = []
        self._open: list[Writing] = []

    def see(self, rows: Iterable[SeenRow]) -> None:
        """The next moment: all rows that stood then, none perhaps."""
        moment = self.moments
        self.moments += 1
        self._open = [one for one in self._open if moment - one.last <= MISSED]
        for row in rows:
            known = max(self._open, key=lambda one: one.likeness(row), default=None)
            if known is not None and known.likeness(row) > 0:
                known.see(row, moment)
            else:
                self._open.append(Writing(row.box, row.text, row.confidence, [moment]))
                self.writings.append(self._open[-1])


def in_one_place(one: Box, other: Box) -> bool:
    """Whether two boxes stand on one level and begin, or have their middle, in about the same column."""
    slack = 0.8 * max(one.height, other.height)
    begins = abs(one.left - other.left) <= slack
    centred = abs(one.left + one.right - other.left - other.right) <= 2 * slack
    return (begins or centred) and on_one_level(one, other)


def same_text(one: str, other: str) -> bool:
    """Whether two texts are readings of one, or of a part of it; short ones must have the same letters."""
    short, long = sorted((letters(one).casefold(), letters(other).casefold()), key=len)
    if len(short) < LEAST_LETTERS:
        return short == long
    return short in long or likeness(short, long) >= ALIKE


def places(writings: Sequence[Writing]) -> list[list[Writing]]:
    """The writings by where they stand: those of one place together, in the order in which they came."""
    found: list[list[Writing]] = []
    for writing in writings:
        for place in found:
            if any(in_one_place(writing.box, other.box) for other in place[-3:]):
                place.append(writing)
                break
        else:
            found.append([writing])
    return found
