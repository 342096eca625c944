"""Where text stands in a whole picture: the detector that the wheel of `rapidocr` carries (PP-OCRv6 small).

Rows that the daemon reads are found by `reading`, in a region that is known. This is for finding that region.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from capture_daemon.errors import ModelError
from capture_daemon.frames import Box, GreyImage
from capture_daemon.ocr.engine import default_threads

LONGEST_SIDE = 960
"""Pixels to which a picture's width is brought down before it is looked at."""
_STEP = 32  # the network halves its picture five times
_MEAN, _DEVIATION = 0.449, 0.226
"""Of the pictures that the network was trained with: the mean over the three colours."""
_TEXT, _SURE = 0.3, 0.6
"""PaddleOCR's own: how likely a pixel must be text to count, and a whole box to be kept."""
_GROWTH = 1.5
"""The network marks the middle of each row; its own post-processing lets boxes grow by this ratio of area to girth."""


class Detector:
    """Finds rows of text in pictures. Used inside the worker process, from one thread."""

    def __init__(self, threads: int | None = None) -> None:
        """Load the model; raises ModelError where it isn't there or is damaged."""
        file = _model_file()
        import onnxruntime  # noqa: PLC0415 - slow to import, and not needed where the region is known

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or default_threads()
        options.log_severity_level = 4
        # Without it memory for the largest picture seen is kept for good.
        options.enable_cpu_mem_arena = False
        try:
            self._session = onnxruntime.InferenceSession(file.read_bytes(), options, providers=["CPUExecutionProvider"])
        except (OSError, RuntimeError, ValueError) as error:
            raise ModelError(f"{file}: the model can't be loaded: install the package it belongs to again") from error
        self._input = self._session.get_inputs()[0].name

    def find(self, picture: GreyImage) -> list[Box]:
        """The boxes of the rows of text in a picture, luma, shape (height, width), uint8; in its own pixels."""
        height, width = picture.shape
        scale = min(1.0, LONGEST_SIDE / width)
        inner_width, inner_height = (max(_STEP, round(side * scale / _STEP) * _STEP) for side in (width, height))
        small = cv2.resize(picture, (inner_width, inner_height), interpolation=cv2.INTER_AREA)
        grey = (small.astype(np.float32) / 255 - _MEAN) / _DEVIATION
        batch = np.broadcast_to(grey, (1, 3, inner_height, inner_width))
        likely: NDArray[np.float32] = self._session.run(None, {self._input: np.ascontiguousarray(batch)})[0][0, 0]
        return [_scaled(box, width / inner_width, height / inner_height) for box in _boxes(likely)]


def _boxes(likely: NDArray[np.float32]) -> list[Box]:
    """The boxes in a map of how likely each pixel is text."""
    count, labels, statistics, _ = cv2.connectedComponentsWithStats((likely > _TEXT).astype(np.uint8), connectivity=8)
    found = []
    for number in range(1, count):
        left, top, width, height, _ = (int(value) for value in statistics[number])
        inside = (slice(top, top + height), slice(left, left + width))
        if min(width, height) < 3 or likely[inside][labels[inside] == number].mean() < _SURE:
            continue
        grown = round(width * height * _GROWTH / (2 * (width + height)))
        bounds = Box(0, 0, likely.shape[1], likely.shape[0])
        box = Box(left - grown, top - grown, width + 2 * grown, height + 2 * grown).intersection(bounds)
        if box is not None:
            found.append(box)
    return found


def _scaled(box: Box, across: float, down: float) -> Box:
    left, top = round(box.left * across), round(box.top * down)
    return Box(left, top, round(box.right * across) - left, round(box.bottom * down) - top)


def _model_file() -> Path:
    # Only found, not imported: rapidocr brings engines and settings of its own along.
    spec = importlib.util.find_spec("rapidocr")
    for location in (spec.submodule_search_locations if spec is not None else None) or ():
        file = Path(location) / "models" / "PP-OCRv6_det_small.onnx"
        if file.is_file():
            return file
    raise ModelError(
        "the detector PP-OCRv6_det_small, which finds the dialogue's region by itself, is not there: "
        "install rapidocr again, or name the region by --region"
    )
