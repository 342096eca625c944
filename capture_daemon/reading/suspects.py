"""Suspects: one small thing where or when no text is typed may be a mark, and is held back until that's known."""

from __future__ import annotations

from dataclasses import dataclass

from capture_daemon.frames import Box
from capture_daemon.reading.growth import Growth
from capture_daemon.reading.ink import Ink, Mask
from capture_daemon.reading.marks import Marks, cluster
from capture_daemon.reading.page import Page
from capture_daemon.reading.rows import Shape

SECONDS = 1.0
"""What stands alone for this long was text, if it stands where text may."""
LARGEST = 1.7
"""A mark is at most so many times as wide or high as the letters."""
REST_SECONDS = 0.25
"""After a rest this long what comes alone is suspect; the same where text is typed slowly, in usual gaps: 3."""


@dataclass(slots=True, eq=False)
class Suspect:
    """One small thing that may be a mark. It appeared at `since`; `is_astray` where no row of text would begin."""

    box: Box
    since: float
    picture: Mask
    is_astray: bool

    def holds(self, box: Box) -> bool:
        """Whether a shape is that thing or a part of it, perhaps moved a little."""
        slack = max(self.box.width, self.box.height) // 2
        whole = self.box.union(box)
        return whole.width <= self.box.width + slack and whole.height <= self.box.height + slack

    def is_beside(self, box: Box) -> bool:
        """Whether a shape stands in the same row."""
        return min(self.box.bottom, box.bottom) - max(self.box.top, box.top) > 0.3 * min(self.box.height, box.height)


class Suspects:
    """Holds back what may be a mark; what turns out to be one is remembered in `marks`."""

    def __init__(self, marks: Marks) -> None:
        self._marks = marks
        self._suspect: Suspect | None = None

    @property
    def any(self) -> bool:
        """Whether something is being held back."""
        return self._suspect is not None

    def forget(self) -> None:
        """The page is another one."""
        self._suspect = None

    def lift(self, letter: int) -> None:
        """What was held back has gone by itself: it was a mark beside letters of that height."""
        if self._suspect is not None:
            self._marks.remember(self._suspect.picture, letter)
            self._suspect = None

    def sift(self, growth: Growth, ink: Ink, page: Page, rested: float | None, usual_gap: float) -> list[Shape]:
        """Take out of the growth what is suspect, and return what is now known to be marks.

        `rested` is for how many seconds nothing had been added to the line before this, None where there is none.
        """
        letter = page.letter_height
        if self._suspect is not None:
            return self._follow(self._suspect, growth, ink, letter)
        if not letter or not growth.shapes:
            return []
        box = cluster(growth.shapes)
        if max(box.width, box.height) > LARGEST * letter:
            return []
        astray = _is_astray(box, page, letter)
        if astray or (rested is not None and rested >= max(REST_SECONDS, 3 * usual_gap)):
            self._suspect = Suspect(box, ink.since, growth.picture(box), astray)
            growth.shapes = []
        return []

    def _follow(self, suspect: Suspect, growth: Growth, ink: Ink, letter: int) -> list[Shape]:
        inside = [shape for shape in growth.shapes if suspect.holds(shape.box)]
        outside = [shape for shape in growth.shapes if not suspect.holds(shape.box)]
        if any(suspect.is_beside(shape.box) for shape in outside):
            growth.since = min(growth.since, suspect.since)
            self._suspect = None
            return []
        if not inside:
            self.lift(letter)
            return []
        if ink.time - suspect.since < SECONDS:
            growth.shapes = outside
            return []
        self._suspect = None
        if suspect.is_astray:
            growth.shapes = outside
            return inside
        growth.since = suspect.since
        return []


def _is_astray(box: Box, page: Page, letter: int) -> bool:
    """Whether something stands under or beside the text where no row of it would begin."""
    rows = [standing.row.box for standing in page.rows]
    if any(min(row.bottom, box.bottom) - max(row.top, box.top) > 0.3 * box.height for row in rows):
        return False
    return box.left > min(row.left for row in rows) + 2 * letter if rows else False
