"""What a recogniser's files say about it: its alphabet, and the size of the pictures that it looks at."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from capture_daemon.errors import ModelError

HEIGHT, LEAST_WIDTH = 48, 320
"""Rows and columns, at least, of the pictures that PP-OCR's recognisers look at."""
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
