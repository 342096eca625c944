"""Comparison: what is read of a row that stands, with the row: the same, more of it, or other text in its place."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from capture_daemon.frames import Box
from capture_daemon.reading.ink import Ink, Patch
from capture_daemon.reading.layout import same_place
from capture_daemon.reading.marks import MARK_LIKE
from capture_daemon.reading.parameters import FollowParameters
from capture_daemon.reading.row import Row, Seen
from capture_daemon.reading.row_readings import Reading
from capture_daemon.reading.speaker_dashes import ENDS
from capture_daemon.reading.standing import ink_in, is_calm, since
from capture_daemon.reading.text import Ending, ending
from capture_daemon.reading.trace import Decision, Note
from capture_daemon.reading.trailing_marks import has_one_mark_more, is_unmarked
from capture_daemon.reading.wording import (
    HALF_DRAWN,
    differ_in_last,
    differing_columns,
    goes_on,
    goes_on_but_for_last,
    goes_on_half_drawn,
    goes_on_in_word,
    has_more_before,
    has_other_letters,
    is_but_for_marks,
    is_filled_in,
    letters,
    likeness,
    same_letters,
    without_signs,
    without_specks,
)

TYPED_ON = 3
"""Letters by which an unfinished text grows for it to have been typed on, whatever else is read otherwise; 2 to 5."""
TYPED_ON_ALIKE = 0.65
"""Share of a row's text with which one begins that goes on from it, if the row's ink stands and more was seen to come:
as some of it was misread; 0.6 to 0.75."""


class Verdict(Enum):
    """What a reading makes of the row that stands."""

    SAME = "same"
    """It is another reading of the row."""
    GROWN = "grown"
    """There is more of the row."""
    DOUBTED = "doubted"
    """Other text may stand there: another look decides."""
    PASSING = "passing"
    """The same, but something may only pass before the row."""
    CONTRADICTED = "contradicted"
    """The reading, not a sure one, has nothing of the row."""
    OTHER = "other"
    """Other text stands in the row's place."""


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """A reading of a row that stands, and the row as it was before.

    `box` is where the detector sees it now, `before` the picture in which it was last read, `said` what it said.
    `stands` says that its ink does, `was_stale` that more of it had been seen than was read, `types` that the game
    types its rows.
    """

    row: Row
    box: Box
    reading: Reading
    seen: Seen
    before: Patch | None
    said: str
    stands: bool
    was_stale: bool
    types: bool
    parameters: FollowParameters
    note: Note

    def verdict(self) -> Verdict:
        """What becomes of the row."""
        further = self._goes_further()
        replaced = self._is_replaced()
        passing = replaced and self.stands and self._may_pass_by()
        if (
            (replaced and not passing)
            or self._goes_on_as_another()
            or self._is_other_text(further=further)
            or not (self.stands or further or likeness(self.said, self.reading.text) >= self.parameters.alike)
        ):
            return Verdict.OTHER
        if not further and self._is_contradicted():
            return Verdict.CONTRADICTED
        if passing or self._may_have_changed():
            return Verdict.PASSING
        if not (self.stands and self._is_quiet()) and self._is_in_doubt():
            return Verdict.DOUBTED
        if self._is_first_text() or (further and self._has_grown()):
            return Verdict.GROWN
        return Verdict.SAME

    def _goes_further(self) -> bool:
        """Whether the reading may be the row's text as it goes on, or without the mark behind it."""
        before, after = without_signs(self.said), without_signs(self.reading.text)
        young = self.seen.time - self.row.born < self.parameters.reveal
        return (
            goes_on(before, after)
            or ((self.stands or young) and is_filled_in(before, after))
            or ((self.was_stale or young) and goes_on_half_drawn(before, after))
            or (self.was_stale and self.stands and goes_on(before, after, TYPED_ON_ALIKE))
            or is_unmarked(self.row, self.reading)
        )

    def _is_first_text(self) -> bool:
        """Whether what was read in a row's first letters, or in something before it came, was no text, and this is."""
        alike = likeness(self.said, self.reading.text) >= self.parameters.alike
        sure = self.reading.confidence >= self.parameters.sure_of(self.reading.text)
        return not alike and sure and not self.row.is_text(self.parameters)

    def _has_grown(self) -> bool:
        """Whether there is more of a text that goes on, in the reading and in the picture."""
        before, after = self.said, self.reading.text
        if len(without_specks(after)) <= len(without_specks(before)):
            return False
        if (self.row.blinks and is_but_for_marks(after, before)) or self._is_misread():
            return False
        if has_one_mark_more(before, after) and self._rested() >= self.parameters.rested:
            return False
        return not self.stands or not same_place(self.row.box, self.box) or self._has_new_ink()

    def _is_quiet(self) -> bool:
        """Whether the picture round a row looks much as it did, as far as that is known."""
        if self.before is None:
            return True
        changed = self.before.changed(self.seen.luma, self.parameters.change)
        return changed <= self.parameters.restless * self.before.box.width * self.before.box.height

    def _is_misread(self) -> bool:
        """Whether a text at rest is read with a letter or two more in its middle, as while it fades."""
        few = len(letters(self.reading.text)) - len(letters(self.row.text)) < TYPED_ON
        rested = self._rested() >= self.parameters.rested
        return few and rested and has_more_before(self.row.text, self.reading.text)

    def _may_pass_by(self) -> bool:
        """Whether another letter may be snow before it: the picture moves there, and it was read so but once."""
        if self.before is None or self.row.contradicted == letters(self.reading.text):
            return False
        return not is_calm(self.before, self.seen.luma, self.seen.time, self.seen.memory, self.parameters)

    def _may_have_changed(self) -> bool:
        """Whether a letter at rest is now read as another, not beyond doubt, and the picture changed there."""
        if self.before is None or not self._is_in_doubt():
            return False
        if self._was_read_in_passing():
            return not self._is_contradicted_again()
        if self.row.contradicted == letters(self.reading.text) or not self._is_quiet():
            return False
        half = 0.4 * self.row.box.height
        return any(
            self.before.changed(self.seen.luma, self.parameters.change, place - half, place + half)
            > self.parameters.speck
            for place in differing_columns(list(self.row.best.places), self.reading.text)
        )

    def _is_other_text(self, *, further: bool) -> bool:
        """Whether two texts are so unlike that the pixels say nothing."""
        alike = likeness(self.row.text, self.reading.text) >= self.parameters.unlike
        if further or alike or same_letters(self.row.text, self.reading.text):
            return False
        if not self.row.is_text(self.parameters) and abs(self.row.box.left - self.box.left) > 0.6 * min(
            self.row.box.height, self.box.height
        ):
            # That was read in a picture, before text came there.
            return True
        if min(self.reading.confidence, self.row.best.confidence) >= self.parameters.sure:
            return True
        # Two looks agree on it, then.
        again = likeness(self.row.contradicted or "", self.reading.text) >= self.parameters.alike
        return again and self._is_contradicted()

    def _is_contradicted(self) -> bool:
        """Whether a text, not surely read, has nothing of a row's that is known to be text, whatever the pixels say."""
        words = (
            len(letters(self.reading.text)) > self.parameters.few and self.reading.confidence >= self.parameters.words
        )
        return (
            words
            and self.row.is_text(self.parameters)
            and likeness(self.row.text, self.reading.text) < self.parameters.foreign
        )

    def _is_in_doubt(self) -> bool:
        """Whether a text that rested, and whose ink went, is surely read with another letter now."""
        rested = self._rested() >= self.parameters.rested
        surest = min(self.row.best.confidence, self.reading.confidence)
        other = has_other_letters(self.row.best.text, self.reading.text) or has_more_before(
            self.row.best.text, self.reading.text
        )
        if self._is_typed_on() or self._is_but_for_lead():
            return False
        ended = ending(self.row.best.text) is Ending.FINAL and not self._is_misread()
        return rested and other and surest >= (self.parameters.sure if ended else self.parameters.beyond_doubt)

    def _is_but_for_lead(self) -> bool:
        """Whether all that differs is a dash or dots before the text, which a box left out."""
        return any(one.was_cut_off(self.reading) or self.reading.was_cut_off(one) for one in self.row.readings)

    def _is_replaced(self) -> bool:
        """Whether a letter is another one now: a ? became a !. `before` is the picture that was last read."""
        best, parameters = self.row.best, self.parameters
        surest = min(best.confidence, self.reading.confidence)
        alike = same_letters(best.text, self.reading.text) or self._is_but_for_specks() or self._is_but_for_lead()
        if surest < parameters.sure or alike:
            return False
        rested = self._rested() >= parameters.rested
        # The last letter may have been half drawn, but not in a sentence that came whole, or whose end was surely read.
        last = 1.0 if self.row.ink is None else self._share_of_last(self.row.ink)
        surely = self.stands and surest >= parameters.beyond_doubt and last < parameters.letter_lost
        ended = rested and ending(best.text) is Ending.FINAL and (surely or self._came_whole())
        on = not ended and goes_on_but_for_last(best.text, self.reading.text)
        if on and (self.stands or not self._is_in_doubt()):
            return False
        half_drawn = self.row.steps and not rested and differ_in_last(best.text, self.reading.text)
        if half_drawn or self._is_typed_on() or is_unmarked(self.row, self.reading):
            # Or, of what was there before, a letter was misread, or a mark has gone.
            return False
        if self.row.ink is not None and self.stands:
            if ended and self._last_letter_went(self.row.ink):
                return True
            sure = rested and surest >= parameters.beyond_doubt
            return self._changed_in_place(self.row.ink, sure=sure) or self._is_read_anew()
        # It moved as a whole, or has other letters, or no ink to tell them by: those are read alike once more.
        return self.row.contradicted == letters(self.reading.text) or (rested and self._begins_alike())

    def _is_but_for_specks(self) -> bool:
        """Whether one of them has but a speck more: a spark beside the row. A dot that is typed moves what follows."""
        return self.stands and same_letters(without_specks(self.row.best.text), without_specks(self.reading.text))

    def _begins_alike(self) -> bool:
        """Whether a row begins as it did, and a letter further on is another one."""
        if self.row.ink is None:
            return False
        first = self.row.ink.first_column
        begins = self.row.ink.share_within(self.seen.luma, first, first + self.row.box.height) >= self.parameters.stands
        return begins and self._letter_is_other(self.row.ink, None)

    def _is_read_anew(self) -> bool:
        """Whether the same other text is surely read once more, where the picture is too restless to tell."""
        if self.before is None or self.row.contradicted != letters(self.reading.text):
            return False
        if self._was_read_in_passing():
            return self._is_contradicted_again() and self._is_in_doubt()
        return not self._is_quiet() and self._is_in_doubt()

    def _is_contradicted_again(self) -> bool:
        """Whether the same other text was read a while ago, in another picture."""
        before = self.row.contradiction
        if before is None or before.words != letters(self.reading.text):
            return False
        return self.seen.time - before.time >= self.parameters.stays

    def _was_read_in_passing(self) -> bool:
        """Whether a row that had rested was last read as its ink changed: one text may have faded into another then."""
        first, last = self.row.readings[0].time, self.row.readings[-1].time
        return last <= self.row.anew_at and self.row.anew_at - first >= self.parameters.rested

    def _changed_in_place(self, ink: Ink, *, sure: bool) -> bool:
        if self.before is not None:
            changed = self.before.changed(self.seen.luma, self.parameters.change)
            if changed <= self.parameters.speck:
                return False
            surest = min(self.row.best.confidence, self.reading.confidence)
            undoubted = self._is_quiet() and surest >= self.parameters.beyond_doubt
            if undoubted and has_other_letters(self.row.best.text, self.reading.text):
                half = 0.6 * self.row.box.height
                there = [
                    self.before.changed(self.seen.luma, self.parameters.change, place - half, place + half)
                    for place in differing_columns(list(self.row.best.places), self.reading.text)
                ]
                if max(there, default=changed) > self.parameters.speck:
                    reason = "a letter changed, in the picture and in the text"
                    self._say("replaced", reason, changed)
                    return True
        return self._letter_is_other(ink, self.before if sure else None)

    def _letter_is_other(self, ink: Ink, before: Patch | None) -> bool:
        """Whether where a letter is read otherwise its ink has gone, or there is more than in the picture `before`."""
        half, parameters = 0.4 * self.row.box.height, self.parameters
        for place in differing_columns(list(self.row.best.places), self.reading.text):
            share = ink.share_within(self.seen.luma, place - half, place + half)
            if share < parameters.letter_lost:
                reason = "a letter's ink went, another is read"
                self._say("replaced", reason, share, parameters.letter_lost)
                return True
            new = before.new_ink(ink, self.seen.luma, place - half, place + half) if before is not None else 0
            least = max(parameters.speck, parameters.letter_new * ink.pixels_within(place - half, place + half))
            if new > least:
                self._say("replaced", "there is new ink, another letter is read", new, least)
                return True
        return False

    def _share_of_last(self, ink: Ink) -> float:
        """The share of the ink of the row's last letter that still stands; 1 if it has but one."""
        places = [place for character, place in self.row.best.places if not character.isspace()]
        if len(places) < 2:
            return 1.0
        # What comes there now may have ink in common with its first half: a comma, with an exclamation mark.
        left = (places[-2] + 2 * places[-1]) / 3
        return ink.share_within(self.seen.luma, left, left + self.row.box.height)

    def _last_letter_went(self, ink: Ink) -> bool:
        """Whether more is read before a row's last letter, and where that stood it is no longer: "No!", "No, no!"."""
        share = self._share_of_last(ink)
        if share >= self.parameters.stands or not has_more_before(self.row.best.text, self.reading.text):
            return False
        self._say("replaced", "its last letter went, and more is read before it", share, self.parameters.stands)
        return True

    def _goes_on_as_another(self) -> bool:
        """Whether a row that came whole, and rested, now says more at its end: that is another line.

        Where rows are typed, the picture stopped for a while: the game or what records it is slow.
        """
        before, after = letters(self.row.text), letters(self.reading.text)
        if self.types or not self._came_whole() or len(before) < 3 or self.reading.confidence < self.parameters.sure:
            return False
        if self._rested_at_its_end() <= self.parameters.whole_rest or after[-1] in MARK_LIKE:
            return False
        short = self.row.box.width < 2 * self.row.box.height and ending(self.row.text) is not Ending.FINAL
        if short or goes_on_in_word(self.row.text, self.reading.text):
            # First and last letter are too near each other to tell that they came together; or it was being typed.
            return False
        body = before.rstrip(ENDS)
        if ending(self.reading.text) is Ending.FINAL and after[len(body) : len(body) + 1].isalnum():
            # It goes on where its full stop stood.
            before = body
        more = after[len(before) :]
        dots = len(more) > 1 and set(more) == {"."}
        if not dots and not any(character.isalnum() or character in "!?！？…" for character in more):
            # A comma behind a full stop is the sign that the game waits.
            return False
        wider = self.box.width - self.row.box.width > 0.15 * self.box.height
        # It slides into its place: what only grows keeps one of its edges, or its middle.
        left, right = self.box.left - self.row.box.left, self.box.right - self.row.box.right
        slides = left * right > 0 and min(abs(left), abs(right)) > 0.4 * self.box.height
        return (wider or slides) and len(after) > len(before) and same_letters(before, after[: len(before)])

    def _has_new_ink(self) -> bool:
        """Whether there is more ink than when the row was last read; if the picture moves, past the row's end."""
        if self.before is None or self.row.ink is None:
            return False
        changed = self.before.changed_round(self.row.ink, self.seen.luma, self.parameters.change)
        if changed <= self.parameters.restless * self.before.box.width * self.before.box.height:
            return changed > self.parameters.speck
        now = ink_in(self.box, self.seen, self.parameters)
        if now is None:
            return False
        past = now.mask[:, max(0, self.row.ink.last_column + 2 - now.box.left) :].sum()
        return bool(past > self.parameters.speck or now.mask.sum() > 1.03 * self.row.ink.mask.sum())

    def _is_typed_on(self) -> bool:
        """Whether an unfinished text has become longer by a word or so."""
        before, after = self.row.best.text, self.reading.text
        if self.types and self.was_stale:
            # More of it was seen: the stroke behind it was that of a letter.
            before = before.rstrip(HALF_DRAWN)
        more = sum(one.isalnum() for one in after) - sum(one.isalnum() for one in before)
        on = goes_on(before, after) or goes_on_but_for_last(before, after)
        return more >= TYPED_ON and ending(before) is not Ending.FINAL and on

    def _came_whole(self) -> bool:
        """Whether the row came at once: it was not typed."""
        return not self.row.steps and self.row.grown - self.row.born < 0.05

    def _rested(self) -> float:
        """For how many seconds a row stood unchanged, as far as is known, before what is seen now."""
        if self.seen.news_since is None:
            return self.seen.time - self.row.grown
        last = self.row.readings[-1].time if self.row.readings else self.row.grown
        # What moves round a row says nothing of when it was typed on.
        until = self.row.stale_since if self.was_stale else min(self.seen.news_since, self.seen.time)
        return max(until, self.row.unchanged_at, last) - self.row.grown

    def _rested_at_its_end(self) -> float:
        """The same by what the pictures before show behind the row's end, if they show when something came there."""
        now = ink_in(self.box, self.seen, self.parameters)
        if now is None or self.row.ink is None or not self.seen.memory:
            return self._rested()
        behind = self.row.ink.last_column + 1
        came = since(now, self.seen, self.parameters, behind, behind + self.row.box.height)
        known = self.seen.memory[0][0] < came < self.seen.time
        return max(self._rested(), came - self.row.grown) if known else self._rested()

    def _say(self, verdict: str, reason: str, value: float, limit: float | None = None) -> None:
        row = self.row
        self.note(Decision(self.seen.time, "follow", f"row {row.number}", verdict, reason, value, limit, row.box))
