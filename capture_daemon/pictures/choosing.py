"""Which picture shows a line: the whole frame, if the text still stands there as in the frame that was read."""

from __future__ import annotations

import cv2
import numpy as np

from capture_daemon.frames import Box, ColourImage, Frame, GreyImage, Size

DIFFERENT = 48
"""Difference of a pixel's luma, 0 to 255, from which it is another one, 24 to 96: more than a video's noise."""
OTHERWISE = 0.04
"""Share of the text's box up to which so many other pixels leave the text the same, 0.01 to 0.08: letters cover a tenth
to a fifth of it."""
MARK = 0.4
"""What may change besides, in squares as high as a row, 0.2 to 1: the sign that a game waits."""
_LARGEST_ROW = 40
"""Pixels of a row's height at most; a text may have several."""


def best(frame: Frame, whole: ColourImage | None, text: Box) -> ColourImage:
    """`whole`, taken of the source after `frame`, if `text` stands there as in the frame; else the frame's picture."""
    part = frame.in_colour()
    if whole is None or Size(whole.shape[1], whole.shape[0]) != frame.size:
        return part
    height = min(text.height, _LARGEST_ROW)
    # Across the whole part and below: there the next words come.
    around = Box(frame.box.left, text.top, frame.box.width, text.height + height).intersection(frame.box)
    if around is None:
        return whole
    before = _grey(part, around.shifted(-frame.box.left, -frame.box.top))
    return whole if _is_as_before(before, _grey(whole, around), text, height) else part


def still_shows(frame: Frame, later: Frame, text: Box) -> bool:
    """Whether `text` stands in a later frame of the same part as in `frame`."""
    if frame.size != later.size or frame.box != later.box:
        return False
    height = min(text.height, _LARGEST_ROW)
    around = Box(frame.box.left, text.top, frame.box.width, text.height + height).intersection(frame.box)
    return around is None or _is_as_before(frame.crop(around), later.crop(around), text, height)


def still_stands(before: GreyImage, now: GreyImage, text: Box) -> bool:
    """Whether what stood in the place of `text`, cut out of a frame, stands there in a later one."""
    return before.shape == now.shape and _is_as_before(before, now, text, min(text.height, _LARGEST_ROW))


def _is_as_before(before: GreyImage, now: GreyImage, text: Box, height: int) -> bool:
    changed = int(np.count_nonzero(cv2.absdiff(before, now) > DIFFERENT))
    return changed <= OTHERWISE * text.width * text.height + MARK * height**2


def _grey(picture: ColourImage, box: Box) -> GreyImage:
    cut = np.ascontiguousarray(picture[box.top : box.bottom, box.left : box.right, :3])
    return np.asarray(cv2.cvtColor(cut, cv2.COLOR_BGR2GRAY), np.uint8)
