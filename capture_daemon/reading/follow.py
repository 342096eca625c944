"""Follow: rows of text over time, told by place, picture and text."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from capture_daemon.frames import Box, ColourImage, GreyImage
from capture_daemon.ocr.engine import RowText
from capture_daemon.reading.ink import Ink, Patch, ink_of
from capture_daemon.reading.layout import belong_together, level_share, on_one_level, overlap, same_place
from capture_daemon.reading.marks import BEHIND, MARK_LIKE, mark_behind, may_be_mark, stands_apart
from capture_daemon.reading.overlay import parts_by_ink, parts_by_text
from capture_daemon.reading.parameters import FOLLOW, FollowParameters
from capture_daemon.reading.surface import Surface
from capture_daemon.reading.text import Ending, ending, is_readable, tidy
from capture_daemon.reading.trace import Decision, Note, ignore
from capture_daemon.reading.wording import (
    agreed,
    differ_in_last,
    differing_columns,
    goes_on,
    goes_on_but_for_last,
    has_more_before,
    has_other_letters,
    is_but_for_marks,
    is_filled_in,
    letters,
    likeness,
    same_letters,
    without_specks,
)

LEAST_CONFIDENCE = 0.45
"""Confidence under which a reading says nothing, not even that something stands there; 0.3 to 0.6."""
NOWHERE = Box(0, 0, 0, 0)
_END = re.compile(r"\W*$")
CERTAIN = 2
"""Looks in a row that read the same, surely, after which a row needs no more; 2 to 3."""
PIECE_LEVEL = 0.7
"""Share of its height that a piece has in common with its row, at least; 0.6 to 0.8: rows lie between two others."""
STACKED = 0.65
"""Height of the higher of two rows in the box that holds both, at most; 0.55 to 0.75."""
COVERED = 0.8
"""Share of a row that lies in the box that holds it, at least; 0.7 to 0.9."""
ALIKE = 0.8
"""Share of letters that a reading has in common with the best from which its letters are compared; 0.7 to 0.9."""
TYPED_ON = 3
"""Letters by which an unfinished text grows for it to have been typed on, whatever else is read otherwise; 2 to 5."""
READINGS = 8
"""How many readings of a row are kept."""


Memory = Sequence[tuple[float, GreyImage]]
"""Frames' luma with their times, oldest first."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one look read in a row."""

    text: str
    confidence: float
    time: float
    places: tuple[tuple[str, float], ...] = ()
    """The characters with their columns in the region."""


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
    """When the look was made that first saw it."""
    read_in: Patch | None = None
    """The picture round it when it was last read."""
    looked_for_at: float = -1.0
    misses: int = 0
    """How many looks in a row the detector didn't see it."""
    usual_share: float = 0.0
    """Share of its ink that stood in the looks that saw it."""
    seen: Box = NOWHERE
    """Where the detector saw it last."""
    stale: bool = False
    """Whether more of it was seen than has been read."""
    steps: int = 0
    """How many times it was seen to have grown."""
    placed: bool = False
    """Whether it belongs to a line."""
    blinks: bool = False
    """Whether something that may be a mark was read behind it, and later wasn't."""
    absorbed: bool = False
    """Whether it turned out to be a part of another row."""
    contradicted: str | None = None
    """What the last look read, where that was something else."""
    contradicted_at: float = 0.0
    """When that look was, in seconds."""
    replaced: bool = False
    """Whether other text came in its place."""
    pending: Reading | None = None
    """What was read last, where it isn't known whether something passes before it or it is another text."""
    remains: Reading | None = None
    """What was read last, part of it, where it seems to be going."""
    going_since: float = 0.0
    """When it first seemed to be going."""
    apart: bool = False
    """Whether it stands before writing that was there, on its level: it is no part of that."""
    uncovered: tuple[Box, Ink] | None = None
    """Its whole box and ink, where other text stands over its beginning; its own are then those of the rest."""
    mark_at: float | None = None
    """The column of the region from which on a mark stands behind it."""
    moved_at: float | None = None
    """When it was last seen to move as a whole; None if never."""
    surface: Surface | None = None
    _best: tuple[list[Reading], bool, Reading] | None = None
    """What was found to be the best of which readings."""
    unsettled: bool = False
    """Whether something came beside its ink just now: it may be a letter, or pass by."""

    @property
    def best(self) -> Reading:
        """The reading that most looks agree on, of several the surest; where no two agree, what they agree on."""
        if self._best is None or self._best[0] is not self.readings or self._best[1] != self.blinks:
            self._best = self.readings, self.blinks, self._agreed()
        return self._best[2]

    def _agreed(self) -> Reading:
        weights: dict[str, float] = {}
        for reading in self.readings:
            plain = [one.text for one in self.readings if is_but_for_marks(reading.text, one.text)]
            # What is sometimes there, after the text, is the sign that the game waits for its player.
            words = letters(min(plain, key=len) if self.blinks and plain else reading.text)
            weights[words] = weights.get(words, 0.0) + _weight(reading)
        winner = max(weights, key=lambda words: weights[words])
        best = max((one for one in self.readings if letters(one.text) == winner), key=lambda one: one.confidence)
        others = [
            (one.text, _weight(one))
            for one in self.readings
            if one is not best and likeness(one.text, best.text) >= ALIKE
        ]
        if not others or weights[winner] > 0.5 * sum(weights.values()):
            return best
        return replace(best, text=tidy(agreed(best.text, others, _weight(best))))

    @property
    def text(self) -> str:
        """What it says."""
        return self.best.text

    @property
    def confidence(self) -> float:
        """How sure that is, from 0 to 1: the surest look at it, less where others read something else."""
        best = self.best
        others = [likeness(best.text, one.text) for one in self.readings if one.confidence >= LEAST_CONFIDENCE]
        return best.confidence * (sum(others) / len(others) if others else 1.0)

    def has_changed_round(self, luma: GreyImage) -> bool:
        """Whether most of what is round its ink looks otherwise than when it was last read."""
        if self.ink is None or self.read_in is None:
            return False
        changed = self.read_in.changed_round(self.ink, luma, FOLLOW.change)
        return changed > FOLLOW.other_surface * self.read_in.luma.size

    def is_text(self, parameters: FollowParameters) -> bool:
        """Whether it was read alike twice, or surely once."""
        if max(one.confidence for one in self.readings) >= parameters.sure_of(self.best.text):
            return True
        if self.gone is not None and self.confidence >= parameters.sure and self.gone - self.born >= parameters.glimpse:
            # It has gone, so there is no second look: it stood too long for a moment's picture.
            return True
        best = letters(self.best.text)
        alike = [one for one in self.readings if likeness(best, one.text) >= parameters.alike]
        return len(alike) >= 2


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What one look saw: the frame's luma and colours in the region, and the rows in `area` with what was read.

    A row's text is None where it was not read again, as it stands unchanged.
    """

    time: float
    luma: GreyImage
    colour: ColourImage
    area: Box
    rows: Sequence[tuple[Box, RowText | None, float]]
    """The box, the text, and how many columns of the region lie left of the picture that was read."""
    memory: Memory
    """The frames before, with their times, oldest first; the look's own may be among them."""
    news_since: float | None = None
    """Since when something has been new, in seconds; None if that isn't known."""


class Follow:
    """The rows that stand, and those that have just gone."""

    def __init__(self, parameters: FollowParameters, note: Note = ignore) -> None:
        self.rows: list[Row] = []
        """Those that stand, in the order they came."""
        self._parameters = parameters
        self._note = note
        self._numbers = 0
        self._went: deque[Row] = deque(maxlen=READINGS)
        self._parts: dict[Box, Row] = {}
        self._came_at: dict[Box, float] = {}
        """Of a look, the boxes of rows that were parted, with the writing that stood there."""
        self.changed = False
        """Whether a row came, grew or went since this was last set to False."""
        self.left_out = False
        """Whether the last look saw what may be the remains of a row that went, or a new one."""

    def watch(self, luma: GreyImage, time: float, moved: Sequence[Row]) -> list[Row]:
        """The rows of those in `moved`, round which something moved in this frame, whose ink seems to have gone."""
        lost = []
        for row in self.rows:
            if row not in moved or row.ink is None or (share := self.standing(row, luma)) >= self._parameters.lost:
                row.stood = time
                continue
            if self._has_other_strength(row, row.ink, luma):
                row.stood = time
                continue
            lost.append(row)
            self._say(time, row, "ink seems gone", "share of its ink that stands", share, self._parameters.lost)
        return lost

    def _has_other_strength(self, row: Row, ink: Ink, luma: GreyImage) -> bool:
        """Whether a row, letter by letter, looks as it did but stronger or fainter: it fades in, or out."""
        if ink.likeness(luma) < self._parameters.same_picture:
            return False
        row.ink = ink.as_in(luma)
        if row.read_in is not None:
            row.read_in = Patch.of_box(luma, row.read_in.box)
        return True

    def standing(self, row: Row, luma: GreyImage) -> float:
        """Share of the row's ink that a frame shows, 1 where that can't be told."""
        if row.ink is None:
            return 1.0
        share = row.ink.share(luma)
        if share < self._parameters.stands:
            nearby = row.ink.share_nearby(luma)
            # Other text of the same colour is near by chance, so more is asked.
            share = max(share, (nearby - 0.5) * 1.6 if nearby > 0.9 else 0.0)
        return share

    def at(self, box: Box) -> Row | None:
        """The row that stands where the detector sees one."""
        return max(
            (row for row in self.rows if overlap(row.box, box) > 0.3),
            key=lambda row: overlap(row.box, box) * min(row.box.width, box.width) * level_share(row.box, box),
            default=None,
        )

    def parted(self, box: Box, luma: GreyImage, time: float) -> list[Box]:
        """What the detector sees as one row, parted where writing that stood there begins; rows that stand are two."""
        stacked = [row for row in self.rows if row.is_text(self._parameters) and _covers(box, row.box)]
        if len(stacked) > 1 and max(row.box.height for row in stacked) < STACKED * box.height:
            self._say(time, stacked[0], "parted", "the detector took two rows for one")
            return [row.box for row in stacked]
        parts = parts_by_ink(self.rows, box, luma, time, self._parameters)
        if parts is None:
            return [box]
        row, before = parts
        self._say(time, row, "parted", "other text stands before it, by its ink")
        self._parts[before], self._parts[row.box] = row, row
        return [before, row.box]

    def _parted_by_text(self, seen: Seen) -> Sequence[tuple[Box, RowText | None, float]]:
        """The rows that a look saw, where need be parted where writing that stood there begins."""
        rows: list[tuple[Box, RowText | None, float]] = []
        for box, text, offset in seen.rows:
            found = text and parts_by_text(self.rows, box, text, offset, seen.time, self._parameters)
            if not found:
                rows.append((box, text, offset))
                continue
            (before, first), (after, rest) = found
            row = self.at(after)
            if row is not None:
                self._say(seen.time, row, "parted", "other text stands before it, by what is read")
                self._parts[before] = row
                self._stand_anew(row, after, seen)
            rows += [(before, first, offset), (after, rest, offset)]
        return rows

    def is_known(self, box: Box, luma: GreyImage, time: float, memory: Memory = (), rows: Sequence[Box] = ()) -> bool:
        """Whether what the detector sees is a row that stands unchanged, and needs not be read again.

        `memory` are the frames before, as a look's are, and `rows` all that the look found.
        """
        row = self.at(box)
        if row is None:
            return False
        row.unsettled = False
        beside = [one for one in rows if not on_one_level(one, box)]
        return self._parts.get(box) is row or self._is_unchanged(row, box, luma, time, memory, beside)

    def _is_unchanged(  # noqa: PLR0911, PLR0913, PLR0917 - a row, pictures of it, and one reason after another
        self, row: Row, box: Box, luma: GreyImage, time: float, memory: Memory, beside: Sequence[Box]
    ) -> bool:
        if row.ink is None or row.read_in is None or not row.is_text(self._parameters) or row.contradicted is not None:
            return False
        if row.ink.share(luma) < self._parameters.stands and not self._has_other_strength(row, row.ink, luma):
            return False
        changed = row.read_in.changed_round(row.ink, luma, self._parameters.change, beside)
        same = changed <= self._parameters.speck
        if same and row.read_in.box.intersection(box) == box:
            # Wherever the detector draws the box this time.
            return True
        if not same_place(row.box, box) or self._is_overdue(row, luma, time, memory):
            return False
        if same or self._is_certain(row, luma, time, memory):
            return True
        if changed > self._parameters.restless * row.read_in.box.width * row.read_in.box.height:
            # The picture moves behind the row: what changes beside its ink says nothing, but its end may.
            grew = abs(box.right - row.box.right) + abs(box.left - row.box.left) > 0.2 * row.box.height
            return not grew and (len(row.readings) >= self._parameters.looks or time - row.read_at < 0.4)
        return False

    def _is_overdue(self, row: Row, luma: GreyImage, time: float, memory: Memory) -> bool:
        """Whether a row looks different from when it was read, and that was a while ago: ink may be taken wrongly."""
        if row.read_in is None or time - row.read_at < self._parameters.overdue:
            return False
        if self._is_certain(row, luma, time, memory):
            return False
        box = row.read_in.box
        changed = row.read_in.changed(luma, self._parameters.change)
        return changed > self._parameters.restless * box.width * box.height

    def _is_certain(self, row: Row, luma: GreyImage, time: float, memory: Memory) -> bool:
        """Whether a row was read alike and surely in two pictures, its ink stands, and there is no more of it."""
        if row.ink is None or row.read_in is None or row.ink.mask.mean() > self._parameters.thin:
            return False
        last = row.readings[-CERTAIN:]
        if len(last) < CERTAIN or min(one.confidence for one in last) < self._parameters.beyond_doubt:
            return False
        if len({letters(one.text) for one in last}) > 1 or row.ink.share(luma) < self._parameters.certain:
            return False
        return not self._has_new_letter(row, row.ink, row.read_in, luma, time, memory)

    def _has_new_letter(  # noqa: PLR0913, PLR0917 - a row, and pictures of it
        self, row: Row, ink: Ink, read_in: Patch, luma: GreyImage, time: float, memory: Memory
    ) -> bool:
        """Whether there is ink that wasn't there when the row was read, as much as a full stop's, and stays.

        Rain, snow and a picture that moves behind the row pass by; what only just came is looked at again.
        """
        width = round(self._parameters.letter_width * row.box.height)
        least = max(self._parameters.speck, self._parameters.full_stop * ink.usual_pixels(width))
        if read_in.newest(ink, [luma], width) <= least:
            return False
        before = [picture for then, picture in memory if time - then >= self._parameters.stays]
        stays = not before or read_in.newest(ink, [luma, before[-1]], width) > least
        row.unsettled = not stays and not self._is_calm(read_in, luma, time, memory)
        return not row.unsettled

    def _is_calm(self, read_in: Patch, luma: GreyImage, time: float, memory: Memory) -> bool:
        """Whether nothing at all has changed round a row for a moment."""
        lately = [picture for then, picture in memory if 0 <= time - then <= self._parameters.calm]
        return bool(lately) and Patch.of_box(lately[0], read_in.box).changed(luma, self._parameters.change) == 0

    def is_growing(self, box: Box, luma: GreyImage, time: float, postponed: float) -> bool:
        """Whether what the detector sees is a row that is being typed: it is read when it rests, or after a while.

        That while is `postponed`, in seconds.
        """
        row = self.at(box)
        if row is None or not row.is_text(self._parameters) or time - row.read_at >= postponed:
            return False
        if row.ink is None or row.ink.share(luma) < self._parameters.stands:
            return False
        grew = box.width - row.seen.width > 0.15 * box.height
        row.seen = box
        if not grew or not (
            box.left - row.box.left < 0.3 * box.height and row.box.right - box.right < 0.3 * box.height
        ):
            return False
        row.stale = True
        return True

    def take(self, seen: Seen) -> None:
        """Bring the rows up to date with what a look saw."""
        left = {id(row): row for row in self.rows if _is_within(row.box, seen.area)}
        fresh: list[tuple[Box, Reading]] = []
        for box, text, offset in self._parted_by_text(seen):
            row = self.at(box)
            if row is not None:
                row.misses = 0
                left.pop(id(row), None)
                if text is None or text.confidence >= LEAST_CONFIDENCE:
                    self._absorb(row, box, seen)
            new = self._take_row(row, box, text, offset, seen)
            if new is not None:
                fresh.append((box, new))
        lost = []
        for row in left.values():
            if row.absorbed:
                continue
            if self._stands_unseen(row, seen.luma):
                row.stood = seen.time
            else:
                lost.append(row)
        self._lose(lost, seen, fresh)
        begun = [(box, reading) for box, reading in fresh if not self._remains_of_any(box, reading)]
        self.left_out = len(begun) < len(fresh)
        for box, reading in begun:
            self._begin(box, reading, seen)
        for row in self.rows:
            _note_standing(row, seen)
        self._parts.clear()
        self._came_at.clear()

    def _take_row(self, row: Row | None, box: Box, text: RowText | None, offset: float, seen: Seen) -> Reading | None:
        """Take in one row that a look saw; what was read there if that is a new row's."""
        if text is None:
            if row is not None:
                row.stood = seen.time
                row.unchanged_at = row.unchanged_at if row.stale else seen.time
            return None
        reading = _reading_of(text, seen.time, offset)
        if reading is not None:
            reading = self._without_mark(row, box, reading, seen)
        if row is None or row.gone is not None:
            return reading
        if reading is None and likeness(row.text, text.text) >= self._parameters.alike:
            self._stand_anew(row, box, seen)
            return None
        if self._read_again(row, box, reading, seen):
            return None
        row.replaced = True
        self._end(row, seen, "other text stands in its place")
        if reading is not None and row.contradicted == letters(reading.text):
            self._came_at[box] = row.contradicted_at
        return reading

    def _without_mark(self, row: Row | None, box: Box, reading: Reading, seen: Seen) -> Reading:
        """What was read without the mark behind it that came when the text was complete."""
        if not reading.places or reading.places[-1][0] not in BEHIND:
            return reading
        start = row.mark_at if row is not None else None
        if row is not None and start is None and self._was_read_so(row, reading):
            # While it fades, dots seem to change sooner than letters.
            return reading
        ink = ink_of(seen.luma, seen.colour, box, self._parameters) if start is None else None
        if ink is not None:
            start = mark_behind(
                ink, reading.places, lambda left, right: _since(ink, seen, self._parameters, left, right)
            )
        if start is None:
            return reading
        if row is not None:
            row.mark_at = start
        kept = len(reading.places)
        while kept and reading.places[kept - 1][0] in BEHIND | {" "} and reading.places[kept - 1][1] >= start - 1:
            kept -= 1
        text = tidy("".join(character for character, _ in reading.places[:kept]))
        if not text or kept == len(reading.places):
            return reading
        self._note(
            Decision(seen.time, "follow", "mark", "left out", "it came behind a text that was complete", box=box)
        )
        return replace(reading, text=text, places=reading.places[:kept])

    def _was_read_so(self, row: Row, reading: Reading) -> bool:
        """Whether a row was surely read before with the dots or the mark that it ends in."""
        end = letters(reading.text)[-2:]
        return any(one.confidence >= self._parameters.sure and letters(one.text).endswith(end) for one in row.readings)

    def end_all(self, time: float) -> None:
        """No more frames come: what stands has been seen to its end."""
        for row in list(self.rows):
            row.gone = time
            self.rows.remove(row)
        self.changed = True

    # One row

    def _stands_unseen(self, row: Row, luma: GreyImage) -> bool:
        """Whether a row that the detector doesn't see stands by its ink: as well as ever, and not for a third time.

        Dots and marks it may overlook each time.
        """
        row.misses += 1
        if row.read_in is not None and self._looks_the_same(row.read_in, luma):
            return True
        share = self.standing(row, luma)
        least = max(self._parameters.stands, row.usual_share - self._parameters.share_drop)
        overlooked = not any(character.isalnum() for character in row.text)
        return row.ink is not None and share >= least and (row.misses < self._parameters.misses or overlooked)

    def _looks_the_same(self, patch: Patch, luma: GreyImage) -> bool:
        """Whether nothing at all is new where a row was read: what the detector misses there stands."""
        return patch.changed(luma, self._parameters.change) <= self._parameters.speck

    def _lose(self, lost: Sequence[Row], seen: Seen, fresh: list[tuple[Box, Reading]]) -> None:
        """Rows whose ink doesn't stand, and that the detector doesn't see in their places: they have moved, or gone."""
        moved: dict[int, tuple[Box, Reading]] = {}
        for row in lost:
            for one in fresh:
                if one not in moved.values() and self._may_have_moved(row, *one, seen.time):
                    moved[row.number] = one
                    break
        for row in lost:
            found = moved.get(row.number)
            near = [one for one in lost if one is row or belong_together(one.box, row.box, self._parameters)]
            share = sum(one.number in moved for one in near) / len(near)
            # A page scrolls up by whole rows. A name that now stands elsewhere, over other text, stands there anew.
            scrolls = found is not None and any(same_place(found[0], one.box) for one in near)
            if found is None or share < 0.5 or (share == 0.5 and not scrolls):
                self._end(row, seen, "its ink has gone, and nothing is seen there")
                continue
            fresh.remove(found)
            row.moved_at = seen.time
            self._say(seen.time, row, "moved", "the same text stands elsewhere")
            self._stand_anew(row, found[0], seen)
            self._add(row, found[1])

    def _may_have_moved(self, row: Row, box: Box, reading: Reading, time: float) -> bool:
        """Whether what is read somewhere else may be that row: it is seen there once it isn't seen here."""
        if row.misses > 1:
            return False
        alike = likeness(row.text, reading.text) >= 0.8 and 0.75 < box.height / row.box.height < 1.33
        return alike and len(letters(row.text)) > 2 and time - row.stood <= self._parameters.moves

    def _absorb(self, row: Row, box: Box, seen: Seen) -> None:
        """Rows that turn out to be parts of this one are no rows of their own."""
        for other in list(self.rows):
            if other is row or not on_one_level(other.box, row.box):
                continue
            level = level_share(other.box, box) >= PIECE_LEVEL and other.box.width < box.width + box.height
            if level and overlap(other.box, box) > 0.8 and overlap(row.box, box) > 0.8:
                self._say(seen.time, other, "joined", f"it is part of row {row.number}")
                row.born = min(row.born, other.born)
                self.rows.remove(other)
                other.gone, other.absorbed = seen.time, True

    def _read_again(self, row: Row, box: Box, reading: Reading | None, seen: Seen) -> bool:
        """Take another reading of a row; whether it still is the same row."""
        stands = row.ink is not None and self.standing(row, seen.luma) >= self._parameters.stands
        if reading is not None and (row.remains is not None or self._is_remains(row, row.stood, reading)):
            if row.remains is None:
                row.going_since = seen.time
            if self._is_going(row, reading):
                return self._take_remains(row, reading)
        row.read_at = seen.time
        before_in, row.read_in = row.read_in, Patch.of(seen.luma, box)
        was_stale, row.seen, row.stale = row.stale, box, False
        if reading is not None:
            return self._take_reading(row, box, reading, seen, before_in, stands=stands, was_stale=was_stale)
        if stands:
            row.stood = seen.time
        return stands

    def _is_going(self, row: Row, reading: Reading) -> bool:
        """Whether a row of which part was read is going still, or has gone; if only a mark has, that is left out."""
        before = row.remains
        marked = before is not None and is_but_for_marks(reading.text, before.text)
        more = before is not None and len(letters(reading.text)) > len(letters(before.text))
        if not marked and (more or reading.time - row.going_since <= self._parameters.fades):
            return True
        # What fades would have gone by now.
        row.remains = None
        plain = before if before is not None and marked else reading
        if is_but_for_marks(row.text, plain.text):
            self._say(reading.time, row, "marked", "dots or a mark stood behind it for a while")
            alike = [one for one in row.readings if likeness(one.text, plain.text) >= ALIKE and one is not plain]
            row.readings, row.blinks = [*(_without_marks(one, plain) for one in alike), plain], True
        return False

    def _take_remains(self, row: Row, reading: Reading) -> bool:
        """Take what may be left of a row that is going; whether it may be: what goes only becomes less."""
        before, row.remains = row.remains, reading
        row.stale = True
        less = before is None or len(letters(reading.text)) <= len(letters(before.text))
        return less and self._is_remains(row, row.stood, reading)

    def _take_reading(  # noqa: PLR0913 - two pictures of a row, and what was read
        self,
        row: Row,
        box: Box,
        reading: Reading,
        seen: Seen,
        before_in: Patch | None,
        *,
        stands: bool,
        was_stale: bool,
    ) -> bool:
        before = row.text
        alike = likeness(before, reading.text)
        more = len(without_specks(reading.text)) > len(without_specks(before))
        young = seen.time - row.born < self._parameters.reveal
        marked = is_but_for_marks(reading.text, before)
        row.blinks = row.blinks or any(is_but_for_marks(one.text, reading.text) for one in row.readings)
        further = (
            goes_on(before, reading.text)
            or ((stands or young) and is_filled_in(before, reading.text))
            or (was_stale and goes_on_but_for_last(before, reading.text))
            or self._is_unmarked(row, reading)
        )
        replaced = self._is_replaced(row, reading, seen, before_in, stands=stands)
        passing = replaced and stands and self._may_pass_by(row, reading, seen, before_in)
        if (
            (replaced and not passing)
            or (not was_stale and self._goes_on_as_another(row, box, reading, seen))
            or self._is_other_text(row, box, reading, further=further)
            or not (stands or alike >= self._parameters.alike or further)
        ):
            return False
        unlike = not further and self._is_contradicted(row, reading)
        restless = not stands or (before_in is not None and not self._is_quiet(before_in, seen))
        doubted = passing or (restless and self._is_in_doubt(row, reading, seen))
        row.contradicted = letters(reading.text) if doubted or unlike else None
        row.contradicted_at = seen.time
        if passing:
            # Until it's known, the picture in which the row was read is what counts.
            row.read_in, row.pending = before_in, reading
        if unlike:
            row.stale = True
            return True
        if doubted:
            row.stale, row.stood = True, seen.time
            return True
        # What was read in its first letters, or in something before it came, was no text.
        first = (
            alike < self._parameters.alike
            and reading.confidence >= self._parameters.sure_of(reading.text)
            and not row.is_text(self._parameters)
        )
        grew = first or (
            more
            and further
            and not (marked and row.blinks)
            and not self._is_misread(row, reading, seen)
            and (not stands or not same_place(row.box, box) or self._has_new_ink(row, box, before_in, seen))
        )
        if row.pending is not None:
            # What passed before it has gone, but for that it was read all the same.
            self._add(row, row.pending)
            row.pending = None
        if grew:
            self._grow(row, box, reading, seen)
        else:
            if not stands or row.ink is None or (row.uncovered and not same_place(row.box, box)):
                self._stand_anew(row, box, seen)
            self._add(row, reading)
            row.unchanged_at = seen.time
        row.stood = seen.time
        return True

    def _is_misread(self, row: Row, reading: Reading, seen: Seen) -> bool:
        """Whether a text at rest is read with a letter or two more in its middle, as while it fades."""
        few = len(letters(reading.text)) - len(letters(row.text)) < TYPED_ON
        rested = self._rested(row, seen) >= self._parameters.rested
        return few and rested and has_more_before(row.text, reading.text)

    def _may_pass_by(self, row: Row, reading: Reading, seen: Seen, before: Patch | None) -> bool:
        """Whether another letter may be snow before it: the picture moves there, and it was read so but once."""
        if before is None or row.contradicted == letters(reading.text):
            return False
        return not self._is_calm(before, seen.luma, seen.time, seen.memory)

    def _is_other_text(self, row: Row, box: Box, reading: Reading, *, further: bool) -> bool:
        """Whether two texts are so unlike that the pixels say nothing."""
        alike = likeness(row.text, reading.text) >= self._parameters.unlike
        if further or alike or same_letters(row.text, reading.text):
            return False
        if not row.is_text(self._parameters) and abs(row.box.left - box.left) > 0.6 * min(row.box.height, box.height):
            # That was read in a picture, before text came there.
            return True
        if min(reading.confidence, row.best.confidence) >= self._parameters.sure:
            return True
        # Two looks agree on it, then.
        again = likeness(row.contradicted or "", reading.text) >= self._parameters.alike
        return again and self._is_contradicted(row, reading)

    def _is_contradicted(self, row: Row, reading: Reading) -> bool:
        """Whether a text, not surely read, has nothing of a row's that is known to be text, whatever the pixels say."""
        words = len(letters(reading.text)) > self._parameters.few and reading.confidence >= self._parameters.words
        return words and row.is_text(self._parameters) and likeness(row.text, reading.text) < self._parameters.foreign

    def _remains_of_any(self, box: Box, reading: Reading) -> bool:
        return any(
            one.gone is not None and overlap(one.box, box) > 0.5 and self._is_remains(one, one.gone, reading)
            for one in self._went
        )

    def _is_remains(self, row: Row, stood: float, reading: Reading) -> bool:
        """Whether part of a row is read so soon after it stood that it may be going, letter by letter."""
        part, whole = letters(reading.text), letters(row.text)
        fewer = len(part) < min(len(whole) - 1, self._parameters.part * len(whole))
        if self._is_unmarked(row, reading):
            return False
        return fewer and part in whole and 0 <= reading.time - stood < self._parameters.fades

    def _rested(self, row: Row, seen: Seen) -> float:
        """For how many seconds a row stood unchanged, as far as is known, before what is seen now."""
        if seen.news_since is None:
            return seen.time - row.grown
        last = row.readings[-1].time if row.readings else row.grown
        return max(min(seen.news_since, seen.time), row.unchanged_at, last) - row.grown

    def _came_whole(self, row: Row) -> bool:
        """Whether a row came at once: it was not typed."""
        return not row.steps and row.grown - row.born < 0.05

    def _is_unmarked(self, row: Row, reading: Reading) -> bool:
        """Whether all that is gone from a row is a mark, which stood apart from its text: one that blinks."""
        marked = row.best
        if row.ink is None or not is_but_for_marks(marked.text, reading.text):
            return False
        return stands_apart(row.ink, marked.places, len(letters(reading.text)))

    def _is_in_doubt(self, row: Row, reading: Reading, seen: Seen) -> bool:
        """Whether a text that rested, and whose ink went, is surely read with another letter now."""
        rested = self._rested(row, seen) >= self._parameters.rested
        surest = min(row.best.confidence, reading.confidence)
        other = has_other_letters(row.best.text, reading.text) or has_more_before(row.best.text, reading.text)
        if _is_typed_on(row.best.text, reading.text):
            return False
        return rested and other and surest >= self._parameters.beyond_doubt

    def _is_replaced(self, row: Row, reading: Reading, seen: Seen, before: Patch | None, *, stands: bool) -> bool:
        """Whether a letter is another one now: a ? became a !. `before` is the picture that was last read."""
        best, parameters = row.best, self._parameters
        surest = min(best.confidence, reading.confidence)
        if surest < parameters.sure or same_letters(best.text, reading.text):
            return False
        rested = self._rested(row, seen) >= parameters.rested
        # The last letter may have been half drawn, but not in a sentence that came whole, and rested.
        ended = rested and self._came_whole(row) and ending(best.text) is Ending.FINAL
        on = not ended and goes_on_but_for_last(best.text, reading.text)
        if on and (stands or not self._is_in_doubt(row, reading, seen)):
            return False
        half_drawn = row.steps and not rested and differ_in_last(best.text, reading.text)
        if half_drawn or _is_typed_on(best.text, reading.text) or self._is_unmarked(row, reading):
            # Or, of what was there before, a letter was misread, or a mark has gone.
            return False
        if row.ink is not None and stands:
            if ended and self._last_letter_went(row, row.ink, reading, seen):
                return True
            sure = rested and surest >= parameters.beyond_doubt
            return self._changed_in_place(row, row.ink, reading, seen, before, sure=sure) or self._is_read_anew(
                row, reading, seen, before
            )
        # It moved as a whole, or has other letters, or no ink to tell them by: those are read alike once more.
        return row.contradicted == letters(reading.text) or (rested and self._begins_alike(row, reading, seen))

    def _begins_alike(self, row: Row, reading: Reading, seen: Seen) -> bool:
        """Whether a row begins as it did, and a letter further on is another one."""
        if row.ink is None:
            return False
        first = row.ink.first_column
        begins = row.ink.share_within(seen.luma, first, first + row.box.height) >= self._parameters.stands
        return begins and self._letter_is_other(row, row.ink, reading, seen, None)

    def _is_read_anew(self, row: Row, reading: Reading, seen: Seen, before: Patch | None) -> bool:
        """Whether the same other text is surely read once more, where the picture is too restless to tell."""
        if before is None or row.contradicted != letters(reading.text):
            return False
        return not self._is_quiet(before, seen) and self._is_in_doubt(row, reading, seen)

    def _is_quiet(self, before: Patch, seen: Seen) -> bool:
        """Whether the picture round a row looks much as it did."""
        changed = before.changed(seen.luma, self._parameters.change)
        return changed <= self._parameters.restless * before.box.width * before.box.height

    def _changed_in_place(  # noqa: PLR0913 - two pictures of a row, and what was read
        self, row: Row, ink: Ink, reading: Reading, seen: Seen, before: Patch | None, *, sure: bool
    ) -> bool:
        if before is not None:
            changed = before.changed(seen.luma, self._parameters.change)
            if changed <= self._parameters.speck:
                return False
            surest = min(row.best.confidence, reading.confidence)
            undoubted = self._is_quiet(before, seen) and surest >= self._parameters.beyond_doubt
            if undoubted and has_other_letters(row.best.text, reading.text):
                half = 0.6 * row.box.height
                there = [
                    before.changed(seen.luma, self._parameters.change, place - half, place + half)
                    for place in differing_columns(list(row.best.places), reading.text)
                ]
                if max(there, default=changed) > self._parameters.speck:
                    reason = "a letter changed, in the picture and in the text"
                    self._say(seen.time, row, "replaced", reason, changed)
                    return True
        return self._letter_is_other(row, ink, reading, seen, before if sure else None)

    def _letter_is_other(self, row: Row, ink: Ink, reading: Reading, seen: Seen, before: Patch | None) -> bool:
        """Whether where a letter is read otherwise its ink has gone, or there is more than in the picture `before`."""
        half, parameters = 0.4 * row.box.height, self._parameters
        for place in differing_columns(list(row.best.places), reading.text):
            share = ink.share_within(seen.luma, place - half, place + half)
            if share < parameters.letter_lost:
                reason = "a letter's ink went, another is read"
                self._say(seen.time, row, "replaced", reason, share, parameters.letter_lost)
                return True
            new = before.new_ink(ink, seen.luma, place - half, place + half) if before is not None else 0
            least = max(parameters.speck, parameters.letter_new * ink.pixels_within(place - half, place + half))
            if new > least:
                self._say(seen.time, row, "replaced", "there is new ink, another letter is read", new, least)
                return True
        return False

    def _last_letter_went(self, row: Row, ink: Ink, reading: Reading, seen: Seen) -> bool:
        """Whether more is read before a row's last letter, and where that stood it is no longer: "No!", "No, no!"."""
        if not row.best.places or not has_more_before(row.best.text, reading.text):
            return False
        half, place = 0.4 * row.box.height, row.best.places[-1][1]
        # What stands there now has some of its ink in common: a comma, with an exclamation mark.
        share = ink.share_within(seen.luma, place - half, place + half)
        if share >= self._parameters.stands:
            return False
        reason = "its last letter went, and more is read before it"
        self._say(seen.time, row, "replaced", reason, share, self._parameters.stands)
        return True

    def _goes_on_as_another(self, row: Row, box: Box, reading: Reading, seen: Seen) -> bool:
        """Whether a row that came whole, and rested, now says more at its end: that is another line."""
        before, after = letters(row.text), letters(reading.text)
        if not self._came_whole(row) or len(before) < 3 or reading.confidence < self._parameters.sure:
            return False
        if self._rested(row, seen) <= self._parameters.whole_rest or after[-1] in MARK_LIKE:
            return False
        if row.box.width < 2 * row.box.height and ending(row.text) is not Ending.FINAL:
            # First and last letter are too near each other to tell that they came together.
            return False
        more = after[len(before) :]
        dots = len(more) > 1 and set(more) == {"."}
        if not dots and not any(character.isalnum() or character in "!?！？…" for character in more):
            # A comma behind a full stop is the sign that the game waits.
            return False
        wider = box.width - row.box.width > 0.15 * box.height
        # It slides into its place: what only grows keeps one of its edges, or its middle.
        left, right = box.left - row.box.left, box.right - row.box.right
        slides = left * right > 0 and min(abs(left), abs(right)) > 0.4 * box.height
        return (wider or slides) and len(after) > len(before) and same_letters(row.text, after[: len(before)])

    def _has_new_ink(self, row: Row, box: Box, before: Patch | None, seen: Seen) -> bool:
        """Whether there is more ink than when the row was last read; if the picture moves, past the row's end."""
        if before is None or row.ink is None:
            return False
        changed = before.changed_round(row.ink, seen.luma, self._parameters.change)
        if changed <= self._parameters.restless * before.box.width * before.box.height:
            return changed > self._parameters.speck
        now = ink_of(seen.luma, seen.colour, box, self._parameters)
        if now is None:
            return False
        past = now.mask[:, max(0, row.ink.last_column + 2 - now.box.left) :].sum()
        return bool(past > self._parameters.speck or now.mask.sum() > 1.03 * row.ink.mask.sum())

    def _begin(self, box: Box, reading: Reading, seen: Seen) -> None:
        ink = ink_of(seen.luma, seen.colour, box, self._parameters)
        self._numbers += 1
        row = Row(
            self._numbers, box, seen.time, seen.time, seen.time, ink, [reading], read_at=seen.time, first_seen=seen.time
        )
        row.read_in = Patch.of(seen.luma, box)
        row.seen, row.apart = box, box in self._parts
        # A box may be drawn too small, and cut letters off; a line is seldom without an end.
        row.unsettled = ending(reading.text) in (Ending.OPEN, Ending.PAUSE)
        if ink is not None:
            row.born = _since(ink, seen, self._parameters, ink.first_column, ink.first_column + 0.5 * box.height)
            row.grown = max(row.born, _since(ink, seen, self._parameters, *_end_of(ink)))
            if seen.memory and row.born <= seen.memory[0][0] and seen.news_since is not None:
                # It came before the oldest picture that is kept.
                row.born = min(row.born, seen.news_since)
        self._take_up(row, reading, seen)
        # Ink of two texts may lie in the same place by chance: none stood there before the other had gone.
        before = [
            one.gone for one in self._went if one.gone is not None and not one.absorbed and overlap(one.box, box) > 0
        ]
        row.born = max([row.born, *before])
        if box in self._came_at:
            # It was read before that it was not believed.
            row.born = min(row.born, self._came_at.pop(box))
        row.grown = max(row.born, row.grown)
        self.rows.append(row)
        self.changed = True
        self._say(seen.time, row, "came", f"read {reading.confidence:.2f}")

    def _take_up(self, row: Row, reading: Reading, seen: Seen) -> None:
        """Text that shakes, or whose letters pop in, may seem to go and come anew with more of it: it began before."""
        brief = self._parameters.brief
        for one in self._went:
            if one.gone is None or one.absorbed or seen.time - one.gone > brief or one.gone - one.born > brief:
                continue
            if overlap(one.box, row.box) > 0.5 and goes_on(one.text, reading.text):
                one.absorbed, one.remains = True, None
                row.born = min(row.born, one.born)
                self._say(seen.time, one, "joined", f"row {row.number} goes on from it")

    def _grow(self, row: Row, box: Box, reading: Reading, seen: Seen) -> None:
        row.box = box
        row.ink = ink_of(seen.luma, seen.colour, box, self._parameters)
        row.readings = [reading]
        row.steps += 1
        if row.ink is not None:
            row.grown = max(row.grown, _since(row.ink, seen, self._parameters, *_end_of(row.ink)))
        else:
            row.grown = seen.time
        self.changed = True
        self._say(seen.time, row, "grew", f"read {reading.confidence:.2f}")

    def _stand_anew(self, row: Row, box: Box, seen: Seen) -> None:
        """The same text looks different now: it faded, moved, or shook."""
        row.box, row.uncovered = box, None
        row.ink = ink_of(seen.luma, seen.colour, box, self._parameters)
        row.stood = seen.time

    def _add(self, row: Row, reading: Reading) -> None:
        was = row.is_text(self._parameters)
        row.readings = [*row.readings, reading][-READINGS:]
        self.changed = self.changed or not was

    def _end(self, row: Row, seen: Seen, reason: str) -> None:
        row.gone = row.stood
        self.rows.remove(row)
        self._went.append(row)
        self.changed = True
        self._say(seen.time, row, "went", reason)

    def _say(  # noqa: PLR0913, PLR0917 - a decision has as many parts
        self, time: float, row: Row, verdict: str, reason: str, value: float | None = None, limit: float | None = None
    ) -> None:
        self._note(Decision(time, "follow", f"row {row.number}", verdict, reason, value, limit, row.box))


def _is_typed_on(before: str, after: str) -> bool:
    """Whether an unfinished text has become longer by a word or so."""
    more = sum(one.isalnum() for one in after) - sum(one.isalnum() for one in before)
    on = goes_on(before, after) or goes_on_but_for_last(before, after)
    return more >= TYPED_ON and ending(before) is not Ending.FINAL and on


def _without_marks(reading: Reading, plain: Reading) -> Reading:
    """A reading that ends as another does, which has no mark behind it."""
    end = plain.text[len(_END.sub("", plain.text)) :]
    return replace(reading, text=_END.sub("", reading.text) + end)


def _weight(reading: Reading) -> float:
    """What a reading counts among others."""
    return max(0.05, reading.confidence - 0.4)


def _note_standing(row: Row, seen: Seen) -> None:
    """Note what a row that stands looks like, and what is behind it."""
    if row.ink is None or row.stood != seen.time:
        return
    row.usual_share = max(0.9 * row.usual_share, row.ink.share(seen.luma))
    if row.surface is None or row.surface.ink is not row.ink:
        row.surface = Surface(row.ink, row.surface)
    row.surface.note(seen.luma)


def _reading_of(text: RowText, time: float, offset: float) -> Reading | None:
    words = tidy(text.text)
    if text.confidence < LEAST_CONFIDENCE or not is_readable(words) or may_be_mark(words, text.confidence):
        return None
    places = tuple((one.text, one.place + offset) for one in text.characters)
    return Reading(words, text.confidence, time, places)


def _covers(box: Box, row: Box) -> bool:
    """Whether nearly all of a row lies in a box."""
    shared = box.intersection(row)
    return shared is not None and shared.width * shared.height >= COVERED * row.width * row.height


def _is_within(box: Box, area: Box) -> bool:
    middle_x, middle_y = box.left + box.width / 2, box.top + box.height / 2
    return area.left <= middle_x < area.right and area.top <= middle_y < area.bottom


def _end_of(ink: Ink) -> tuple[float, float]:
    """The columns of the last letters."""
    return ink.last_column - 0.6 * ink.box.height, float(ink.last_column + 1)


def _since(ink: Ink, seen: Seen, parameters: FollowParameters, left: float, right: float) -> float:
    """Since when the ink within some columns has stood, as far back as pictures are kept."""
    since = seen.time
    for time, luma in reversed(seen.memory):
        if time > seen.time:
            continue
        if ink.share_within(luma, left, right) < parameters.stands:
            break
        since = time
    return since
