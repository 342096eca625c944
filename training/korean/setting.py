"""A row's letters set in type, before they are painted: sizes, slants, spacing, faces that are mixed."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from training.korean import fonts

SMALLEST, LARGEST = 14, 56
"""Sizes of type, in pixels."""
_ROOM_ACROSS, _ROOM_DOWN = 1.7, 1.0
"""What is drawn of the picture round the text, in sizes of type: the crop, neighbouring rows and marks lie in it."""
_FINER = 3
"""How much larger slanted letters are drawn than they are shown: sheared at their own size they would be blurred."""
_CELL, _BENT = 0.45, 0.05
"""Of the size of type: how far apart the places are that are moved where strokes are bent, and how far they are."""
_HALF_UP = 0.37
"""Of the size of type: how far above the baseline a letter's middle lies."""

Plane = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Type:
    """How letters are set: in pixels of the finished picture, except for `enlarged`, how often each pixel is repeated.

    `slant` is how far a letter leans to the right for each pixel of its height, `part` whether only some of the words
    do, `latin` the face of Latin letters if it is another one, `narrower` the factor of the width of spaces. As by hand
    are letters of `uneven` sizes and heights, and strokes that are `bent`.
    """

    path: Path
    size: int
    enlarged: int = 1
    jagged: bool = False
    spacing: int = 0
    heavier: int = 0
    slant: float = 0.0
    part: bool = False
    latin: Path | None = None
    narrower: float = 1.0
    uneven: bool = False
    bent: bool = False

    @classmethod
    def chosen(cls, path: Path, choose: Random) -> Type:
        """A way to set type in this face, as games do."""
        slanted = choose.random()
        # Engines without an italic face lean the letters of the upright one, by about 0.2.
        slant = choose.uniform(0.1, 0.3) if slanted < 0.12 else choose.uniform(-0.05, 0.1) if slanted < 0.14 else 0.0
        part = choose.random() < 0.35
        dots = fonts.grid(path)
        if dots is not None:
            enlarged = choose.choice((2, 2, 3, 3, 4) if dots < 12 else (1, 2, 2, 3, 3, 4))
            return cls(path, dots, enlarged, True, slant=slant if choose.random() < 0.3 else 0.0, part=part)
        size = round(SMALLEST * (LARGEST / SMALLEST) ** choose.random())
        enlarged, jagged = 1, False
        if choose.random() < 0.12:
            # Pixel type: small, mostly without smoothing, each pixel drawn as several.
            enlarged, jagged = choose.choice((2, 2, 3, 4)), choose.random() < 0.75
            size = choose.randint(12, 16) if jagged else choose.randint(13, 20)
        spacing = choose.choice((1, 1, 2, 3, -1)) if choose.random() < 0.18 else 0
        heavier = 1 if choose.random() < 0.06 and size >= 18 and enlarged == 1 else 0
        others = fonts.latin()
        latin = choose.choice(others) if others and choose.random() < 0.15 else None
        narrower = choose.uniform(0.65, 1.0) if choose.random() < 0.3 else 1.0
        uneven, bent = choose.random() < 0.05 and not jagged, choose.random() < 0.08 and not jagged
        return cls(path, size, enlarged, jagged, spacing, heavier, slant, part, latin, narrower, uneven, bent)


@dataclass(frozen=True, slots=True)
class _Piece:
    """Letters that are drawn together: where they begin, in pixels, and how far above the baseline they stand."""

    start: float
    text: str
    path: Path
    size: int
    leans: bool
    rise: float = 0.0


class Setting:
    """A text set in type on an empty sheet: masks of its letters, from 0 to 1, and where each one's middle is."""

    def __init__(self, text: str, how: Type, choose: Random) -> None:
        self.how = how
        leaning = _leaning(text, how, choose)
        self._pieces, edges = _pieces(text, how, leaning, choose)
        boxes = [
            fonts.font(piece.path, how.size).getbbox(piece.text, anchor="ls")
            for piece in self._pieces
            if piece.text.strip()
        ]
        top, bottom = min(int(box[1]) for box in boxes), max(int(box[3]) for box in boxes)
        across, down = round(_ROOM_ACROSS * how.size), round(_ROOM_DOWN * how.size)
        self._left, self._baseline = across, down - top
        self._size = (int(edges[-1]) + 2 * across, bottom - top + 2 * down)
        self._moved = _moved(self._size, how.size, choose) if how.bent else None
        self.text_height = (bottom - top) * how.enlarged
        self.middles = tuple(
            (across + (start + end - how.spacing) / 2 + leans * how.slant * _HALF_UP * how.size) * how.enlarged
            for (start, end), leans in zip(pairwise(edges), leaning, strict=True)
        )

    def mask(self, wider: int = 0) -> Plane:
        """The letters, each stroke `wider` pixels wider to every side."""
        return self._drawn(self._pieces, wider, 0)

    def neighbour(self, text: str, down: int) -> Plane:
        """The letters and a row of other ones `down` pixels lower."""
        leans = self.how.slant != 0 and not self.how.part
        return self._drawn([_Piece(0.0, text, self.how.path, self.how.size, leans)], 0, down)

    def _drawn(self, pieces: list[_Piece], wider: int, down: int) -> Plane:
        letters = np.zeros(self._size[::-1], np.uint8)
        for leans in {piece.leans for piece in pieces}:
            finer = _FINER if leans and not self.how.jagged else 1
            picture = Image.new("L", (self._size[0] * finer, self._size[1] * finer))
            pen = ImageDraw.Draw(picture)
            if self.how.jagged:
                pen.fontmode = "1"
            stroke = (wider + self.how.heavier) * finer
            y = (self._baseline + down) * finer
            for piece in pieces:
                if piece.leans == leans:
                    face = fonts.font(piece.path, piece.size * finer)
                    x = (self._left + piece.start) * finer
                    pen.text(
                        (x, y - piece.rise * finer), piece.text, font=face, fill=255, stroke_width=stroke, anchor="ls"
                    )
            drawn = np.asarray(picture)
            if leans:
                drawn = self._sheared(drawn, y, finer)
            letters = np.maximum(letters, drawn)
        if self._moved is not None:
            letters = np.asarray(cv2.remap(letters, *self._moved, cv2.INTER_LINEAR), np.uint8)
        if self.how.enlarged > 1:
            letters = letters.repeat(self.how.enlarged, axis=0).repeat(self.how.enlarged, axis=1)
        return np.asarray(letters, np.float32) / np.float32(255)

    def _sheared(self, drawn: NDArray[np.uint8], baseline: int, finer: int) -> NDArray[np.uint8]:
        """The letters leaning about their baseline, at the sheet's own size."""
        shear = np.array([[1, -self.how.slant, self.how.slant * baseline], [0, 1, 0]], np.float64)
        how = cv2.INTER_NEAREST if self.how.jagged else cv2.INTER_LINEAR
        leaning = cv2.warpAffine(drawn, shear, drawn.shape[::-1], flags=how)
        if finer > 1:
            leaning = cv2.resize(leaning, self._size, interpolation=cv2.INTER_AREA)
        return np.asarray(leaning, np.uint8)


def _leaning(text: str, how: Type, choose: Random) -> list[bool]:
    """For each character whether it leans: all, or a word or a few of them."""
    if not how.slant:
        return [False] * len(text)
    spaces = [place for place, character in enumerate(text) if character == " "]
    if not how.part or not spaces:
        return [True] * len(text)
    starts, ends = [0, *(place + 1 for place in spaces)], [*spaces, len(text)]
    first = choose.randrange(len(starts))
    last = min(len(ends) - 1, first + choose.choice((0, 0, 1, 2)))
    return [starts[first] <= place < ends[last] for place in range(len(text))]


def _moved(size: tuple[int, int], type_size: int, choose: Random) -> tuple[Plane, Plane]:
    """Where each of a sheet's pixels comes from: a little beside its place, neighbours about alike."""
    noise = np.random.default_rng(choose.getrandbits(32))
    cells = tuple(max(2, round(side / (_CELL * type_size))) for side in size[::-1])
    across, down = (
        cv2.resize(noise.normal(0, _BENT * type_size, cells).astype(np.float32), size, interpolation=cv2.INTER_CUBIC)
        for _ in range(2)
    )
    columns, rows = np.meshgrid(np.arange(size[0], dtype=np.float32), np.arange(size[1], dtype=np.float32))
    return np.asarray(columns + across, np.float32), np.asarray(rows + down, np.float32)


def _pieces(text: str, how: Type, leaning: list[bool], choose: Random) -> tuple[list[_Piece], list[float]]:
    """The text in pieces of one face and one slant, and where each character begins, with the end of the last."""
    pieces: list[_Piece] = []
    edges = [0.0]
    start = 0
    while start < len(text):
        face, end = _face(text[start], how), start + 1
        apart = how.spacing != 0 or how.uneven or text[start] == " "
        while not apart and end < len(text) and _joins(text, end, how, leaning):
            end += 1
        size = round(how.size * choose.uniform(0.88, 1.1)) if how.uneven else how.size
        rise = choose.gauss(0, 0.03) * how.size if how.uneven else 0.0
        font, begin = fonts.font(face, size), edges[-1]
        factor = how.narrower if text[start] == " " else 1.0
        if how.jagged:
            # Pixels lie on a grid of their own.
            begin = edges[-1] = round(begin)
        pieces.append(_Piece(begin, text[start:end], face, size, leaning[start], rise))
        edges += [
            begin + factor * font.getlength(text[start:place]) + (place - start) * how.spacing
            for place in range(start + 1, end + 1)
        ]
        start = end
    return pieces, edges


def _joins(text: str, place: int, how: Type, leaning: list[bool]) -> bool:
    """Whether a character is drawn together with the one before."""
    if text[place] == " ":
        return False
    return leaning[place] == leaning[place - 1] and _face(text[place], how) == _face(text[place - 1], how)


def _face(character: str, how: Type) -> Path:
    return how.latin if how.latin is not None and character.isascii() else how.path
