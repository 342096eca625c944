"""A small game screen for the tests: it draws its dialogue box frame by frame, and knows what stands where in each.

`Screen` makes the frames. `Looks` knows where each letter was drawn, and reads those that are in the picture it is
shown, however they look. A picture that is cut too tightly has letters missing. Where it was cut from stands in the low
bits of its colours, see `stamped`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from capture_daemon.frames import Box, ColourImage, Frame, GreyImage, Region, Size
from capture_daemon.ocr.engine import Character, FoundBox, RowImage, RowText

Colour = tuple[int, int, int]

"""Red, green, blue."""

Picture = Callable[[float], NDArray[np.uint8]]

"""What is behind the box at a time in seconds: red, green, blue, of the frame's shape."""

WHITE, BLACK, YELLOW = (235, 235, 235), (20, 20, 20), (240, 200, 40)

NIGHT, PAPER = (40, 40, 40), (225, 222, 215)

RED, GREEN = (230, 30, 30), (20, 140, 20)

"""Of the same luma."""

DIALOGUE, SPEAKER = Box(20, 60, 600, 130), Box(20, 8, 240, 40)

LEFT, TOP = 30, 68

"""Where the first row's first letter stands."""

CJK = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"

FAINTEST, FAINT = 0.25, 0.6

"""How far text must have faded in to be found, and to be read surely."""


def region(box: Box) -> Region:
    return Region(*box, fractions=False)


@lru_cache(maxsize=32)
def font(size: int, path: str | None = None) -> ImageFont.FreeTypeFont:
    face = ImageFont.truetype(path, size) if path else ImageFont.load_default(size=size)
    assert isinstance(face, ImageFont.FreeTypeFont)
    return face


SMALL = Size(640, 200)


def plain(colour: Colour = (70, 70, 70), size: Size = SMALL) -> Picture:
    """One colour all over."""
    whole = np.full((size.height, size.width, 3), colour, np.uint8)
    return lambda time: whole


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text in one frame: its letters, each with the column of its middle, and its box as a detector has it.

    All in pixels of the whole frame. `strength` says how far it has faded in, from 0 to 1.
    """

    letters: tuple[tuple[str, float], ...]
    box: Box
    strength: float = 1.0

    @property
    def text(self) -> str:
        return "".join(letter for letter, _ in self.letters).strip()


def stamped(picture: ColourImage, number: int) -> ColourImage:
    """A frame's picture that bears in each pixel's low bits its column, its line or the frame's number."""
    height, width = picture.shape[:2]
    column, line = np.meshgrid(np.arange(width), np.arange(height))
    kind = column % 3
    code = np.choose(kind, (column, line, np.full_like(column, number % 1024))) << 2 | kind + 1
    stamp = np.stack((code & 15, code >> 4 & 15, code >> 8), axis=2)
    return picture & np.uint8(0xF0) | stamp.astype(np.uint8)


def cut_from(picture: ColourImage) -> tuple[int, int, int]:
    """The number of the frame that a picture was cut from, and where: left and top."""
    middle = max(0, picture.shape[0] // 2 - 1)
    code = (picture[middle : middle + 3, :, :3].astype(np.int64) & 15) @ np.array((1, 16, 256))
    line, column = np.indices(code.shape)
    kind, value = code & 3, code >> 2
    left = np.median((value - column)[kind == 1])
    top = np.median((value - line)[kind == 2])
    return int(np.median(value[kind == 3])), int(left), int(top) - middle


class Looks:
    """Finds and reads the text in pictures, by knowing what was drawn there."""

    def __init__(self) -> None:
        self.scenes: list[list[Piece]] = []
        """For each frame, by its number, what stands in it."""
        self.found = self.read_rows = 0
        """How many times it was asked where text stands, and how many rows it was given to read."""
        self.overlooks: Callable[[str], bool] = lambda text: False
        """Which texts aren't found."""
        self.cuts = 0
        """How many pixels of each text's end aren't found; of those, half a row's height is read all the same."""
        self.says: Callable[[str, int], RowText | None] = lambda text, look: None
        """What is read in the place of a text; `look` counts the rows read so far. None: what stands there."""

    def find(self, picture: ColourImage, scale: float | None = None) -> list[FoundBox]:
        self.found += 1
        number, left, top = cut_from(picture)
        shown = Box(0, 0, picture.shape[1], picture.shape[0])
        boxes = [
            piece.box.shifted(-left, -top).intersection(shown)
            for piece in self.scenes[number]
            if piece.strength >= FAINTEST and piece.text and not self.overlooks(piece.text)
        ]
        found = [box for box in boxes if box is not None and box.height > 8]
        return [FoundBox(Box(box.left, box.top, box.width - self.cuts, box.height), 0.9) for box in found]

    def read(self, rows: Sequence[RowImage]) -> list[RowText]:
        return [self._read(row) for row in rows]

    def _read(self, row: RowImage) -> RowText:
        self.read_rows += 1
        number, left, top = cut_from(row.pixels)
        inside = row.row.shifted(left, top)
        if self.cuts:
            inside = Box(inside.left, inside.top, inside.width + inside.height // 2, inside.height)
        shown = [
            piece
            for piece in self.scenes[number]
            if inside.top <= piece.box.top + piece.box.height / 2 < inside.bottom and piece.strength >= FAINTEST
        ]
        characters: list[Character] = []
        end = 0.0
        for piece in sorted(shown, key=lambda piece: piece.box.left):
            letters = [letter for letter in piece.letters if inside.left <= letter[1] < inside.right]
            if letters and characters and letters[0][1] - end > 0.8 * piece.box.height:
                characters.append(Character(" ", (letters[0][1] + end) / 2 - left, 0.99))
            characters += [Character(letter, middle - left, 0.97) for letter, middle in letters]
            end = letters[-1][1] if letters else end
        while characters and characters[0].text == " ":
            del characters[0]
        text = "".join(character.text for character in characters).strip()
        instead = self.says(text, self.read_rows)
        if instead is not None:
            return instead
        weakest = min((piece.strength for piece in shown), default=0.0)
        sure = 0.0 if not text else 0.97 if weakest >= FAINT else 0.7
        return RowText(text, sure, tuple(characters) if len(characters) == len(text) else ())


@dataclass(frozen=True, slots=True)
class Sign:
    """Writing that stands somewhere on the screen, whatever is said."""

    text: str
    left: int
    top: int
    ink: Colour = WHITE


@dataclass(slots=True)
class _Drawn:
    """What was drawn last, and of what."""

    state: str = ""
    background: NDArray[np.uint8] | None = None
    luma: GreyImage = field(default_factory=lambda: np.zeros((0, 0), np.uint8))
    colour: ColourImage = field(default_factory=lambda: np.zeros((0, 0, 3), np.uint8))
    scene: list[Piece] = field(default_factory=list)


class Screen:
    """Draws a game's dialogue box; each method that takes time adds its frames to `frames`."""

    def __init__(
        self,
        *,
        letters: int = 24,
        ink: Colour = WHITE,
        paper: Colour = NIGHT,
        picture: Picture | None = None,
        opacity: float = 1.0,
        outline: Colour | None = None,
        font_path: str | None = None,
        fps: int = 30,
        size: Size = SMALL,
        started: float = 0.0,
        looks: Looks | None = None,
    ) -> None:
        self.size = size
        self.frames: list[Frame] = []
        self.looks = looks or Looks()
        self.rows: list[str] = []
        self.inks: dict[int, Colour] = {}
        """The colours of those rows, by their number, that have one of their own."""
        self.lefts: dict[int, int] = {}
        """Where those rows begin that don't begin where the others do."""
        self.hidden: set[int] = set()
        """The letters of the last row, by their number, that aren't shown."""
        self.name: str | None = None
        self.signs: list[Sign] = []
        self.strength = 1.0
        """How far the text has faded in, from 0 to 1."""
        self.boxed = True
        """Whether the dialogue box is drawn; without it the picture shows."""
        self.mark: Callable[[float], tuple[int, int] | None] | None = None
        """Where the ▼ stands at a time, its left and top in pixels of the frame."""
        self.mark_reads = ""
        """What the recogniser takes the ▼ for."""
        self.shake: Callable[[float], tuple[int, int]] = lambda time: (0, 0)
        """By how much the text is out of place at a time, in pixels."""
        self.extra: Callable[[ImageDraw.ImageDraw, float], None] | None = None
        """Draws something more."""
        self.top = self.left = 0
        """By how many pixels the rows have moved, down and to the right from their place."""
        self.opacity = opacity
        """How much of the picture the box hides, from 0 to 1."""
        self._face = font(letters, font_path)
        self._ink, self._paper, self._outline = ink, paper, outline
        self._picture = picture or plain(size=size)
        self._fps = fps
        self._started = started
        self._drawn = _Drawn()

    @property
    def time(self) -> float:
        """When the next frame is drawn, in seconds."""
        return self._started + len(self.frames) / self._fps

    @property
    def pitch(self) -> int:
        """The distance of two rows, in pixels."""
        return round(1.4 * self._face.size)

    # What takes time

    def wait(self, seconds: float) -> None:
        """Everything stays as it is."""
        for _ in range(round(seconds * self._fps)):
            self._draw_frame()

    def type(self, text: str, speed: float = 40) -> None:
        """Type on, after what stands, at so many characters a second; a newline begins a new row."""
        before = "\n".join(self.rows)
        started = self.time
        while True:
            typed = min(len(text), 1 + int((self.time - started) * speed))
            self._put(before + text[:typed])
            self.wait(1 / self._fps)
            if typed == len(text):
                return

    def show(self, text: str, seconds: float = 0.0) -> None:
        """The text stands there at once, in place of what stood."""
        self._put(text)
        self.wait(seconds)

    def fade(self, to: float, seconds: float) -> None:
        """The text fades to a strength from 0 to 1."""
        begun, steps = self.strength, round(seconds * self._fps)
        for step in range(1, steps + 1):
            self.strength = begun + (to - begun) * step / steps
            self.wait(1 / self._fps)

    def clear(self, seconds: float = 0.3) -> None:
        """The text goes, and the box stays empty for a while."""
        self.show("", seconds)

    def say(self, text: str, *, rest: float = 1.2, empty: float = 0.3) -> None:
        """One line as most games show it: typed, left to be read, cleared."""
        self.type(text)
        self.wait(rest)
        self.clear(empty)

    def _put(self, text: str) -> None:
        self.rows = text.split("\n") if text else []

    # Drawing

    def end_of_text(self, row: int = -1) -> tuple[int, int]:
        """Where a ▼ after the text would stand: its left and top."""
        number = row % len(self.rows)
        left = self.lefts.get(number, LEFT) + round(self._face.getlength(self.rows[number])) + 8
        return left, self._row_top(number) + round(0.35 * self._face.size)

    def _row_top(self, row: int) -> int:
        return TOP + row * self.pitch + self.top

    def _draw_frame(self) -> None:
        number = len(self.looks.scenes)
        time = self.time
        background = self._picture(time)
        mark = self.mark(time) if self.mark else None
        state = (
            (self.rows, self.inks, self.lefts, self.hidden, self.name, self.signs, mark, self.shake(time)),
            (self.strength, self.boxed, self.top, self.left, self.opacity),
        )
        frozen = repr(state)
        if self.extra is not None or frozen != self._drawn.state or background is not self._drawn.background:
            self._drawn = _Drawn(frozen, background, *self._draw(background, time, mark))
        drawn = self._drawn
        whole = Box(0, 0, *self.size)
        self.looks.scenes.append(drawn.scene)
        self.frames.append(
            Frame(drawn.luma, time, number, whole, self.size, colour=lambda: stamped(drawn.colour, number))
        )

    def _draw(
        self, background: NDArray[np.uint8], time: float, mark: tuple[int, int] | None
    ) -> tuple[GreyImage, ColourImage, list[Piece]]:
        image = background.copy()
        height, width = image.shape[:2]
        if self.boxed:
            place = image[52 : height - 4, 12 : width - 12]
            paper = np.full_like(place, 1) * np.array(self._paper, np.uint8)
            image[52 : height - 4, 12 : width - 12] = cv2.addWeighted(paper, self.opacity, place, 1 - self.opacity, 0)
        under = image.copy()
        canvas = Image.fromarray(image)
        pen = ImageDraw.Draw(canvas)
        right, down = self.shake(time)
        scene: list[Piece] = []
        for number, row in enumerate(self.rows):
            top = self._row_top(number)
            if top + 4 >= 60 and row:
                place_of_row = self.lefts.get(number, LEFT) + self.left + right, top + down
                hidden = self.hidden if number == len(self.rows) - 1 else set()
                scene += self._write(pen, place_of_row, row, self.inks.get(number, self._ink), hidden)
        if self.name:
            pen.rectangle((12, 4, 280, 50), fill=self._paper)
            scene += self._write(pen, (LEFT, 12), self.name, self._ink)
        picture = np.asarray(canvas)
        if self.strength < 1.0:
            picture = cv2.addWeighted(picture, self.strength, under, 1 - self.strength, 0)
        canvas = Image.fromarray(np.asarray(picture, np.uint8))
        pen = ImageDraw.Draw(canvas)
        scene = [Piece(piece.letters, piece.box, self.strength) for piece in scene]
        for sign in self.signs:
            scene += self._write(pen, (sign.left, sign.top), sign.text, sign.ink)
        if mark is not None:
            left, top = mark
            side = round(0.6 * self._face.size)
            pen.polygon([(left, top), (left + side, top), (left + side // 2, top + side)], fill=self._ink)
            if self.mark_reads:
                box = Box(left, top, side, side).grown(2, 2)
                scene.append(Piece(((self.mark_reads, left + side / 2),), box))
        if self.extra is not None:
            self.extra(pen, time)
        colour = np.asarray(cv2.cvtColor(np.asarray(canvas), cv2.COLOR_RGB2BGR), np.uint8)
        return np.asarray(cv2.cvtColor(colour, cv2.COLOR_BGR2GRAY), np.uint8), colour, scene

    def _write(
        self, pen: ImageDraw.ImageDraw, place: tuple[int, int], text: str, ink: Colour, hidden: Iterable[int] = ()
    ) -> list[Piece]:
        """Write a row, letter by letter; what stands there then."""
        outline = {} if self._outline is None else {"stroke_width": 2, "stroke_fill": self._outline}
        letters: list[tuple[str, float]] = []
        left, right = 10_000.0, 0.0
        for number, letter in enumerate(text):
            start = place[0] + self._face.getlength(text[:number])
            end = place[0] + self._face.getlength(text[: number + 1])
            if number in set(hidden):
                continue
            pen.text((start, place[1]), letter, fill=ink, font=self._face, **outline)  # type: ignore[arg-type]
            letters.append((letter, (start + end) / 2))
            if letter != " ":
                left, right = min(left, start), max(right, end)
        if right <= left:
            return []
        top, bottom = place[1] + round(0.2 * self._face.size), place[1] + round(1.25 * self._face.size)
        box = Box(round(left), top, round(right) - round(left), bottom - top).grown(3, 1)
        return [Piece(tuple(letters), box)]


def blinking(
    place: tuple[int, int], since: float = 0.0, every: float = 1.0
) -> Callable[[float], tuple[int, int] | None]:
    """A mark that is there for half of the time."""
    return lambda time: place if (time - since) % every < every / 2 else None


def bouncing(place: tuple[int, int], by: int = 5, every: float = 0.8) -> Callable[[float], tuple[int, int] | None]:
    """A mark that moves up and down without going away."""
    return lambda time: (place[0], place[1] + round(by * abs(1 - 2 * (time / every % 1))))
