"""Where text stands in a picture: the detector that the wheel of `rapidocr` carries (PP-OCRv6 small)."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from capture_daemon.errors import ModelError
from capture_daemon.frames import Box, ColourImage
from capture_daemon.ocr.engine import FoundBox, default_threads
from capture_daemon.ocr.packaged import detector_file
from capture_daemon.ocr.runtime import session_options

LONGEST_SIDE = 960
"""Pixels to which a picture's longer side is brought down where nobody says how large it is to be looked at."""
LARGEST_SIDE = 1600
"""Pixels that a side has at most when it is looked at: more takes half a second."""
_STEP = 32  # the network halves its picture five times
_MEAN = np.array((0.485, 0.456, 0.406), np.float32)
_DEVIATION = np.array((0.229, 0.224, 0.225), np.float32)
"""Of the pictures that the network was trained with, in the order in which PaddleOCR gives it their colours."""
_TEXT, _SURE = 0.3, 0.6
"""PaddleOCR's own: how likely a pixel must be text to count, and a whole box to be kept."""
_SURE_OF_FEW, _PEAK, _FEW = 0.5, 0.85, 2.0
"""How likely a box of a letter or two must be, if its middle is that likely and it is so many times as wide as high at
most: so little has more edge than middle. 0.45 to 0.6, 0.8 to 0.95, 1.5 to 3."""
_GROWTH = 1.5
"""The network marks the middle of each row; its own post-processing lets boxes grow by this ratio of area to girth."""
_LEAST = 3
"""Pixels of the map that a row has at least, across and down."""
_THIN = 0.25
"""Share of a blob's widest level below which a level joins two rows, or is a large initial's; 0.15 to 0.35."""
_WHOLE = 0.7
"""Share of a blob's height from which its row is all of it; 0.6 to 0.8."""
_ROW_LIKE = 3.0
"""How many times as wide as high what stands out of a row is if it is a short row, as a name; 2.5 to 4."""


class Detector:
    """Finds rows of text in pictures. Used inside the worker process, from one thread."""

    def __init__(self, threads: int | None = None) -> None:
        """Load the model; raises ModelError if it isn't there or is damaged."""
        file = detector_file()
        import onnxruntime  # noqa: PLC0415 - slow to import

        options = session_options(threads or default_threads(), arena=False)
        try:
            self._session = onnxruntime.InferenceSession(file.read_bytes(), options, providers=["CPUExecutionProvider"])
        except (OSError, RuntimeError, ValueError) as error:
            raise ModelError(f"{file}: the model can't be loaded: install the package it belongs to again") from error
        self._input = self._session.get_inputs()[0].name

    def find(self, picture: ColourImage, scale: float | None = None) -> list[FoundBox]:
        """Find the pieces of text in a picture.

        Args:
            picture: Blue, green, red, shape (height, width, 3), uint8.
            scale: The factor by which it is scaled first: letters of some 20 pixels are found best and soonest. Without
                one, the longer side is brought down to LONGEST_SIDE.

        Returns:
            Boxes in pixels of the picture as it is given, in no particular order.

        """
        height, width = picture.shape[:2]
        if scale is None:
            scale = min(1.0, LONGEST_SIDE / max(width, height))
        scale = min(scale, LARGEST_SIDE / max(width, height))
        inner_width, inner_height = (max(_STEP, round(side * scale / _STEP) * _STEP) for side in (width, height))
        interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        small = cv2.resize(picture[:, :, :3], (inner_width, inner_height), interpolation=interpolation)
        colours = (small.astype(np.float32) / 255 - _MEAN) / _DEVIATION
        batch = np.ascontiguousarray(colours.transpose(2, 0, 1)[None])
        likely: NDArray[np.float32] = self._session.run(None, {self._input: batch})[0][0, 0]
        return [
            FoundBox(_scaled(box, width / inner_width, height / inner_height), sure) for box, sure in boxes_in(likely)
        ]


def boxes_in(likely: NDArray[np.float32]) -> list[tuple[Box, float]]:
    """The boxes in a map of how likely each pixel is text, each with how likely it is."""
    count, labels, statistics, _ = cv2.connectedComponentsWithStats((likely > _TEXT).astype(np.uint8), connectivity=8)
    bounds = Box(0, 0, likely.shape[1], likely.shape[0])
    found = []
    for number in range(1, count):
        left, top, width, height, _ = (int(value) for value in statistics[number])
        inside = (slice(top, top + height), slice(left, left + width))
        blob = labels[inside] == number
        within = likely[inside][blob]
        sure = float(within.mean())
        least = _SURE_OF_FEW if within.max() >= _PEAK and width <= _FEW * height else _SURE
        if min(width, height) < _LEAST or sure < least:
            continue
        for part in rows_in(blob):
            grown = round(part.width * part.height * _GROWTH / (2 * (part.width + part.height)))
            box = part.shifted(left, top).grown(grown, grown).intersection(bounds)
            if box is not None:
                found.append((box, sure))
    return found


def rows_in(blob: NDArray[np.bool_]) -> list[Box]:
    """The rows in a blob of the map, which is one row, mostly.

    Rows that touch somewhere are parted where few columns join them. What stands out of a row in few columns is a
    large initial, and left out, or a short row, such as a name.

    Args:
        blob: Which pixels are its own, shape (height, width), with at least one in each line.

    Returns:
        Boxes in its pixels, from top to bottom.

    """
    filled = blob.sum(axis=1)
    thick = filled >= _THIN * filled.max()
    edges = np.flatnonzero(np.diff(thick)) + 1
    parts = [_part(blob, start, stop) for start, stop in pairwise((0, *edges.tolist(), len(thick)))]
    high = max(part.height for part in parts if thick[part.top])
    rows = [
        part
        for part in parts
        if part.height >= max(_LEAST, high / 2) and (thick[part.top] or part.width >= _ROW_LIKE * part.height)
    ]
    if not rows or (len(rows) == 1 and rows[0].height >= _WHOLE * len(blob)):
        # Its ends are round, or it is so low that its round ends are most of it.
        return [Box(0, 0, blob.shape[1], blob.shape[0])]
    return rows


def _part(blob: NDArray[np.bool_], start: int, stop: int) -> Box:
    """The box round a blob's pixels from one line to another."""
    columns = np.flatnonzero(blob[start:stop].any(axis=0))
    return Box(int(columns[0]), start, int(columns[-1] - columns[0]) + 1, stop - start)


def _scaled(box: Box, across: float, down: float) -> Box:
    left, top = round(box.left * across), round(box.top * down)
    return Box(left, top, round(box.right * across) - left, round(box.bottom * down) - top)
