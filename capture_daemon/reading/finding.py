"""Finding the dialogue's region by what is read: texts that come, say something, and make way for others.

What stands past several lines is a sign or a label. Short rows over the text that come again over others are names.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from capture_daemon.frames import Box, Size
from capture_daemon.reading.finding_names import (
    ALONE,
    NAME_CONFIDENCE,
    NAME_DISTANCE,
    NAME_HEIGHTS,
    may_be_name,
    names_over_text,
)
from capture_daemon.reading.found_dialogue import FoundDialogue, bounds_of, within
from capture_daemon.reading.sightings import SeenRow, Sightings, Writing, in_one_place, places, same_text

FEWEST_LINES = 5
"""Lines that must have been seen before a region is named; 4 to 8: fewer may be a title or a menu."""
ENOUGH_LINES, ENOUGH_WITHOUT_SPEAKER = 8, 15
"""Lines after which looking on would hardly teach more, with a speaker's place and without; 8 to 50."""
OUTLIVED = 4
"""Texts that must come and go while writing stands for it to be a sign; 3 to 8. Names stand over some lines."""
LASTING = 0.6
"""Share of all moments from which a writing that never changes is a sign; 0.5 to 0.8."""
FEW_MOMENTS = 5
"""Moments before which nothing has stood for long."""
HEIGHTS = 1.6
"""Ratio of the tallest to the lowest row of one kind of text; 1.4 to 2: "aces" is lower than "Log"."""
NEAR = 1.3
"""Gap between rows of one place, in heights of a row; 1 to 2: paragraphs are further apart."""
COMPANION = 0.6
"""Gap, in heights of a row, up to which what can't be read is a row of the text beside it; 0.3 to 1."""
LEAST_SHARE = 0.08
"""Of what is said in the main place: what another must say to be one of the dialogue's, too; 0.05 to 0.2."""
NEARBY = 4
"""Heights of a row round the dialogue in which names stand, and more of it may; 3 to 6."""


@dataclass(frozen=True, slots=True)
class FoundRegions:
    """Where the dialogue stands and, where that could be told, the speaker's name: in pixels of the whole frame."""

    dialogue: Box
    speaker: Box | None


class RegionFinder:
    """Learns from moments; pure and without a clock."""

    def __init__(self, size: Size) -> None:
        self.size = size
        """The size of the frames in which rows are seen."""
        self.read = self.unread = 0
        """How many rows were seen that could be read, and that could not; letters on their own don't count."""
        self.row_height: float | None = None
        """The height of the dialogue's rows in pixels, at the last evaluation; None if it wasn't known."""
        self.place: Box | None = None
        """The place of the dialogue and its names, with what is near, at the last evaluation; None if unknown."""
        self._sightings = Sightings()
        self._known: tuple[int, FoundDialogue | None] = (0, None)

    def see(self, rows: Iterable[SeenRow]) -> None:
        """One moment: all rows of text in the frame, none perhaps."""
        highest = 0.15 * self.size.height
        rows = [row for row in rows if row.box.height <= highest]
        wide = [row for row in rows if row.box.width > 4 * row.box.height]
        self.read += sum(bool(row.text) for row in wide)
        self.unread += sum(not row.text for row in wide)
        self._sightings.see(rows)

    @property
    def enough(self) -> bool:
        """Whether looking on would hardly teach more."""
        dialogue = self._dialogue()
        if dialogue is None:
            return False
        return dialogue.lines >= (ENOUGH_LINES if dialogue.names else ENOUGH_WITHOUT_SPEAKER)

    def found(self) -> FoundRegions | None:
        """The regions; None if too little was said so far."""
        dialogue = self._dialogue()
        if dialogue is None or dialogue.lines < FEWEST_LINES:
            return None
        fixed = [one for one in self._standing() if one.box.intersection(dialogue.bounds) is None]
        speaker = dialogue.speaker_box(self.size) if dialogue.names else None
        box = dialogue.box(self.size, [one.box for one in fixed], speaker)
        if speaker is not None and speaker.intersection(box) is not None:
            # Names right over the text, without room between: the reader knows them in rows, too.
            return FoundRegions(box.union(speaker), None)
        return FoundRegions(box, speaker)

    @property
    def bounds(self) -> Box | None:
        """The smallest box that holds all of the dialogue that was seen."""
        dialogue = self._dialogue()
        return dialogue.bounds if dialogue is not None else None

    @property
    def said(self) -> float:
        """How much was said in the dialogue's place, in heights of a row; 0 if nothing was."""
        dialogue = self._dialogue()
        return _amount(dialogue.main) if dialogue is not None else 0.0

    def names_over(self, text: Box, height: float) -> Box | None:
        """Where names stand in rows right over a text that isn't one of rows; None if none do.

        `height` is how high a row of that text would be.
        """
        near = [
            one
            for one in self._sightings.writings
            if one.confidence >= NAME_CONFIDENCE
            and may_be_name(one.text)
            and NAME_HEIGHTS[0] < one.box.height / height < NAME_HEIGHTS[1]
            and 0 < text.top - one.box.top - one.box.height / 2 < NAME_DISTANCE * height
            and one.box.left < text.right + NEARBY * height
            and one.box.right > text.left - NEARBY * height
        ]
        names = [place for place in places(near) if any(not same_text(place[0].text, one.text) for one in place)]
        if not names:
            return None
        bounds, around = bounds_of(max(names, key=len)), 0.3 * height
        left, right = bounds.left - around, bounds.right + around
        return within(self.size, left, bounds.top - around, right, bounds.bottom + around)

    def _standing(self) -> list[Writing]:
        """What is part of the picture: writing past which the dialogue goes on."""
        writings = self._sightings.writings
        spoken = [one for one in writings if one.speaks]
        total = self._sightings.moments
        standing: list[Writing] = []
        for place in places(writings):
            if any(not same_text(place[0].text, one.text) for one in place[1:]):
                continue
            seen = sum(len(one.moments) for one in place)
            first, last = place[0].first, place[-1].last
            outlived = sum(first < one.first and one.last < last for one in spoken if one not in place)
            lasting = total > FEW_MOMENTS and seen > LASTING * total
            if lasting or (outlived >= OUTLIVED and seen > ALONE * (last - first)):
                standing.extend(place)
        return standing

    def _dialogue(self) -> FoundDialogue | None:
        """What is said, by all that was seen; None if nothing is."""
        moments, known = self._known
        if moments != self._sightings.moments:
            known = self._considered()
            self._known = (self._sightings.moments, known)
            self.row_height = known.height if known is not None else None
            if known is not None and known.lines >= FEWEST_LINES:
                around = round(NEARBY * known.height)
                self.place = known.bounds.grown(around, around)
        return known

    def _considered(self) -> FoundDialogue | None:
        standing = set(map(id, self._standing()))
        said = [one for one in self._sightings.writings if one.speaks and id(one) not in standing]
        rows = _of_one_kind(said)
        if not rows:
            return None
        groups = _groups(rows)
        main = max(groups, key=_amount)
        names = names_over_text(main, self._sightings.writings)
        named = set(map(id, names))
        main = [one for one in main if id(one) not in named]
        if not main:
            return None
        others = [one for group in groups if _is_dialogue_too(group, main, named) for one in group]
        unsure = [one for one in self._sightings.writings if id(one) not in standing | named and not one.speaks]
        return FoundDialogue(main, [*others, *_companions([*main, *others], unsure)], names)


def _of_one_kind(said: Sequence[Writing]) -> list[Writing]:
    """The rows of the height at which most is said."""
    different = _different(said)
    heights = sorted({one.box.height for one in said})

    def amount(least: int) -> float:
        return sum(one.amount for one in different if least <= one.box.height <= HEIGHTS * least)

    least = max(heights, key=amount, default=0)
    return [one for one in said if least <= one.box.height <= HEIGHTS * least]


def _groups(rows: Sequence[Writing]) -> list[list[Writing]]:
    """The rows by place: those that are near each other, whenever they stood there."""
    height = median(one.box.height for one in rows)
    groups: list[list[Writing]] = []
    for row in rows:
        near = [group for group in groups if any(_are_near(row.box, one.box, height) for one in group)]
        groups = [group for group in groups if group not in near]
        groups.append([row, *(one for group in near for one in group)])
    return groups


def _are_near(one: Box, other: Box, height: float) -> bool:
    gap = max(one.top, other.top) - min(one.bottom, other.bottom)
    apart = max(one.left, other.left) - min(one.right, other.right)
    return gap < NEAR * height and apart < 2 * height


def _amount(rows: Sequence[Writing]) -> float:
    """How much rows say together."""
    return sum(one.amount for one in _different(rows))


def _different(rows: Sequence[Writing]) -> list[Writing]:
    """The rows without those that say again, in the same place, what was said before."""
    different: list[Writing] = []
    for row in rows:
        if not any(in_one_place(row.box, one.box) and same_text(row.text, one.text) for one in different):
            different.append(row)
    return different


def _is_dialogue_too(group: Sequence[Writing], main: Sequence[Writing], named: set[int]) -> bool:
    """Whether what stands in another place is dialogue as well: it comes in turn with the main place's."""
    if any(one in main or id(one) in named for one in group):
        return False
    shown = {moment for one in main for moment in one.moments}
    moments = {moment for one in group for moment in one.moments}
    alone = len(moments - shown) / len(moments)
    times = len({one.first for one in group})
    return times > 1 and alone >= ALONE and _amount(group) >= LEAST_SHARE * _amount(main)


def _companions(rows: Sequence[Writing], unsure: Sequence[Writing]) -> list[Writing]:
    """What couldn't be read surely, and stands right above or below rows of the dialogue, as high as they are."""
    height = median(one.box.height for one in rows)
    return [
        one
        for one in unsure
        if 1 / HEIGHTS < one.box.height / height < HEIGHTS
        and one.box.width > 2 * height
        and any(_is_next_row(one.box, row.box, height) and one.is_seen_with(row) for row in rows)
    ]


def _is_next_row(one: Box, other: Box, height: float) -> bool:
    gap = max(one.top, other.top) - min(one.bottom, other.bottom)
    shared = min(one.right, other.right) - max(one.left, other.left)
    return -0.5 * height < gap < COMPANION * height and shared > 0.5 * min(one.width, other.width)
