"""A small game screen for the tests: it draws its dialogue box frame by frame, and knows what its rows look like.

`Screen` makes the frames. `lines_of` plays them through a `Reader`, whose rows are read by `Looks`: it knows a row only
if its picture is, pixel for pixel, that of a text which was drawn, or of its beginning. A picture with more in it, or
less, is answered with `UNREADABLE`, and so fails the test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from capture_daemon.frames import Box, Frame, GreyImage, Region, Regions, Size
from capture_daemon.ocr.engine import RowImage, RowText
from capture_daemon.reading.events import RowRequest, Said, Typing
from capture_daemon.reading.reader import Reader, ReadingSettings

Colour = tuple[int, int, int]
"""Red, green, blue."""
Picture = Callable[[float], NDArray[np.uint8]]
"""What is behind the box at a time in seconds: red, green, blue, of the frame's shape."""
WHITE, BLACK = (235, 235, 235), (20, 20, 20)
NIGHT, PAPER = (40, 40, 40), (225, 222, 215)
UNREADABLE = "<unreadable>"
DIALOGUE, SPEAKER = Box(20, 60, 600, 130), Box(20, 8, 240, 40)


def settings(*, early: bool = True, max_age: float = 3.0) -> ReadingSettings:
    """Live: lines are said at rest. Not `early`: as from a recording, when they have ended."""
    return ReadingSettings(early=early, max_age=max_age)


def region(box: Box) -> Region:
    return Region(*box, fractions=False)


@lru_cache(maxsize=32)
def font(size: int, path: str | None = None) -> ImageFont.FreeTypeFont:
    face = ImageFont.truetype(path, size) if path else ImageFont.load_default(size=size)
    assert isinstance(face, ImageFont.FreeTypeFont)
    return face


def moving_picture(width: int = 640, height: int = 200) -> Picture:
    """Blobs and stripes that drift by some 90 pixels a second, from dark to rather light."""
    noise = np.random.default_rng(7).integers(0, 255, (height, 2 * width, 3), dtype=np.uint8)
    soft = cv2.GaussianBlur(noise, (0, 0), 6)
    wide = cv2.normalize(soft, soft.copy(), 20, 190, cv2.NORM_MINMAX)
    wide[:, ::40, :] = 200

    def at(time: float) -> NDArray[np.uint8]:
        return np.ascontiguousarray(np.roll(wide, -round(90 * time), axis=1)[:, :width]).astype(np.uint8)

    return at


@dataclass
class Looks:
    """Reads rows by their looks."""

    pictures: dict[tuple[str, int], NDArray[np.float32]] = field(default_factory=dict)
    asked: int = 0

    def learn(self, text: str, face: ImageFont.FreeTypeFont) -> None:
        for length in range(1, len(text) + 1):
            key = text[:length], round(face.size)
            if text[length - 1] != " " and key not in self.pictures:
                canvas = Image.new("L", (round(face.getlength(text)) + 40, 2 * round(face.size) + 20), 0)
                ImageDraw.Draw(canvas).text((10, 10), text[:length], fill=255, font=face)
                self.pictures[key] = _trimmed((np.asarray(canvas) / 255).astype(np.float32))

    def read(self, image: RowImage) -> RowText:
        self.asked += 1
        light = image.pixels.astype(np.float32) if image.light_on_dark else 255 - image.pixels.astype(np.float32)
        low, high = float(np.median(light)), float(np.percentile(light, 99.5))
        ink = _trimmed(np.clip((light - low) / max(1.0, high - low), 0, 1))
        best, text = max(((_likeness(ink, known), key[0]) for key, known in self.pictures.items()), default=(0.0, ""))
        return RowText(text, 0.97) if best > 0.85 else RowText(UNREADABLE, 0.97)


def _trimmed(ink: NDArray[np.float32]) -> NDArray[np.float32]:
    """Cut to where there's ink."""
    rows, columns = np.flatnonzero((ink > 0.35).any(axis=1)), np.flatnonzero((ink > 0.35).any(axis=0))
    if not rows.size:
        return ink[:1, :1]
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _likeness(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """The correlation of two pictures of nearly the same size; else 0."""
    (height, width), (other_height, other_width) = one.shape, other.shape
    if abs(height - other_height) > 2 or abs(width - other_width) > 2:
        return 0.0
    # A rim of one pixel finds the place where they fit best, and keeps a full square from being without contrast.
    rim = np.pad(one, 3)
    edged = np.pad(other, 1)
    return float(cv2.matchTemplate(rim, edged, cv2.TM_CCOEFF_NORMED).max())


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
    ) -> None:
        self.size = Size(640, 200)
        self.frames: list[Frame] = []
        self.looks = Looks()
        self.rows: list[str] = []
        self.name: str | None = None
        self.strength = 1.0
        """How far the text has faded in, from 0 to 1."""
        self.boxed = True
        """Whether the dialogue box is drawn; without it the picture shows."""
        self.mark: Callable[[float], tuple[int, int] | None] | None = None
        """Where the ▼ stands at a time, its left and top in pixels of the frame."""
        self.shake: Callable[[float], tuple[int, int]] = lambda time: (0, 0)
        """By how much the text is out of place at a time, in pixels."""
        self.extra: Callable[[ImageDraw.ImageDraw, float], None] | None = None
        """Draws something more."""
        self.top = 0
        """By how many pixels the rows have moved, down from their place."""
        self._face = font(letters, font_path)
        self._ink, self._paper, self._outline = ink, paper, outline
        self._picture = picture or (lambda time: np.full((200, 640, 3), 70, np.uint8))
        self.opacity = opacity
        """How much of the picture the box hides, from 0 to 1."""
        self._fps = fps

    @property
    def time(self) -> float:
        """When the next frame is drawn, in seconds."""
        return len(self.frames) / self._fps

    @property
    def pitch(self) -> int:
        """The distance of two rows, in pixels."""
        return round(1.4 * self._face.size)

    # What takes time

    def wait(self, seconds: float) -> None:
        """Everything stays as it is."""
        for _ in range(round(seconds * self._fps)):
            self.frames.append(Frame(self._draw(), self.time, len(self.frames), Box(0, 0, *self.size), self.size))

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

    def _put(self, text: str) -> None:
        self.rows = text.split("\n") if text else []
        for row in self.rows:
            self.looks.learn(row, self._face)

    # Drawing

    def end_of_text(self) -> tuple[int, int]:
        """Where a ▼ after the text would stand: its left and top."""
        left = 30 + round(self._face.getlength(self.rows[-1])) + 8
        return left, self._row_top(len(self.rows) - 1) + round(0.35 * self._face.size)

    def _row_top(self, row: int) -> int:
        return 68 + row * self.pitch + self.top

    def _draw(self) -> GreyImage:
        background = self._picture(self.time)
        image = background.copy()
        if self.boxed:
            place = image[52:196, 12:628]
            paper = np.full_like(place, 1) * np.array(self._paper, np.uint8)
            image[52:196, 12:628] = cv2.addWeighted(paper, self.opacity, place, 1 - self.opacity, 0)
        under = image.copy()
        canvas = Image.fromarray(image)
        pen = ImageDraw.Draw(canvas)
        right, down = self.shake(self.time)
        for number, row in enumerate(self.rows):
            top = self._row_top(number)
            if top + 4 >= 60:
                self._write(pen, (30 + right, top + down), row)
        if self.name:
            pen.rectangle((12, 4, 280, 50), fill=self._paper)
            self.looks.learn(self.name, self._face)
            self._write(pen, (30, 12), self.name)
        picture = np.asarray(canvas)
        if self.strength < 1.0:
            picture = cv2.addWeighted(picture, self.strength, under, 1 - self.strength, 0)
        canvas = Image.fromarray(np.asarray(picture, np.uint8))
        pen = ImageDraw.Draw(canvas)
        mark = self.mark(self.time) if self.mark else None
        if mark is not None:
            left, top = mark
            side = round(0.6 * self._face.size)
            pen.polygon([(left, top), (left + side, top), (left + side // 2, top + side)], fill=self._ink)
        if self.extra is not None:
            self.extra(pen, self.time)
        return np.asarray(cv2.cvtColor(np.asarray(canvas), cv2.COLOR_RGB2GRAY), np.uint8)

    def _write(self, pen: ImageDraw.ImageDraw, place: tuple[int, int], text: str) -> None:
        outline = {} if self._outline is None else {"stroke_width": 2, "stroke_fill": self._outline}
        pen.text(place, text, fill=self._ink, font=self._face, **outline)  # type: ignore[arg-type]


def blinking(
    place: tuple[int, int], since: float = 0.0, every: float = 1.0
) -> Callable[[float], tuple[int, int] | None]:
    """A mark that is there for half of the time."""
    return lambda time: place if (time - since) % every < every / 2 else None


def bouncing(place: tuple[int, int], by: int = 5, every: float = 0.8) -> Callable[[float], tuple[int, int] | None]:
    """A mark that moves up and down without going away."""
    return lambda time: (place[0], place[1] + round(by * abs(1 - 2 * (time / every % 1))))


class Stage:
    """Plays frames through a reader, and answers what it asks `delay` frames later."""

    def __init__(
        self,
        read: Callable[[RowImage], RowText],
        *,
        early: bool = True,
        speaker: bool = False,
        ignore: Sequence[Box] = (),
        delay: Callable[[int], int] = lambda number: 0,
        max_age: float = 3.0,
        partials: bool = False,
    ) -> None:
        regions = Regions(region(DIALOGUE), region(SPEAKER) if speaker else None, tuple(map(region, ignore)))
        self.reader = Reader(regions, settings(early=early, max_age=max_age))
        self.reader.wants_partials = partials
        self.said: list[Said] = []
        self.said_at: list[float] = []
        """At which frame's time each was said."""
        self.typing: list[Typing] = []
        self._read = read
        self._delay = delay
        self._waiting: list[tuple[int, RowRequest]] = []
        self._shown = 0
        self._time = 0.0

    def play(self, frames: Iterable[Frame]) -> None:
        for frame in frames:
            self._shown += 1
            self._time = frame.time
            self.reader.see(frame)
            self._pass_on()

    def end(self) -> None:
        self.reader.end()
        while self._waiting or self.reader.requests or self.reader.events:
            self._shown += 1
            self._pass_on()

    def _pass_on(self) -> None:
        for request in self.reader.requests:
            self._waiting.append((self._shown + self._delay(request.number), request))
        self.reader.requests.clear()
        due = [request for at, request in self._waiting if at <= self._shown]
        self._waiting = [(at, request) for at, request in self._waiting if at > self._shown]
        for request in due:
            self.reader.hear(request.number, self._read(request.image))
        for event in self.reader.events:
            if isinstance(event, Said):
                self.said.append(event)
                self.said_at.append(self._time)
            else:
                self.typing.append(event)
        self.reader.events.clear()


def play(screen: Screen, **options: object) -> list[Said]:
    """Everything that is said of what the screen showed, corrections too. Options: see `Stage`."""
    return said_by(screen, screen.looks.read, **options)


def said_by(screen: Screen, read: Callable[[RowImage], RowText], **options: object) -> list[Said]:
    """The same with rows read in another way."""
    stage = Stage(read, **options)  # type: ignore[arg-type]
    stage.play(screen.frames)
    stage.end()
    return stage.said


def standing(said: Sequence[Said]) -> list[Said]:
    """What is left when the lines that were corrected are dropped."""
    replaced = {line.replaces for line in said}
    return [line for line in said if line.number not in replaced]


def lines_of(screen: Screen, **options: object) -> list[str]:
    """The texts of the lines that are said in the end. Options: see `Stage`."""
    return [line.text for line in standing(play(screen, **options))]
