"""From a picture of a row to a score for every letter at every step: PP-OCR's recognisers, as PaddleOCR runs them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from capture_daemon.errors import ModelError
from capture_daemon.frames import ColourImage
from capture_daemon.ocr.description import Description, described_by_letters, described_in
from capture_daemon.ocr.models import Model, Runtime
from capture_daemon.ocr.runtime import session_options

Network = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""What runs a network: a batch in, shape (1, 3, height, width), scores out, shape (1, steps, letters)."""
WIDEST = 3200
"""Columns of the largest picture that is looked at: a wider one is squeezed, as PaddleOCR does."""
_ALPHABET_KEY = "character"


class Recogniser:
    """Recognises rows, one at a time. Used inside the worker process, from one thread.

    `alphabet` says what each of the scores is for; its first entry is the blank.
    """

    def __init__(self, model: Model, runtime: Runtime, threads: int, *, hurried: bool = False) -> None:
        """Load the model; `hurried` spends memory on being done sooner.

        Raises ModelError if its files are damaged, and ImportError if what the runtime needs isn't installed.
        """
        self._network, self._description = (
            _on_paddle(model, threads) if runtime == "paddle" else _on_onnxruntime(model, threads, arena=hurried)
        )
        self.alphabet = self._description.alphabet

    def scores(self, pixels: ColourImage) -> NDArray[np.float32]:
        """How likely each letter is at each step from left to right: shape (steps, len(alphabet)), from 0 to 1.

        `pixels` is blue, green, red, shape (height, width, 3), uint8, of at least one pixel.
        """
        batch = as_batch(pixels, self._description.height, self._description.least_width)
        found: NDArray[np.float32] = self._network(batch)[0]
        return found


def as_batch(pixels: ColourImage, height: int, least_width: int) -> NDArray[np.float32]:
    """A picture as the network looks at it: shape (1, 3, height, width), from -1 to 1.

    It is brought to `height`, with grey behind it where it is narrower than `least_width`. The arithmetic is
    PaddleOCR's, rounding and all.
    """
    ratio = pixels.shape[1] / pixels.shape[0]
    width = int(height * max(least_width / height, ratio))
    filled = min(width, math.ceil(height * ratio))
    if width > WIDEST:
        width = filled = WIDEST
    colours = cv2.resize(pixels, (filled, height)).astype(np.float32).transpose(2, 0, 1) / 255
    colours -= 0.5
    colours /= 0.5
    batch = np.zeros((1, 3, height, width), np.float32)
    batch[0, :, :, :filled] = colours
    return batch


def _on_onnxruntime(model: Model, threads: int, *, arena: bool) -> tuple[Network, Description]:
    import onnxruntime  # noqa: PLC0415 - slow to import

    try:
        options = session_options(threads, arena=arena)
        session = onnxruntime.InferenceSession(str(model.weights), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        # ONNX Runtime has a class of its own for each way a file can be damaged, and no common one above them.
        raise model.damaged(error) from error
    description = described_in(model.settings) if model.settings else _carried(model, session)
    told = session.get_outputs()[0].shape[-1]
    if isinstance(told, int) and told != len(description.alphabet):
        raise ModelError(
            f"{model.settings or model.weights}: the alphabet has {len(description.alphabet)} entries, where the model "
            f"{model.name} has {told}: put the one that belongs to it in its place"
        )
    name = session.get_inputs()[0].name
    return lambda batch: session.run(None, {name: batch})[0], description


def _carried(model: Model, session: Any) -> Description:
    """The description in a model's metadata, as rapidocr writes it."""
    # Not splitlines: the alphabet may hold characters that it takes for the end of a line.
    written = str(session.get_modelmeta().custom_metadata_map.get(_ALPHABET_KEY, ""))
    letters = written.removesuffix("\n").split("\n")
    if len(letters) < 2:
        raise ModelError(f"{model.weights}: the model brings no alphabet: install the package it belongs to again")
    return described_by_letters(letters)


def _on_paddle(model: Model, threads: int) -> tuple[Network, Description]:
    # It is a gigabyte, and comes with an extra.
    from capture_daemon.ocr.paddle_inference import load  # noqa: PLC0415

    if model.settings is None:
        raise ModelError(
            f"{model.weights}: there is no inference.yml beside the model: put the one that belongs to it there"
        )
    return load(model, threads), described_in(model.settings)
