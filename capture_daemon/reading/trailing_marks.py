"""Trailing marks: what of a reading is the sign, behind its row, that the game waits."""

from __future__ import annotations

import re
from dataclasses import replace

from capture_daemon.frames import Box
from capture_daemon.reading.marks import BEHIND, MARK_LIKE, mark_behind, stands_apart
from capture_daemon.reading.parameters import FollowParameters
from capture_daemon.reading.row import Row, Seen
from capture_daemon.reading.row_readings import Reading
from capture_daemon.reading.standing import ink_in, since
from capture_daemon.reading.text import Ending, ending, tidy
from capture_daemon.reading.wording import is_but_for_marks, letters

_CLOSING = frozenset("」』）)】")
_END = re.compile(r"\W*$")


def without_mark(row: Row | None, box: Box, reading: Reading, seen: Seen, parameters: FollowParameters) -> Reading:
    """What was read without the mark behind it that came when the text was complete."""
    if not reading.places or reading.places[-1][0] not in BEHIND:
        return reading
    start = row.mark_at if row is not None else None
    if row is not None and start is None and _was_read_so(row, reading, parameters):
        # While it fades, dots seem to change sooner than letters.
        return reading
    ink = ink_in(box, seen, parameters) if start is None else None
    if ink is not None:
        start = mark_behind(ink, reading.places, lambda left, right: since(ink, seen, parameters, left, right))
    if start is None:
        return reading
    if row is not None:
        row.mark_at = start
    kept = len(reading.places)
    while kept and reading.places[kept - 1][0] in BEHIND | {" "} and reading.places[kept - 1][1] >= start - 1:
        kept -= 1
    text = tidy("".join(character for character, _ in reading.places[:kept]))
    if not text or kept == len(reading.places):
        return reading
    return replace(reading, text=text, places=reading.places[:kept], mark_at=start)


def ending_as(reading: Reading, plain: Reading) -> Reading:
    """A reading that ends as another does, which has no mark behind it."""
    end = plain.text[len(_END.sub("", plain.text)) :]
    return replace(reading, text=_END.sub("", reading.text) + end)


def has_one_mark_more(before: str, after: str) -> bool:
    """Whether `after` is a complete text with a mark behind it that none ends with.

    A sign that turns is read as another bracket, too.
    """
    more = after[len(before) :]
    mark = more in MARK_LIKE or (more in _CLOSING and before.endswith(more))
    return len(more) == 1 and mark and after.startswith(before) and ending(before) is Ending.FINAL


def is_unmarked(row: Row, reading: Reading) -> bool:
    """Whether all that is gone from a row is a mark, which stood apart from its text: one that blinks."""
    marked = row.best
    if row.ink is None or not is_but_for_marks(marked.text, reading.text):
        return False
    return stands_apart(row.ink, marked.places, len(letters(reading.text)))


def _was_read_so(row: Row, reading: Reading, parameters: FollowParameters) -> bool:
    """Whether a row was surely read before with the dots or the mark that it ends in."""
    end = letters(reading.text)[-2:]
    return any(one.confidence >= parameters.sure and letters(one.text).endswith(end) for one in row.readings)
