"""A part of a decoded frame, as luma and in colour, turned as a player turns it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from av.video.frame import VideoFrame
from av.video.plane import VideoPlane
from numpy.typing import NDArray

from capture_daemon.frames import Box, ColourImage, GreyImage, Size

ALIGNMENT = 4
"""Pixels by which a cut is rounded outwards, so that it falls between the samples of any chroma plane."""


def size_of(frame: VideoFrame) -> Size:
    """The frame's size as a player shows it: a quarter turn swaps width and height."""
    return Size(frame.height, frame.width) if _quarter_turns(frame) % 2 else Size(frame.width, frame.height)


def part_of(frame: VideoFrame, box: Box) -> tuple[GreyImage, Callable[[], ColourImage]]:
    """The luma of `box`, and a function that gives the same in colour, shape (height, width, 3).

    Both stay valid for as long as they are kept. Luma is of limited range (16 to 235) where the video is, which reading
    doesn't mind. Nearly all videos are kept in planes of 8 bits, one of luma and two of colour: of these the box is
    copied, and the frame goes back to its decoder, which is slower by half if it can't use its frames again. Others
    are converted, whole, and kept.
    """
    if _is_kept_whole(frame):
        turns = _quarter_turns(frame)
        return _luma(frame, box, turns), partial(_colour, frame, box, turns)
    around = _aligned(box, frame)
    cut = _cut_out(frame, around)
    inside = box.shifted(-around.left, -around.top)
    return _box_of(_rows(cut.planes[0], cut.height), inside), partial(_colour, cut, inside, 0)


def held_bytes(frame: VideoFrame, box: Box) -> int:
    """About how many bytes are held by what `part_of` gives."""
    return 3 * frame.width * frame.height if _is_kept_whole(frame) else 2 * box.width * box.height


def cut_out(frame: VideoFrame, box: Box) -> tuple[VideoFrame, Box]:
    """A frame that holds `box` to the pixel, and where it lies in that.

    One whose pictures aren't kept in planes of 8 bits becomes RGB.
    """
    if _is_kept_whole(frame):
        colour = _colour(frame, box, _quarter_turns(frame))
        return VideoFrame.from_ndarray(colour, "bgr24").reformat(format="bgr0"), Box(0, 0, box.width, box.height)
    around = _aligned(box, frame)
    return _cut_out(frame, around), box.shifted(-around.left, -around.top)


def _is_kept_whole(frame: VideoFrame) -> bool:
    return _quarter_turns(frame) != 0 or not _is_planar_luma(frame)


def _cut_out(frame: VideoFrame, box: Box) -> VideoFrame:
    """A frame of the same format that holds a copy of `box`, which must be aligned."""
    cut = VideoFrame(box.width, box.height, frame.format.name)
    cut.colorspace, cut.color_range = frame.colorspace, frame.color_range
    for source, target in zip(frame.planes, cut.planes, strict=True):
        # Rounded, because the planes of an odd width are half of it and a bit.
        across, down = round(frame.width / source.width), round(frame.height / source.height)
        left, top = box.left // across, box.top // down
        there = _rows(source, source.height)[top : top + target.height, left : left + target.width]
        _rows(target, target.height)[:, : target.width] = there
    return cut


def _luma(frame: VideoFrame, box: Box, turns: int) -> GreyImage:
    grey = frame if _is_planar_luma(frame) else frame.reformat(format="gray", threads=1)
    return _box_of(np.rot90(_rows(grey.planes[0], grey.height)[:, : grey.width], turns), box).copy()


def _colour(frame: VideoFrame, box: Box, turns: int) -> ColourImage:
    converted = frame.reformat(format="bgr24", threads=1)
    rows = _rows(converted.planes[0], converted.height)
    pixels = rows[:, : 3 * frame.width].reshape(frame.height, frame.width, 3)
    return _box_of(np.rot90(pixels, turns), box).copy()


def _rows(plane: VideoPlane, height: int) -> NDArray[np.uint8]:
    """The plane's bytes, row by row with what pads them; a view that keeps the frame."""
    flat: NDArray[np.uint8] = np.frombuffer(memoryview(plane), np.uint8)
    return flat.reshape(-1, plane.line_size)[:height]


def _box_of(pixels: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    return pixels[box.top : box.bottom, box.left : box.right]


def _aligned(box: Box, frame: VideoFrame) -> Box:
    left, top = box.left // ALIGNMENT * ALIGNMENT, box.top // ALIGNMENT * ALIGNMENT
    right = min(frame.width, -(-box.right // ALIGNMENT) * ALIGNMENT)
    bottom = min(frame.height, -(-box.bottom // ALIGNMENT) * ALIGNMENT)
    return Box(left, top, right - left, bottom - top)


def _quarter_turns(frame: VideoFrame) -> int:
    """Quarter turns against the clock that a player makes before showing the frame."""
    return round(frame.rotation / 90) % 4


def _is_planar_luma(frame: VideoFrame) -> bool:
    """Whether each component has a plane of its own, of 8 bits, the first being luma."""
    pixel_format = frame.format
    if pixel_format.is_rgb or pixel_format.has_palette or pixel_format.is_bit_stream:
        return False
    if any(part.bits != 8 or part.plane != index for index, part in enumerate(pixel_format.components)):
        return False
    # Raw pictures kept from the bottom up have rows of negative length.
    return all(plane.line_size > 0 for plane in frame.planes)
