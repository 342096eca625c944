"""Rows of text seen at a number of moments, sorted into bands: the places, one above the other, where rows stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median

from capture_daemon.frames import Box

FIXED = 0.6
"""Of all moments: what stands in so many in the same place is part of the picture."""
_SAME = 0.45
"""Of a row's height: how far the edges of a box round the same text may lie apart from one moment to another."""
_WORD_GAP = 1.5
"""Of a row's height: boxes in one row that are no further apart are parts of one text."""


@dataclass
class Band:
    """Rows of about one height at one level: for each moment, by its number, the box of all that stood there."""

    moments: int
    """How many moments there were in all."""
    rows: dict[int, Box] = field(default_factory=dict)

    @property
    def middle(self) -> float:
        """How far down the rows' middles are, in pixels."""
        return float(median(row.top + row.height / 2 for row in self.rows.values()))

    @property
    def height(self) -> float:
        """The rows' usual height."""
        return float(median(row.height for row in self.rows.values()))

    @property
    def top(self) -> float:
        """Where most rows begin."""
        return self.middle - self.height / 2

    @property
    def bottom(self) -> float:
        """Where most rows end."""
        return self.middle + self.height / 2

    @property
    def left(self) -> int:
        """Where rows usually begin."""
        return int(median(row.left for row in self.rows.values()))

    @property
    def right(self) -> int:
        """The furthest that a row goes."""
        return max(row.right for row in self.rows.values())

    @property
    def widest(self) -> int:
        """The width of the widest row."""
        return max(row.width for row in self.rows.values())

    @property
    def amount(self) -> float:
        """How much was said here: the widths of all different texts together."""
        return float(sum(row.width for row in self.extents()))

    def extents(self) -> list[Box]:
        """One box for each text that can be told from the others by where it begins and ends."""
        kinds: list[Box] = []
        for row in self.rows.values():
            if not any(same(row, kind) for kind in kinds):
                kinds.append(row)
        return kinds

    def without_fixed(self) -> Band | None:
        """The band without what stood in it in most moments; None where nothing is left."""
        fixed = [
            kind
            for kind in self.extents()
            if sum(same(row, kind) for row in self.rows.values()) > max(2.0, FIXED * self.moments)
        ]
        left = {moment: row for moment, row in self.rows.items() if not any(same(row, kind) for kind in fixed)}
        return Band(self.moments, left) if left else None


def same(one: Box, other: Box) -> bool:
    """Whether two boxes at one level may well hold the same text."""
    slack = _SAME * max(one.height, other.height)
    return abs(one.left - other.left) <= slack and abs(one.right - other.right) <= slack


def grown(before: Box, after: Box) -> bool:
    """Whether `after` may be the same text with more typed."""
    return abs(before.left - after.left) <= _SAME * max(before.height, after.height) and after.right > before.right


def joined(rows: Iterable[Box]) -> list[Box]:
    """The rows with those put together that stand side by side, a word's gap apart."""
    done: list[Box] = []
    for row in sorted(rows):
        for place, other in enumerate(done):
            level = abs(row.top + row.height / 2 - other.top - other.height / 2) < 0.4 * min(row.height, other.height)
            if level and row.left - other.right < _WORD_GAP * min(row.height, other.height):
                done[place] = other.union(row)
                break
        else:
            done.append(row)
    return done


def bands(moments: Sequence[Sequence[Box]]) -> list[Band]:
    """The bands in which rows were seen, from top to bottom.

    Where two rows stand in one band at the same moment, further apart than words, the wider one counts.
    """
    found: list[tuple[float, float, Band]] = []
    for number, rows in enumerate(moments):
        for row in rows:
            middle = row.top + row.height / 2
            for place, (level, height, band) in enumerate(found):
                if abs(middle - level) < 0.4 * min(row.height, height) and 0.6 < row.height / height < 1.67:
                    before = band.rows.get(number)
                    if before is None or before.width < row.width:
                        band.rows[number] = row
                    found[place] = (band.middle, band.height, band)
                    break
            else:
                found.append((middle, row.height, Band(len(moments), {number: row})))
    return sorted((band for _, _, band in found), key=lambda band: band.middle)
