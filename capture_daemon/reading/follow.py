"""Follow: the rows that stand, which come and go, and what each look makes of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from capture_daemon.frames import Box, GreyImage
from capture_daemon.ocr.engine import RowText
from capture_daemon.reading.comparison import Comparison, Verdict
from capture_daemon.reading.going import (
    is_beginning_of,
    is_remains_of_any,
    leave_out_mark,
    moved_alone,
    pieces_of,
    seems_going,
    take_remains,
    was_piece,
    what_stays,
)
from capture_daemon.reading.ink import Patch
from capture_daemon.reading.layout import holds, is_within, level_share, on_one_level, overlap, same_place
from capture_daemon.reading.overlay import parts_by_ink, parts_by_text
from capture_daemon.reading.parameters import FollowParameters
from capture_daemon.reading.partly_seen import with_unseen_rest
from capture_daemon.reading.rereading import Rereading
from capture_daemon.reading.row import Contradiction, Memory, Row, Seen, SeenRow
from capture_daemon.reading.row_readings import LEAST_CONFIDENCE, Reading, latest
from capture_daemon.reading.scrolling import has_scrolled_out, move_by_ink, moved_by_text, moved_from, rose, scroll_out
from capture_daemon.reading.standing import (
    end_of,
    has_lost_its_end,
    ink_in,
    note_standing,
    since,
    standing_share,
    stands_unseen,
    takes_other_strength,
)
from capture_daemon.reading.text import Ending, ending
from capture_daemon.reading.trace import Decision, Note, ignore
from capture_daemon.reading.trailing_marks import without_mark
from capture_daemon.reading.typing_pace import TypedRows
from capture_daemon.reading.wording import is_but_for_marks, letters, likeness

_GONE_KEPT = 8
"""How many rows are remembered after they have gone."""
STACKED = 0.65
"""Height of the higher of two rows in the box that holds both, at most; 0.55 to 0.75."""


class Follow:
    """The rows that stand, and those that have just gone."""

    def __init__(self, parameters: FollowParameters, note: Note = ignore) -> None:
        self.rows: list[Row] = []
        """Those that stand, in the order they came."""
        self._parameters = parameters
        self._note = note
        self._numbers = 0
        self._went: deque[Row] = deque(maxlen=_GONE_KEPT)
        self._parts: dict[Box, Row] = {}
        """Of a look, the boxes of rows that were parted, with the writing that stood there."""
        self._typed_rows = TypedRows()
        self._came_at: dict[Box, float] = {}
        """When other text, doubted at first, was first read in a box, in seconds."""
        self.changed = False
        """Whether a row came, grew or went since this was last set to False."""
        self.left_out: list[Box] = []
        """Where the last looks saw what may be the remains of a row that went, or a new one."""

    def watch(self, luma: GreyImage, time: float, moved: Sequence[Row]) -> list[Row]:
        """The rows of those in `moved`, round which something moved in this frame, whose ink seems to have gone."""
        lost, ends = list[Row](), list[Row]()
        for row in self.rows:
            share = self.standing(row, luma) if row in moved else 1.0
            stands = share >= self._parameters.lost
            ended = stands and row in moved and has_lost_its_end(row, luma, self._parameters)
            if not ended and (stands or takes_other_strength(row, luma, self._parameters)):
                row.stood = time
                continue
            (ends if ended else lost).append(row)
            verdict = "its end seems gone" if ended else "ink seems gone"
            self._say(time, row, verdict, "share of its ink that stands", share, self._parameters.lost)
        scrolled = move_by_ink(lost, moved, luma, time, self._parameters)
        for row in scrolled:
            self._say(time, row, "moved", "its ink stands elsewhere, as that of others does")
        out = scroll_out(lost, moved, scrolled)
        for row in out:
            self._end(row, time, "it scrolled out, or under another row")
        return [row for row in lost if row not in scrolled and row not in out] + ends

    def standing(self, row: Row, luma: GreyImage) -> float:
        """Share of the row's ink that a frame shows, 1 where that isn't known."""
        return standing_share(row, luma, self._parameters)

    def at(self, box: Box) -> Row | None:
        """The row that stands where the detector sees one."""
        return max(
            (row for row in self.rows if overlap(row.box, box) > 0.3),
            key=lambda row: overlap(row.box, box) * min(row.box.width, box.width) * level_share(row.box, box),
            default=None,
        )

    def parted(self, box: Box, luma: GreyImage, time: float) -> list[Box]:
        """What the detector sees as one row, parted where writing that stood there begins; rows that stand are two."""
        stacked = [row for row in self.rows if row.is_text(self._parameters) and holds(box, row.box)]
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

    def _parted_by_text(self, seen: Seen) -> Sequence[SeenRow]:
        """The rows that a look saw, where need be parted where writing that stood there begins."""
        rows: list[SeenRow] = []
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
        if (row := self.at(box)) is None:
            return False
        row.unsettled = False
        beside = [one for one in rows if not on_one_level(one, box)]
        again = Rereading(row, box, luma, time, memory, self._parameters)
        return self._parts.get(box) is row or (again.is_unchanged(beside) and not rose(row, time))

    def is_growing(self, box: Box, luma: GreyImage, time: float, postponed: float) -> bool:
        """Whether a row that the detector sees is being typed: it is read at rest, or after `postponed` seconds."""
        row = self.at(box)
        return row is not None and Rereading(row, box, luma, time, (), self._parameters).is_growing(postponed)

    def take(self, seen: Seen) -> None:
        """Bring the rows up to date with what a look saw."""
        left = {id(row): row for row in self.rows if is_within(row.box, seen.area)}
        fresh: list[tuple[Box, Reading]] = []
        seen_rows = self._parted_by_text(seen)
        scrolled = self._scrolled(list(left.values()), seen_rows, seen)
        for box, text, offset in seen_rows:
            row = scrolled.get(box) or self.at(box)
            if row is not None:
                row.misses = 0
                left.pop(id(row), None)
                if text is None or text.confidence >= LEAST_CONFIDENCE:
                    self._absorb(row, box, seen)
            new = self._take_row(row, box, text, offset, seen)
            if new is not None:
                fresh.append((box, new))
        unseen = [row for row in left.values() if not row.absorbed]
        lost = [row for row in unseen if not stands_unseen(row, seen, self.standing(row, seen.luma), self._parameters)]
        self._lose(lost, seen, fresh)
        begun = [
            (box, reading)
            for box, reading in fresh
            if not is_remains_of_any(self._went, box, reading, self._parameters)
        ]
        self.left_out = [box for box in self.left_out if not is_within(box, seen.area)]
        self.left_out += [box for box, reading in fresh if (box, reading) not in begun]
        for box, reading in begun:
            self._begin(box, reading, seen)
        for row in self.rows:
            note_standing(row, seen)
        self._parts.clear()
        self._came_at.clear()

    def _scrolled(self, rows: Sequence[Row], seen_rows: Sequence[SeenRow], seen: Seen) -> dict[Box, Row]:
        """The rows that moved together, by where they stand now, as text tells: their ink could not."""
        moved = moved_by_text(rows, seen_rows)
        for row, (box, _, _) in moved:
            self._move(row, box, "it is read elsewhere, as others are", seen)
        return {one[0]: row for row, one in moved}

    def _take_row(self, row: Row | None, box: Box, text: RowText | None, offset: float, seen: Seen) -> Reading | None:
        """Take in one row that a look saw; what was read there if that is a new row's."""
        if text is None:
            if row is not None:
                row.stood = seen.time
                row.unchanged_at = row.unchanged_at if row.stale else seen.time
            return None
        reading = Reading.of(text, seen.time, offset, box)
        if reading is not None:
            reading = self._without_mark(row, box, reading, seen)
        if row is None or row.gone is not None:
            return reading
        row.unsettled = False
        row.unread += reading is None
        if reading is None and likeness(row.text, text.text) >= self._parameters.alike:
            self._stand_anew(row, box, seen)
            return None
        if self._read_again(row, box, reading, seen):
            return None
        row.replaced = True
        self._end(row, seen.time, "other text stands in its place")
        contradiction = row.contradiction
        if reading is not None and contradiction is not None and contradiction.words == letters(reading.text):
            self._came_at[box] = contradiction.time
        return reading

    def _without_mark(self, row: Row | None, box: Box, reading: Reading, seen: Seen) -> Reading:
        """What was read without the mark behind it that came when the text was complete."""
        plain = without_mark(row, box, reading, seen, self._parameters)
        if plain is not reading:
            self._note(Decision(seen.time, "follow", "mark", "left out", "it came behind a complete text", box=box))
        return plain

    def end_all(self, time: float) -> None:
        """No more frames come: what stands has been seen to its end."""
        for row in self.rows:
            row.gone = time
        self.rows.clear()
        self.changed = True

    # One row

    def _lose(self, lost: Sequence[Row], seen: Seen, fresh: list[tuple[Box, Reading]]) -> None:
        """Rows whose ink doesn't stand, and that the detector doesn't see in their places: they have moved, or gone."""
        moved = moved_alone(lost, fresh, seen.time, self._parameters)
        for row in lost:
            found = moved.get(id(row))
            if found is None:
                row.absorbed = was_piece(row, seen, self._parameters)
                what = "it is read as part of another" if row.absorbed else "nothing is seen there"
                self._end(row, seen.time, f"its ink has gone, and {what}")
                continue
            fresh.remove(found)
            self._move(row, found[0], "the same text stands elsewhere", seen)
            self._add(row, found[1])

    def _move(self, row: Row, box: Box, reason: str, seen: Seen) -> None:
        row.moved_at, row.moved_by = seen.time, box.top - row.box.top
        self._say(seen.time, row, "moved", reason)
        self._stand_anew(row, box, seen)

    def _absorb(self, row: Row, box: Box, seen: Seen) -> None:
        """Rows that turn out to be parts of this one are no rows of their own."""
        for other in pieces_of(row, box, self.rows):
            self._say(seen.time, other, "joined", f"it is part of row {row.number}")
            row.born = min(row.born, other.born)
            self.rows.remove(other)
            other.gone, other.absorbed = seen.time, True

    def _read_again(self, row: Row, box: Box, reading: Reading | None, seen: Seen) -> bool:
        """Take another reading of a row; whether it still is the same row."""
        stands = row.ink is not None and self.standing(row, seen.luma) >= self._parameters.stands
        if reading is not None and (whole := with_unseen_rest(row, box, reading, seen.luma, self._parameters)):
            self._say(seen.time, row, "seen in part", "the rest of its ink stands")
            box, reading = row.box, whole
        if reading is not None and seems_going(row, reading, self._parameters):
            plain = what_stays(row, reading, self._parameters)
            if plain is None:
                return take_remains(row, reading, self._parameters)
            row.going = None
            if leave_out_mark(row, plain):
                self._say(seen.time, row, "marked", "dots or a mark stood behind it for a while")
        row.read_at = seen.time
        before, row.read_in = row.read_in, Patch.of(seen.luma, box)
        was_stale, row.stale = row.stale, False
        row.note_seen(box, seen.time)
        if reading is not None:
            said, types = row.text, self._typed_rows.are_usual
            row.blinks = row.blinks or any(is_but_for_marks(one.text, reading.text) for one in row.readings)
            comparison = Comparison(
                row, box, reading, seen, before, said, stands, was_stale, types, self._parameters, self._note
            )
            return self._apply(comparison.verdict(), comparison)
        if stands:
            row.stood = seen.time
        return stands

    def _apply(self, verdict: Verdict, comparison: Comparison) -> bool:
        """The transition function: what a verdict makes of a row that stands; whether it still is the same row."""
        row, reading, seen = comparison.row, comparison.reading, comparison.seen
        if verdict is Verdict.OTHER:
            return False
        if verdict in (Verdict.SAME, Verdict.GROWN):
            row.contradiction = None
            self._confirm(comparison, grew=verdict is Verdict.GROWN)
            row.stood = seen.time
            return True
        if row.contradicted != (words := letters(reading.text)):
            row.contradiction = Contradiction(words, seen.time)
        row.note_more(seen.time)
        if verdict is Verdict.PASSING:
            # Until it's known, the picture in which the row was read is what counts.
            row.read_in, row.pending = comparison.before, reading
        if verdict is not Verdict.CONTRADICTED:
            row.stood = seen.time
        return True

    def _confirm(self, comparison: Comparison, *, grew: bool) -> None:
        """Take another reading of the same row, which has more of it if it grew."""
        row, box, reading, seen = comparison.row, comparison.box, comparison.reading, comparison.seen
        if row.pending is not None:
            # What passed before it has gone, but for that it was read all the same.
            self._add(row, row.pending)
            row.pending = None
        if grew:
            self._grow(row, box, reading, seen)
            return
        if not comparison.stands or row.ink is None or (row.uncovered and not same_place(row.box, box)):
            self._stand_anew(row, box, seen)
        elif row.ink.share(seen.luma) < self._parameters.certain and not same_place(row.box, box):
            # A mark stood behind it when its ink was taken.
            row.box, row.ink = box, ink_in(box, seen, self._parameters)
        self._add(row, reading)
        row.unchanged_at = seen.time

    def _begin(self, box: Box, reading: Reading, seen: Seen) -> None:
        ink = ink_in(box, seen, self._parameters)
        self._numbers += 1
        row = Row(
            self._numbers, box, seen.time, seen.time, seen.time, ink, [reading], read_at=seen.time, first_seen=seen.time
        )
        row.read_in = Patch.of(seen.luma, box)
        row.note_seen(box, seen.time)
        row.came_in, row.apart, row.mark_at = box, box in self._parts, reading.mark_at
        # A box may be drawn too small, and cut letters off; a line is seldom without an end.
        row.unsettled = ending(reading.text) in (Ending.OPEN, Ending.PAUSE)
        if ink is not None:
            row.born = since(ink, seen, self._parameters, ink.first_column, ink.first_column + 0.5 * box.height)
            row.grown = max(row.born, since(ink, seen, self._parameters, *end_of(ink)))
            if seen.memory and row.born <= seen.memory[0][0] and seen.news_since is not None:
                # It came before the oldest picture that is kept.
                row.born = min(row.born, seen.news_since)
        self._take_up(row, reading, seen)
        # Ink of two texts may lie in the same place by chance: none stood there before the other had gone, or moved.
        went = [one for one in self._went if not one.absorbed and overlap(one.box, box) > 0]
        before = [*(one.gone for one in went if one.gone is not None), *moved_from(box, self.rows)]
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
        for one in self._went:
            if is_beginning_of(one, row, reading, seen.time, self._parameters):
                one.absorbed, one.going = True, None
                row.born = min(row.born, one.born)
                self._say(seen.time, one, "joined", f"row {row.number} goes on from it")

    def _grow(self, row: Row, box: Box, reading: Reading, seen: Seen) -> None:
        row.box = box
        row.ink = ink_in(box, seen, self._parameters)
        row.readings = [reading]
        row.steps += 1
        came = seen.time if row.ink is None else since(row.ink, seen, self._parameters, *end_of(row.ink))
        row.grown = max(row.grown, came)
        self.changed = True
        self._say(seen.time, row, "grew", f"read {reading.confidence:.2f}")

    def _stand_anew(self, row: Row, box: Box, seen: Seen) -> None:
        """The same text looks different now: it faded, moved, or shook."""
        row.box, row.uncovered = box, None
        row.ink = ink_in(box, seen, self._parameters)
        row.stood = row.anew_at = seen.time

    def _add(self, row: Row, reading: Reading) -> None:
        was = row.is_text(self._parameters)
        row.readings = latest([*([] if rose(row, reading.time) else row.readings), reading])
        self.changed = self.changed or not was

    def _end(self, row: Row, time: float, reason: str) -> None:
        row.gone = row.stood
        self.rows.remove(row)
        row.scrolled_out = row.scrolled_out or has_scrolled_out(row, self.rows, time)
        self._went.append(row)
        self._typed_rows.note(row)
        self.changed = True
        self._say(time, row, "went", reason)

    def _say(  # noqa: PLR0913, PLR0917 - a decision has as many parts
        self, time: float, row: Row, verdict: str, reason: str, value: float | None = None, limit: float | None = None
    ) -> None:
        self._note(Decision(time, "follow", f"row {row.number}", verdict, reason, value, limit, row.box))
