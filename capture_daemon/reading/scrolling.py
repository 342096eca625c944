"""Scrolling: rows that move up or down together, as those of a page do, told by their ink, or by what is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from capture_daemon.frames import Box, GreyImage
from capture_daemon.reading.going import MOVED_ALIKE
from capture_daemon.reading.ink import Ink, Patch
from capture_daemon.reading.layout import on_one_level, overlap, same_place
from capture_daemon.reading.parameters import FollowParameters
from capture_daemon.reading.row import Row, SeenRow
from capture_daemon.reading.text import tidy
from capture_daemon.reading.wording import letters, likeness

ROOM = 0.6, 3.5
"""How far up a row goes to make room for others, in its height: from 0.5 to 0.8, for one, to 2 to 4, for two."""
SCROLL_SECONDS = 0.5
"""Seconds that a page takes to scroll; 0.2 to 1."""
FEWEST_ROWS = 2
"""Rows that move by the same way, at least; 2 to 3. One alone does only to where another stood."""
SPEAKING = 3
"""Letters from which a row is told from others by them; 2 to 5."""
SAMPLES = 400
"""Pixels of a row's ink by which its way is told, evenly spread; 200 to 1,000."""
CLEAR = 0.4
"""How much more of its ink a row shows in its new place than in most others; 0.3 to 0.6: a flash shows it all over."""
LEVEL = 0.3
"""How far the ways of rows that move together differ, at most, and how far they move, at least, in a row's height; 0.2
to 0.4: detectors draw boxes a little higher or lower."""
RISES, RESTS = 1.5, 0.15
"""Seconds after it came in which a row rises to its place, 1 to 2.5: a row's height at a time; and for which it must
not have moved to be there; 0.1 to 0.3."""
LONGER = 0.2
"""By what share of its letters a row that scrolled may have become longer, or shorter; 0.1 to 0.25."""
UNDER = 0.3
"""How much of its box a row that went has in common with the row that stands there now, at least; 0.2 to 0.4."""


def move_by_ink(
    lost: Sequence[Row], near: Sequence[Row], luma: GreyImage, time: float, parameters: FollowParameters
) -> list[Row]:
    """Move the rows whose ink stands higher or lower in a frame, all by the same way.

    Args:
        lost: Rows whose ink doesn't stand in its place.
        near: All rows round which something moved; where other text came to stand in a row's place, its ink may seem
            to stand.
        luma: The region's in this frame, shape (height, width), uint8.
        time: When it was shown, in seconds.
        parameters: `stands` is the share of its ink that must stand.

    Returns:
        Those that moved.

    """
    if not lost:
        return []
    shares = {id(row): _shares(row.ink, luma) for row in near if row.ink is not None}
    speaking = [[shares[id(row)] for row in rows if id(row) in shares and _speaks(row)] for rows in (lost, near)]
    way = next(filter(None, (_common_way(some, parameters.stands) for some in speaking)), None)
    if way is None:
        return []
    found = ((row, _found(row, shares.get(id(row), {}), way, luma, parameters)) for row in near)
    moved = [(row, *place) for row, place in found if place is not None]
    if len(moved) < FEWEST_ROWS and not any(_takes_place(row, own, near) for row, own, _ in moved):
        return []
    for row, own, ink in moved:
        _move(row, own, ink, luma, time)
    return [row for row, _, _ in moved]


def _found(
    row: Row, shares: dict[int, float], way: int, luma: GreyImage, parameters: FollowParameters
) -> tuple[int, Ink] | None:
    """By how much a row has moved, a pixel more or less than `way`, and its ink there; None if it doesn't stand there.

    `shares` are of its ink, by how far it is moved. Nor does it stand if all that is beside it is as light.
    """
    own = max((way - 1, way, way + 1), key=lambda one: shares.get(one, 0.0))
    if row.ink is None or shares.get(own, 0.0) < max(parameters.stands, shares.get(0, 0.0)):
        return None
    ink = replace(row.ink, box=row.ink.box.shifted(0, own))
    return None if ink.is_drowned(luma, ink.box.left, ink.box.right) else (own, ink)


def _common_way(rows: Sequence[dict[int, float]], least: float) -> int:
    """The way by which most rows' ink stands, a pixel more or less for each; 0 if there is none.

    `rows` are the shares of each row's ink that stand, by how far it is moved, and `least` the share that must.
    """
    fitting: dict[int, float] = {}
    for shares in rows:
        usual = float(np.median(list(shares.values())))
        for way, share in shares.items():
            if share >= max(least, usual + CLEAR) and share > shares.get(0, 0.0):
                fitting[way] = fitting.get(way, 0.0) + share
    return max(fitting, key=lambda one: (fitting[one], -abs(one)), default=0)


def _takes_place(row: Row, way: int, others: Sequence[Row]) -> bool:
    """Whether a row moves to where another stood: pages scroll by whole rows, and of two captions one may be left."""
    place = row.box.shifted(0, way)
    return any(
        one is not row and on_one_level(place, one.box) and abs(place.left - one.box.left) < row.box.height
        for one in others
    )


def scroll_out(lost: Sequence[Row], near: Sequence[Row], moved: Sequence[Row]) -> list[Row]:
    """The rows of those `near` that went as others moved.

    Where one of those stands now there is no other, and what is `lost` past the edge to which they moved has left. They
    are moved as well, as far as the picture goes: rows of a line are read from the top.
    """
    if not moved:
        return []
    way = moved[0].moved_by
    before = [row.box.shifted(0, -row.moved_by) if row in moved else row.box for row in near]
    highest, lowest = min(box.top for box in before), max(box.bottom for box in before)
    out = []
    for row in near:
        if row in moved:
            continue
        slack = LEVEL * row.box.height
        past = row.box.top + way < highest - slack if way < 0 else row.box.bottom + way > lowest + slack
        if (past and row in lost) or any(overlap(row.box, one.box) > UNDER for one in moved):
            row.moved_by, row.scrolled_out = way, True
            row.box = row.box.shifted(0, max(way, -row.box.top)) if way < 0 else row.box
            out.append(row)
    return out


def has_scrolled_out(row: Row, standing: Sequence[Row], time: float) -> bool:
    """Whether a row that goes was the highest of those that just scrolled up: it is hidden bit by bit."""
    moved = [one for one in (row, *standing) if one.moved_at is not None and time - one.moved_at < SCROLL_SECONDS]
    highest = all(row.box.top < one.box.top for one in standing)
    return len(moved) > 1 and row in moved and row.moved_by < 0 and highest


def stood_elsewhere(row: Row, others: Sequence[Row], parameters: FollowParameters) -> bool:
    """Whether a row that seems new only scrolled: others moved just now, and one that went said this.

    Or it is what is left of a row that leaves the page at its top.
    """
    if any(_made_room(one, row) for one in others):
        return True
    moving = [one for one in others if one.moved_at is not None and abs(one.moved_at - row.first_seen) < SCROLL_SECONDS]
    if not moving:
        return False
    stand = [one for one in moving if one.gone is None]
    above = bool(stand) and all(one.moved_by < 0 and row.box.top < one.box.top for one in stand)
    went = [
        one
        for one in others
        if one.gone is not None and row.first_seen - one.gone < SCROLL_SECONDS and not _came_behind(row, one)
    ]
    return any(
        (likeness(one.text, row.text) >= parameters.alike and _is_as_long(one, row)) or (above and _may_leave(one, row))
        for one in went
    ) or any(_scrolled_back(one, row) for one in others if any(other.moved_by > 0 for other in stand))


def _came_behind(row: Row, one: Row) -> bool:
    """Whether a row stands where the page comes from, and the other left it on the opposite side: names come again."""
    return one.scrolled_out and (row.box.top - one.box.top) * one.moved_by < -row.box.height * abs(one.moved_by)


def _is_as_long(one: Row, row: Row) -> bool:
    """Whether two rows have about as many letters: behind a name the same words are another's."""
    first, second = (len(letters(text)) for text in (one.text, row.text))
    return abs(first - second) <= LONGER * max(first, second)


def _scrolled_back(one: Row, row: Row) -> bool:
    """Whether a row is one that had left the page at its top, and comes back as that moves down."""
    return one.scrolled_out and one.moved_by < 0 and likeness(one.text, row.text) >= MOVED_ALIKE


def _made_room(one: Row, row: Row) -> bool:
    """Whether a new row says what one did right below it, in whose place other text came just now."""
    if not one.replaced or one.gone is None or row.first_seen - one.gone > SCROLL_SECONDS or not _speaks(one):
        return False
    up = (one.box.top - row.box.top) / row.box.height
    near = ROOM[0] < up < ROOM[1] and abs(one.box.left - row.box.left) < row.box.height
    return near and likeness(one.text, row.text) >= MOVED_ALIKE


def _may_leave(row: Row, rest: Row) -> bool:
    """Whether a row that scrolled up stood near what may be left of it."""
    return row.moved_by < 0 and -rest.box.height < rest.box.bottom - row.box.top < rest.box.height + row.box.height


def moved_from(box: Box, rows: Sequence[Row]) -> list[float]:
    """When each of the rows that moved out of a box last did so, in seconds."""
    return [
        row.moved_at for row in rows if row.moved_at is not None and overlap(row.box.shifted(0, -row.moved_by), box) > 0
    ]


def moved_by_text(rows: Sequence[Row], seen: Sequence[SeenRow]) -> list[tuple[Row, SeenRow]]:
    """The rows of those that stood where a look saw others which it read higher or lower, each with what it saw.

    All have moved by the same way, and stand in some of the columns in which they stood: bubbles that come elsewhere
    are other ones.
    """
    pairs = [
        (row, one)
        for row in rows
        if _speaks(row) and not any(_says(row, one) for one in seen if same_place(row.box, one[0]))
        for one in seen
        if one[1] is not None and _says(row, one) and row.box.left < one[0].right and one[0].left < row.box.right
    ]
    best: list[tuple[Row, SeenRow]] = []
    for row, (box, _, _) in pairs:
        way = box.top - row.box.top
        slack = LEVEL * row.box.height
        if abs(way) < slack:
            continue
        same = [pair for pair in pairs if abs(pair[1][0].top - pair[0].box.top - way) < slack]
        if len({id(one) for one, _ in same}) == len(same) > len(best):
            best = same
    return best if len(best) >= FEWEST_ROWS else []


def _speaks(row: Row) -> bool:
    return len(letters(row.text)) >= SPEAKING


def _says(row: Row, seen: SeenRow) -> bool:
    """Whether what a look saw says what a row does; what was not read stands unchanged."""
    return seen[1] is None or likeness(row.text, tidy(seen[1].text)) >= MOVED_ALIKE


def _shares(ink: Ink, luma: GreyImage) -> dict[int, float]:
    """The share of the ink that a frame shows, by how far it is moved: pixels down, negative upwards."""
    down, across = np.nonzero(ink.mask)
    chosen = np.linspace(0, len(down) - 1, min(SAMPLES, len(down))).astype(int)
    ways = np.arange(-ink.box.top, luma.shape[0] - ink.box.bottom + 1)
    places = ways[:, None] + (ink.box.top + down[chosen])[None, :]
    now: NDArray[np.int16] = luma[places, (ink.box.left + across[chosen])[None, :]].astype(np.int16)
    shares = (np.abs(now - ink.level[chosen][None, :]) <= ink.tolerance).mean(axis=1)
    return dict(zip(ways.tolist(), shares.tolist(), strict=True))


def _move(row: Row, way: int, ink: Ink, luma: GreyImage, time: float) -> None:
    """Move a row to where its ink stands; what was known of its surroundings is known no more."""
    row.box, row.seen = row.box.shifted(0, way), row.seen.shifted(0, way)
    row.ink, row.uncovered = ink, None
    row.read_in = Patch.of(luma, row.box)
    row.moved_by = way
    row.moved_at = row.stood = time


def rose(row: Row, time: float) -> bool:
    """Whether a row has moved up right after it came, and was not read since: an edge unseen may have cut it.

    While it moves it isn't read.
    """
    if row.moved_at is None or row.moved_by >= 0 or row.moved_at - row.born > RISES or time - row.moved_at < RESTS:
        return False
    return all(one.time < row.moved_at for one in row.readings)
