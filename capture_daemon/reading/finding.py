"""Finding the dialogue's region by what is read: texts that come, say something, and make way for others.

What stands past several lines is a sign or a label. Short rows over the text that come again over others are names.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from capture_daemon.frames import Box, Size
from capture_daemon.reading.layout import on_one_level
from capture_daemon.reading.sightings import SeenRow, Sightings, Writing, in_one_place, places, same_text
from capture_daemon.reading.speaker import LONGEST_NAME, UNKNOWN, bracketed_name, is_name
from capture_daemon.reading.text import Ending, ending

FEWEST_LINES = 5
"""Lines that must have been seen before a region is named; 4 to 8: fewer may be a title or a menu."""
ENOUGH_LINES, ENOUGH_WITHOUT_SPEAKER = 8, 15
"""Lines after which looking on would hardly teach more, with a speaker's place and without; 8 to 50."""
OUTLIVED = 4
"""Texts that came and went while a writing stood: from so many it is a sign; 3 to 8. Names stand over some lines."""
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
ALONE = 0.7
"""Share of its moments at which such a place must have the screen for itself; 0.5 to 0.9: menus stand over dialogue."""
NEARBY = 4
"""Heights of a row round the dialogue in which names stand, and more of it may; 3 to 6."""
NAME_WIDTH = 0.6
"""Of the dialogue's widest row: what is wider is no name; 0.4 to 0.7."""
NAME_DISTANCE = 3.5
"""Heights of a row from a name's middle to the top of the text under it, at most; 2 to 5."""
NAME_FORM = 0.8
"""Share of what stands in a speaker's place that must have the form of a name; 0.7 to 0.95."""
WIDER = 1.3
"""Width, in that of the widest name, from which a row is none; 1.2 to 2."""
NAME_WITH_TEXT = 0.6
"""Share of a name's moments at which there is text under it; 0.5 to 0.9: names come a little before, and stay."""
NAME_CONFIDENCE = 0.6
"""From which what was read may be a name; 0.5 to 0.8."""
NAME_HEIGHTS = (0.5, 1.8)
"""Height of a name's row, in the text's."""
NAMED_LINES = 3
"""Lines that must have stood under names before their place is known; 3 to 6."""
MOST_ROWS = 3
"""Rows up to which a text may have one more than was seen."""
LONGER = 0.25
"""Of the dialogue's width: how much longer a row may be than those seen, where none wrapped; 0.1 to 0.5."""
ALIGNED = 0.6
"""Share of rows that begin in one column, or have their middle there, for the text to count as set so; 0.5 to 0.8."""


_IN_SENTENCES = ".,!?;:…。、，！？；：「」『』"


@dataclass(frozen=True, slots=True)
class FoundRegions:
    """Where the dialogue stands and, where that could be told, the speaker's name: in pixels of the whole frame."""

    dialogue: Box
    speaker: Box | None


class RegionFinder:
    """Learns from moments; pure and without a clock."""

    def __init__(self, size: Size) -> None:
        self.size = size
        """That of the frames in which rows are seen."""
        self.read = self.unread = 0
        """How many rows were seen that could be read, and that could not; letters on their own don't count."""
        self.row_height: float | None = None
        """The height of the dialogue's rows in pixels, as far as it was known when that was last thought over."""
        self.place: Box | None = None
        """Where the dialogue and its names stand, and what is near, as far as that was known then."""
        self._sightings = Sightings()
        self._known: tuple[int, _Dialogue | None] = (0, None)

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
        """The regions; None where too little was said so far."""
        dialogue = self._dialogue()
        if dialogue is None or dialogue.lines < FEWEST_LINES:
            return None
        fixed = [one for one in self._standing() if one.box.intersection(dialogue.bounds) is None]
        speaker = dialogue.speaker_box(self.size) if dialogue.names else None
        return FoundRegions(dialogue.box(self.size, [one.box for one in fixed], speaker), speaker)

    @property
    def bounds(self) -> Box | None:
        """The smallest box that holds all of the dialogue that was seen."""
        dialogue = self._dialogue()
        return dialogue.bounds if dialogue is not None else None

    @property
    def said(self) -> float:
        """How much was said in the dialogue's place, in heights of a row; 0 where nothing was."""
        dialogue = self._dialogue()
        return _amount(dialogue.main) if dialogue is not None else 0.0

    def names_over(self, text: Box, height: float) -> Box | None:
        """Where names stand in rows right over a text that isn't one of rows; None where none do.

        `height` is how high a row of that text would be.
        """
        near = [
            one
            for one in self._sightings.writings
            if one.confidence >= NAME_CONFIDENCE
            and _may_be_name(one.text)
            and NAME_HEIGHTS[0] < one.box.height / height < NAME_HEIGHTS[1]
            and 0 < text.top - one.box.top - one.box.height / 2 < NAME_DISTANCE * height
            and one.box.left < text.right + NEARBY * height
            and one.box.right > text.left - NEARBY * height
        ]
        names = [place for place in places(near) if any(not same_text(place[0].text, one.text) for one in place)]
        if not names:
            return None
        bounds, around = _bounds(max(names, key=len)), 0.3 * height
        left, right = bounds.left - around, bounds.right + around
        return _within(self.size, left, bounds.top - around, right, bounds.bottom + around)

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

    def _dialogue(self) -> _Dialogue | None:
        """What is said, by all that was seen; None where nothing is."""
        moments, known = self._known
        if moments != self._sightings.moments:
            known = self._considered()
            self._known = (self._sightings.moments, known)
            self.row_height = known.height if known is not None else None
            if known is not None and known.lines >= FEWEST_LINES:
                around = round(NEARBY * known.height)
                self.place = known.bounds.grown(around, around)
        return known

    def _considered(self) -> _Dialogue | None:
        standing = set(map(id, self._standing()))
        said = [one for one in self._sightings.writings if one.speaks and id(one) not in standing]
        rows = _of_one_kind(said)
        if not rows:
            return None
        groups = _groups(rows)
        main = max(groups, key=_amount)
        names = _names(main, self._sightings.writings)
        named = set(map(id, names))
        main = [one for one in main if id(one) not in named]
        if not main:
            return None
        others = [one for group in groups if _is_dialogue_too(group, main, named) for one in group]
        unsure = [one for one in self._sightings.writings if id(one) not in standing | named and not one.speaks]
        return _Dialogue(main, [*others, *_companions([*main, *others], unsure)], names)


@dataclass(frozen=True, slots=True)
class _Dialogue:
    """The rows of the main place, what else is the dialogue's, and the names over the main place."""

    main: list[Writing]
    others: list[Writing]
    names: list[Writing]

    @property
    def height(self) -> float:
        """The usual height of a row, in pixels."""
        return float(median(one.box.height for one in self.main))

    @property
    def lines(self) -> int:
        """How many lines were seen, as far as moments tell: rows that came at one moment are one's."""
        return len({one.first for one in [*self.main, *self.others]})

    @property
    def bounds(self) -> Box:
        """The smallest box that holds all rows."""
        return _bounds([*self.main, *self.others])

    def box(self, size: Size, fixed: Sequence[Box], speaker: Box | None) -> Box:
        """The region: the rows, with room for longer lines than those seen, but for what stands round them."""
        height, bounds = self.height, self.bounds
        left, right = self._columns(size)
        most = max(len(block) for block in self._blocks())
        more = self._pitch() if most <= MOST_ROWS else 0.0
        grows_up, grows_down = self._grows()
        top = bounds.top - 0.35 * height - (more if grows_up else 0.0)
        bottom = bounds.bottom + 0.35 * height + (more if grows_down else 0.0)
        inner = Box(round(left), bounds.top, round(right - left), bounds.height)
        for box in [*fixed, *([speaker] if speaker is not None else [])]:
            if min(box.right, inner.right) - max(box.left, inner.left) <= 0:
                continue
            if box.bottom <= bounds.top + 0.3 * height:
                top = max(top, min(box.bottom, bounds.top))
            elif box.top >= bounds.bottom - 0.3 * height:
                bottom = min(bottom, max(box.top, bounds.bottom))
        return _within(size, left, top, right, bottom)

    def speaker_box(self, size: Size) -> Box:
        """The region of names, with room for longer ones."""
        bounds = _bounds(self.names)
        height = float(median(one.box.height for one in self.names))
        top_of_text = min(one.box.top for one in self.main)
        bottom = min(bounds.bottom + 0.3 * height, max(float(bounds.bottom), (bounds.bottom + top_of_text) / 2))
        centred = _share_aligned(self.names, middle=True) > _share_aligned(self.names, middle=False)
        left = bounds.left - (3.0 if centred else 0.4) * height
        right = bounds.right + (3.0 if centred else 4.0) * height
        return _within(size, left, bounds.top - 0.3 * height, right, bottom)

    def _columns(self, size: Size) -> tuple[float, float]:
        height, bounds = self.height, self.bounds
        left, right = bounds.left - 0.5 * height, bounds.right + 0.5 * height
        if max(len(block) for block in self._blocks()) > 1 and not self.others:
            # Rows were seen to wrap: hardly any is much longer than the longest of them.
            more, mirrored = height, 0.0
        else:
            # Boxes mostly stand in the middle of the screen.
            more, mirrored = LONGER * (right - left), size.width - left
        if self._is_centred():
            return left - more / 2, right + more / 2
        return left, max(right + more, mirrored)

    def _is_centred(self) -> bool:
        return _share_aligned(self.main, middle=True) > _share_aligned(self.main, middle=False)

    def _blocks(self) -> list[list[Writing]]:
        """The rows that stood together, for each moment at which one came, from top to bottom."""
        rows = [*self.main, *self.others]
        return [
            sorted((one for one in rows if moment in one.moments), key=lambda one: one.box.top)
            for moment in sorted({one.first for one in rows})
        ]

    def _pitch(self) -> float:
        """From one row to the next, in pixels."""
        steps = [
            lower.box.top - upper.box.top
            for block in self._blocks()
            for upper, lower in pairwise(block)
            if 0.8 * self.height < lower.box.top - upper.box.top < 2.5 * self.height
        ]
        return float(median(steps)) if steps else 1.3 * self.height

    def _grows(self) -> tuple[bool, bool]:
        """Whether a text with more rows begins higher, or ends lower: by where those with fewer stand."""
        blocks = self._blocks()
        most = max(len(block) for block in blocks)
        tall = [block for block in blocks if len(block) == most]
        short = [block for block in blocks if len(block) < most]
        if not short or not tall:
            return most == 1 and self._is_centred(), True
        slack = 0.5 * self.height
        top = median(block[0].box.top for block in tall)
        bottom = median(block[-1].box.top for block in tall)
        at_top = sum(abs(block[0].box.top - top) <= slack for block in short)
        at_bottom = sum(abs(block[-1].box.top - bottom) <= slack for block in short)
        return at_bottom >= at_top, at_top >= at_bottom


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


def _names(main: Sequence[Writing], writings: Sequence[Writing]) -> list[Writing]:
    """The names that stand in a place of their own over the text; none where that isn't clear."""
    height = median(one.box.height for one in main)
    widest = max(one.box.width for one in main)
    near = [
        one
        for one in writings
        if one.text
        and one.confidence >= NAME_CONFIDENCE
        and one.box.width < NAME_WIDTH * widest
        and NAME_HEIGHTS[0] < one.box.height / height < NAME_HEIGHTS[1]
        and _text_under(one, main, height)
    ]
    best: list[Writing] = []
    for place in places(near):
        formed = [one for one in place if _may_be_name(one.text)]
        if len(formed) < NAME_FORM * len(place) or any(_takes_their_place(one, formed) for one in main):
            continue
        formed += [one for one in main if one not in formed and any(in_one_place(one.box, name.box) for name in formed)]
        if _are_names(formed, main, height) and len(formed) > len(best):
            best = formed
    return best


def _may_be_name(text: str) -> bool:
    """Whether a text has the form of a name, or would but for a letter misread."""
    if len(text) > LONGEST_NAME + 2:
        return False
    if is_name(text) or bracketed_name(text) is not None:
        return True
    if len(text) == len(UNKNOWN[0]) and len(set(text)) == 1:
        # Three question marks of a pixel font may be read as three sevens.
        return True
    letters = sum(one.isalpha() for one in text)
    return 2 * letters > len(text) and len(text.split()) <= 3 and not any(one in _IN_SENTENCES for one in text)


def _takes_their_place(row: Writing, names: Sequence[Writing]) -> bool:
    """Whether a row of the dialogue stands where names do at other times: then the place isn't theirs alone."""
    if _may_be_name(row.text) or not any(on_one_level(row.box, name.box) for name in names):
        return False
    widest = max(name.box.width for name in names)
    return row.box.width > WIDER * widest or ending(row.text) is not Ending.OPEN


def _text_under(name: Writing, main: Sequence[Writing], height: float) -> list[Writing]:
    """The rows right under a name that stood there with it."""
    middle = name.box.top + name.box.height / 2
    return [
        one
        for one in main
        if one is not name
        and 0 < one.box.top - middle < NAME_DISTANCE * height
        and one.box.left < name.box.right + 4 * height
        and one.box.right > name.box.left
        and one.is_seen_with(name)
    ]


def _are_names(place: Sequence[Writing], main: Sequence[Writing], height: float) -> bool:
    """Whether what stands in a place are names: some come again over other texts, and not one over all of them."""
    under = [{one.first for one in _text_under(name, main, height)} for name in place]
    lines = sum(map(len, under))
    texts: list[str] = []
    for name in place:
        if not any(same_text(name.text, text) for text in texts):
            texts.append(name.text)
    if lines < NAMED_LINES or lines <= len(texts):
        return False
    moments = {moment for name in place for moment in name.moments}
    shown = {moment for one in main if one not in place for moment in one.moments}
    if len(moments & shown) < NAME_WITH_TEXT * len(moments):
        return False
    return len(texts) > 1 or (_comings(place) > 1 and len(moments & shown) < ALONE * len(shown))


def _comings(place: Sequence[Writing]) -> int:
    """How often something came to a place that was empty before."""
    count, last = 0, -1
    for one in sorted(place, key=lambda one: one.first):
        count += one.first > last
        last = max(last, one.last)
    return count


def _share_aligned(rows: Sequence[Writing], *, middle: bool) -> float:
    """Share of rows that begin in the same column, or have their middle there; 0 where it is too small to tell."""
    columns = [one.box.left + (one.box.width / 2 if middle else 0.0) for one in rows]
    usual = median(columns)
    slack = 0.5 * median(one.box.height for one in rows)
    share = sum(abs(column - usual) <= slack for column in columns) / len(columns)
    return share if share >= ALIGNED else 0.0


def _bounds(rows: Sequence[Writing]) -> Box:
    box = rows[0].box
    for row in rows[1:]:
        box = box.union(row.box)
    return box


def _within(size: Size, left: float, top: float, right: float, bottom: float) -> Box:
    """The box in whole pixels, within the frame."""
    box = Box(round(left), round(top), round(right) - round(left), round(bottom) - round(top))
    inside = box.intersection(Box(0, 0, *size))
    assert inside is not None  # it holds text that was seen in the frame
    return inside
