"""Partly seen: a look at a row of which the detector saw only a part: the rest is as it was read before."""

from __future__ import annotations

from dataclasses import replace

from capture_daemon.frames import Box, GreyImage
from capture_daemon.reading.ink import Ink
from capture_daemon.reading.parameters import FollowParameters
from capture_daemon.reading.row import Row
from capture_daemon.reading.row_readings import Reading
from capture_daemon.reading.text import tidy
from capture_daemon.reading.wording import likeness

MARGIN = 0.5
"""By how much less the detector must see of a row at either end, or may see more, in the row's height; 0.3 to 0.8."""
FEWEST = 2
"""Letters or dots that the rest has at least; 2 to 4: a last letter may be one that isn't drawn yet."""
_DOTS = frozenset(".…‥⋯")


def with_unseen_rest(
    row: Row, box: Box, reading: Reading, luma: GreyImage, parameters: FollowParameters
) -> Reading | None:
    """What was read in a part of a row, with the rest of the row's text round it; None if it is no such part.

    It is one if it is read as that part of the row was before, and the ink of the rest stands.

    Args:
        row: The row as it was read before.
        box: Where the detector sees it now, in pixels of the region.
        reading: What was read there.
        luma: The frame's luma of the region.
        parameters: Those of following.

    """
    slack = round(MARGIN * row.box.height)
    left, right = box.left - slack, box.right + slack
    if row.ink is None or left < row.box.left - 2 * slack or right > row.box.right + 2 * slack:
        return None
    places = row.best.places
    before = [(one, place) for one, place in places if place < box.left]
    behind = [(one, place) for one, place in places if place > box.right]
    inside = "".join(one for one, place in places if box.left <= place <= box.right)
    unseen = sum(one.isalnum() or one in _DOTS for one, _ in (*before, *behind))
    if unseen < FEWEST or likeness(inside.casefold(), reading.text.casefold()) < parameters.alike:
        return None
    edges = [(row.box.left, left)] if before else []
    edges += [(right, row.box.right)] if behind else []
    if not all(_stands(row.ink, luma, *edge, parameters.lost) for edge in edges):
        return None
    text = "".join([*(one for one, _ in before), reading.text, *(one for one, _ in behind)])
    confidence = min(reading.confidence, row.best.confidence)
    return replace(
        reading, text=tidy(text), confidence=confidence, places=(*before, *reading.places, *behind), left=row.best.left
    )


def _stands(ink: Ink, luma: GreyImage, left: float, right: float, least: float) -> bool:
    """Whether there is ink between two columns of the region, of which at least such a share stands."""
    return right > left and ink.pixels_within(left, right) > 0 and ink.share_within(luma, left, right) >= least
