"""Text boxes: solid, half-transparent, fading out, textured, or speech bubbles."""

from __future__ import annotations

import cv2
import numpy as np

from bench.drawing.model import Image, Mask
from bench.drawing.painting import rounded
from bench.drawing.pictures import noise, tinted
from bench.games.layers import Layer, rim_of
from bench.games.model import Panel
from capture_daemon.frames import Box

TAIL = 18


def covered(panel: Panel) -> Mask:
    """How much of the picture the box covers, pixel by pixel."""
    width, height = panel.place.width, panel.place.height
    mask = rounded(width, height, panel.radius)
    if panel.form == "gradient":
        down = np.clip(np.linspace(0, 4.5, height, dtype=np.float32), 0, 1)[:, None]
        side = np.clip((1 - np.abs(np.linspace(-1, 1, width, dtype=np.float32))) * 9, 0, 1)[None, :]
        mask = (mask * (down * (side if panel.seed % 2 else 1.0))).astype(np.uint8)
    return mask


def colours(panel: Panel) -> Image:
    """The box's colours: plain, from one to another, or a texture."""
    width, height = panel.place.width, panel.place.height
    if panel.form == "textured":
        random = np.random.default_rng(panel.seed)
        grain = noise(width, height, max(8.0, height / 2), random, 5) * 0.7
        grain += noise(width, height, 3, random, 1) * 0.3
        return tinted(grain, panel.colour, panel.second)
    share = np.repeat(np.linspace(0, 1, height, dtype=np.float32)[:, None], width, axis=1)
    return tinted(share, panel.colour, panel.second)


def panel_layer(panel: Panel) -> Layer:
    """A box, ready to be laid over a picture."""
    place = panel.place
    reach = TAIL if panel.tail else 0
    layer = Layer.clear(Box(place.left, place.top, place.width, place.height + reach))
    if panel.tail:
        tail = np.zeros((TAIL + 4, TAIL * 2), np.uint8)
        cv2.fillConvexPoly(
            tail, np.array([[0, 0], [TAIL * 2 - 1, 0], [TAIL // 2, TAIL + 3]], np.int32), (255,), cv2.LINE_AA
        )
        layer.add(place.left + place.width // 3, place.bottom - 4, panel.second, tail, panel.opacity)
    layer.add(place.left, place.top, colours(panel), covered(panel), panel.opacity)
    if panel.rim is not None and panel.form != "gradient":
        layer.add(
            place.left, place.top, panel.rim, rim_of(place.width, place.height, panel.radius, panel.rim_width), 0.95
        )
    return layer
