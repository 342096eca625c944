"""Frames with something in them that can be told apart."""

from __future__ import annotations

import numpy as np

from capture_daemon.capture.live import as_it_came
from capture_daemon.frames import Box, ColourImage, Frame, Size

SIZE = Size(640, 480)
BOX = Box(40, 340, 560, 60)
TEXT = Box(52, 350, 200, 30)


def whole(pattern: int) -> ColourImage:
    """A frame in which the text's box holds one of several patterns."""
    picture = np.full((SIZE.height, SIZE.width, 4), 40, np.uint8)
    rng = np.random.default_rng(pattern)
    ink = rng.random((TEXT.height, TEXT.width)) < 0.15
    picture[TEXT.top : TEXT.bottom, TEXT.left : TEXT.right][ink] = 240
    return picture


def frame(time: float, picture: ColourImage, sequence: int = 0) -> Frame:
    """The part of a picture that a live source hands over."""
    part = picture[BOX.top : BOX.bottom, BOX.left : BOX.right]
    grey = np.ascontiguousarray(part[:, :, 0])
    return Frame(grey, time, sequence, BOX, SIZE, colour=as_it_came(part), held=part.nbytes)
