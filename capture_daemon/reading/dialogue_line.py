"""Dialogue line: one filling of the box: its rows, in the order in which they are read, and what it is doing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from math import inf

from capture_daemon.frames import Box
from capture_daemon.reading.layout import level_share, on_one_level
from capture_daemon.reading.parameters import ENDPOINT, FollowParameters
from capture_daemon.reading.row import Row
from capture_daemon.reading.speaker import (
    BULLETS,
    CLOSING_QUOTES,
    LATIN_QUOTES,
    OPENING_QUOTES,
    begins_with_name,
    bracketed_name,
    is_name,
    split_name,
)
from capture_daemon.reading.text import Ending, ending
from capture_daemon.reading.wording import letters

CORNER = 0.8
"""Share of a text's width from which on a mark stands in the corner under it; 0.7 to 1."""
MARK_REACH = 1.5
"""How far behind a text a mark may stand, in its height; 1 to 2."""
BLINK = 0.3
"""Seconds by which dots or marks in a row of their own go before the text for them to be a mark that blinks; 0.2 to
0.5: letters fade unequally."""
GO_TOGETHER = 0.2
"""Seconds within which rows go together; 0.1 to 0.3: they may fade."""
SAME_HUE = 0.3
"""How far the shares of blue, green and red of two colours are apart, summed, for them to be one; 0.15 to 0.4."""
LEVEL = 0.5
"""Share of its height that a row of dots has in common with the one beside it, at least; 0.4 to 0.7."""
GOES_ON = 2.5
"""Seconds for which a sentence that a row leaves open waits for the next, at most; 2 to 4: captions roll up slowly."""
OTHER_COLOUR = 60
"""Levels, summed over blue, green and red, from which ink is of another colour; 40 to 120."""


class State(Enum):
    """What a line is doing."""

    REVEALING = "revealing"
    RESTING = "resting"
    GONE = "gone"


@dataclass(slots=True)
class LineRest:
    """What is known of a line's coming to rest, live: times in seconds.

    `grown` and `text` are what it was when it was last looked over; `stirred` is when something near it first moved
    since; `spot` is something small that came while it rested, and `spotted` when; `marked` says that it was the sign
    that the game waits, `among_text` that it came where more text might come.
    """

    grown: float = -1.0
    text: str = ""
    stirred: float | None = None
    spot: Box | None = None
    spotted: float = -1.0
    marked: bool = False
    among_text: bool = False

    def is_sure(self, time: float) -> bool:
        """Whether what came can be no letter any more: another would have followed."""
        return not self.among_text or time - self.spotted >= ENDPOINT.mark


@dataclass(slots=True, eq=False)
class DialogueLine:
    """What one filling of the box says: its rows, and the rows above that stood there before it."""

    number: int
    rows: list[Row]
    state: State = State.REVEALING
    kept: list[Row] = field(default_factory=list)
    """Rows of the line before that stand on: a name, perhaps."""
    beside: list[Row] = field(default_factory=list)
    """Rows by themselves that stand as it does: a name, perhaps."""
    among: list[Row] = field(default_factory=list)
    """Rows of other lines that stood at the same time."""
    went: float = 0.0
    """When the last of it was seen; 0 while it stands."""
    said: tuple[str | None, str] | None = None
    """The speaker and the text, as they were said; None while they weren't."""
    said_number: int | None = None
    said_rows: tuple[str, ...] = ()
    rest: LineRest = field(default_factory=LineRest)
    stayed: list[Row] = field(default_factory=list)
    """Its rows that stayed when the others went."""
    is_block: bool = False
    """Whether it came under another text in the same moment."""
    offered: list[DialogueLine] = field(default_factory=list)
    """The texts of other colours under a line that came with it, where it is one of them."""
    is_answer: bool = False
    """Whether it is offered to the player to say, and said by nobody."""
    outlived: int = 0
    """How many other lines came and went while it stood."""
    from_start: bool = False
    """Whether it stood in the first frame."""
    with_box: bool = False
    """Whether the box behind it went with it."""
    box_came: float | None = None
    """When that box was there again, in seconds."""

    @property
    def started(self) -> float:
        """When its first glyph came."""
        return min(row.born for row in self.rows)

    @property
    def grown(self) -> float:
        """When its last one came."""
        return max(row.grown for row in self.rows)

    @property
    def standing(self) -> list[Row]:
        """Its rows that still stand."""
        return [row for row in self.rows if row.gone is None]

    @property
    def words(self) -> str:
        """All that its rows say, for comparing."""
        return "".join(letters(row.text) for row in in_order(self.rows))

    def box(self) -> Box:
        """The box round its rows, in pixels of the region."""
        whole = self.rows[0].box
        for row in self.rows[1:]:
            whole = whole.union(row.box)
        return whole


def is_other_colour(one: Row, other: Row) -> bool:
    """Whether the ink of two rows differs in colour."""
    if one.ink is None or other.ink is None:
        return False
    # Of one, the outline was taken for its ink.
    outlined = one.ink.light != other.ink.light and (
        min(colours_apart(one.ink.colour, end) for end in other.ink.ends) < OTHER_COLOUR
        and min(colours_apart(other.ink.colour, end) for end in one.ink.ends) < OTHER_COLOUR
    )
    return not outlined and colours_apart(one.ink.colour, other.ink.colour) >= OTHER_COLOUR


def colours_apart(one: tuple[int, int, int], other: tuple[int, int, int]) -> int:
    """By how many levels two colours differ, summed over blue, green and red."""
    return sum(abs(a - b) for a, b in zip(one, other, strict=True))


def same_hue(one: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    """Whether two colours differ in strength alone, if at all."""
    if not max(one) or not max(other):
        return False
    return sum(abs(a / max(one) - b / max(other)) for a, b in zip(one, other, strict=True)) < SAME_HUE


def in_order(rows: Iterable[Row]) -> list[Row]:
    """Rows as they are read: from the top, and from the left where they stand side by side.

    Those that left the page at its top come first, in the order in which they left.
    """
    rows = list(rows)
    ordered = sorted(rows, key=lambda row: (_left_at(row), _middle(row, rows), row.box.left))
    for place in range(1, len(ordered)):
        # Dots are low: their middle may lie above that of a name beside them.
        before, row = ordered[place - 1], ordered[place]
        if row.box.left < before.box.left and _left_at(row) == _left_at(before) and _is_beside(row, before):
            ordered[place - 1], ordered[place] = row, before
    return ordered


def _middle(row: Row, others: Iterable[Row]) -> float:
    """The level of a row's middle, in pixels: before it moved, if others had gone by then, and stay where they were."""
    middle = row.box.top + row.box.height / 2
    moved_at = row.moved_at
    alone = moved_at is not None and any(one.gone is not None and one.gone <= moved_at for one in others)
    return middle - row.moved_by if alone else middle


def _is_beside(one: Row, other: Row) -> bool:
    """Whether of two rows side by side one is dots, which stand anywhere on the other's level."""
    dots = one.says_dots or other.says_dots
    return dots and level_share(one.box, other.box) > LEVEL and not one.box.intersection(other.box)


def _left_at(row: Row) -> float:
    """When a row left the page at its top, in seconds; infinite if it didn't."""
    return row.gone if row.scrolled_out and row.moved_by < 0 and row.gone is not None else inf


def begins_as_next_point(line: DialogueLine, row: Row) -> bool:
    """Whether a row begins with the bullet with which a line began that has ended, on a page that scrolls.

    In a box that is filled once, one who speaks may make several points.
    """
    rows = in_order(line.rows)
    bullet = rows[0].text[:1]
    if all(one.moved_at is None for one in rows):
        return False
    return bullet in BULLETS and row.text.startswith(bullet) and ending(rows[-1].text) is Ending.FINAL


def has_gone_before(line: DialogueLine, row: Row) -> bool:
    """Whether some of a line had gone when a row came; what left the page in the middle of a text has not ended.

    That is in the middle of a sentence, or of what a bullet sets off, where the next begins with one, too.
    """
    rows = in_order(line.rows)
    bullet = rows[0].text[:1]
    one_point = bullet in BULLETS and not row.text.startswith(bullet)
    unfinished = one_point or ending(rows[-1].text) is not Ending.FINAL
    return any(
        one.gone is not None and (one.gone <= row.born + 0.05 or (one.replaced and one.gone <= row.first_seen))
        for one in line.rows
        if not (unfinished and one.scrolled_out)
    )


def begins_beside_speech(line: DialogueLine, row: Row) -> bool:
    """Whether a row begins behind words in quotation marks, or with them behind what has ended, as a novel's text does.

    Those of Chinese and Japanese: other languages quote within sentences.
    """
    last = in_order(line.rows)[-1].text
    return last[-1:] in CLOSING_QUOTES or (row.text[:1] in OPENING_QUOTES and ending(last) is Ending.FINAL)


def begins_behind_speech(line: DialogueLine, row: Row) -> bool:
    """Whether a row begins behind all of somebody's words, in quotation marks: other languages than Japanese."""
    texts = [one.text for one in in_order(line.rows)]
    first = texts[1] if len(texts) > 1 and is_name(texts[0]) else split_name(texts[0])[1]
    return first[:1] in LATIN_QUOTES and texts[-1][-1:] in LATIN_QUOTES and not row.text[:1].islower()


def begins_next_speech(line: DialogueLine, row: Row) -> bool:
    """Whether a row begins with 「 behind 」, and came later: however soon, those are somebody else's words."""
    later = all(one.first_seen < row.first_seen for one in line.rows)
    return later and in_order(line.rows)[-1].text[-1:] in CLOSING_QUOTES and row.text[:1] in OPENING_QUOTES


def goes_on_in_row(line: DialogueLine, row: Row) -> bool:
    """Whether a row goes on in small letters with a sentence that the one above it left open."""
    return row.text[:1].islower() and ending(in_order(line.rows)[-1].text) is Ending.OPEN


def rest_before(line: DialogueLine, row: Row, parameters: FollowParameters) -> float:
    """Seconds of rest of a line that stands, after which a new row begins another."""
    if goes_on_in_row(line, row):
        return GOES_ON
    if begins_as_next_point(line, row) or begins_behind_speech(line, row):
        return parameters.point
    return parameters.speech if begins_beside_speech(line, row) else parameters.paragraph


def comes_under_its_name(line: DialogueLine, row: Row) -> bool:
    """Whether a row comes on the level of a line's text that has gone, of which only the name stands on.

    Text that is centred, or was a few dots, may have stood elsewhere on that level.
    """
    names, gone = line.standing, [one for one in line.rows if one.gone is not None]
    if not names or not gone or not all(is_name(one.text) for one in names):
        return False
    return any(on_one_level(one.box, row.box) for one in gone) and all(one.box.top < row.box.top for one in names)


def begins_as_next_speaker(line: DialogueLine, row: Row) -> bool:
    """Whether a row begins with a name and the text of who that is, as a line did that is above: captions stand so."""
    first = in_order(line.rows)[0]
    below = row.box.top >= first.box.bottom - first.box.height / 2
    return below and begins_with_name(row.text) and begins_with_name(first.text)


def rows_with(line: DialogueLine, others: Iterable[DialogueLine]) -> list[Row]:
    """The rows by themselves that stood when a line ended, or stand as it does."""
    alone = [other for other in others if other is not line and len(other.rows) == 1]
    rows = [row for other in alone for row in other.rows if not row.absorbed]
    if not line.went:
        return [row for row in rows if row.gone is None]
    return [row for row in rows if row.born < line.went and (row.gone is None or row.gone > line.went - GO_TOGETHER)]


def rows_during(line: DialogueLine, others: Iterable[DialogueLine]) -> list[Row]:
    """The rows of other lines that stood while a line did."""
    rows = [row for other in others if other is not line for row in other.rows if not row.absorbed]
    end = line.went or float("inf")
    return [row for row in rows if row.born < end and (row.gone is None or row.gone > line.started)]


def lasted(line: DialogueLine) -> bool:
    """Whether a line stood for long enough, and is long enough, to say that what stood past it is none."""
    return line.went - line.started > 0.4 and len(line.words) >= 3


def went_before(line: DialogueLine, time: float) -> bool:
    """Whether some of a line went before a time in seconds; a paragraph stands on when its line has ended."""
    return any(row.gone is not None and row.gone < time for row in line.rows)


def began_together(one: DialogueLine, other: DialogueLine, row: Row) -> bool:
    """Whether the look that first saw a row also first saw rows of both lines."""
    return all(any(its.first_seen == row.first_seen for its in line.rows) for line in (one, other))


def is_mark_behind(row: Row, text: Row) -> bool:
    """Whether a row of dots or marks alone came when a text was complete: right behind it, or in the box's corner.

    What comes under a name is what is said.
    """
    if any(character.isalnum() for character in row.text) or ending(text.text) is not Ending.FINAL:
        return False
    if bracketed_name(text.text) is not None:
        return False
    behind = -0.2 < (row.box.left - text.box.right) / text.box.height < MARK_REACH
    if on_one_level(row.box, text.box):
        return behind and row.born >= text.grown
    middle = row.box.left + row.box.width / 2
    return row.box.top > text.box.top and middle > text.box.left + CORNER * text.box.width and row.born > text.grown


def blinked(row: Row, line: DialogueLine, time: float) -> bool:
    """Whether a row of a line was a mark that blinks: dots or marks alone, which went while words stood on.

    Under a name that stands on, they are what was said.
    """
    if row.gone is None or any(character.isalnum() for character in row.text):
        return False
    texts = [one for one in line.rows if any(character.isalnum() for character in one.text) and not is_name(one.text)]
    return any((time if one.gone is None else one.gone) - row.gone > BLINK for one in texts)
