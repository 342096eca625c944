"""Suspects: one small thing where or when no text is typed may be a mark, and is held back until that's known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from capture_daemon.frames import Box
from capture_daemon.reading.growth import Growth
from capture_daemon.reading.ink import Ink, Mask
from capture_daemon.reading.marks import Marks, cluster, could_be_mark
from capture_daemon.reading.page import Page
from capture_daemon.reading.rows import Shape, find_rows

SECONDS = 1.0
"""What stands alone for this long was text, if it stands where text may."""
SOON_SECONDS = 0.3
"""The same where it stands as the next letter would, and no mark looks so: a bracket that closes after a pause."""
NEXT = 0.9
"""Share of the letters' height that the next letter is away at the most, after a full stop in a square of its own."""
TALL = 0.65
"""Share of the letters' height that it has at the least; many a mark has less."""
LARGEST = 1.7
"""A mark is at most so many times as wide or high as the letters."""
LAST_SHAPES = 3
"""A mark that comes together with the text is one of so many shapes that stand farthest right."""
REST_SECONDS = 0.25
"""After a rest this long what comes alone is suspect; the same where text is typed slowly, in usual gaps: 3."""


@dataclass(slots=True, eq=False)
class Suspect:
    """One small thing that may be a mark. It appeared at `since`; `is_astray` where no row of text would begin.

    `goes_on` where it stands as its row's next letter would, and isn't shaped like a mark.
    """

    box: Box
    since: float
    picture: Mask
    is_astray: bool
    goes_on: bool = False

    def holds(self, box: Box) -> bool:
        """Whether a shape is that thing or a part of it, perhaps moved a little."""
        slack = max(self.box.width, self.box.height) // 2
        whole = self.box.union(box)
        return whole.width <= self.box.width + slack and whole.height <= self.box.height + slack

    def is_at(self, box: Box) -> bool:
        """Whether it hasn't moved or changed its size, but for what video compression does."""
        return all(abs(one - other) <= 1 for one, other in zip(self.box, box, strict=True))

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

    @property
    def letter(self) -> Suspect | None:
        """What is being held back, where it's a letter rather than a mark."""
        return self._suspect if self._suspect is not None and self._suspect.goes_on else None

    def forget(self) -> None:
        """The page is another one."""
        self._suspect = None

    def lift(self, letter: int) -> None:
        """What was held back has gone by itself: it was a mark beside letters of that height."""
        if self._suspect is not None:
            self._marks.remember(self._suspect.picture, letter)
            self._suspect = None

    def sift(  # noqa: PLR0913 - what is known of the text so far
        self, growth: Growth, ink: Ink, page: Page, rested: float | None, usual_gap: float, *, height_hint: int
    ) -> list[Shape]:
        """Take out of the growth what is suspect, and return what is now known to be marks.

        `rested` is for how many seconds nothing had been added to the line before this, None where there is none;
        `height_hint` the height of the letters read before, in pixels.
        """
        letter = page.letter_height
        if self._suspect is not None:
            return self._follow(self._suspect, growth, ink, letter)
        if page.is_empty:
            return _come_along(growth, height_hint)
        if not letter or not growth.shapes:
            return []
        box = cluster(growth.shapes)
        if max(box.width, box.height) > LARGEST * letter:
            return []
        astray = _is_astray(box, [standing.row.box for standing in page.rows], letter)
        if astray or (rested is not None and rested >= max(REST_SECONDS, 3 * usual_gap)):
            picture = growth.picture(box)
            goes_on = (
                not astray and _goes_on(box, page, max(letter, height_hint)) and not could_be_mark(picture, letter)
            )
            self._suspect = Suspect(box, ink.since, picture, astray, goes_on)
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
        suspect.goes_on &= suspect.is_at(cluster(inside))
        if ink.time - suspect.since < (SOON_SECONDS if suspect.goes_on else SECONDS):
            growth.shapes = outside
            return []
        self._suspect = None
        if suspect.is_astray:
            growth.shapes = outside
            return inside
        growth.since = suspect.since
        return []


def _come_along(growth: Growth, height_hint: int) -> list[Shape]:
    """Take out of the growth what came together with the text and can only be a mark, by its place and form."""
    marks: list[Shape] = []
    for shape in sorted(growth.shapes, key=lambda shape: shape.box.right)[: -LAST_SHAPES - 1 : -1]:
        text = [other for other in growth.shapes if other is not shape and other not in marks]
        rows = find_rows(text, height_hint)
        letter = max(height_hint, *(row.letter_height for row in rows), 0)
        size = max(shape.box.width, shape.box.height)
        if size > LARGEST * letter or not _is_astray(shape.box, [row.box for row in rows], letter):
            continue
        # By its place alone it is hardly text: it may be smaller than marks are that stand beside letters.
        if could_be_mark(growth.shape_mask(shape), min(size, letter)):
            marks.append(shape)
    growth.shapes = [shape for shape in growth.shapes if shape not in marks]
    return marks


def _goes_on(box: Box, page: Page, letter: int) -> bool:
    """Whether something of a letter's size stands where the next letter of a row would."""
    return box.height >= TALL * letter and any(
        row.top - 0.3 * letter <= box.top and box.bottom <= row.bottom + 0.3 * letter
        for row in (standing.row.box for standing in page.rows)
        if 0 <= box.left - row.right <= NEXT * letter
    )


def _is_astray(box: Box, rows: Sequence[Box], letter: int) -> bool:
    """Whether something stands under or beside the rows of text where no row of it would begin."""
    if any(min(row.bottom, box.bottom) - max(row.top, box.top) > 0.3 * box.height for row in rows):
        return False
    return box.left > min(row.left for row in rows) + 2 * letter if rows else False
