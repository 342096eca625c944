"""Overlay: text that comes before writing in the picture, or over its beginning, and is seen as one row with it.

A text that is typed grows at its end, so what comes before writing that has long stood is another's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from capture_daemon.frames import Box, GreyImage
from capture_daemon.ocr.engine import RowText
from capture_daemon.reading.layout import on_one_level
from capture_daemon.reading.parameters import FollowParameters
from capture_daemon.reading.row import Row
from capture_daemon.reading.wording import letters, shared_end

MOST_COVERED = 0.5
"""Share of the writing that may be covered for it to be known by the rest; 0.3 to 0.6."""
LEAST_LETTERS = 3
"""Letters at the end that the writing and what is read must share; 3 to 5."""


def parts_by_ink(
    rows: Sequence[Row], box: Box, luma: GreyImage, time: float, parameters: FollowParameters
) -> tuple[Row, Box] | None:
    """The writing that stands at the end of what was found, by its ink, and the box of what comes before that.

    The box and the ink of writing that is covered are set to those of the rest. None if no writing ends there.
    """
    for row in _rested(rows, box, time, parameters):
        assert row.ink is not None
        whole, ink = row.uncovered or (row.box, row.ink)
        column = ink.stands_from(luma, parameters.certain)
        if column is None or column - whole.left > MOST_COVERED * whole.width:
            continue
        before = _ends_with(box, whole) and whole.left - box.left >= whole.height
        if column == ink.first_column:
            row.box, row.ink, row.uncovered = whole, ink, None
        elif before:
            row.box = Box(column, whole.top, whole.right - column, whole.height)
            row.ink, row.uncovered = ink.from_column(column), (whole, ink)
        if before:
            return row, Box(box.left, box.top, column - box.left, box.height)
    return None


def parts_by_text(  # noqa: PLR0913, PLR0917 - what was read comes with its box and its offset
    rows: Sequence[Row], box: Box, text: RowText, offset: float, time: float, parameters: FollowParameters
) -> tuple[tuple[Box, RowText], tuple[Box, RowText]] | None:
    """What was read, parted where writing that stood there begins: for where its ink can't tell, as a camera pans.

    `offset` is the column of the region at which the picture of `text` begins. Returns box and text of what comes
    before, and of the writing; None if no writing ends there.
    """
    for row in _rested(rows, box, time, parameters):
        if (
            text.confidence < parameters.sure
            or not _ends_with(box, row.box)
            or row.box.left - box.left < row.box.height
        ):
            continue
        # A pan covers more and more of it, so it is what was read last that is compared.
        last = row.readings[-1].text
        shared, own = shared_end(text.text, last), len(letters(last))
        if shared < max(LEAST_LETTERS, (1 - MOST_COVERED) * own) or shared >= len(letters(text.text)):
            continue
        at = _before_last(text.text, shared)
        before = _before_last([one.text for one in text.characters], shared)
        if before == 0:
            continue
        column = round(text.characters[before].place + offset - 0.5 * row.box.height)
        if not box.left < column < box.right:
            continue
        first = replace(text, text=text.text[:at].rstrip(), characters=text.characters[:before])
        rest = replace(text, text=text.text[at:].lstrip(), characters=text.characters[before:])
        return (
            (Box(box.left, box.top, column - box.left, box.height), first),
            (Box(column, row.box.top, box.right - column, row.box.height), rest),
        )
    return None


def _rested(rows: Sequence[Row], box: Box, time: float, parameters: FollowParameters) -> list[Row]:
    """The rows on the level of a box that have stood for long."""
    return [
        row
        for row in rows
        if row.ink is not None
        and row.is_text(parameters)
        and time - row.grown >= parameters.whole_rest
        and on_one_level(row.box, box)
    ]


def _ends_with(box: Box, row: Box) -> bool:
    return abs(box.right - row.right) <= 0.5 * row.height


def _before_last(parts: Sequence[str], count: int) -> int:
    """The place in a text, or in a row of characters, after which it has `count` letters."""
    for place in range(len(parts) - 1, -1, -1):
        count -= len(letters(parts[place]))
        if count <= 0:
            return place
    return 0
