"""From a picture of a row to a score for every letter at every step: PP-OCR's recognisers, as PaddleOCR runs them."""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from capture_daemon.errors import ModelError
from capture_daemon.frames import ColourImage
from capture_daemon.ocr.model_files import Model, Runtime
from capture_daemon.ocr.runtime import session_options

HEIGHT, LEAST_WIDTH = 48, 320
"""Rows and columns, at least, of the pictures that PP-OCR's recognisers look at."""
GREY = 32
"""Columns of grey behind a narrow picture that are enough, 16 to 96. PaddleOCR fills pictures up to 320 columns, which
were four in ten of all that were looked at: most rows are names or short."""
BLANK = "blank"


@dataclass(frozen=True, slots=True)
class Description:
    """A recogniser's `alphabet`, in the order of its scores and with the blank first, and its pictures' size."""

    alphabet: tuple[str, ...]
    height: int = HEIGHT
    least_width: int = LEAST_WIDTH


def described_by_letters(letters: Sequence[str]) -> Description:
    """The description of a recogniser of the usual size that reads these letters, and spaces."""
    return Description((BLANK, *letters, " "))


def described_in(file: Path) -> Description:
    """The description that PaddleOCR lays beside a model, `inference.yml`; raises ModelError if it is damaged."""
    yaml: Any = importlib.import_module("yaml")  # slow to import, and not needed for the packaged model
    try:
        # The base loader takes every letter as it is written: to the others 1, ~ and no are more than text. In C it
        # takes a tenth of a second for 18,000 of them, else more than one.
        loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
        told = yaml.load(file.read_text(encoding="utf-8"), loader)
        letters = told["PostProcess"]["character_dict"]
        steps = told.get("PreProcess", {}).get("transform_ops", [])
        size = next((step["RecResizeImg"]["image_shape"] for step in steps if "RecResizeImg" in step), None)
        height, width = (int(size[1]), int(size[2])) if size else (HEIGHT, LEAST_WIDTH)
        if not isinstance(letters, list) or not all(isinstance(letter, str) for letter in letters):
            raise ValueError("its character_dict is no list of letters")
        if min(height, width) < 1:
            raise ValueError("its image_shape has no pixels")
    except (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError, yaml.YAMLError) as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        raise ModelError(
            f"{file}: the model's description can't be read ({reason}): put an undamaged one in its place"
        ) from error
    described = described_by_letters(letters)
    return Description(described.alphabet, height, width)


Network = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""What runs a network: a batch in, shape (1, 3, height, width), scores out, shape (1, steps, letters)."""
WIDEST = 3200
"""Columns of the largest picture that is looked at: a wider one is squeezed, as PaddleOCR does."""
_ALPHABET_KEY = "character"


class Recogniser:
    """Recognises rows, one at a time. Used inside the worker process, from one thread.

    `alphabet` says what each of the scores is for; its first entry is the blank.
    """

    def __init__(self, model: Model, runtime: Runtime, threads: int, *, batch_mode: bool = False) -> None:
        """Load the model; `batch_mode` keeps memory for the next row, to be done sooner.

        Raises ModelError if its files are damaged, and ImportError if what the runtime needs isn't installed.
        """
        self._network, self._description = (
            _on_paddle(model, threads) if runtime == "paddle" else _on_onnxruntime(model, threads, arena=batch_mode)
        )
        self.alphabet = self._description.alphabet

    def scores(self, pixels: ColourImage, grey: int | None = None) -> tuple[NDArray[np.float32], float]:
        """How likely each letter is at each step from left to right, and how many columns of the picture a step is.

        Args:
            pixels: Blue, green, red, shape (height, width, 3), uint8, of at least one pixel.
            grey: Columns of grey behind a narrow picture, at the network's size; None for as many as PaddleOCR has.

        Returns:
            Probabilities, shape (steps, len(alphabet)), and the columns.

        """
        height, least_width = self._description.height, self._description.least_width
        filled = filled_width(pixels, height)
        if grey is not None:
            least_width = min(least_width, filled + grey)
        batch = as_batch(pixels, height, least_width)
        found: NDArray[np.float32] = self._network(batch)[0]
        return found, batch.shape[3] / len(found) * pixels.shape[1] / min(filled, batch.shape[3])


def filled_width(pixels: ColourImage, height: int) -> int:
    """How many columns a picture has once it is scaled to a height of `height` pixels."""
    height_before, width_before = pixels.shape[:2]
    return math.ceil(height * (int(width_before) / int(height_before)))


def as_batch(pixels: ColourImage, height: int, least_width: int) -> NDArray[np.float32]:
    """A picture as the network takes it. The arithmetic is PaddleOCR's, rounding and all.

    Args:
        pixels: Blue, green, red, shape (height, width, 3), uint8, of at least one pixel.
        height: The height it is scaled to, in pixels.
        least_width: Columns up to which a narrower picture is filled up with grey, at that height.

    Returns:
        Shape (1, 3, height, width), from -1 to 1; it is at most WIDEST columns wide.

    """
    width = int(height * max(least_width / height, pixels.shape[1] / pixels.shape[0]))
    filled = min(width, filled_width(pixels, height))
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
    from capture_daemon.ocr.paddle_inference import load_network  # noqa: PLC0415

    if model.settings is None:
        raise ModelError(
            f"{model.weights}: there is no inference.yml beside the model: put the one that belongs to it there"
        )
    return load_network(model, threads), described_in(model.settings)
