"""Finding the dialogue's region: where text comes and goes while other text stays or is seen but once.

Given where rows of text stood at a number of moments, a second apart or so, the region is made of the rows that said
the most. What stands in most moments in the same place is a menu or a label; what changes less often than the dialogue
below it, and is never wide, is the speaker's name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capture_daemon.frames import Box, Size
from capture_daemon.reading.sightings import Band, bands, grown, joined, same

FEWEST_CHANGES = 6
"""Times that the text must have changed before a region is named."""
ENOUGH_CHANGES, ENOUGH_WITHOUT_SPEAKER = 18, 48
"""Times after which looking on would hardly teach more: the longest rows have been seen by then, and names, if any."""
_ALIKE = (0.72, 1.4)
"""How the heights of rows of one text may differ; a box round "…" or "gypsy" differs from one round "Name"."""
_FURTHEST, _FURTHEST_ALIGNED = 1.8, 2.4
"""The most that two rows of one text are apart, from middle to middle, in heights of a row; paragraphs are further."""
_NARROW = 0.5
"""Of the dialogue's width: a row that never is wider may be the speaker's."""
_RESTLESS = 0.15
"""How often, at most, a name may change from one moment to the next while the dialogue stands."""
_OFTEN = 0.3
"""Of the moments: rows seen less often are no part of the frame that a dialogue's box must keep away from."""


@dataclass(frozen=True, slots=True)
class FoundRegions:
    """Where the dialogue stands and, where that could be told, the speaker's name: in pixels of the whole frame."""

    dialogue: Box
    speaker: Box | None


class RegionFinder:
    """Learns from moments; pure and without a clock."""

    def __init__(self, size: Size) -> None:
        self.size = size
        """That of the frames in which rows are seen."""
        self._moments: list[list[Box]] = []

    def see(self, rows: Sequence[Box]) -> None:
        """One moment: the boxes of all rows of text in the frame, none perhaps."""
        highest = 0.15 * self.size.height
        self._moments.append(joined([row for row in rows if row.height <= highest and row.width >= row.height / 2]))

    @property
    def enough(self) -> bool:
        """Whether looking on would hardly teach more."""
        everything = bands(self._moments)
        changing = _changing(everything)
        block = self._block(changing)
        changes = _changes(block)
        return changes >= ENOUGH_WITHOUT_SPEAKER or (
            changes >= ENOUGH_CHANGES and _speaker_above(block, everything) is not None
        )

    @property
    def amount(self) -> float:
        """How much text changed where the dialogue seems to stand, in pixels."""
        return sum(band.amount * band.height for band in self._block(_changing(bands(self._moments))))

    def found(self) -> FoundRegions | None:
        """The regions; None where too little text has changed so far."""
        everything = bands(self._moments)
        changing = _changing(everything)
        block = self._block(changing)
        if _changes(block) < FEWEST_CHANGES:
            return None
        speaker = _speaker_above(block, everything)
        return FoundRegions(
            self._dialogue_box(block, speaker, everything),
            self._speaker_box(speaker, block) if speaker is not None else None,
        )

    def _block(self, changing: Sequence[Band]) -> list[Band]:
        """The rows of the dialogue, from top to bottom."""
        if not changing:
            return []
        anchor = max(changing, key=lambda band: band.amount)
        block = [anchor]
        while (upper := _next_row(block, changing, above=True)) is not None and _is_text(upper, block):
            block.insert(0, upper)
        while (lower := _next_row(block, changing, above=False)) is not None:
            block.append(lower)
        return block

    def _dialogue_box(self, block: Sequence[Band], speaker: Band | None, everything: Sequence[Band]) -> Box:
        height = max(band.height for band in block)
        left, right = _columns(block, self.size.width)
        top, bottom = block[0].top, block[-1].bottom
        pitch = (block[-1].middle - block[0].middle) / (len(block) - 1) if len(block) > 1 else 1.4 * height
        lasting = [band for band in everything if len(band.rows) > _OFTEN * len(self._moments)]
        above = max((band.bottom for band in lasting if band.bottom <= block[0].middle), default=0.0)
        ceiling = (speaker.bottom + top) / 2 if speaker is not None else above
        # A line longer than those seen: one row more where there were but a few, and some words to the right.
        bottom += pitch if len(block) < 4 else 0.4 * height
        floor = min(
            (band.top for band in lasting if band.top >= block[-1].middle and _overlap(band, block[-1])),
            default=float(self.size.height),
        )
        wrapped = any(len(band.rows) > 1 for band in block[1:])
        more = height if wrapped else max(2 * height, min(self.size.width - left - right, 0.5 * (right - left)))
        return self._box(
            left - 0.4 * height,
            max(top - 0.3 * height, ceiling),
            right + more,
            max(min(bottom, floor), block[-1].bottom),
        )

    def _speaker_box(self, speaker: Band, block: Sequence[Band]) -> Box:
        left, right = _columns([speaker], self.size.width)
        height = speaker.height
        bottom = min(speaker.bottom + 0.3 * height, (speaker.bottom + block[0].top) / 2)
        return self._box(
            left - 0.4 * height, speaker.top - 0.3 * height, right + 4 * height, max(bottom, speaker.bottom)
        )

    def _box(self, left: float, top: float, right: float, bottom: float) -> Box:
        """The box in whole pixels, within the frame."""
        frame = Box(0, 0, *self.size)
        inside = Box(round(left), round(top), round(right) - round(left), round(bottom) - round(top)).intersection(
            frame
        )
        assert inside is not None  # it holds text that was seen in the frame
        return inside


def _changing(everything: Sequence[Band]) -> list[Band]:
    """The bands without what stands in them most of the time."""
    return [band for full in everything if (band := full.without_fixed()) is not None]


def _next_row(block: Sequence[Band], changing: Sequence[Band], *, above: bool) -> Band | None:
    """The nearest row of the same text above or below the block."""
    band = block[0] if above else block[-1]
    shown = {moment for row in block for moment in row.rows}
    near = []
    for other in changing:
        distance = (band.middle - other.middle) * (1 if above else -1) / band.height
        aligned = abs(other.left - band.left) < band.height
        # What begins elsewhere, and stands there at other times only, is a menu.
        along = sum(moment in shown for moment in other.rows) > 0.5 * len(other.rows)
        alike = _ALIKE[0] < other.height / band.height < _ALIKE[1] and len(other.rows) > 1 and _overlap(band, other)
        if alike and (aligned or along) and 0.6 < distance < (_FURTHEST_ALIGNED if aligned else _FURTHEST):
            near.append((distance, other))
    return min(near, key=lambda item: item[0])[1] if near else None


def _overlap(one: Band, other: Band) -> bool:
    """Whether two bands share columns, more than half of the narrower one's."""
    shared = min(one.right, other.right) - max(one.left, other.left)
    return shared > 0.5 * min(one.right - one.left, other.right - other.left)


def _is_text(upper: Band, block: Sequence[Band]) -> bool:
    """Whether the row above is the text's own, and not a name or a label over it."""
    widest = max(band.widest for band in block)
    return upper.widest >= _NARROW * widest


def _speaker_above(block: Sequence[Band], everything: Sequence[Band]) -> Band | None:
    """The row over the dialogue that holds names; None where that isn't clear.

    A name is never wide, stays while the dialogue changes, and is not the same in all moments.
    """
    first = block[0]
    widest = max(band.widest for band in block)
    near = [
        band
        for band in everything
        if 0 < first.top - band.middle < 3 * first.height
        and band.widest < _NARROW * widest
        and band.left < (first.left + first.right) / 2
        and 0.6 < band.height / first.height < 1.7
    ]
    for band in sorted(near, key=lambda band: first.top - band.middle):
        with_text = [moment for moment in band.rows if moment in first.rows]
        if len(with_text) < 4 or len(with_text) < 0.6 * len(band.rows):
            continue
        comes_and_goes = len(with_text) < 0.9 * len(first.rows)
        if (comes_and_goes or len(band.extents()) > 1) and _restlessness(band, first) <= _RESTLESS:
            return band
    return None


def _restlessness(name: Band, text: Band) -> float:
    """How often `name` became another from one moment to the next while `text` stood there unchanged, 0 to 1."""
    pairs = [moment for moment in name.rows if moment + 1 in name.rows]
    restless = 0
    for moment in pairs:
        before, after = text.rows.get(moment), text.rows.get(moment + 1)
        stood = before is not None and after is not None and same(before, after)
        restless += stood and not same(name.rows[moment], name.rows[moment + 1])
    return restless / max(1, len(pairs))


def _changes(block: Sequence[Band]) -> int:
    """How many times a row began anew, as far as can be told from where rows begin and end."""
    moments: set[int] = set()
    for band in block:
        for moment, row in band.rows.items():
            before = band.rows.get(moment - 1)
            if before is None or not (same(before, row) or grown(before, row)):
                moments.add(moment)
    return len(moments)


def _columns(block: Sequence[Band], width: int) -> tuple[int, int]:
    """The columns that the rows cover, but for what was seen once only."""
    count: NDArray[np.int32] = np.zeros(width, np.int32)
    moments = 0
    for band in block:
        moments = max(moments, len(band.rows))
        for row in band.rows.values():
            count[row.left : row.right] += 1
    often = np.flatnonzero(count >= (2 if moments > 8 else 1))
    if not often.size:
        often = np.flatnonzero(count)
    return int(often[0]), int(often[-1]) + 1
