"""Dialogue: which rows make up a line, and when it began and ended. One state machine with one transition function."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from itertools import pairwise

from capture_daemon.frames import GreyImage
from capture_daemon.reading.blocks import Answers, block_of, nearest, note_block
from capture_daemon.reading.dialogue_line import (
    DialogueLine,
    State,
    began_together,
    begins_as_next_speaker,
    begins_next_speech,
    blinked,
    comes_under_its_name,
    has_gone_before,
    in_order,
    is_mark_behind,
    is_other_colour,
    lasted,
    rest_before,
    went_before,
)
from capture_daemon.reading.layout import belong_together, is_right_above, overlap
from capture_daemon.reading.parameters import FollowParameters
from capture_daemon.reading.returning import RETURN_SECONDS, TOGETHER, WHOLE, came_back, came_with_box, is_twin
from capture_daemon.reading.row import Row
from capture_daemon.reading.row_readings import latest
from capture_daemon.reading.scrolling import stood_elsewhere
from capture_daemon.reading.speaker import SPECKS, is_name
from capture_daemon.reading.trace import Decision, Note, ignore
from capture_daemon.reading.wording import letters, likeness

REMEMBERED = 12
"""Lines that went, among which one is looked for that comes back, or has scrolled; 4 to 20."""
EARLIER = 0.3
"""Seconds by which writing that stays when a line goes must have stood there before it came; 0.2 to 0.6."""
WAITS = 2.0
"""Seconds for which a name stands by itself before its text comes, at most, 1.5 to 3: a word stands so, too."""
AFTER_NAME, LATE = 0.25, 0.6
"""Seconds by which a text may come before the name over it, 0.1 to 0.4, and after it, 0.3 to 1."""
ALIKE_HEIGHT = 0.74
"""How high one of two rows of a size is at least beside the other; 0.7 to 0.85: boxes round a word vary so much."""
SAME_MOMENT = 0.12
"""Seconds within which rows in two places come at the same moment; 0.05 to 0.2."""
SEEN_LATE = 0.5
"""Seconds by which a line may be seen to go later than others that went with it, 0.3 to 1: looks at what moves are that
far apart. A sign stands on for longer."""
FURTHER_DOWN = 3.0
"""Heights of a row by which a paragraph begins below the last one that was read, at most; 2 to 4: one row between."""
OFTEN, OWN_BOX = 2, 1.5
"""Lines whose box came with them from which each has a box of its own here, 2 to 4, and how many times as long as the
longest its box may be away for the next line to be another, even with the same words; 1.2 to 2."""
MISREAD = 0.8
"""Share of its letters that a row misread has in common with what it says, at least; 0.75 to 0.9."""
NEARLY = 0.93
"""The same of a row below which others of its text stand; 0.9 to 0.97: of thirty letters, two."""


def _kept(line: DialogueLine) -> list[Row]:
    """The rows that stand on when a line ends: its own, and those that were kept for it."""
    return [row for row in (*line.rows, *line.kept) if row.gone is None]


class Dialogue:
    """The lines on screen. Rows are given to it once they are known to be text."""

    def __init__(self, parameters: FollowParameters, note: Note = ignore) -> None:
        self.open: list[DialogueLine] = []
        """Lines that stand, or are being revealed."""
        self.gone: deque[DialogueLine] = deque()
        """Lines that have ended, oldest first; the caller's to empty."""
        self._parameters = parameters
        self._note = note
        self._numbers = 0
        self.past: deque[DialogueLine] = deque(maxlen=REMEMBERED)
        """The last lines that have ended, oldest first."""
        self._first_frame: float | None = None
        self._moving = False
        self._fresh: list[Row] = []
        self._answers = Answers()
        self.withheld: DialogueLine | None = None
        """A line that may be a sign: it is said once the next one shows that it is none."""

    def update(self, rows: Iterable[Row], time: float, *, moving: bool = False) -> None:
        """Take in the rows that stand and those that went since the last time.

        `moving`: the picture moves, so only looks tell that nothing came.
        """
        self._moving = moving
        if self._first_frame is None:
            self._first_frame = time
        for line in list(self.open):
            line.rows = [row for row in line.rows if not (row.absorbed or blinked(row, line, time))]
            line.kept = [row for row in line.kept if not row.absorbed]
            if not line.rows:
                self.open.remove(line)
        unplaced = [row for row in rows if not (row.placed or row.absorbed)]
        doubted = {row.first_seen for row in unplaced if row.gone is None and not row.is_text(self._parameters)}
        # Dots that came together with what may be text are its mark, perhaps.
        waiting = [row for row in unplaced if row.says_dots and row.gone is None and row.first_seen in doubted]
        self._fresh = new = [row for row in unplaced if row not in waiting and row.is_text(self._parameters)]
        for row in sorted(new, key=lambda row: (row.first_seen, row.box.top)):
            row.placed = True
            self._place(row, time)
        for line in self.open:
            self._answers.note(line.offered)
        for line in list(self.open):
            if not line.standing:
                self._close(line, time, "all of it went")

    def follow_on(self, other: Dialogue) -> None:
        """Continue after `other`, which has seen the first frame."""
        self._first_frame = other._first_frame

    def forget(self, line: DialogueLine) -> None:
        """Remove a line that has ended: it was no line."""
        if line in self.past:
            self.past.remove(line)

    def watch(self, luma: GreyImage, time: float) -> None:
        """See in a frame without them whether the boxes of lines that have just gone are gone, too."""
        for line in self.past:
            since = time - line.went
            if since <= 0 or since > (RETURN_SECONDS if line.with_box else TOGETHER):
                continue
            # What passes where the box was may look like it for a moment, as long as nothing else has come.
            is_last = line is self.past[-1] and not self.open
            if line.box_came is not None and not is_last:
                continue
            surfaces = [row.surface for row in line.rows if row.surface is not None]
            vanished = bool(surfaces) and all(surface.vanished_in(luma) for surface in surfaces)
            if not line.with_box:
                line.with_box = vanished
            elif vanished:
                line.box_came = None
            elif line.box_came is None:
                line.box_came = time

    def end(self, time: float) -> None:
        """No more frames come."""
        for line in list(self.open):
            self._close(line, time, "the end")

    def is_old(self, line: DialogueLine) -> DialogueLine | None:
        """The line that this one is, come back whole and in place after its box had gone with it."""
        if any(row.grown - row.born > WHOLE or row.steps for row in line.rows):
            return None
        usual = self._usual_absence()
        for old in reversed(self.past):
            if old is line or line.started - old.went > RETURN_SECONDS or not came_with_box(line.started, old):
                # If the box was there before its text, it is being filled anew.
                continue
            if line.started - old.went <= usual:
                # Here each line has a box of its own.
                return None
            # The rows of either may have been read in any order.
            first, again = (min(one.rows, key=lambda row: row.box.top) for one in (old, line))
            if old.words == line.words and overlap(first.box, again.came_in or again.box) > 0.8:
                return old
        return None

    def _usual_absence(self) -> float:
        """For how many seconds the box is away between two lines where it goes and comes with each, 0 elsewhere."""
        lines = list(self.past)
        absences = [
            line.started - old.went
            for old, line in pairwise(lines)
            if came_with_box(line.started, old) and old.words != line.words
        ]
        return OWN_BOX * max(absences) if len(absences) >= OFTEN else 0.0

    def _place(self, row: Row, time: float) -> None:
        """The transition function: what a row that is new on screen does to the lines that stand."""
        others = [one for line in (*self.open, *self.past) for one in line.rows if one is not row]
        if stood_elsewhere(row, others, self._parameters):
            self._note(Decision(time, "follow", f"row {row.number}", "old", "it only scrolled", box=row.box))
            return
        if came_back(row, self.past):
            self._note(Decision(time, "follow", f"row {row.number}", "old", "it came back with its page", box=row.box))
            return
        if any(is_mark_behind(row, one) for line in self.open for one in line.standing):
            self._note(Decision(time, "follow", f"row {row.number}", "left out", "a mark behind a text", box=row.box))
            return
        near = [line for line in self.open if self._is_near(line, row)]
        if not near:
            beside = [line for line in self.open if self._came_together(line, row)]
            if beside:
                self._join(beside[0], row, time, "it came at the same time")
                return
            for line in [line for line in self.open if self._is_further_down(line, row)]:
                self._close(line, time, "a new row began further down", goes_on=True)
            self._open(row, self._still_standing(row), time)
            return
        page = [*self._fresh, *(one for line in (*self.open, *self.past) for one in line.standing)]
        blocks = {line.number: block_of(line, row, page) for line in near}
        self._place_near([line for line in near if blocks[line.number] is None], row, time)
        if self.open[-1].rows == [row]:
            note_block(self.open[-1], near, blocks.values())

    def _place_near(self, near: list[DialogueLine], row: Row, time: float) -> None:
        """The same among lines that it stands near, and isn't set apart from."""
        if not near:
            self._open(row, [], time)
            return
        line = self._in_one(nearest(near, row), row, time)
        missed = self._missed(line, row)
        if missed is not None:
            line.rows.remove(missed)
            row.born, row.grown = missed.born, missed.grown
            row.readings = latest([*missed.readings, *row.readings])
            self._join(line, row, time, f"it is row {missed.number}, which was missed")
            return
        if has_gone_before(line, row) or self._is_replaced(line, row):
            self._close(line, time, "some of it went, and other text came")
            self._open(row, _kept(line), time)
        elif (reason := self._begins_anew(line, row)) is not None:
            self._close(line, time, reason, goes_on=True)
            self._open(row, _kept(line), time)
        else:
            self._join(line, row, time, "it came to what stands")

    def _in_one(self, near: list[DialogueLine], row: Row, time: float) -> DialogueLine:
        """The line that grew last of those near a row between them; what began together with it is part of it."""
        line = max(near, key=lambda line: line.grown)
        together = [one for one in near if one is line or began_together(line, one, row)]
        if sum(one.said is not None for one in together) > 1:
            return line
        kept = min(together, key=lambda one: (one.said is None, one.number))
        for other in together:
            if other is not kept:
                kept.rows += other.rows
                kept.kept += other.kept
                kept.state = State.REVEALING
                self.open.remove(other)
                self._say(time, kept, "revealing", f"line {other.number} is part of it: a row came between them")
        return kept

    def _still_standing(self, row: Row) -> list[Row]:
        """Rows near a new one that stand since lines before: a name, perhaps."""
        before = [one for line in self.past for one in _kept(line)]
        return [
            one
            for one in before
            if one is not row
            and (
                belong_together(one.box, row.box, self._parameters)
                or is_right_above(one.box, row.box, self._parameters)
            )
        ]

    def _missed(self, line: DialogueLine, row: Row) -> Row | None:
        """The row of a line of which others stood all the while, that this one is: it wasn't seen for a moment."""
        if not line.standing:
            return None
        for one in line.rows:
            if one.gone is None or overlap(one.box, row.box) <= 0.5 or row.stood - one.gone >= self._parameters.missed:
                continue
            alike = likeness(one.text, row.text) >= self._parameters.alike
            again = alike and not is_twin(line, one, row, self._parameters)
            if self._is_misread(line, one, row) if one.replaced else again:
                return one
        return None

    def _is_misread(self, line: DialogueLine, before: Row, row: Row) -> bool:
        """Whether a letter was read otherwise in one row of a text of which rows above or below stand: it's no other.

        More was read at the end of a row that others stand below if all else is alike.
        """
        others = [one for one in line.standing if not is_name(one.text)]
        above = any(one.box.bottom <= row.box.top + row.box.height / 4 for one in others)
        below = any(one.box.top >= row.box.bottom - row.box.height / 4 for one in others)
        alike = likeness(before.text, row.text)
        same = len(letters(before.text)) == len(letters(row.text))
        return (above and same and alike >= MISREAD) or (below and alike >= NEARLY)

    def _is_near(self, line: DialogueLine, row: Row) -> bool:
        near = any(other is not row and self._close_by(other, row) for other in line.rows)
        return near or comes_under_its_name(line, row)

    def _close_by(self, other: Row, row: Row) -> bool:
        place = other.seen if other.stale else other.box.union(other.seen)
        if other.gone is not None and overlap(place, row.box) > 0:
            return True
        return belong_together(place, row.box_beside(place), self._parameters) or self._is_name_over(other, row)

    def _is_name_over(self, other: Row, row: Row) -> bool:
        """Whether the upper of two rows is a name over the other, wherever it stands along it, and came with it."""
        upper, lower = (other, row) if other.box.top <= row.box.top else (row, other)
        with_it = upper.gone is None and -AFTER_NAME < lower.born - upper.born < LATE
        place = lower.box_beside(upper.box)
        name = is_name(upper.text.rstrip(SPECKS))
        return with_it and name and is_right_above(upper.box, place, self._parameters)

    def _came_together(self, line: DialogueLine, row: Row) -> bool:
        """Whether a row somewhere else is part of the line: two speak at once, and both came in the same moment."""
        if line.started - (self._first_frame or 0.0) < self._parameters.at_once:
            return False
        first = line.rows[0]
        alike = ALIKE_HEIGHT < row.box.height / first.box.height < 1 / ALIKE_HEIGHT and not is_other_colour(row, first)
        together = row.first_seen == first.first_seen or abs(row.born - line.started) < SAME_MOMENT
        return alike and line.state is State.REVEALING and together and not row.steps

    def _is_replaced(self, line: DialogueLine, row: Row) -> bool:
        """Whether a row came together with others that took the place of the line's."""
        others = [one for one in self._fresh if one.first_seen == row.first_seen and self._close_by(one, row)]
        lost = [one for one in line.rows if one.gone is not None and one.gone < row.first_seen]
        return any(overlap(one.box, other.box) > 0 for one in lost for other in others)

    def _begins_anew(self, line: DialogueLine, row: Row) -> str | None:
        """Why a row begins a line of its own though all of another stands; None if it belongs to that."""
        if row.apart or self._is_paragraph(line, row):
            return "a new row began after a rest"
        return "another speaks" if begins_as_next_speaker(line, row) or begins_next_speech(line, row) else None

    def _is_paragraph(self, line: DialogueLine, row: Row) -> bool:
        if row.born - line.grown <= rest_before(line, row, self._parameters):
            return False
        if any(one.stale and one.contradiction is None for one in line.rows):
            return False
        seen_at = max(max(one.unchanged_at, one.read_at) for one in line.rows)
        if self._moving and seen_at - line.grown < self._parameters.settled:
            return False
        under_name = len(line.rows) == 1 and is_name(line.rows[0].text) and row.box.top > line.rows[0].box.top
        return not under_name or row.born - line.grown > WAITS

    def _is_further_down(self, line: DialogueLine, row: Row) -> bool:
        """Whether a row begins below a line that stands, after a rest, as its text does, or in its column.

        A row was missed between them, or each has a bubble, or a card with a name.
        """
        last = in_order(line.rows)[-1]
        height = max(last.box.height, row.box.height)
        below = 0 < row.box.top - last.box.bottom < FURTHER_DOWN * height
        middles = row.box.left + row.box.right - last.box.left - last.box.right
        column = min(abs(row.box.left - last.box.left), abs(middles) / 2) < height / 2
        high = ALIKE_HEIGHT < row.box.height / last.box.height < 1 / ALIKE_HEIGHT
        alike = is_name(row.text) or ((column or high) and not is_other_colour(row, last))
        return below and alike and len(line.standing) == len(line.rows) and self._is_paragraph(line, row)

    def _open(self, row: Row, kept: list[Row], time: float) -> None:
        self._numbers += 1
        self.open.append(DialogueLine(self._numbers, [row], kept=kept))
        self._say(time, self.open[-1], "revealing", f"row {row.number} came")

    def _join(self, line: DialogueLine, row: Row, time: float, reason: str) -> None:
        line.rows.append(row)
        line.state = State.REVEALING
        self._say(time, line, "revealing", f"row {row.number} joined: {reason}")

    def _close(self, line: DialogueLine, time: float, reason: str, *, goes_on: bool = False) -> None:
        """End a line. `goes_on` says that it stands, and that a new row came to it."""
        ends = [row.gone for row in line.rows if row.gone is not None]
        if ends and time > max(ends):
            # What stays where it is when the text goes is writing that stood there, or the name of who speaks; but
            # not what the detector no longer sees: there only ink, which may be taken wrongly, says that it stays.
            first = min(row.born for row in line.rows if row.gone is not None)
            line.stayed = [
                row
                for row in line.standing
                if row.moved_at is None and not row.misses and (first - row.born > EARLIER or is_name(row.text))
            ]
        line.outlived = sum(
            lasted(other) and line.started + 0.3 < other.started and went_before(other, time - SEEN_LATE)
            for other in self.past
        )
        line.from_start = line.started - (self._first_frame or 0.0) < self._parameters.at_once
        line.went = max(ends) if ends else time
        line.state = State.GONE
        self.open.remove(line)
        self.past.append(line)
        self._release(line, time, goes_on=goes_on)
        if goes_on and line.from_start and line.said is None and len(line.standing) == len(line.rows):
            self.withheld = line
            self._say(time, line, "withheld", f"{reason}; it may be a sign, as it stood in the first frame")
            return
        self.gone.append(line)
        self._say(time, line, "gone", reason)

    def _release(self, line: DialogueLine, time: float, *, goes_on: bool) -> None:
        """What stood there first is a sign if it stands on after the line that came after it, and a paragraph else."""
        first, self.withheld = self.withheld, None
        if first is None:
            return
        if not goes_on and first.standing:
            self._say(time, first, "dropped", "it stood there first, and stands on where the text went")
            return
        self.gone.append(first)
        self._say(time, first, "gone", "it was a paragraph")

    def _say(self, time: float, line: DialogueLine, verdict: str, reason: str) -> None:
        self._note(Decision(time, "follow", f"line {line.number}", verdict, reason, box=line.box()))
