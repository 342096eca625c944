"""Rows of game text as the reader crops them, and as the recogniser is shown them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from capture_daemon.frames import Box, ColourImage, GreyImage
from capture_daemon.ocr.engine import RowImage
from capture_daemon.ocr.jamo import BOXED_HEIGHT, CANVAS, INK_HEIGHT
from capture_daemon.ocr.prepare import BinarisedRow, Look, View, boxed_view, view
from training.korean import fonts
from training.korean.scenes import scene
from training.korean.setting import LARGEST, SMALLEST, Plane, Setting, Type
from training.korean.wording import Writer

WIDEST = 512
"""Columns of the widest row to train with: longer ones are no different, and fill batches with nothing."""
_NOTHING = 0.03
"""Share of pictures in which nothing is written."""
_INK = 0.4
"""From which share of a pixel a letter covers it."""

_SHAPES: tuple[tuple[tuple[float, float], ...], ...] = (
    ((0, 0), (1, 0), (0.5, 1)),
    ((0, 0.2), (1, 0.2), (0.5, 0.8)),
    ((0, 0), (1, 0.5), (0, 1)),
    ((0.2, 0), (0.8, 0.5), (0.2, 1)),
    ((0, 1), (1, 1), (0.5, 0)),
    ((0, 0.2), (0.5, 0.7), (1, 0.2), (1, 0.5), (0.5, 1), (0, 0.5)),
    ((0.2, 0), (0.7, 0.5), (0.2, 1), (0.5, 1), (1, 0.5), (0.5, 0)),
    ((0.35, 0), (0.65, 0), (0.65, 0.5), (1, 0.5), (0.5, 1), (0, 0.5), (0.35, 0.5)),
    ((0, 0.8), (1, 0.8), (1, 1), (0, 1)),
)
"""Corners of the marks that tell a player to go on: triangles, chevrons, an arrow, a bar; in sizes of the mark."""


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A row's picture as the reader crops it, its text, and the column of the picture at each character's middle."""

    row: RowImage
    text: str
    middles: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """A row to learn from.

    `pixels` is what the recogniser is shown, shape (CANVAS.height, width), uint8, text mostly dark on light; `columns`
    says at which of its columns each character of `text` has its middle.
    """

    pixels: GreyImage
    text: str
    columns: tuple[float, ...]


def drawn(text: str, path: Path, choose: Random, neighbour: str = "") -> Drawn | None:
    """The text in a font on a dialogue box or over a scene, as a capture shows it; None where nothing of it shows.

    `neighbour` is what stands in the rows above and below where these are close.
    """
    setting = Setting(text, Type.chosen(path, choose), choose)
    letters = setting.mask()
    rows, columns = np.flatnonzero(letters.max(axis=1) > _INK), np.flatnonzero(letters.max(axis=0) > _INK)
    if not len(rows):
        return None
    ink = Box(int(columns[0]), int(rows[0]), int(columns[-1] - columns[0]) + 1, int(rows[-1] - rows[0]) + 1)
    picture = _painted(setting, letters, choose, neighbour)
    if choose.random() < 0.18:
        picture, ink = _marked(picture, ink, choose)
    return _cropped(_captured(picture, setting.text_height, choose), ink, setting, text, choose)


def nothing(choose: Random) -> Drawn:
    """A piece of a picture in which nothing is written, or only a mark that tells a player to go on."""
    tall = round(SMALLEST * (LARGEST / SMALLEST) ** choose.random())
    wide = round(tall * choose.uniform(0.6, 6))
    room = round(1.2 * tall)
    width, height = wide + 2 * room, tall + 2 * room
    picture, _ = _paper(width, height, choose, light=choose.random() < 0.6)
    box = Box(room, room, wide, tall)
    if choose.random() < 0.5:
        picture, _ = _marked(picture, Box(room - round(0.5 * tall), room, 1, tall), choose)
    elif choose.random() < 0.7:
        picture = scene(width, height, choose).astype(np.float32)
    row = RowImage(_captured(picture, tall, choose), box)
    return Drawn(row, "", ())


def _marked(picture: Plane, ink: Box, choose: Random) -> tuple[Plane, Box]:
    """The picture with a mark after the text that tells a player to go on, and what the detector takes for the text."""
    side = ink.height * choose.uniform(0.25, 0.75)
    left = ink.right + ink.height * choose.uniform(0.12, 0.7)
    lowest = ink.bottom - side * choose.uniform(0.7, 1.2)
    top = choose.choice((lowest, ink.top + (ink.height - side) / 2, lowest))
    corners = np.array(choose.choice(_SHAPES)) * (side, side * choose.uniform(0.6, 1.1)) + (left, top)
    points = [np.round(corners * 16).astype(np.int32)]
    mask = np.zeros(picture.shape[:2], np.uint8)
    if choose.random() < 0.7:
        cv2.fillPoly(mask, points, (255,), cv2.LINE_AA, 4)
    else:
        cv2.polylines(mask, points, True, (255,), max(1, round(0.06 * ink.height)), cv2.LINE_AA, 4)
    if choose.random() < 0.3:
        edge = cv2.dilate(mask, np.ones((3, 3), np.uint8))
        picture = _over(picture, _colour(choose, light=choose.random() < 0.3), np.asarray(edge / 255, np.float32))
    colour = _colour(choose, light=bool(picture[ink.top : ink.bottom].mean() < 128))
    picture = _over(picture, colour, np.asarray(mask / 255, np.float32))
    # Detectors take it for a part of the row where it is close.
    right = round(left + side) if choose.random() < 0.7 else ink.right
    return picture, Box(ink.left, ink.top, right - ink.left, ink.height)


def _painted(setting: Setting, letters: Plane, choose: Random, neighbour: str) -> Plane:
    """The letters on their background, in colour, shape (height, width, 3), levels from 0 to 255."""
    height, width = letters.shape
    light = choose.random() < 0.76
    colour = _colour(choose, light=light)
    paper, busy = _paper(width, height, choose, light=light)
    scale = setting.text_height / 30
    outlined = choose.random() < (0.75 if busy else 0.22)
    shadowed = choose.random() < (0.4 if busy else 0.2) or (busy and not outlined)
    contrast = np.array([choose.uniform(0, 45)] * 3 if light else [choose.uniform(215, 255)] * 3, np.float32)
    if choose.random() < 0.25:
        contrast = np.clip(contrast + np.array([choose.uniform(-70, 70) for _ in range(3)], np.float32), 0, 255)
    every = letters
    if neighbour and choose.random() < 0.25:
        # Rows as tight as they are set: of those above and below some reaches into the crop.
        apart = round(setting.how.size * choose.uniform(1.12, 1.5))
        for down in (-apart, apart):
            if choose.random() < 0.7:
                every = np.maximum(every, setting.neighbour(neighbour, down))
    if shadowed:
        shift = max(1, round(choose.uniform(0.6, 2.4) * scale))
        shade = np.roll(every, (shift, choose.choice((shift, shift, 0, -shift))), (0, 1))
        if busy or choose.random() < 0.4:
            shade = np.clip(cv2.GaussianBlur(shade, (0, 0), choose.uniform(0.5, 2.5) * max(scale, 0.5)) * 1.6, 0, 1)
        paper = _over(paper, contrast, shade * choose.uniform(0.5, 1.0))
    if outlined:
        wide = max(1, round(choose.uniform(0.7, 2.8) * scale / max(1, setting.how.enlarged)))
        edge = setting.mask(wide)
        if choose.random() < 0.15:
            edge = np.clip(cv2.GaussianBlur(edge, (0, 0), 1.5 * scale) * 1.5, 0, 1)
        paper = _over(paper, contrast, edge * choose.uniform(0.75, 1.0))
    inside: Plane = np.broadcast_to(colour, paper.shape)
    if choose.random() < 0.07:
        # Display type, its colour running from one to another down the letters.
        other = np.clip(colour + np.array([choose.uniform(-80, 80) for _ in range(3)], np.float32), 0, 255)
        share = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
        inside = colour * (1 - share) + other * share
    return _over(paper, inside, every * choose.uniform(0.82, 1.0))


def _colour(choose: Random, *, light: bool) -> Plane:
    kind = choose.random()
    if kind < 0.6:
        level = choose.uniform(205, 255) if light else choose.uniform(0, 70)
        shades = [level + choose.uniform(-12, 12) for _ in range(3)]
    elif light:
        shades = [choose.uniform(90, 255), choose.uniform(150, 255), choose.uniform(120, 255)]
    else:
        shades = [choose.uniform(0, 150), choose.uniform(0, 70), choose.uniform(0, 150)]
    return np.clip(np.array(shades, np.float32), 0, 255)


def _paper(width: int, height: int, choose: Random, *, light: bool) -> tuple[Plane, bool]:
    """A background for text that is light or dark, and whether a scene shows in it as it is."""
    level = choose.uniform(0, 80) if light else choose.uniform(175, 255)
    tint = np.clip(np.array([level + choose.uniform(-40, 40) for _ in range(3)], np.float32), 0, 255)
    kind = choose.random()
    paper = np.empty((height, width, 3), np.float32)
    paper[:] = tint
    if kind < 0.36:
        return paper, False
    if kind < 0.46:
        other = np.clip(tint + choose.uniform(-60, 60), 0, 255)
        along = height if choose.random() < 0.6 else width
        share = np.linspace(0, 1, along, dtype=np.float32)
        share = share[:, None, None] if along == height else share[None, :, None]
        return np.asarray(paper * (1 - share) + other * share, np.float32), False
    behind = scene(width, height, choose).astype(np.float32)
    if kind < 0.78:
        seen = choose.uniform(0.04, 0.45)
        return np.asarray(paper * (1 - seen) + behind * seen, np.float32), False
    return behind, True


def _over(below: Plane, colour: Plane, mask: Plane) -> Plane:
    share = mask[:, :, None]
    return below * (1 - share) + colour * share


def _captured(picture: Plane, text_height: float, choose: Random) -> ColourImage:
    """The picture after scaling, blur, noise and the codec."""
    height, width = picture.shape[:2]
    seen: NDArray[Any] = picture
    if choose.random() < 0.22:
        seen = cv2.GaussianBlur(seen, (0, 0), choose.uniform(0.3, 0.3 + 0.022 * text_height))
    if choose.random() < 0.08:
        # What interlaced and line-doubled video does.
        seen = cv2.GaussianBlur(seen, (1, 2 * max(1, round(0.06 * text_height)) + 1), 0)
    if choose.random() < 0.25:
        scale = choose.uniform(min(0.95, max(0.45, 13 / text_height)), 0.97)
        small = cv2.resize(seen, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        drawn_again = choose.choice((cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_CUBIC, cv2.INTER_NEAREST))
        seen = cv2.resize(small, (width, height), interpolation=drawn_again)
    if choose.random() < 0.2:
        noise = np.random.default_rng(choose.getrandbits(32))
        seen = seen + noise.normal(0, choose.uniform(1, 6), seen.shape).astype(np.float32)
    pixels = np.clip(seen, 0, 255).astype(np.uint8)
    if choose.random() < 0.4:
        _, packed = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, choose.randint(35, 92)])
        pixels = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)
    return pixels


def _cropped(pixels: ColourImage, ink: Box, setting: Setting, text: str, choose: Random) -> Drawn:
    """The picture as the reader crops it: the detector's box, a little off, with some of what is round it."""
    left, top, right, bottom = ink.left, ink.top, ink.right, ink.bottom
    tall = max(ink.height, 8)
    top -= round(tall * choose.uniform(0.0, 0.24))
    bottom += round(tall * choose.uniform(0.0, 0.24))
    left -= round(tall * choose.uniform(-0.05, 0.18))
    # Marks at the end are what the detector misses most.
    right += round(tall * (choose.uniform(-0.3, 0.0) if choose.random() < 0.15 else choose.uniform(-0.06, 0.18)))
    box = Box(left, top, max(right - left, 4), bottom - top)
    ends, beside = round(0.5 * box.height), round(0.25 * box.height)
    if choose.random() < 0.15:
        # The region ends there.
        ends, beside = round(ends * choose.random()), round(beside * choose.random())
    around = box.grown(ends, beside).intersection(Box(0, 0, pixels.shape[1], pixels.shape[0])) or box
    part = np.ascontiguousarray(pixels[around.top : around.bottom, around.left : around.right])
    row = RowImage(part, box.shifted(-around.left, -around.top))
    return Drawn(row, text, tuple(middle - around.left for middle in setting.middles))


def example(shown: Drawn, choose: Random) -> Example | None:
    """The row as the recogniser is shown it, size and place a little off; None where some of it can't be seen."""
    ink = BinarisedRow(shown.row)
    stretch = choose.uniform(0.85, 1.4) if choose.random() < 0.6 else choose.uniform(0.95, 1.1)
    seen: View
    if choose.random() < 0.5 or ink.empty:
        seen = boxed_view(ink, shown.row.row, Look(BOXED_HEIGHT * choose.uniform(0.86, 1.12), stretch), CANVAS)
    else:
        seen = view(ink, Look(INK_HEIGHT * choose.uniform(0.86, 1.1), stretch), CANVAS)
    pixels: GreyImage = np.ascontiguousarray(seen.pixels[:, :, 0])
    if choose.random() < 0.25:
        pixels = np.roll(pixels, choose.choice((-2, -1, 1, 2)), axis=0)
    if choose.random() < 0.04:
        pixels = 255 - pixels
    columns = tuple((middle - seen.left) * seen.scale for middle in shown.middles)
    if pixels.shape[1] > WIDEST or (columns and (columns[0] < 1 or columns[-1] >= pixels.shape[1] - 1)):
        return None
    return Example(pixels, shown.text, columns)


def made_up(writer: Writer, paths: list[Path], choose: Random) -> Drawn:
    """A made-up row in one of the fonts, or here and there a picture of nothing."""
    if choose.random() < _NOTHING:
        return nothing(choose)
    while True:
        path = choose.choice(paths)
        text = fonts.drawable(writer.row(), path)
        if text and (shown := drawn(text, path, choose, fonts.drawable(writer.row(), path))) is not None:
            return shown
