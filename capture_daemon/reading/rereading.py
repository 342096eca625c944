"""Rereading: whether a row that stands has to be read again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from capture_daemon.frames import Box, GreyImage
from capture_daemon.reading.ink import Ink, Patch
from capture_daemon.reading.layout import same_place
from capture_daemon.reading.parameters import FollowParameters
from capture_daemon.reading.row import Memory, Row
from capture_daemon.reading.standing import is_calm, takes_other_strength
from capture_daemon.reading.wording import letters

SHORT = 6
"""Letters of a text that another may follow which differs in one of them; 4 to 10: 右だ。 and 左だ。"""
SLOWED = 0.5
"""Of the pace at which a row grew between the two looks before: what is slower has come to its end; 0.3 to 0.6."""
SHORTEST = 0.03
"""Seconds between two looks at a row, at least; 0.02 to 0.05: one frame."""
CERTAIN = 2
"""Looks in a row that read the same, surely, after which a row needs no more; 2 to 3."""


@dataclass(frozen=True, slots=True, eq=False)
class Rereading:
    """A row that stands, and the frame in which the detector sees it again: its time, in seconds, and its luma.

    `box` is what the detector draws this time, `memory` are the frames before.
    """

    row: Row
    box: Box
    luma: GreyImage
    time: float
    memory: Memory
    parameters: FollowParameters

    def is_unchanged(self, beside: Sequence[Box]) -> bool:  # noqa: PLR0911 - one reason after another
        """Whether it stands unchanged; `beside` are the boxes that the look found on other levels."""
        if self.row.ink is None or self.row.read_in is None or not self.row.is_text(self.parameters):
            return False
        if self.row.contradiction is not None:
            return False
        if self.row.ink.share(self.luma) < self.parameters.stands:
            faded = takes_other_strength(self.row, self.luma, self.parameters)
            # What was read while one text faded into another may have been either.
            if not faded or self.row.readings[-1].time <= self.row.anew_at:
                return False
        changed = self.row.read_in.changed_round(self.row.ink, self.luma, self.parameters.change, beside)
        same = changed <= self.parameters.speck
        if same and self.row.read_in.box.intersection(self.box) == self.box:
            # Wherever the detector draws the box this time.
            return self._has_no_more()
        if not same_place(self.row.box, self.box) or self._is_overdue():
            return False
        if same or self._is_certain():
            return self._has_no_more()
        if changed > self.parameters.restless * self.row.read_in.box.width * self.row.read_in.box.height:
            # The picture moves behind the row: what changes beside its ink says nothing, but its end may.
            grew = (
                abs(self.box.right - self.row.box.right) + abs(self.box.left - self.row.box.left)
                > 0.2 * self.row.box.height
            )
            often = len(self.row.readings) >= self.parameters.looks and not self._may_differ_in_letter()
            return not grew and (often or self.time - self.row.read_at < 0.4)
        return False

    def _has_no_more(self) -> bool:
        """Record that it is as it was read; if it was seen to have more, that was a mark that blinks."""
        self.row.stale = self.row.stale and not same_place(self.row.box, self.box)
        return True

    def _may_differ_in_letter(self) -> bool:
        """Whether less than usual stands of a short text: another may have come that shares all but a letter."""
        if self.row.ink is None or len(letters(self.row.text)) > SHORT:
            return False
        return self.row.ink.share(self.luma) < self.row.usual_share - self.parameters.share_drop

    def _is_overdue(self) -> bool:
        """Whether a row looks different from when it was read, and that was a while ago: ink may be taken wrongly."""
        if self.row.read_in is None or self.time - self.row.read_at < self.parameters.overdue:
            return False
        if self._is_certain():
            return False
        box = self.row.read_in.box
        changed = self.row.read_in.changed(self.luma, self.parameters.change)
        return changed > self.parameters.restless * box.width * box.height

    def _is_certain(self) -> bool:
        """Whether a row was read alike and surely in two pictures, its ink stands, and there is no more of it."""
        if self.row.ink is None or self.row.read_in is None or self.row.ink.mask.mean() > self.parameters.thin:
            return False
        last = self.row.readings[-CERTAIN:]
        if len(last) < CERTAIN or min(one.confidence for one in last) < self.parameters.beyond_doubt:
            return False
        if last[0].time < self.row.anew_at:
            return False
        if len({letters(one.text) for one in last}) > 1 or self.row.ink.share(self.luma) < self.parameters.certain:
            return False
        return not self._has_new_letter(self.row.ink, self.row.read_in)

    def _has_new_letter(self, ink: Ink, read_in: Patch) -> bool:
        """Whether there is ink that wasn't there when the row was read, as much as a full stop's, and stays.

        Rain, snow and a picture that moves behind the row pass by; what only just came is looked at again.
        """
        width = round(self.parameters.letter_width * self.row.box.height)
        least = max(self.parameters.speck, self.parameters.full_stop * ink.usual_pixels(width))
        if read_in.newest(ink, [self.luma], width) <= least:
            return False
        before = [picture for then, picture in self.memory if self.time - then >= self.parameters.stays]
        stays = not before or read_in.newest(ink, [self.luma, before[-1]], width) > least
        self.row.unsettled = not stays and not is_calm(read_in, self.luma, self.time, self.memory, self.parameters)
        return not self.row.unsettled

    def is_growing(self, postponed: float) -> bool:
        """Whether it is being typed: it is read when it rests, or `postponed` seconds after it was last read."""
        if not self.row.is_text(self.parameters) or self.time - self.row.read_at >= postponed:
            return False
        if self.row.ink is None or self.row.ink.share(self.luma) < self.parameters.stands:
            return False
        grown = self.box.width - self.row.seen.width
        pace = grown / max(self.time - self.row.seen_at, SHORTEST)
        stopped = pace < SLOWED * self.row.pace
        self.row.note_seen(self.box, self.time, pace)
        if (
            stopped
            or grown <= 0.15 * self.box.height
            or not (
                self.box.left - self.row.box.left < 0.3 * self.box.height
                and self.row.box.right - self.box.right < 0.3 * self.box.height
            )
        ):
            return False
        self.row.note_more(self.time)
        return True
