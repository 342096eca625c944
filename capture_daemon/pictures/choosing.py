"""Which picture shows a line: the whole frame, if the text still stands there as in the frame that was read."""

from __future__ import annotations

import cv2
import numpy as np

from capture_daemon.frames import Box, ColourImage, Frame, GreyImage, Size

DIFFERENT = 48
"""Difference of a pixel's luma, 0 to 255, from which it is another one, 24 to 96: more than a video's noise."""
OTHERWISE = 0.04
"""Share of such pixels in the text's box up to which the text is the same, 0.01 to 0.08: letters cover a tenth to a
fifth of it, so that other text changes more than this, and a cursor that blinks less."""


def best(frame: Frame, whole: ColourImage | None, text: Box) -> ColourImage:
    """`whole`, taken of the source after `frame`, if `text` stands there as in the frame; else the frame's picture."""
    part = frame.in_colour()
    if whole is None or Size(whole.shape[1], whole.shape[0]) != frame.size:
        return part
    box = text.intersection(frame.box)
    if box is None:
        return whole
    before = _grey(part, box.shifted(-frame.box.left, -frame.box.top))
    return whole if _is_same(before, _grey(whole, box)) else part


def _grey(picture: ColourImage, box: Box) -> GreyImage:
    cut = np.ascontiguousarray(picture[box.top : box.bottom, box.left : box.right, :3])
    return np.asarray(cv2.cvtColor(cut, cv2.COLOR_BGR2GRAY), np.uint8)


def _is_same(one: GreyImage, other: GreyImage) -> bool:
    return one.shape == other.shape and float(np.mean(cv2.absdiff(one, other) > DIFFERENT)) <= OTHERWISE
