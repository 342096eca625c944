"""Columns of text on a small screen, and looks that know what was drawn there, as in `tests.reading.drawing`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageDraw

from capture_daemon.frames import Box, ColourImage, Frame, GreyImage, Size
from capture_daemon.ocr.engine import Character, FoundBox, RowImage, RowText
from capture_daemon.reading.turned import upright_picture
from tests.reading.drawing import CJK, NIGHT, WHITE, cut_from, font, stamped

SIZE = Size(360, 320)
WHOLE = Box(10, 10, 340, 300)
SIDE, PITCH = 24, 36
"""The side of a character's square, and the distance of two columns, in pixels."""
RIGHT, TOP = 320, 40
"""Where the first column ends, and where all begin."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A column, or a row, with its box in pixels of the frame."""

    text: str
    box: Box
    upright: bool = False
    """Whether it is a row."""
    side: int = SIDE


class Page:
    """Draws columns frame by frame, and answers what a reader asks about them."""

    def __init__(self, fps: int = 20) -> None:
        self.frames: list[Frame] = []
        self.pieces: list[Piece] = []
        self._scenes: list[list[Piece]] = []
        self._fps = fps

    def columns(self, text: str, more: Sequence[Piece] = ()) -> None:
        """A text of columns, a newline between them, in place of what stood."""
        self.pieces = [
            Piece(column, Box(RIGHT - SIDE - number * PITCH, TOP, SIDE, SIDE * len(column)))
            for number, column in enumerate(text.split("\n"))
            if column
        ] + list(more)

    def row(self, text: str, left: int = 40, top: int = 200) -> None:
        """A text in one row."""
        self.pieces = [row_of(text, left, top)]

    def wait(self, seconds: float) -> None:
        """Everything stays as it is."""
        luma, colour = self._draw()
        whole = Box(0, 0, *SIZE)
        for _ in range(round(seconds * self._fps)):
            number = len(self.frames)
            shown = stamped(colour, number)
            self._scenes.append(list(self.pieces))
            self.frames.append(
                Frame(luma, number / self._fps, number, whole, SIZE, colour=lambda shown=shown: shown)  # type: ignore[misc]
            )

    def type(self, text: str, seconds: float = 0.1) -> None:
        """Type columns, a character at a time."""
        for end in range(1, len(text) + 1):
            self.columns(text[:end])
            self.wait(seconds)

    def clear(self, seconds: float = 0.4) -> None:
        """Nothing stands there for a while."""
        self.pieces = []
        self.wait(seconds)

    def find(self, picture: ColourImage, scale: float | None = None) -> list[FoundBox]:
        """What a detector finds, which is always shown a picture that stands upright."""
        number, left, top = cut_from(picture)
        shown = Box(0, 0, picture.shape[1], picture.shape[0])
        boxes = [piece.box.grown(3, 3).shifted(-left, -top).intersection(shown) for piece in self._scenes[number]]
        return [FoundBox(box, 0.9) for box in boxes if box is not None and min(box.width, box.height) > 8]

    def read(self, rows: Sequence[RowImage]) -> list[RowText]:
        """What a recogniser reads: columns in pictures of columns, and rows in pictures of rows."""
        return [self._read(row) for row in rows]

    def _read(self, row: RowImage) -> RowText:
        upright = np.asarray(upright_picture(row.pixels) if row.column else row.pixels, np.uint8)
        number, left, top = cut_from(upright)
        box = row.row
        if row.column:
            box = Box(row.pixels.shape[0] - box.bottom, box.left, box.height, box.width)
        inside = box.shifted(left, top)
        middle = inside.left + inside.width / 2, inside.top + inside.height / 2
        for piece in self._scenes[number]:
            spot = piece.box
            if not (spot.left <= middle[0] < spot.right and spot.top <= middle[1] < spot.bottom):
                continue
            if piece.upright == row.column:
                return RowText("", 0.0)
            start = top if row.column else left
            first = spot.top if row.column else spot.left
            places = [first + (place + 0.5) * piece.side - start for place in range(len(piece.text))]
            characters = [Character(one, place, 0.97) for one, place in zip(piece.text, places, strict=True)]
            return RowText(piece.text, 0.97, tuple(characters))
        return RowText("", 0.0)

    def _draw(self) -> tuple[GreyImage, ColourImage]:
        image = Image.new("RGB", SIZE, NIGHT)
        canvas = ImageDraw.Draw(image)
        for piece in self.pieces:
            for place, letter in enumerate(piece.text):
                across, down = (place, 0) if piece.upright else (0, place)
                spot = piece.box.left + across * piece.side, piece.box.top + down * piece.side - piece.side // 4
                canvas.text(spot, letter, fill=WHITE, font=font(piece.side, CJK))
        colour = np.asarray(cv2.cvtColor(np.asarray(image), cv2.COLOR_RGB2BGR), np.uint8)
        return np.asarray(cv2.cvtColor(colour, cv2.COLOR_BGR2GRAY), np.uint8), colour


def row_of(text: str, left: int, top: int) -> Piece:
    """A row of text."""
    return Piece(text, Box(left, top, SIDE * len(text), SIDE), upright=True)


def beside(text: str, column: int, start: int, side: int = 11) -> Piece:
    """Small characters right of a column, from its `start`th character on."""
    return Piece(text, Box(RIGHT - column * PITCH + 1, TOP + start * SIDE, side, side * len(text)), side=side)
