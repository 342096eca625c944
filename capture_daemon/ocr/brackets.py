"""Closing corner brackets at a row's end, of which the detector's box leaves out half."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from capture_daemon.frames import Box
from capture_daemon.ocr.engine import Character
from capture_daemon.ocr.prepare import BinarisedRow

_CLOSING = {"「": "」", "『": "』"}
_NEAR = 1.3
"""Of the text's height: how far right of the last character it begins at most: 。 has half a square to itself."""
_HEIGHT = (0.25, 0.75)
"""Of the text's height: how high the bracket is. It's half a square; what is higher is a box's edge."""
_LOW = 0.35
"""Of the text's height: how far above its foot the bracket ends at most: it stands at the foot of its square."""


def with_closing_bracket(characters: Sequence[Character], ink: BinarisedRow) -> list[Character]:
    """The characters, with a bracket at the end for one that is open, if there is one in the picture."""
    result = list(characters)
    text = "".join(character.text for character in result)
    opened = max(text.rfind(one) for one in _CLOSING)
    if opened < 0 or any(one in text[opened:] for one in _CLOSING.values()):
        return result
    last, height = result[-1].place, ink.text_height
    found = [
        shape
        for shape in _everything(ink)
        if last < shape.left <= last + _NEAR * height
        and _HEIGHT[0] * height <= shape.height <= _HEIGHT[1] * height
        and shape.width <= shape.height
        and abs(ink.box.bottom - shape.bottom) <= _LOW * height
        and shape.top > 0
        and shape.bottom < ink.mask.shape[0]
    ]
    if len(found) == 1:
        result.append(Character(_CLOSING[text[opened]], float(found[0].right), result[-1].probability))
    return result


def _everything(ink: BinarisedRow) -> list[Box]:
    """All shapes as dark as the ink, what touches the picture's edge among them."""
    _, _, statistics, _ = cv2.connectedComponentsWithStats(np.asarray(ink.dark <= ink.threshold, np.uint8))
    return [Box(left, top, width, height) for left, top, width, height, _ in statistics[1:].tolist()]
