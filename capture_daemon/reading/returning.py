"""Returning: text that went together with its box, and comes back with it: it is the old one, and not said again."""

from __future__ import annotations

from collections.abc import Sequence

from capture_daemon.reading.dialogue_line import DialogueLine
from capture_daemon.reading.layout import overlap
from capture_daemon.reading.parameters import FollowParameters
from capture_daemon.reading.row import Row
from capture_daemon.reading.speaker import is_name
from capture_daemon.reading.text import Ending, ending
from capture_daemon.reading.wording import has_more_before, has_other_letters, letters

TOGETHER = 0.2
"""Seconds within which a text and its box go, or come: both may fade; 0.1 to 0.3."""
WHOLE = 0.02
"""Seconds in which a text comes whole; 0 to 0.03: in one frame."""
RETURN_SECONDS = 8.0
"""Seconds within which a line comes back with its box; 4 to 20: a menu is read and chosen from."""
IN_PLACE = 0.8
"""Share of its box that a row has in common with the one that it was; 0.7 to 0.9."""


def came_with_box(started: float, old: DialogueLine) -> bool:
    """Whether the box of an old line, which had gone with it, was there again when a text began; that in seconds."""
    return old.box_came is not None and -0.6 * TOGETHER <= old.box_came - started <= TOGETHER


def came_back(row: Row, past: Sequence[DialogueLine]) -> bool:
    """Whether a row is that of an earlier paragraph, back in its place with the page that had gone with it.

    `past` are the lines that ended, oldest first; the last paragraph's own rows are a line, which is known as such. A
    name may have stood over several lines, and come back over another.
    """
    if row.steps or row.grown - row.born > WHOLE or is_name(row.text):
        return False
    for last in past:
        if not came_with_box(row.born, last) or row.born - last.went > RETURN_SECONDS:
            continue
        rows = (one for line in past if line is not last for one in line.rows)
        if any(_is_again(one, row) for one in rows if one.gone is not None and abs(one.gone - last.went) <= TOGETHER):
            return True
    return False


def _is_again(one: Row, row: Row) -> bool:
    return letters(one.text) == letters(row.text) and overlap(one.box, row.box) > IN_PLACE


def is_twin(line: DialogueLine, before: Row, row: Row, parameters: FollowParameters) -> bool:
    """Whether a row that is much like one that went before it is another, beyond doubt: "It was.", then "It wasn't.".

    Where other rows of the text stand on, a letter was misread.
    """
    other = has_other_letters(before.text, row.text) or has_more_before(before.text, row.text)
    sure = min(before.best.confidence, row.best.confidence) >= parameters.beyond_doubt
    alone = all(is_name(one.text) for one in line.standing)
    return other and sure and alone and len(before.readings) > 1 and ending(before.text) is Ending.FINAL
