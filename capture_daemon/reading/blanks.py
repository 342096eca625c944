"""Blanks: what looks saw and couldn't read, as the sign that a game waits, so that it isn't read again and again."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import cv2
import numpy as np

from capture_daemon.frames import Box, GreyImage
from capture_daemon.reading.ink import Patch
from capture_daemon.reading.layout import same_place
from capture_daemon.reading.parameters import FollowParameters
from capture_daemon.reading.row import Memory

REMEMBERED = 24
"""How many of them are remembered."""
GLIMPSES = 48
"""How many small things are remembered that were seen but once."""
ONE_LETTER = 1.2
"""Width, in its height, up to which something is one letter or a mark; 1 to 1.3: two letters and a stop are wider."""
SPECK = 0.45
"""Height, in the text's rows', up to which something is a speck; 0.3 to 0.5: small letters have half of it."""
ALIKE = 0.9
"""Correlation of two pictures from which they show one thing, wherever it bounces and as it fades; 0.85 to 0.95."""
LEAST_CONTRAST = 6.0
"""Levels, standard deviation, that a picture must have to be compared so; 3 to 10: noise has two."""
BRIGHTER = 1.25
"""How much more contrast it may have than when it was read; 1.1 to 1.5: a letter that fades in can be read later."""
SECOND_SIGHT, FORGOTTEN = 0.25, 1.0
"""Seconds after which a small thing seen again in its place is read, 0.15 to 0.4, and after which that was another."""


@dataclass(frozen=True, slots=True)
class _Blank:
    box: Box
    around: Patch
    inside: GreyImage


LOWEST = 0.6
"""How high one of two things that are the same is at least beside the other, and how wide the one that was read beside
the one that is seen; 0.5 to 0.75: the first letter of a word that is typed is no blinking mark."""


class Blanks:
    """The small things, and pictures without text, that a reader has seen. Times are in seconds."""

    def __init__(self, parameters: FollowParameters) -> None:
        self._parameters = parameters
        self._blank: deque[_Blank] = deque(maxlen=REMEMBERED)
        self._glimpses: deque[tuple[float, Box]] = deque(maxlen=GLIMPSES)
        self.waiting: list[Box] = []
        """Where something small was seen for the first time, and nothing has looked since."""

    def note(self, row: Box, luma: GreyImage) -> None:
        """Record that nothing could be read there."""
        inside = luma[row.top : row.bottom, row.left : row.right].copy()
        self._blank.append(_Blank(row, Patch.of(luma, row), inside))

    def knows(self, row: Box, luma: GreyImage) -> bool:
        """Whether what was found looks as what couldn't be read before in this place."""
        return any(self._is_same(blank, row, luma) for blank in self._blank)

    def covers(self, place: Box) -> bool:
        """Whether a place is no larger than something that couldn't be read there, and bounces or blinks perhaps."""
        for blank in self._blank:
            around = blank.box.grown(blank.box.height // 2, blank.box.height // 2)
            if blank.box.width < ONE_LETTER * blank.box.height and place.intersection(around) == place:
                return True
        return False

    def is_new(self, row: Box, luma: GreyImage, time: float, memory: Memory) -> bool:
        """Whether no more than a letter was found, in a place where none was just now: it is read if it stays.

        Where a picture moves there are many such things; the first letter of a row is soon followed by others.
        """
        if row.width >= ONE_LETTER * row.height or not self._came(row, luma, time, memory):
            return False
        seen = [then for then, box in self._glimpses if same_place(row, box) and time - then < FORGOTTEN]
        if not seen:
            self._glimpses.append((time, row))
        new = not seen or time - seen[0] < SECOND_SIGHT
        if new:
            self.waiting.append(row)
        return new

    def look(self, area: Box) -> None:
        """Record that an area is looked at: nothing in it waits any more."""
        self.waiting = [row for row in self.waiting if row.intersection(area) != row]

    def passes_by(self, row: Box, letter: float, luma: GreyImage, time: float, memory: Memory) -> bool:
        """Whether it is a speck, smaller than any letter of the text, that wasn't there the moment before."""
        small = row.width < ONE_LETTER * row.height and row.height < SPECK * letter
        return small and self._came(row, luma, time, memory)

    def _came(self, row: Box, luma: GreyImage, time: float, memory: Memory) -> bool:
        """Whether it wasn't there the moment before."""
        before = [picture for then, picture in memory if time - then >= SECOND_SIGHT]
        return (
            bool(before) and Patch.of(luma, row).changed(before[-1], self._parameters.change) > self._parameters.speck
        )

    def _is_same(self, blank: _Blank, row: Box, luma: GreyImage) -> bool:
        alike = LOWEST < row.height / blank.box.height < 1 / LOWEST and row.width <= blank.box.width / LOWEST
        here = alike and same_place(row, blank.box)
        if here and blank.around.changed(luma, self._parameters.change) <= self._parameters.speck:
            return True
        if max(row.width / row.height, blank.box.width / blank.box.height) >= ONE_LETTER:
            return False
        if blank.inside.std() < LEAST_CONTRAST:
            # Nothing is to be seen in it.
            return False
        reach = max(row.height, blank.box.height) // 2
        window = blank.box.grown(reach, reach).intersection(Box(0, 0, luma.shape[1], luma.shape[0]))
        if window is None or window.intersection(row) != row or not alike:
            return False
        part = luma[window.top : window.bottom, window.left : window.right]
        like = cv2.matchTemplate(np.ascontiguousarray(part), blank.inside, cv2.TM_CCOEFF_NORMED)
        _, surest, _, (left, top) = cv2.minMaxLoc(like)
        if not np.isfinite(surest) or surest < ALIKE:
            return False
        found = part[top : top + blank.inside.shape[0], left : left + blank.inside.shape[1]]
        return float(found.std()) <= BRIGHTER * float(blank.inside.std())
