"""Watch: what changes in the region from frame to frame. It measures; it decides nothing about text."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from capture_daemon.frames import Box, GreyImage
from capture_daemon.reading.parameters import WatchParameters

NEAR_ACROSS, NEAR_DOWN = 25, 7
"""Cells round one that moves, a dozen to either side and three above and below, in which text isn't taken to rest: it
is typed there; a dozen is some ten letters."""

GAP = 3
"""Cells without news between two words that are typed one after the other, at most; 2 to 4."""

SAME_MOMENT = 0.015
"""What is less apart in time, in seconds, happened in the same moment: the frame time of a usual screen, about."""

Cells = NDArray[np.bool_]
"""One value for each cell of the grid, shape (rows, columns)."""


class Watch:
    """Compares each frame's luma with the one before, and with what was last looked at."""

    def __init__(self, shape: tuple[int, int], region: Box, parameters: WatchParameters) -> None:
        """`shape` is (height, width) of the pictures in pixels, `region` the part of them that counts."""
        self._parameters = parameters
        height, width = shape
        cell = max(6, round(parameters.cell * math.sqrt(max(1.0, height * width / 100_000))))
        self._grid = max(1, math.ceil(width / cell)), max(1, math.ceil(height / cell))
        self._cell = width / self._grid[0], height / self._grid[1]
        # The pixels at which cells begin, across and down, and the last of them ends.
        self._edges = [
            np.minimum(np.ceil(np.arange(many + 1) * side).astype(np.intp), most)
            for many, side, most in zip(self._grid, self._cell, (width, height), strict=True)
        ]
        self._inside = np.zeros(shape, np.uint8)
        self._inside[region.top : region.bottom, region.left : region.right] = 1
        self._counts: Cells = np.zeros((self._grid[1], self._grid[0]), np.bool_)
        self._counts[self.cells(region)] = True
        self._before: GreyImage | None = None
        self._looked: GreyImage = np.zeros(shape, np.uint8)
        self._differs: Cells = np.zeros_like(self._counts)
        """Where this frame differs from what was last looked at, or from nothing."""
        self._activity: NDArray[np.float64] = np.zeros((self._grid[1], self._grid[0]))
        self._time = 0.0
        self._moved_at: NDArray[np.float64] = np.zeros((self._grid[1], self._grid[0]))
        self.busy: Cells = np.zeros_like(self._counts)
        """Cells that change all the time."""
        self.is_moving = False
        """Whether so much changes all the time that calm can't be told."""
        self.calm_since = 0.0
        """When something other than a busy cell last moved."""
        self.quiet = 0.0
        """Seconds for which nothing but busy cells had moved when this frame came."""
        self.moved: Cells = np.zeros((self._grid[1], self._grid[0]), np.bool_)
        """Where this frame differs from the one before."""
        self.news: Cells = self._counts.copy()
        """Where it differs from what was last looked at."""
        self.news_since: float | None = None
        """Since when there has been any that isn't busy; None while there is none."""
        self._news_at: NDArray[np.float64] = np.full((self._grid[1], self._grid[0]), np.inf)
        """Since when each cell has been news, as far as looks have left it; infinite where none is."""
        self.memory: deque[tuple[float, GreyImage]] = deque()
        """The last frames' luma with their times, oldest first."""

    def see(self, luma: GreyImage, time: float) -> None:
        """Take in the next frame's luma of the region, at a time in seconds."""
        before, place = self._before, None
        if before is None:
            self.calm_since = time
            self.moved = self._counts.copy()
            place = self._all
        else:
            self.moved = np.zeros_like(self._counts)
            if luma is not before:
                # Of a screen mostly a few letters change, of a recording a little everywhere.
                place = self._cells_of(cv2.boundingRect(cv2.absdiff(luma, before)))
            if place is not None:
                self._compare(luma, before, place, self.moved)
        self._note_activity(time)
        self._moved_at[self.moved] = time
        self.quiet = time - self.calm_since
        if (self.moved & ~self.busy).any():
            self.calm_since = time
        if place is not None:
            self._compare(luma, self._looked, place, self._differs)
            self.news = self._differs | (self.news & self._never_looked)
        if self.news_since is None and (self.news & ~self.busy).any():
            self.news_since = time
        self._news_at = np.where(self.news, np.minimum(self._news_at, time), np.inf)
        self._before = luma
        self._time = time
        self._remember(luma, time)

    def resting(self, time: float, seconds: float) -> Cells:
        """The news that has stood still for some seconds, and near which nothing but busy cells moves."""
        stirring = (self._moved_at > time - seconds) & ~self.busy
        if stirring.any():
            near = np.ones((NEAR_DOWN, NEAR_ACROSS), np.uint8)
            stirring = np.asarray(cv2.dilate(stirring.astype(np.uint8), near), np.bool_)
        return np.asarray(self.news & ~stirring & ~self.busy)

    def being_typed(self, time: float, seconds: float) -> Cells:
        """The news on whose right, without much of a gap, something moved in the last seconds: text is typed there."""
        # Few letters reach as high or as low as a row does.
        level = np.ones((3, 1), np.uint8)
        both = (self._moved_at > time - seconds) & ~self.busy, self.news
        stirring, news = (np.asarray(cv2.dilate(cells.astype(np.uint8), level), np.bool_) for cells in both)
        typed = np.zeros_like(stirring)
        left = np.zeros(stirring.shape[0], np.intp)
        for column in reversed(range(stirring.shape[1])):
            left = np.maximum(left - 1, 0)
            typed[:, column] = news[:, column] & (left > 0)
            left[stirring[:, column] | typed[:, column]] = GAP + 1
        return np.asarray(typed & self.news)

    def news_in(self, area: Box) -> Cells:
        """Where this frame differs in an area from what was last looked at, but for what never was."""
        news = np.zeros_like(self.news)
        cells = self.cells(area)
        news[cells] = (self.news & ~self._never_looked)[cells]
        return news

    def is_plain(self) -> Cells:
        """The cells in and round which the last frame is of one lightness: no text that shows in luma stands there."""
        luma = self._before
        if luma is None:
            return np.zeros_like(self._counts)
        around = np.ones([2 * math.ceil(side) + 1 for side in reversed(self._cell)], np.uint8)
        apart = cv2.subtract(cv2.dilate(luma, around), cv2.erode(luma, around))
        down, across = (edges[:-1] + (edges[1:] - edges[:-1]) // 2 for edges in reversed(self._edges))
        return np.asarray(apart[np.ix_(down, across)] <= self._parameters.change)

    def moved_since(self, time: float) -> Cells:
        """The cells in which something moved after a time in seconds."""
        return np.asarray(self._moved_at > time)

    def stirs(self, box: Box, time: float, seconds: float) -> bool:
        """Whether something other than busy cells moved within a box in the last seconds."""
        cells = self.cells(box)
        return bool(((self._moved_at > time - seconds) & ~self.busy)[cells].any())

    def looked(self, luma: GreyImage, area: Box) -> None:
        """A frame was looked at within `area`."""
        inside = slice(area.top, area.bottom), slice(area.left, area.right)
        self._looked[inside] = luma[inside]
        cells = self.cells(area)
        self._never_looked[cells] = False
        if self._before is not None:
            self._compare(self._before, self._looked, self._all, self._differs)
            self.news = self._differs | (self.news & self._never_looked)
        self.news_since = None
        self._news_at[cells] = np.inf
        self._news_at = np.where(self.news, np.minimum(self._news_at, self._time), np.inf)

    def left_for(self, time: float) -> float:
        """Seconds for which the oldest news has been left by looks at other places; 0 without any."""
        return max(0.0, time - float(self._news_at.min()))

    def cells(self, box: Box) -> tuple[slice, slice]:
        """The cells that a box touches."""
        left, top = int(box.left / self._cell[0]), int(box.top / self._cell[1])
        right, bottom = math.ceil(box.right / self._cell[0]), math.ceil(box.bottom / self._cell[1])
        return slice(max(0, top), bottom), slice(max(0, left), right)

    def touched(self, boxes: Iterable[Box]) -> Cells:
        """The cells that any of some boxes touches."""
        touched = np.zeros_like(self._counts)
        for box in boxes:
            touched[self.cells(box)] = True
        return touched

    def bounds(self, cells: Cells) -> Box | None:
        """The box round the cells that are set, in pixels; None if none is."""
        rows, columns = np.flatnonzero(cells.any(axis=1)), np.flatnonzero(cells.any(axis=0))
        if not len(rows):
            return None
        left, top = int(columns[0] * self._cell[0]), int(rows[0] * self._cell[1])
        right, bottom = math.ceil((columns[-1] + 1) * self._cell[0]), math.ceil((rows[-1] + 1) * self._cell[1])
        return Box(left, top, right - left, bottom - top)

    def pieces(self, cells: Cells) -> list[Box]:
        """The boxes round cells that lie together, in pixels."""
        count, labels = cv2.connectedComponents(cells.astype(np.uint8), connectivity=8)
        boxes = (self.bounds(np.asarray(labels == number)) for number in range(1, count))
        return [box for box in boxes if box is not None]

    def share_gone(self, before: GreyImage, now: GreyImage, cells: Cells) -> float:
        """Share of the pixels new in some cells, in the frame before since what was looked at, that changed again."""
        new = self._differing(before, self._looked)
        gone = new & self._differing(now, before)
        across, down = self._edges
        came, went = (float(_in_cells(pixels, down, across)[cells].sum()) for pixels in (new, gone))
        return went / came if came else 0.0

    def tight(self, luma: GreyImage, box: Box, before: GreyImage | None = None) -> Box | None:
        """The smallest box within `box` that holds what changed since it was last looked at; None if nothing did.

        With `before`, what changed since that frame.
        """
        inside = slice(box.top, box.bottom), slice(box.left, box.right)
        looked = self._looked if before is None else before
        changed = cv2.absdiff(luma[inside], looked[inside]) > self._parameters.change
        rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
        if not len(rows):
            return None
        left, top = box.left + int(columns[0]), box.top + int(rows[0])
        return Box(left, top, int(columns[-1] - columns[0]) + 1, int(rows[-1] - rows[0]) + 1)

    def is_one_piece(self, luma: GreyImage, box: Box, gap: float) -> bool:
        """Whether what changed within `box` since it was last looked at has no gap of `gap` columns, in pixels."""
        inside = slice(box.top, box.bottom), slice(box.left, box.right)
        changed = cv2.absdiff(luma[inside], self._looked[inside]) > self._parameters.change
        columns = np.flatnonzero(changed.any(axis=0))
        return bool(len(columns)) and int(np.diff(columns, prepend=0, append=box.width - 1).max()) <= gap

    @property
    def _all(self) -> tuple[slice, slice]:
        """All cells: down, and across."""
        return slice(0, self._grid[1]), slice(0, self._grid[0])

    def _cells_of(self, pixels: Sequence[int]) -> tuple[slice, slice] | None:
        """The cells in a box of pixels, given as left, top, width and height, and those beside them; None if none."""
        left, top, width, height = pixels
        if not width:
            return None
        down, across = self.cells(Box(left, top, width, height))
        return _grown(down, self._grid[1]), _grown(across, self._grid[0])

    def _compare(self, one: GreyImage, other: GreyImage, place: tuple[slice, slice], changed: Cells) -> None:
        """Set which of the cells in a place differ between two frames; no cell beside it may have become different."""
        # What a cell is depends on those beside it.
        down, across = (_grown(cells, most) for cells, most in zip(place, reversed(self._grid), strict=True))
        lines, columns = self._edges[1][down.start : down.stop + 1], self._edges[0][across.start : across.stop + 1]
        inside = slice(lines[0], lines[-1]), slice(columns[0], columns[-1])
        differing = self._differing(np.ascontiguousarray(one[inside]), other[inside])
        # The outer part of a cell at the region's edge may show what moves beside a box.
        differing = np.asarray(cv2.bitwise_and(differing, self._inside[inside]), np.uint8)
        if not cv2.countNonZero(differing):
            changed[place] = False
            return
        pixels = _in_cells(differing, lines - lines[0], columns - columns[0])
        # A full stop may lie across the corner of four cells.
        around = cv2.boxFilter(pixels, cv2.CV_32F, (3, 3), normalize=False, borderType=cv2.BORDER_CONSTANT)
        least = self._parameters.cell_pixels
        found = np.asarray((pixels >= least) | ((pixels >= least / 2) & (around >= least)))
        first, left = place[0].start - down.start, place[1].start - across.start
        height, width = place[0].stop - place[0].start, place[1].stop - place[1].start
        changed[place] = found[first : first + height, left : left + width] & self._counts[place]

    def _differing(self, one: GreyImage, other: GreyImage) -> GreyImage:
        """Which pixels have changed, 1 or 0."""
        _, changed = cv2.threshold(cv2.absdiff(one, other), self._parameters.change, 1, cv2.THRESH_BINARY)
        return np.asarray(changed, np.uint8)

    def _note_activity(self, time: float) -> None:
        if self._before is None:
            self._never_looked: Cells = self._counts.copy()
            return
        left = math.exp(-max(0.0, time - self._time) / self._parameters.busy_seconds)
        self._activity *= left
        self._activity[self.moved] += 1 - left
        self.busy = self._activity > self._parameters.busy
        self.is_moving = float(self.busy.mean()) > self._parameters.moving

    def _remember(self, luma: GreyImage, time: float) -> None:
        self.memory.append((time, luma))
        most = max(3, self._parameters.memory_bytes // max(1, luma.size))
        while len(self.memory) > most or time - self.memory[0][0] > self._parameters.memory_seconds:
            self.memory.popleft()


def _grown(cells: slice, most: int) -> slice:
    """Some rows or columns of cells, and one more at either end; `most` is how many there are."""
    return slice(max(0, cells.start - 1), min(most, cells.stop + 1))


def _in_cells(pixels: GreyImage, down: NDArray[np.intp], across: NDArray[np.intp]) -> NDArray[np.float32]:
    """How many of the pixels, each 0 or 1, lie in each cell; those begin, and the last ends, at `down` and `across`."""
    corners = cv2.integral(pixels)[np.ix_(down, across)]
    return np.asarray(corners[1:, 1:] - corners[:-1, 1:] - corners[1:, :-1] + corners[:-1, :-1], np.float32)
