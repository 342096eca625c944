"""Row: a row of text for as long as it stands, what looks read in it, and what it says by that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from capture_daemon.frames import Box, ColourImage, GreyImage
from capture_daemon.ocr.engine import RowText
from capture_daemon.reading.ink import Ink, Patch
from capture_daemon.reading.parameters import FollowParameters
from capture_daemon.reading.row_readings import LEAST_CONFIDENCE, Reading, best_reading
from capture_daemon.reading.speaker_dashes import begins_with_dash, is_but_for_dash
from capture_daemon.reading.surface import Surface
from capture_daemon.reading.wording import is_but_for_marks, letters, likeness

DOTS = frozenset(".…‥⋯・·")
"""What a row may be made of that is far lower than a row of letters."""
NOWHERE = Box(0, 0, 0, 0)

Memory = Sequence[tuple[float, GreyImage]]
"""Frames' luma with their times, oldest first."""


def _alike(one: str, other: str) -> float:
    """How much of two texts is the same, 0 to 1; of an ellipsis, however many of its dots a look sees."""
    return 1.0 if set(letters(one)) == set(letters(other)) == {"."} else likeness(one, other)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Letters other than a row's that were read in its place, and when, in seconds."""

    words: str
    time: float


@dataclass(frozen=True, slots=True)
class Going:
    """Part of a row, as it was read last while it seems to be going, and since when it does, in seconds."""

    remains: Reading
    since: float


@dataclass(slots=True, eq=False)
class Row:
    """A row of text for as long as it stands.

    `box` is in pixels of the region. Times are in seconds: `born` when its first glyph came, `grown` its last, `stood`
    when it was last seen, `gone` the last moment that it stood, None while it does. `read_at` is when it was last read.
    """

    number: int
    box: Box
    born: float
    grown: float
    stood: float
    ink: Ink | None
    readings: list[Reading] = field(default_factory=list)
    gone: float | None = None
    read_at: float = 0.0
    unchanged_at: float = -1.0
    """When a look last saw it as it was before."""
    first_seen: float = 0.0
    """The time of the look that first saw it."""
    read_in: Patch | None = None
    """The picture round it when it was last read."""
    looked_for_at: float = -1.0
    misses: int = 0
    """Consecutive looks in which the detector didn't see it."""
    usual_share: float = 0.0
    """Share of its ink that stood in the looks that saw it."""
    seen: Box = NOWHERE
    """Where the detector saw it last."""
    seen_at: float = 0.0
    """When that was."""
    pace: float = 0.0
    """Pixels a second by which it had grown then, since it was seen before."""
    came_in: Box | None = None
    """Where it stood when it came; None where that isn't known."""
    stale: bool = False
    """Whether more of it was seen than has been read."""
    stale_since: float = -1.0
    """When a row that is stale was first seen to have more."""
    steps: int = 0
    """How often it was seen to have grown."""
    endless: bool = False
    """Whether its last letters were gone in the frame before."""
    unread: int = 0
    """Looks that could read nothing where it stands, of all."""
    placed: bool = False
    """Whether it belongs to a line."""
    blinks: bool = False
    """Whether something that may be a mark was read behind it, and later wasn't."""
    absorbed: bool = False
    """Whether it turned out to be a part of another row."""
    contradiction: Contradiction | None = None
    """What the last look read, where that was something else."""
    replaced: bool = False
    """Whether other text came in its place."""
    pending: Reading | None = None
    """What was read last, where it isn't known whether something passes before it or it is another text."""
    going: Going | None = None
    """What is left of it, where it seems to be going."""
    apart: bool = False
    """Whether it stands before writing that was there, on its level: it is no part of that."""
    uncovered: tuple[Box, Ink] | None = None
    """Its whole box and ink, where other text stands over its beginning; its own are then those of the rest."""
    mark_at: float | None = None
    """The column of the region from which on a mark stands behind it."""
    anew_at: float = -1.0
    """When its ink was last taken anew, as it looked different: the same text, or another that came by fading."""
    moved_at: float | None = None
    """When it was last seen to move as a whole; None if never."""
    moved_by: int = 0
    """How far it moved then, in pixels down; negative upwards."""
    scrolled_out: bool = False
    """Whether it left the page as others moved: what it said goes on below."""
    unsettled: bool = False
    """Whether something came beside its ink just now: it may be a letter, or pass by."""
    surface: Surface | None = None
    _best: tuple[list[Reading], bool, Reading] | None = None
    """What was found to be the best of which readings."""

    def note_seen(self, box: Box, time: float, pace: float = 0.0) -> None:
        """Record where a look saw it, at a time in seconds, and by how many pixels a second it grew till then."""
        self.seen, self.seen_at, self.pace = box, time, pace

    def note_more(self, time: float) -> None:
        """Record that more of it was seen, but not read, at a time in seconds."""
        if not self.stale:
            self.stale, self.stale_since = True, time

    @property
    def is_unfinished(self) -> bool:
        """Whether more of it may be there than has been read."""
        return self.stale or self.unsettled

    @property
    def is_doubted(self) -> bool:
        """Whether it may say more than has been read, or something else."""
        return self.is_unfinished or self.contradiction is not None

    @property
    def contradicted(self) -> str | None:
        """The letters that the last look read, where that was something else."""
        return self.contradiction.words if self.contradiction is not None else None

    @property
    def best(self) -> Reading:
        """The reading that most looks agree on, of several the surest; where no two agree, what they agree on."""
        if self._best is None or self._best[0] is not self.readings or self._best[1] != self.blinks:
            self._best = self.readings, self.blinks, best_reading(self.readings, blinks=self.blinks)
        return self._best[2]

    @property
    def says_dots(self) -> bool:
        """Whether it is nothing but dots."""
        return set(letters(self.text)) <= DOTS

    def box_beside(self, other: Box) -> Box:
        """Its box; of dots alone, as high as another row's, at the foot of which they stand."""
        box = self.box
        if box.height >= other.height or not self.says_dots:
            return box
        return Box(box.left, box.bottom - other.height, box.width, other.height)

    @property
    def text(self) -> str:
        """What it says."""
        return self.best.text

    @property
    def dashed_text(self) -> str:
        """What it says, with the dash before it that any look has read: detectors and recognisers often lose it."""
        dashed = [one.text for one in self.readings if is_but_for_dash(one.text, self.text)]
        return next(filter(begins_with_dash, dashed), self.text)

    @property
    def confidence(self) -> float:
        """How sure that is, from 0 to 1: that of the surest look, lowered if others read something else."""
        best = self.best
        marked = [one for one in self.readings if self.blinks and is_but_for_marks(one.text, best.text)]
        # A look at the same letters with a mark behind them is sure of the letters.
        others = [
            1.0 if one in marked else _alike(best.text, one.text)
            for one in self.readings
            if one.confidence >= LEAST_CONFIDENCE
        ]
        surest = max(one.confidence for one in (best, *marked))
        return surest * (sum(others) / len(others) if others else 1.0)

    def is_text(self, parameters: FollowParameters) -> bool:
        """Whether it was read alike twice, or surely once."""
        if max(one.confidence for one in self.readings) >= parameters.sure_of(self.best.text):
            return True
        if self.gone is not None and self.confidence >= parameters.sure and self.gone - self.born >= parameters.glimpse:
            # It has gone, so there is no second look: it stood too long for a moment's picture.
            return True
        best = letters(self.best.text)
        alike = [one for one in self.readings if _alike(best, one.text) >= parameters.alike]
        return len(alike) >= 2


SeenRow = tuple[Box, RowText | None, float]
"""A row that a look saw: its box, its text, and how many columns of the region lie left of the picture that was read.
"""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What one look saw: the frame's luma and colours in the region, and the rows in `area` with what was read.

    A row's text is None if it was not read again, as it stands unchanged.
    """

    time: float
    luma: GreyImage
    colour: ColourImage
    area: Box
    rows: Sequence[SeenRow]
    memory: Memory
    """The frames before, with their times, oldest first; the look's own may be among them."""
    news_since: float | None = None
    """Since when something has been new, in seconds; None if that isn't known."""
