"""Painting frames: box, text, arrow, name plate and menu over a picture."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageDraw

from bench.drawing.fonts import load
from bench.drawing.layout import Glyph
from bench.drawing.model import BoxStyle, Clip, Colour, Image, Mask, Picture
from bench.drawing.playing import Placed, State
from capture_daemon.frames import Box

MARGIN = 24
"""Room round the area for outlines, accents and shaking, in pixels."""


def blend(image: Image, place: Box, colour: Image | Colour, coverage: Mask, opacity: float = 1.0) -> None:
    """Lay a colour, or an image of colours, over part of an image where a mask covers it.

    What reaches past the right or lower edge is cut off.
    """
    part = image[place.top : place.bottom, place.left : place.right]
    height, width = part.shape[:2]
    over = colour[:height, :width] if isinstance(colour, np.ndarray) else np.full_like(part, colour)
    weight = coverage[:height, :width].astype(np.float32) * np.float32(opacity / 255)
    part[:] = cv2.blendLinear(part, over, 1 - weight, weight)


def rounded(width: int, height: int, radius: int, inset: int = 0) -> Mask:
    """A rounded rectangle's mask, smoothed."""
    canvas = Pillow.new("L", (width * 2, height * 2), 0)
    box = (2 * inset, 2 * inset, 2 * (width - inset) - 1, 2 * (height - inset) - 1)
    ImageDraw.Draw(canvas).rounded_rectangle(box, 2 * max(0, radius - inset), fill=255)
    return np.array(canvas.resize((width, height), Pillow.Resampling.BOX), dtype=np.uint8)


@dataclass(slots=True)
class Canvas:
    """The ink of the text now shown, over the style's area and a margin round it."""

    fill: Mask
    edge: Mask
    colour: Image

    @classmethod
    def blank(cls, width: int, height: int) -> Canvas:
        """No ink at all."""
        return cls(
            np.zeros((height, width), np.uint8),
            np.zeros((height, width), np.uint8),
            np.zeros((height, width, 3), np.uint8),
        )

    def wipe(self) -> None:
        """Take all ink away."""
        self.fill[:] = 0
        self.edge[:] = 0

    def add(self, glyph: Glyph, across: int, down: int) -> None:
        """Lay a glyph down, moved by that many pixels; what lies outside is cut off."""
        left, top = glyph.left + MARGIN + across, glyph.top + MARGIN + down
        height, width = glyph.fill.shape
        first, last = max(0, -top), min(height, self.fill.shape[0] - top)
        begin, end = max(0, -left), min(width, self.fill.shape[1] - left)
        if first >= last or begin >= end:
            return
        there = np.s_[top + first : top + last, left + begin : left + end]
        here = np.s_[first:last, begin:end]
        ink = glyph.fill[here]
        np.maximum(self.fill[there], ink, out=self.fill[there])
        self.colour[there][ink > 0] = glyph.colour
        if glyph.edge is not None:
            np.maximum(self.edge[there], glyph.edge[here], out=self.edge[there])


@dataclass(slots=True)
class Painter:
    """Paints one clip's states over its picture."""

    clip: Clip
    ink: Canvas = field(init=False)
    inked: tuple[Placed, ...] = ()
    random: np.random.Generator = field(init=False)
    picture: Picture = field(init=False)
    panels: dict[Box, tuple[Image, NDArray[np.float32]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        clip = self.clip
        area = clip.style.area
        self.ink = Canvas.blank(area.width + 2 * MARGIN, area.height + 2 * MARGIN)
        self.random = np.random.default_rng(clip.seed + 1000)
        self.picture = clip.picture(clip.size, np.random.default_rng(clip.seed + 2000))

    def paint(self, number: int, state: State) -> Image:
        """The whole frame with that number."""
        image = self.picture(number)
        style = self.clip.style
        if state.box and style.box is not None:
            self.panel(image, style.box)
        if state.plate is not None:
            self.plate(image, state)
        if state.texts:
            self.text(image, state)
        if state.arrow is not None and state.texts:
            self.arrow(image, state.texts[-1], state.arrow)
        if state.menu is not None:
            self.menu(image, state.menu)
        return image

    def panel(self, image: Image, box: BoxStyle) -> None:
        """The text box, or a box like it; weights are worked out once."""
        place = box.place
        if place not in self.panels:
            mask = rounded(place.width, place.height, box.radius).astype(np.float32) / np.float32(255)
            colour = np.empty((place.height, place.width, 3), np.float32)
            colour[:] = box.texture(place.width, place.height) if box.texture else box.colour
            weight = (mask * np.float32(box.opacity)).astype(np.float32, copy=False)
            if box.rim:
                inner = rounded(place.width, place.height, box.radius, box.rim_width).astype(np.float32) / 255
                ring = mask - inner
                colour += (np.asarray(box.rim, np.float32) - colour) * ring[..., None]
                weight = np.maximum(weight, ring * np.float32(0.95)).astype(np.float32, copy=False)
            self.panels[place] = (colour.astype(np.uint8), weight)
        over, cover = self.panels[place]
        part = image[place.top : place.bottom, place.left : place.right]
        part[:] = cv2.blendLinear(part, over, 1 - cover, cover)

    def plate(self, image: Image, state: State) -> None:
        """The speaker's name outside the text."""
        name, style = self.clip.style.name, self.clip.style
        if name.plate is None or state.plate is None:
            return
        if style.box is not None:
            self.panel(image, BoxStyle(name.plate, style.box.colour, min(1.0, style.box.opacity + 0.15), 8))
        font = load(name.font or style.font, name.size or style.size)
        canvas = Pillow.new("L", (name.plate.width, name.plate.height), 0)
        drawing = ImageDraw.Draw(canvas)
        place = (16, name.plate.height / 2)
        if style.outline:
            drawing.text(place, state.plate, fill=255, font=font, anchor="lm", stroke_width=style.outline)
            blend(image, name.plate, style.outline_colour, np.array(canvas, dtype=np.uint8), state.opacity)
            drawing.rectangle((0, 0, *canvas.size), fill=0)
        drawing.text(place, state.plate, fill=255, font=font, anchor="lm")
        blend(image, name.plate, name.colour or style.accent, np.array(canvas, dtype=np.uint8), state.opacity)

    def text(self, image: Image, state: State) -> None:
        """All texts of the state."""
        jitter = self.clip.style.jitter
        if jitter:
            self.ink.wipe()
            for placed in state.texts:
                for glyph in (*placed.laid.heading, *placed.laid.glyphs[: placed.shown]):
                    across, down = self.random.integers(-jitter, jitter + 1, 2)
                    self.ink.add(glyph, int(across), int(down))
        elif state.texts != self.inked:
            self.update(state.texts)
        style = self.clip.style
        inked = self.ink.fill | self.ink.edge
        rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
        if not rows.size:
            return
        left, top = style.area.left - MARGIN, style.area.top - MARGIN
        first, begin = max(int(rows[0]), -top), max(int(columns[0]), -left)
        last = min(int(rows[-1]) + 1, self.clip.size.height - top)
        end = min(int(columns[-1]) + 1, self.clip.size.width - left)
        place = Box(left + begin, top + first, end - begin, last - first)
        part = np.s_[first:last, begin:end]
        if style.outline or style.shadow:
            blend(image, place, style.outline_colour, self.ink.edge[part], state.opacity)
        blend(image, place, self.ink.colour[part], self.ink.fill[part], state.opacity)

    def update(self, texts: tuple[Placed, ...]) -> None:
        """Bring the ink up to date: add what was typed, or begin anew."""
        before = self.inked
        grew = (
            len(before) == len(texts)
            and before[:-1] == texts[:-1]
            and before[-1].laid is texts[-1].laid
            and before[-1].scrolled == texts[-1].scrolled
            and before[-1].shown <= texts[-1].shown
        )
        if grew:
            for glyph in texts[-1].laid.glyphs[before[-1].shown : texts[-1].shown]:
                self.ink.add(glyph, 0, -texts[-1].scrolled)
        else:
            self.ink.wipe()
            for placed in texts:
                for glyph in (*placed.laid.heading, *placed.laid.glyphs[: placed.shown]):
                    if self.clip.page and glyph.top - placed.scrolled < -4:
                        continue
                    self.ink.add(glyph, 0, -placed.scrolled)
        self.inked = texts

    def arrow(self, image: Image, placed: Placed, age: float) -> None:
        """The sign that the line is complete."""
        style, arrow = self.clip.style, self.clip.style.arrow
        phase = age / arrow.period % 1.0
        opacity = 1.0
        if arrow.moves == "blink" and phase >= 0.55:
            return
        if arrow.moves == "fade":
            opacity = 0.5 + 0.5 * math.cos(phase * 2 * math.pi)
        lift = round(4 * abs(math.sin(phase * math.pi))) if arrow.moves == "bounce" else 0
        size = arrow.size
        if arrow.where == "after":
            across = style.area.left + placed.laid.right + round(size * 0.6)
            down = style.area.top + placed.laid.bottom - placed.scrolled - round((style.row_height + size) / 2)
        elif arrow.corner is not None:
            across, down = arrow.corner
        else:
            across, down = style.area.right - size, style.area.bottom - size
        canvas = Pillow.new("L", (size * 4, size * 4), 0)
        s = size * 4 - 1
        shape: dict[str, list[tuple[float, float]]] = {
            "down": [(0, s * 0.15), (s, s * 0.15), (s / 2, s * 0.9)],
            "right": [(s * 0.15, 0), (s * 0.9, s / 2), (s * 0.15, s)],
            "diamond": [(s / 2, 0), (s, s / 2), (s / 2, s), (0, s / 2)],
        }
        ImageDraw.Draw(canvas).polygon(shape[arrow.shape], fill=255)
        mask = np.array(canvas.resize((size, size), Pillow.Resampling.BOX), dtype=np.uint8)
        place = Box(across, down - lift, size, size)
        if style.outline:
            wide = cv2.dilate(np.pad(mask, 3), np.ones((5, 5), np.uint8)).astype(np.uint8, copy=False)
            blend(image, Box(place.left - 3, place.top - 3, size + 6, size + 6), style.outline_colour, wide, opacity)
        blend(image, place, arrow.colour, mask, opacity)

    def menu(self, image: Image, choices: tuple[str, ...]) -> None:
        """The choices, each a button, in the place for them."""
        clip = self.clip
        room = clip.menu_place or Box(
            clip.size.width // 4, clip.size.height // 5, clip.size.width // 2, clip.size.height // 3
        )
        each = min(62, room.height // len(choices))
        font = load(clip.style.font, min(max(clip.style.size * clip.style.scale, 20), 32))
        for number, choice in enumerate(choices):
            place = Box(room.left, room.top + number * each, room.width, each - 10)
            self.panel(image, BoxStyle(place, (36, 44, 78), 0.85, 10, (170, 180, 220)))
            canvas = Pillow.new("L", (place.width, place.height), 0)
            ImageDraw.Draw(canvas).text((place.width / 2, place.height / 2), choice, fill=255, font=font, anchor="mm")
            blend(image, place, (240, 240, 250), np.array(canvas, dtype=np.uint8))
