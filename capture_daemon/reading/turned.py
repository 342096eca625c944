"""Turned: vertical text as rows. A region turned a quarter to the left has its columns as rows, the rightmost on top.

A column's first character is its row's leftmost then, and lies on its left side, as recognisers know vertical text.
Vertical text is read in pixels of the turned region; the functions here convert to them and back.
"""

from __future__ import annotations

import numpy as np

from capture_daemon.frames import Box, ColourImage, GreyImage


def turned_picture(picture: ColourImage | GreyImage) -> ColourImage | GreyImage:
    """A picture, shape (height, width, …), turned a quarter to the left: its right edge is on top."""
    return np.ascontiguousarray(np.rot90(picture))


def upright_picture(picture: ColourImage | GreyImage) -> ColourImage | GreyImage:
    """A turned picture as it was before."""
    return np.ascontiguousarray(np.rot90(picture, -1))


def turned_box(box: Box, width: int) -> Box:
    """Where a box of a region, `width` pixels wide, lies in the turned region."""
    return Box(box.top, width - box.right, box.height, box.width)


def upright_box(box: Box, width: int) -> Box:
    """Where a box of a turned region lies in the region, which is `width` pixels wide."""
    return Box(width - box.bottom, box.left, box.height, box.width)
