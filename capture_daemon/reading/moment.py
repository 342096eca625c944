"""Moment: one region in one frame."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import cv2
import numpy as np

from capture_daemon.frames import Box, ColourImage, Frame, GreyImage
from capture_daemon.reading.turned import turned_picture

CLOSEST_FRAMES = 1 / 480
"""Frames closer to the last than this, in seconds, are passed over: half the time between frames of the fastest source
that may be set, 240 a second. Capturing delays a frame by a few milliseconds, and the next one comes as much sooner."""


class Moment:
    """A region of a frame: `luma` at once, `colour` when it is asked for, as that takes longer.

    What lies in one of `ignore` is black in both. `vertical` text lies in rows: the region is turned.
    """

    def __init__(self, frame: Frame, box: Box, ignore: Sequence[Box] = (), *, vertical: bool = False) -> None:
        """`box` and `ignore` are in pixels of the whole frame."""
        self.time = frame.time
        self._frame = frame
        self._box = box
        self._ignore = ignore
        self._vertical = vertical
        shown = [hidden for one in ignore if (hidden := one.intersection(box)) is not None]
        self._blank = [hidden.shifted(-box.left, -box.top) for hidden in shown]
        self.luma: GreyImage = frame.crop(box)
        if self._blank:
            self.luma = self.luma.copy()
            self._blanken(self.luma)
        if vertical:
            self.luma = turned_picture(self.luma)

    def otherwise(self) -> Moment:
        """The same moment for text that runs in the other direction."""
        return Moment(self._frame, self._box, self._ignore, vertical=not self._vertical)

    @cached_property
    def colour(self) -> ColourImage:
        """Blue, green, red, shape (height, width, 3), uint8."""
        if self._frame.colour is None:
            return np.asarray(cv2.cvtColor(np.ascontiguousarray(self.luma), cv2.COLOR_GRAY2BGR), np.uint8)
        left, top = self._box.left - self._frame.box.left, self._box.top - self._frame.box.top
        colour = self._frame.colour()[top : top + self._box.height, left : left + self._box.width, :3]
        if self._blank:
            colour = colour.copy()
            self._blanken(colour)
        return turned_picture(colour) if self._vertical else colour

    def _blanken(self, picture: GreyImage | ColourImage) -> None:
        for part in self._blank:
            picture[part.top : part.bottom, part.left : part.right] = 0
