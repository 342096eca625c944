"""Found dialogue: the rows that were seen of it, and the region that has room for those to come.

How much room is left round the rows decides no line, as long as there is some and nothing else stands in it: the shares
of a row's height added at the edges need only be more than a box is drawn too tight, and less than a gap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from capture_daemon.frames import Box, Size
from capture_daemon.reading.sightings import Writing

MOST_ROWS = 3
"""Rows up to which a text may have one more than was seen."""
LONGER = 0.25
"""Of the dialogue's width: how much longer a row may be than those seen, where none wrapped; 0.1 to 0.5."""
ALIGNED = 0.6
"""Share of rows that begin in one column, or have their middle there, for the text to count as set so; 0.5 to 0.8."""


@dataclass(frozen=True, slots=True)
class FoundDialogue:
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
        return bounds_of([*self.main, *self.others])

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
        return within(size, left, top, right, bottom)

    def speaker_box(self, size: Size) -> Box:
        """The region of names, with room for longer ones."""
        bounds = bounds_of(self.names)
        height = float(median(one.box.height for one in self.names))
        top_of_text = min(one.box.top for one in self.main)
        bottom = min(bounds.bottom + 0.3 * height, max(float(bounds.bottom), (bounds.bottom + top_of_text) / 2))
        centred = _share_aligned(self.names, middle=True) > _share_aligned(self.names, middle=False)
        left = bounds.left - (3.0 if centred else 0.4) * height
        right = bounds.right + (3.0 if centred else 4.0) * height
        return within(size, left, bounds.top - 0.3 * height, right, bottom)

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


def _share_aligned(rows: Sequence[Writing], *, middle: bool) -> float:
    """Share of rows that begin in the same column, or have their middle there; 0 if it is too small to tell."""
    columns = [one.box.left + (one.box.width / 2 if middle else 0.0) for one in rows]
    usual = median(columns)
    slack = 0.5 * median(one.box.height for one in rows)
    share = sum(abs(column - usual) <= slack for column in columns) / len(columns)
    return share if share >= ALIGNED else 0.0


def bounds_of(rows: Sequence[Writing]) -> Box:
    """The smallest box that holds all rows."""
    box = rows[0].box
    for row in rows[1:]:
        box = box.union(row.box)
    return box


def within(size: Size, left: float, top: float, right: float, bottom: float) -> Box:
    """The box with these edges, rounded to whole pixels and cut to a frame of that size."""
    box = Box(round(left), round(top), round(right) - round(left), round(bottom) - round(top))
    inside = box.intersection(Box(0, 0, *size))
    assert inside is not None  # it holds text that was seen in the frame
    return inside
