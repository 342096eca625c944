"""Where text stands in a picture: the detector that the wheel of `rapidocr` carries (PP-OCRv6 small)."""

from __future__ import annotations

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
_GROWTH = 1.5
"""The network marks the middle of each row; its own post-processing lets boxes grow by this ratio of area to girth."""


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
        """The boxes of pieces of text in a picture, shape (height, width, 3), uint8; in its own pixels.

        `scale` says how large it is looked at; letters of some 20 pixels are found best and soonest.
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
            FoundBox(_scaled(box, width / inner_width, height / inner_height), sure) for box, sure in _boxes(likely)
        ]


def _boxes(likely: NDArray[np.float32]) -> list[tuple[Box, float]]:
    """The boxes in a map of how likely each pixel is text, each with how likely it is."""
    count, labels, statistics, _ = cv2.connectedComponentsWithStats((likely > _TEXT).astype(np.uint8), connectivity=8)
    found = []
    for number in range(1, count):
        left, top, width, height, _ = (int(value) for value in statistics[number])
        inside = (slice(top, top + height), slice(left, left + width))
        sure = float(likely[inside][labels[inside] == number].mean())
        if min(width, height) < 3 or sure < _SURE:
            continue
        grown = round(width * height * _GROWTH / (2 * (width + height)))
        bounds = Box(0, 0, likely.shape[1], likely.shape[0])
        box = Box(left - grown, top - grown, width + 2 * grown, height + 2 * grown).intersection(bounds)
        if box is not None:
            found.append((box, sure))
    return found


def _scaled(box: Box, across: float, down: float) -> Box:
    left, top = round(box.left * across), round(box.top * down)
    return Box(left, top, round(box.right * across) - left, round(box.bottom * down) - top)
