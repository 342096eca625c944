"""The newest whole pictures of a live source, as JPEGs, with what stood in the dialogue's part at their moment."""

from __future__ import annotations

from asyncio import Future
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from capture_daemon.frames import Frame, GreyImage

SPACING = 0.3
"""Seconds between two that are kept, 0.15 to 0.6: what goes sooner is hardly read."""
KEPT, MOST = 12.0, 40
"""Seconds for which they are kept, 6 to 20: a menu is known for one only with the line after it. And how many: of 1080p
some 16 MB."""


@dataclass(frozen=True, slots=True)
class WholePicture:
    """One of them: the part that was read at that moment, and the whole picture once it is encoded."""

    frame: Frame
    data: Future[bytes]


class WholePictures:
    """Encodes whole pictures as they come, one at a time, and none that looks as the one before."""

    def __init__(self, encode: Callable[[Frame], Future[bytes]]) -> None:
        """`encode` begins to make a JPEG of a whole frame."""
        self._encode = encode
        self._pictures: deque[WholePicture] = deque()
        self._last: GreyImage | None = None

    def add(self, part: Frame, whole: Frame) -> None:
        """Take in the whole picture of a moment, beside the part that was read; in order of time."""
        last = self._pictures[-1] if self._pictures else None
        if last is not None and part.time < last.frame.time:
            self.clear()  # another source, with a clock of its own
            last = None
        if last is not None and (part.time - last.frame.time < SPACING or not last.data.done()):
            return
        if self._last is not None and np.array_equal(self._last, whole.pixels):
            return
        self._last = whole.pixels
        self._pictures.append(WholePicture(part, self._encode(whole)))
        while len(self._pictures) > MOST or part.time - self._pictures[0].frame.time > KEPT:
            self._pictures.popleft()

    def since(self, time: float) -> WholePicture | None:
        """The first at `time`, on the source's clock, or later; None if there is none."""
        return next((one for one in self._pictures if one.frame.time >= time), None)

    def until(self, time: float) -> WholePicture | None:
        """The last at `time` or before; None if there is none."""
        return next((one for one in reversed(self._pictures) if one.frame.time <= time), None)

    def clear(self) -> None:
        """Keep none of them."""
        self._pictures.clear()
        self._last = None
