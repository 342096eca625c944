"""What goes on behind the text: real pictures that stand, pan, zoom or change, with weather and figures."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.drawing.model import Image
from bench.games.artwork import Piece, cutout, picture
from bench.games.layers import Layer
from bench.games.model import Game
from capture_daemon.frames import Box

ROOM = 1.16
"""How much larger than the frame a picture that moves is."""


@dataclass(slots=True)
class Stage:
    """Draws the scenery of one game."""

    game: Game
    random: np.random.Generator = field(init=False)
    flakes: NDArray[np.float32] = field(init=False)
    walks: NDArray[np.float32] = field(init=False)
    layers: dict[tuple[Piece, int], Layer | None] = field(default_factory=dict)
    prepared: dict[int, Image] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.random = np.random.default_rng(self.game.seed + 2000)
        self.flakes = self.random.random((140, 5)).astype(np.float32)
        self.walks = self.random.random((8, 4)).astype(np.float32)

    @property
    def still(self) -> bool:
        """Whether nothing ever moves but from scene to scene."""
        scenery = self.game.scenery
        moving = scenery.flicker or scenery.particles or scenery.figures or (scenery.cast and scenery.bobs)
        return scenery.moves in ("still", "cuts") and not moving

    def number(self, frame: int, scene: int) -> int:
        """Which of the pictures is seen."""
        scenery = self.game.scenery
        if scenery.moves == "cuts":
            scene += int(frame / self.game.fps / scenery.cut_every)
        return scene % len(scenery.pictures)

    def base(self, number: int) -> Image:
        """A picture made ready: large enough to move in, dim, or of large dots."""
        if number in self.prepared:
            return self.prepared[number]
        scenery, size = self.game.scenery, self.game.size
        room = ROOM if scenery.moves in ("pan", "zoom") else 1.0
        width, height = round(size.width * room), round(size.height * room)
        found = picture(scenery.pictures[number], width, height)
        if scenery.dots:
            small = cv2.resize(found, (width // scenery.dots, height // scenery.dots), interpolation=cv2.INTER_AREA)
            small = (small.astype(np.uint8, copy=False) & 0xE8) + 8
            found = cv2.resize(small, (width, height), interpolation=cv2.INTER_NEAREST).astype(np.uint8, copy=False)
        if scenery.dim < 1:
            found = cv2.convertScaleAbs(found, alpha=scenery.dim).astype(np.uint8, copy=False)
        self.prepared = {number: found}
        return found

    def paint(self, frame: int, scene: int, who: str | None) -> Image:
        """The scenery of a frame, on which may be drawn."""
        scenery, game = self.game.scenery, self.game
        time = frame / game.fps
        image = self.view(self.base(self.number(frame, scene)), time)
        if scenery.flicker:
            level = 1 - scenery.flicker * (0.5 + 0.3 * math.sin(time * 23) + 0.2 * math.sin(time * 57 + 1))
            image = cv2.convertScaleAbs(image, alpha=level).astype(np.uint8, copy=False)
        if scenery.figures:
            self.walk(image, time)
        if scenery.cast:
            self.character(image, time, who, scene)
        if scenery.particles and not scenery.in_front:
            self.weather(image, time)
        return image

    def view(self, base: Image, time: float) -> Image:
        """The part of the picture that's seen at a time."""
        scenery, size = self.game.scenery, self.game.size
        if scenery.moves not in ("pan", "zoom"):
            return base.copy()
        spare = size.width * (ROOM - 1), size.height * (ROOM - 1)
        sway = 0.5 - 0.5 * math.cos(min(1.0, scenery.speed) * time * 0.35)
        if scenery.moves == "pan":
            left, top = (spare[axis] * (0.5 + (sway - 0.5) * scenery.heading[axis] * 0.98) for axis in (0, 1))
            matrix = np.array([[1, 0, left], [0, 1, top]], np.float32)
        else:
            scale = ROOM - (ROOM - 1) * sway
            left = (base.shape[1] - size.width * scale) / 2
            top = (base.shape[0] - size.height * scale) / 2
            matrix = np.array([[scale, 0, left], [0, scale, top]], np.float32)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        seen = cv2.warpAffine(base, matrix, (size.width, size.height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
        return seen.astype(np.uint8, copy=False)

    def weather(self, image: Image, time: float) -> None:
        """Snow, rain or embers."""
        size, kind = self.game.size, self.game.scenery.particles
        unit = size.height / 720
        for across, down, large, speed, tint in self.flakes.tolist():
            if kind == "snow":
                x = (across + 0.02 * math.sin(time * 1.5 + tint * 9) + 0.01 * time) % 1.0
                y = (down + time * (0.06 + 0.08 * speed)) % 1.0
                place = round(x * size.width), round(y * size.height)
                cv2.circle(image, place, max(1, round((1 + 2.2 * large) * unit)), (235, 240, 250), -1)
            elif kind == "rain":
                y = (down + time * (1.0 + 0.7 * speed)) % 1.1 - 0.05
                x, y = across * size.width - y * 40 * unit, y * size.height
                tip = round(x - 5 * unit), round(y + (14 + 16 * large) * unit)
                cv2.line(image, (round(x), round(y)), tip, (170, 185, 205), max(1, round(unit)))
            else:
                x = (across + 0.03 * math.sin(time * 2 + tint * 9)) % 1.0
                y = (down - time * (0.08 + 0.12 * speed)) % 1.0
                place = round(x * size.width), round(y * size.height)
                glow = (255, 130 + int(90 * tint), 40)
                cv2.circle(image, place, max(1, round((0.8 + 1.6 * large) * unit)), glow, -1)

    def layer(self, piece: Piece, height: int, *, dots: bool = False) -> Layer | None:
        """A figure as a layer at the frame's corner."""
        key = piece, height
        if key not in self.layers:
            found = cutout(piece, height, dots=dots)
            made = None
            if found is not None:
                made = Layer.clear(Box(0, 0, found.shape[1], found.shape[0]))
                made.add(0, 0, np.ascontiguousarray(found[..., :3]), np.ascontiguousarray(found[..., 3]))
            self.layers[key] = made
        return self.layers[key]

    def walk(self, image: Image, time: float) -> None:
        """Small figures that walk to and fro."""
        size, scenery = self.game.size, self.game.scenery
        height = round(size.height * 0.16)
        for piece, (start, level, speed, turn) in zip(scenery.figures, self.walks.tolist(), strict=False):
            figure = self.layer(piece, height, dots=bool(scenery.dots))
            if figure is None:
                continue
            phase = (start + time * (0.02 + 0.05 * speed)) % 2.0
            x = (phase if phase < 1 else 2 - phase) * (size.width - figure.place.width)
            y = size.height * (0.25 + 0.3 * level) + abs(math.sin(time * 7 + turn * 9)) * height * 0.06
            figure.lay(image, 1.0, round(x), round(y))

    def character(self, image: Image, time: float, who: str | None, scene: int) -> None:
        """The one who speaks stands behind the box, as in a visual novel."""
        size, scenery = self.game.size, self.game.scenery
        number = sum(map(ord, who)) if who else scene
        moods = scenery.cast[number % len(scenery.cast)]
        figure = self.layer(moods[(number // 3 + scene) % len(moods)], round(size.height * 0.92))
        if figure is None:
            return
        bob = round(size.height * 0.008 * math.sin(time * 2.2)) if scenery.bobs else 0
        spot = (0.5, 0.28, 0.72)[number % 3]
        figure.lay(image, 1.0, round(size.width * spot - figure.place.width / 2), round(size.height * 0.09) + bob)
