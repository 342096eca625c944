"""Moving pictures, made of noise and sines: what goes on behind the text."""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageDraw

from bench.drawing.model import Colour, Image, Picture
from capture_daemon.frames import Size

Maker = Callable[[Size, np.random.Generator], Picture]
Noise = NDArray[np.float32]
"""Values from 0 to 1, shape (height, width), dtype float32."""


def noise(width: int, height: int, cell: float, random: np.random.Generator, layers: int = 3) -> Noise:
    """Smooth noise that repeats across; `cell` is the size of its coarsest grain in pixels."""
    total = np.zeros((height, width), np.float32)
    weight = 1.0
    for _ in range(layers):
        across, down = max(2, round(width / cell)), max(2, round(height / cell) + 1)
        grid = random.random((down, across), dtype=np.float32)
        tiled = np.concatenate([grid, grid, grid], axis=1)
        large = cv2.resize(tiled, (3 * width, height), interpolation=cv2.INTER_CUBIC)
        total += np.float32(weight) * large[:, width : 2 * width]
        weight *= 0.5
        cell = max(2.0, cell / 2)
    low, high = float(total.min()), float(total.max())
    return (total - low) / max(1e-6, high - low)


def tinted(values: Noise, dark: Colour, light: Colour) -> Image:
    """Noise as an image from one colour to another."""
    steps = np.linspace(0, 1, 256, dtype=np.float32)[:, None]
    low, high = np.asarray(dark, np.float32), np.asarray(light, np.float32)
    table = (low + (high - low) * steps + 0.5).astype(np.uint8)[:, None]
    levels = cv2.convertScaleAbs(np.clip(values, 0, 1), alpha=255)
    return cv2.LUT(cv2.merge([levels, levels, levels]), table.transpose(1, 0, 2)).astype(np.uint8, copy=False)


def gradient(width: int, height: int, top: Colour, bottom: Colour) -> Image:
    """An image that goes from one colour at the top to another at the bottom."""
    share = np.repeat(np.linspace(0, 1, height, dtype=np.float32)[:, None], width, axis=1)
    return tinted(share, top, bottom)


def ridge(width: int, height: int, level: float, roughness: float, random: np.random.Generator) -> NDArray[np.float32]:
    """A skyline that repeats across: its height in pixels from the top, for each column."""
    columns = np.arange(width, dtype=np.float32) / width * 2 * np.pi
    line = np.full(width, level * height, np.float32)
    for wave in range(1, 24):
        size = roughness * height * 0.25 / wave**1.1
        line += (random.normal() * size * np.sin(columns * wave + random.random() * 2 * np.pi)).astype(np.float32)
    return line


def landscape(
    palette: tuple[tuple[Colour, Colour], ...],
    sky: tuple[Colour, Colour],
    speeds: tuple[float, ...],
    in_the_sky: Callable[[Image], None] | None = None,
) -> Maker:
    """Hills behind hills that pass by at their own speeds, in pixels a frame; the last is nearest.

    The first speed is the sky's; `in_the_sky` draws something on it.
    """

    def make(size: Size, random: np.random.Generator) -> Picture:
        wide = size.width * 2
        clouds = noise(wide, size.height, 190, random, 4)
        veil = np.clip((clouds - 0.5) * 2.2, 0, 1)[..., None] * np.linspace(1, 0.1, size.height)[:, None, None]
        bare = gradient(wide, size.height, *sky).astype(np.float32)
        back: Image = (bare + (255 - bare) * veil * 0.7).astype(np.uint8)
        if in_the_sky is not None:
            in_the_sky(back)
        layers: list[tuple[Image, NDArray[np.uint8], float]] = []
        for number, (dark, light) in enumerate(palette):
            line = ridge(wide, size.height, 0.42 + 0.17 * number, 0.5 - 0.1 * number, random)
            tops = line.copy()
            if number:
                for _ in range(60 * number):
                    middle, tall = int(random.integers(0, wide)), int(random.integers(12, 30 + 22 * number))
                    half = max(3, tall // 4)
                    columns = np.arange(middle - half, middle + half + 1)
                    tip = tall * (1 - np.abs(columns - middle) / half)
                    spot = columns % wide
                    tops[spot] = np.minimum(tops[spot], line[spot] - tip)
            rows = np.arange(size.height, dtype=np.float32)[:, None]
            mask = np.clip(rows - tops[None, :], 0, 1)
            texture = noise(wide, size.height, 46 / (1 + 0.4 * number), random, 4)
            depth = np.clip((rows - line[None, :]) / (0.5 * size.height), 0, 1)
            image = tinted(np.clip(texture * 0.8 + 0.35 - depth * 0.5, 0, 1).astype(np.float32), dark, light)
            layers.append((image, (mask * 255).astype(np.uint8), speeds[min(number + 1, len(speeds) - 1)]))
        doubled = [(np.hstack([i, i[:, : size.width]]), np.hstack([m, m[:, : size.width]]), s) for i, m, s in layers]
        back = np.hstack([back, back[:, : size.width]])

        def draw(number: int) -> Image:
            offset = round(number * speeds[0]) % wide
            image: Image = back[:, offset : offset + size.width].copy()
            for layer, mask, speed in doubled:
                offset = round(number * speed) % wide
                cut = np.s_[:, offset : offset + size.width]
                cv2.copyTo(layer[cut], (mask[cut] > 127).view(np.uint8), image)
            return image

        return draw

    return make


def drifting(dark: Colour, light: Colour, glow: Colour, *, count: int = 9, pace: float = 1.0) -> Maker:
    """Soft lights that wander over a textured ground."""

    def make(size: Size, random: np.random.Generator) -> Picture:
        ground = tinted(noise(size.width, size.height, 120, random, 5), dark, light)
        small = (size.width // 8, size.height // 8)
        rows, columns = np.mgrid[0 : small[1], 0 : small[0]].astype(np.float32)
        lights = random.random((count, 6)).astype(np.float32)

        headroom = ((255 - ground.astype(np.float32)) * np.asarray(glow, np.float32) / 255).astype(np.uint8)

        def draw(number: int) -> Image:
            field = np.zeros((small[1], small[0]), np.float32)
            time = number * pace / 30
            for x, y, radius, turn, speed, strength in lights:
                middle_x = small[0] * (x + 0.35 * math.sin(time * (0.2 + 0.5 * speed) + turn * 7))
                middle_y = small[1] * (y + 0.35 * math.cos(time * (0.15 + 0.6 * turn) + speed * 9))
                spread = small[1] * (0.05 + 0.14 * radius)
                distance = (columns - middle_x) ** 2 + (rows - middle_y) ** 2
                field += (0.35 + 0.65 * strength) * np.exp(-distance / (2 * spread * spread))
            levels = (np.minimum(field, 1) * 255).astype(np.uint8)
            large = cv2.resize(levels, (size.width, size.height), interpolation=cv2.INTER_CUBIC)
            lit = cv2.multiply(headroom, cv2.merge([large, large, large]), scale=1 / 255)
            return cv2.add(ground, lit).astype(np.uint8, copy=False)

        return draw

    return make


def water(deep: Colour, bright: Colour, sky: tuple[Colour, Colour], horizon: float = 0.35) -> Maker:
    """A sea under a sky: ripples run across it and glitter."""

    def make(size: Size, random: np.random.Generator) -> Picture:
        line = round(size.height * horizon)
        above = gradient(size.width, line, *sky).astype(np.float32)
        veil = np.clip(noise(size.width, line, 200, random, 4) * 2 - 0.9, 0, 1)[..., None]
        above = (above + (250 - above) * veil * 0.6).astype(np.uint8)
        first = noise(size.width, size.height - line, 60, random, 4)
        second = noise(size.width, size.height - line, 34, random, 3)
        squash = np.linspace(0.25, 1, size.height - line, dtype=np.float32)[:, None]

        def draw(number: int) -> Image:
            ripple = np.roll(first, number * 2, axis=1) * np.roll(second, -number * 3, axis=1)
            ripple = np.clip(ripple * 2.6 * squash - 0.2, 0, 1)
            return np.vstack([above, tinted(ripple, deep, bright)])

        return draw

    return make


def flames(dark: Colour, light: Colour) -> Maker:
    """Smoke and fire that rise."""

    def make(size: Size, random: np.random.Generator) -> Picture:
        wide, high = size.width // 2, size.height // 2
        first = noise(wide, high, 75, random, 4)
        first = np.vstack([first, first[::-1], first])
        second = noise(wide, high, 30, random, 4)
        second = np.vstack([second, second[::-1], second])
        fall = np.linspace(0.2, 2.5, high, dtype=np.float32)[:, None]

        def draw(number: int) -> Image:
            up, faster = number * 3 // 2 % (2 * high), number * 5 // 2 % (2 * high)
            smoke = first[up : up + high] * second[faster : faster + high] * fall
            return tinted(cv2.resize(smoke, size).astype(np.float32, copy=False), dark, light)

        return draw

    return make


def paper(dark: Colour, light: Colour) -> Maker:
    """An old table with a lamp that flickers a little: nearly still."""

    def make(size: Size, random: np.random.Generator) -> Picture:
        grain = noise(size.width, size.height, 260, random, 6)
        stripes = np.sin(np.arange(size.height, dtype=np.float32) / 9.0)[:, None] * 0.08
        ground = tinted(np.clip(grain * 0.9 + stripes, 0, 1).astype(np.float32), dark, light).astype(np.float32)
        rows, columns = np.mgrid[0 : size.height, 0 : size.width].astype(np.float32)
        distance = ((columns / size.width - 0.72) ** 2 + (rows / size.height - 0.2) ** 2)[..., None]
        lamp = np.exp(-distance * 5).astype(np.float32) * np.asarray((70, 52, 22), np.float32)

        def draw(number: int) -> Image:
            flicker = 0.9 + 0.06 * math.sin(number * 0.41) + 0.04 * math.sin(number * 1.13)
            return cv2.addWeighted(ground, 1.0, lamp, flicker, 0.0, dtype=cv2.CV_8U).astype(np.uint8, copy=False)

        return draw

    return make


def room(wall: Colour, stripe: Colour, floor: Colour) -> Maker:
    """A room with wallpaper, boards and a window, behind which clouds go by."""

    def make(size: Size, random: np.random.Generator) -> Picture:
        canvas = Pillow.new("RGB", size, wall)
        drawing = ImageDraw.Draw(canvas)
        for left in range(0, size.width, 64):
            drawing.rectangle((left, 0, left + 22, size.height), fill=stripe)
        edge = round(size.height * 0.66)
        drawing.rectangle((0, edge, size.width, size.height), fill=floor)
        darker = (floor[0] * 3 // 4, floor[1] * 3 // 4, floor[2] * 3 // 4)
        for top in range(edge, size.height, 28):
            drawing.line((0, top, size.width, top), fill=darker, width=2)
            for _ in range(6):
                left = int(random.integers(0, size.width))
                drawing.line((left, top, left, top + 28), fill=darker, width=2)
        pane = (size.width // 8, size.height // 10, size.width // 8 + size.width // 3, size.height // 2)
        drawing.rectangle(pane, fill=(90, 60, 40))
        shelf = (size.width * 5 // 8, size.height // 5, size.width * 15 // 16, edge)
        drawing.rectangle(shelf, fill=(84, 52, 34))
        for row in range(4):
            base = shelf[1] + (row + 1) * (shelf[3] - shelf[1]) // 4 - 8
            left = shelf[0] + 12
            while left < shelf[2] - 30:
                wide, tall = int(random.integers(9, 24)), int(random.integers(40, 84))
                colour = tuple(int(value) for value in random.integers(50, 200, 3))
                drawing.rectangle((left, base - tall, left + wide, base), fill=colour)
                left += wide + 2
        still = np.array(canvas, dtype=np.uint8)
        inner = (pane[0] + 12, pane[1] + 12, pane[2] - 12, pane[3] - 12)
        wide, tall = inner[2] - inner[0], inner[3] - inner[1]
        clouds = tinted(
            np.clip(noise(wide * 2, tall, 110, random, 4) * 1.6 - 0.4, 0, 1), (92, 150, 214), (244, 248, 252)
        )

        def draw(number: int) -> Image:
            image = still.copy()
            moved = np.roll(clouds, -number, axis=1)[:, :wide]
            image[inner[1] : inner[3], inner[0] : inner[2]] = moved
            middle = (inner[0] + inner[2]) // 2
            image[inner[1] : inner[3], middle - 4 : middle + 4] = (90, 60, 40)
            return image

        return draw

    return make


def tiles(first: Colour, second: Colour, speed: tuple[int, int] = (1, 1), cell: int = 32) -> Maker:
    """A chequered ground that scrolls, with noise in its squares: an old console's map."""

    def make(size: Size, random: np.random.Generator) -> Picture:
        pattern = np.zeros((cell * 16, cell * 16, 3), np.uint8)
        for row in range(16):
            for column in range(16):
                colour = np.asarray(first if (row + column) % 2 else second, np.int16)
                grain = np.kron(random.integers(-16, 17, (cell // 4, cell // 4, 1)), np.ones((4, 4, 1)))
                square = np.clip(colour + grain, 0, 255)
                pattern[row * cell : (row + 1) * cell, column * cell : (column + 1) * cell] = square
        across, down = -(-size.width // (cell * 16)) + 1, -(-size.height // (cell * 16)) + 1
        ground = np.tile(pattern, (down, across, 1))

        def draw(number: int) -> Image:
            left, top = number * speed[0] % (cell * 16), number * speed[1] % (cell * 16)
            return np.ascontiguousarray(ground[top : top + size.height, left : left + size.width])

        return draw

    return make


def snowing(
    under: Maker, *, count: int = 160, colour: Colour = (246, 248, 255), fall: float = 2.2, largest: int = 4
) -> Maker:
    """Specks that drift down before a picture."""

    def make(size: Size, random: np.random.Generator) -> Picture:
        picture = under(size, random)
        specks = random.random((count, 5))

        def draw(number: int) -> Image:
            image = picture(number)
            for x, y, near, sway, phase in specks:
                radius = 1 + near * (largest - 1)
                down = (y * size.height + number * fall * (0.4 + near)) % (size.height + 20) - 10
                across = (x * size.width + 26 * math.sin(number * 0.03 * (0.5 + sway) + phase * 7)) % size.width
                centre = (round(across * 8), round(down * 8))
                cv2.circle(image, centre, round(radius * 8), colour, -1, cv2.LINE_AA, 3)
            return image

        return draw

    return make


def parchment(width: int, height: int) -> Image:
    """A sheet of parchment: mottled, with darker edges."""
    random = np.random.default_rng(77)
    mottled = noise(width, height, 90, random, 6) * 0.75 + noise(width, height, 6, random, 2) * 0.25
    sheet = tinted(mottled.astype(np.float32), (198, 170, 120), (240, 222, 182)).astype(np.float32)
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    rim = np.minimum(np.minimum(rows, height - 1 - rows), np.minimum(columns, width - 1 - columns))
    shade = np.clip(rim / 22, 0, 1)[..., None]
    shaded: Image = np.clip(sheet * (0.72 + 0.28 * shade), 0, 255).astype(np.uint8)
    return shaded


DUSK = landscape(
    (((58, 62, 104), (112, 108, 152)), ((38, 58, 72), (96, 120, 110)), ((20, 34, 34), (74, 100, 60))),
    ((60, 72, 140), (250, 180, 140)),
    (0.5, 1.0, 2.2, 4.5),
)
SPRING = landscape(
    (((120, 150, 180), (190, 210, 220)), ((70, 120, 80), (170, 200, 120)), ((40, 90, 40), (150, 190, 80))),
    ((90, 160, 230), (220, 240, 250)),
    (0.4, 0.8, 1.7, 3.2),
)
NIGHT = landscape(
    (((18, 20, 44), (44, 48, 88)), ((10, 14, 30), (36, 44, 70)), ((4, 8, 14), (30, 40, 44))),
    ((6, 8, 26), (60, 50, 96)),
    (0.3, 1.5, 3.0, 7.0),
)
GLITTER = water((30, 60, 80), (200, 220, 230), ((120, 170, 220), (230, 240, 250)), 0.42)
"""Scenes that several clips show."""
