"""Layers: what lies over a picture, kept ready to be laid down cheaply."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw

from bench.drawing.fonts import Font, load
from bench.drawing.model import Colour, Image, Mask
from bench.drawing.painting import rounded
from capture_daemon.frames import Box


@dataclass(slots=True)
class Layer:
    """Colours over a part of the frame: `ink` times its coverage, and what share of the picture `shows` through."""

    place: Box
    ink: Image
    shows: Image

    @classmethod
    def clear(cls, place: Box) -> Layer:
        """Nothing at all over that part."""
        shape = place.height, place.width, 3
        return cls(place, np.zeros(shape, np.uint8), np.full(shape, 255, np.uint8))

    def add(self, left: int, top: int, colour: Colour | Image, coverage: Mask, opacity: float = 1.0) -> None:
        """Lay a colour down where a mask covers; the corner is in pixels of the frame, what lies outside is cut."""
        left, top = left - self.place.left, top - self.place.top
        height, width = coverage.shape
        first, last = max(0, -top), min(height, self.place.height - top)
        begin, end = max(0, -left), min(width, self.place.width - left)
        if first >= last or begin >= end:
            return
        there = np.s_[top + first : top + last, left + begin : left + end]
        mask = coverage[first:last, begin:end]
        if opacity < 1:
            mask = cv2.convertScaleAbs(mask, alpha=opacity).astype(np.uint8, copy=False)
        cover = cv2.merge([mask, mask, mask])
        over = colour[first:last, begin:end] if isinstance(colour, np.ndarray) else np.full_like(cover, colour)
        rest = cv2.bitwise_not(cover)
        tinted = cv2.multiply(over, cover, scale=1 / 255)
        self.ink[there] = cv2.add(cv2.multiply(self.ink[there], rest, scale=1 / 255), tinted)
        self.shows[there] = cv2.multiply(self.shows[there], rest, scale=1 / 255)

    def lay(self, image: Image, opacity: float = 1.0, across: int = 0, down: int = 0) -> None:
        """Lay it over a whole frame, moved by that many pixels."""
        place = self.place.shifted(across, down).intersection(Box(0, 0, image.shape[1], image.shape[0]))
        if place is None or opacity <= 0:
            return
        left, top = place.left - self.place.left - across, place.top - self.place.top - down
        cut = np.s_[top : top + place.height, left : left + place.width]
        ink, shows = self.ink[cut], self.shows[cut]
        if opacity < 1:
            ink = cv2.convertScaleAbs(ink, alpha=opacity).astype(np.uint8, copy=False)
            shows = cv2.convertScaleAbs(shows, alpha=opacity, beta=255 * (1 - opacity)).astype(np.uint8, copy=False)
        part = image[place.top : place.bottom, place.left : place.right]
        part[:] = cv2.add(cv2.multiply(part, shows, scale=1 / 255), ink)


def written(text: str, font: Font, size: int) -> tuple[Mask, int]:
    """A text's mask, cut to its ink, and how far its ink lies below the top of its row."""
    loaded = load(font, size)
    left, top, right, bottom = (round(value) for value in loaded.getbbox(text))
    canvas = Pillow.new("L", (max(1, right - left), max(1, bottom - top)), 0)
    ImageDraw.Draw(canvas).text((-left, -top), text, fill=255, font=loaded)
    return np.array(canvas, dtype=np.uint8), top


def shape_mask(shape: str, size: int) -> Mask:
    """The mask of an advance mark."""
    canvas = Pillow.new("L", (size * 4, size * 4), 0)
    s = size * 4 - 1
    drawing = ImageDraw.Draw(canvas)
    outlines: dict[str, list[tuple[float, float]]] = {
        "down": [(0, s * 0.15), (s, s * 0.15), (s / 2, s * 0.9)],
        "right": [(s * 0.15, 0), (s * 0.9, s / 2), (s * 0.15, s)],
        "diamond": [(s / 2, 0), (s, s / 2), (s / 2, s), (0, s / 2)],
    }
    if shape in outlines:
        drawing.polygon(outlines[shape], fill=255)
    elif shape == "ring":
        drawing.ellipse((s * 0.1, s * 0.1, s * 0.9, s * 0.9), outline=255, width=max(4, size // 2))
    elif shape == "dots":
        for number in range(3):
            middle = s * (0.15 + 0.35 * number)
            drawing.ellipse((middle - s * 0.12, s * 0.4, middle + s * 0.12, s * 0.64), fill=255)
    else:
        drawing.ellipse((s * 0.15, s * 0.15, s * 0.85, s * 0.85), fill=255)
    return np.array(canvas.resize((size, size), Pillow.Resampling.BOX), dtype=np.uint8)


def rim_of(width: int, height: int, radius: int, thick: int) -> Mask:
    """The mask of a rim."""
    return cv2.subtract(rounded(width, height, radius), rounded(width, height, radius, thick)).astype(
        np.uint8, copy=False
    )
