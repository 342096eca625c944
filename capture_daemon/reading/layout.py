"""Layout: from the detector's pieces of text to rows. Stateless."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median

from capture_daemon.frames import Box
from capture_daemon.reading.parameters import FollowParameters

LOW = 0.3
"""Share of rows that are lower than the height that counts; 0.2 to 0.5."""
TALLER = 1.5
"""How many times as high as its widest piece a row is at most; 1.3 to 1.8: the rim of a box beside it isn't part of it,
though the row's own boxes differ by a third."""
SEVERAL, FLUSH, BESIDE = 3, 0.4, 1.5
"""Rows that begin at one column from which it is the text's margin, 3 to 4, how far their edges may lie apart, 0.3 to
0.6, and how far left of it something else begins at least, 1 to 2, both in a row's height."""
HELD = 0.8
"""Share of a row that lies in the box that holds it, at least; 0.7 to 0.9."""


def rows_of(boxes: Iterable[Box], parameters: FollowParameters) -> list[Box]:
    """Pieces of text at one level, no further apart than words, as rows, from top to bottom."""
    pieces = sorted(boxes, key=lambda box: box.left)
    rows = _joined(pieces, parameters)
    parted = [row for row in rows if _margin_beside(row, rows) is not None]
    if parted:
        # Something else stands beside the text: a name under a portrait.
        left = [piece for piece in pieces if any(_is_left_of_margin(piece, row, pieces, rows) for row in parted)]
        rows = [*_joined(left, parameters), *_joined([piece for piece in pieces if piece not in left], parameters)]
    return sorted(rows, key=lambda row: (row.top, row.left))


def _joined(pieces: Sequence[Box], parameters: FollowParameters) -> list[Box]:
    """Pieces, from left to right, as rows."""
    rows: list[Box] = []
    for box in pieces:
        for number, row in enumerate(rows):
            near = box.left - row.right < parameters.word_gap * min(row.height, box.height)
            whole, widest = row.union(box), max(row, box, key=lambda one: one.width)
            if near and on_one_level(row, box) and whole.height < TALLER * widest.height:
                rows[number] = whole
                break
        else:
            rows.append(box)
    return rows


def _margin_beside(row: Box, rows: Sequence[Box]) -> int | None:
    """The column at which several rows begin that reach less far to the left than one, and the row goes past."""
    begin = [
        other.left
        for other in rows
        if other.left > row.left + BESIDE * row.height and other.left < row.right and not on_one_level(other, row)
    ]
    slack = FLUSH * row.height
    return next((one for one in begin if sum(abs(one - left) <= slack for left in begin) >= SEVERAL), None)


def _is_left_of_margin(piece: Box, row: Box, pieces: Sequence[Box], rows: Sequence[Box]) -> bool:
    """Whether a piece of a row ends where other rows begin, and one of the row's begins there, too."""
    margin = _margin_beside(row, rows)
    if margin is None or piece.intersection(row) != piece:
        return False
    slack = FLUSH * row.height
    begins = any(abs(one.left - margin) <= slack and on_one_level(one, row) for one in pieces)
    return begins and piece.right <= margin + slack


def level_share(one: Box, other: Box) -> float:
    """The rows of pixels that two boxes share, as a share of the lower one's; 0 at least."""
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    return max(0.0, shared / max(1, min(one.height, other.height)))


def on_one_level(one: Box, other: Box) -> bool:
    """Whether two boxes stand side by side: each one's middle is within the other's height, more or less."""
    return level_share(one, other) > 0.5 and 0.4 < one.height / other.height < 2.5


def overlap(one: Box, other: Box) -> float:
    """The columns that two boxes on one level share, as a share of the narrower one's; 0 on other levels."""
    if not on_one_level(one, other):
        return 0.0
    return max(0, min(one.right, other.right) - max(one.left, other.left)) / max(1, min(one.width, other.width))


def holds(box: Box, row: Box) -> bool:
    """Whether nearly all of a row lies in a box."""
    shared = box.intersection(row)
    return shared is not None and shared.width * shared.height >= HELD * row.width * row.height


def is_within(box: Box, area: Box) -> bool:
    """Whether the middle of a box lies in an area."""
    middle_x, middle_y = box.left + box.width / 2, box.top + box.height / 2
    return area.left <= middle_x < area.right and area.top <= middle_y < area.bottom


def same_place(one: Box, other: Box) -> bool:
    """Whether two boxes may be the detector's of the same row, unchanged."""
    slack = 0.4 * max(one.height, other.height)
    ends = abs(one.left - other.left) <= slack and abs(one.right - other.right) <= slack
    return ends and on_one_level(one, other)


def belong_together(one: Box, other: Box, parameters: FollowParameters) -> bool:
    """Whether two rows may be rows of one text: near each other, of like height, under one another."""
    upper, lower = (one, other) if one.top <= other.top else (other, one)
    height = min(one.height, other.height)
    if on_one_level(one, other):
        return max(one.left, other.left) - min(one.right, other.right) < parameters.word_gap * height
    gap = lower.top - upper.bottom
    if gap > parameters.row_gap * height or not 0.4 < one.height / other.height < 2.5:
        return False
    shared = min(one.right, other.right) - max(one.left, other.left)
    return shared > 0 or abs(one.left - other.left) < 3 * height


def is_right_above(upper: Box, lower: Box, parameters: FollowParameters) -> bool:
    """Whether a row stands on the level over another's, wherever along it."""
    gap = lower.top - upper.bottom
    close = -0.3 * upper.height < gap < parameters.row_gap * min(upper.height, lower.height)
    return close and 0.5 < upper.height / lower.height < 2


def usual_height(boxes: Sequence[Box]) -> float:
    """The height of most rows, 0 without any."""
    return float(median(box.height for box in boxes)) if boxes else 0.0


def low_height(heights: Sequence[int]) -> float:
    """The height of the lower rows: where a picture moves the detector's boxes are too high, never too low.

    Beside a large sign it is the text that must be seen. `heights` has at least one.
    """
    return float(sorted(heights)[int(LOW * len(heights))])


def is_cut(row: Box, area: Box, whole: Box) -> bool:
    """Whether a row touches an edge of the area that is none of the whole picture's."""
    return (
        (row.top <= area.top + 1 and area.top > whole.top)
        or (row.bottom >= area.bottom - 1 and area.bottom < whole.bottom)
        or (row.left <= area.left + 1 and area.left > whole.left)
        or (row.right >= area.right - 1 and area.right < whole.right)
    )
