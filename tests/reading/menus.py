"""Menus drawn frame by frame for `ChoiceReader`, and answers to what it asks by what was drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import cv2
import numpy as np
from PIL import Image, ImageDraw

from capture_daemon.frames import Box, ColourImage, Frame, Region, Regions, Size
from capture_daemon.ocr.engine import FoundBox, RowText
from capture_daemon.pipeline.driving import go_on
from capture_daemon.reading.choices import ChoiceReader
from capture_daemon.reading.events import Answer, Chosen, FindText
from capture_daemon.reading.settings import ReadingSettings
from tests.reading.drawing import font

SIZE = Size(640, 300)
LETTERS = 22
Colour = tuple[int, int, int]
IDLE, LIT, GREY, PLATE, BAR = (190, 190, 190), (255, 230, 90), (110, 110, 110), (40, 40, 60), (210, 170, 60)


@dataclass(frozen=True)
class Menu:
    """What a menu looks like: its options, each of several rows perhaps; `lit` is the one that is highlighted.

    `gone` are options that aren't drawn any more, `dead` those that can't be chosen; `strength` is how far all of it
    has faded in, from 0 to 1.
    """

    options: tuple[str, ...]
    lit: int | None = None
    gone: frozenset[int] = frozenset()
    dead: frozenset[int] = frozenset()
    ink: Colour = IDLE
    lit_ink: Colour = LIT
    plate: Colour | None = PLATE
    lit_plate: Colour | None = PLATE
    pointer: bool = False
    gap: int = 34
    strength: float = 1.0
    wide: int = 420

    def rows(self) -> list[tuple[int, Box, str]]:
        """Its rows: of which option, where, and what."""
        rows, top = [], 30
        for number, option in enumerate(self.options):
            for text in option.split("\n"):
                width = round(font(LETTERS).getlength(text))
                rows.append((number, Box((SIZE.width - width) // 2, top, width, LETTERS + 4), text))
                top += LETTERS + 6
            top += self.gap - 6
        return [row for row in rows if row[0] not in self.gone]


def still(time: float) -> ColourImage:
    """A picture that stays as it is."""
    return np.full((SIZE.height, SIZE.width, 3), (70, 60, 60), np.uint8)


def moving(time: float) -> ColourImage:
    """Waves that pass through the picture."""
    x, y = np.meshgrid(np.arange(SIZE.width), np.arange(SIZE.height))
    wave = 90 + 50 * np.sin(x / 37 + 2.1 * time) * np.cos(y / 29 - 1.3 * time)
    return np.repeat(wave[:, :, None], 3, axis=2).astype(np.uint8)


@dataclass
class MenuStage:
    """Plays menus to a reader."""

    background: Callable[[float], ColourImage] = still
    early: bool = True
    fps: float = 30
    time: float = 0.0
    confidence: float = 0.97
    misread: dict[str, str] = field(default_factory=dict)
    chosen: list[Chosen] = field(default_factory=list)

    def __post_init__(self) -> None:
        whole = Region(0, 0, *SIZE, fractions=False)
        self.reader = ChoiceReader(Regions(whole), ReadingSettings(early=self.early))
        self._number = 0
        self._rows: list[tuple[int, Box, str]] = []

    def show(self, menu: Menu | None, seconds: float) -> None:
        """Show a menu, or none, for some seconds."""
        for _ in range(round(seconds * self.fps)):
            picture = drawn(self.background(self.time), menu)
            self._rows = menu.rows() if menu is not None and menu.strength >= 0.4 else []
            luma = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)
            frame = Frame(luma, self.time, self._number, Box(0, 0, *SIZE), SIZE, colour=partial(np.asarray, picture))
            self._answer(self.reader.see(frame))
            self._number += 1
            self.time += 1 / self.fps

    def fade(self, menu: Menu, seconds: float) -> None:
        """Have a menu fade out."""
        steps = round(seconds * self.fps)
        for step in range(1, steps + 1):
            self.show(replace(menu, strength=1 - step / steps), 1 / self.fps)

    def end(self) -> list[Chosen]:
        """No more frames; returns what was chosen."""
        self._answer(self.reader.end())
        return self.chosen

    def _answer(self, steps: object) -> None:
        answered: Answer = None
        while (request := go_on(steps, answered)) is not None:  # type: ignore[arg-type]
            if isinstance(request, FindText):
                answered = [FoundBox(box, 0.95) for _, box, _ in self._rows]
            else:
                answered = [RowText(self.misread.get(text, text), self.confidence) for _, _, text in self._rows]
        self.chosen += [event for event in self.reader.events if isinstance(event, Chosen)]
        self.reader.events.clear()


def results(chosen: Sequence[Chosen]) -> list[tuple[tuple[str, ...], int | None]]:
    """The options and the choice of each."""
    return [(one.options, one.chosen) for one in chosen]


def drawn(picture: ColourImage, menu: Menu | None) -> ColourImage:
    """The picture with a menu on it."""
    if menu is None:
        return picture
    under = Image.fromarray(np.ascontiguousarray(picture[:, :, ::-1]))
    over = under.copy()
    draw = ImageDraw.Draw(over)
    for number in range(len(menu.options)):
        rows = [row for row in menu.rows() if row[0] == number]
        if not rows:
            continue
        lit = number == menu.lit
        top, bottom = rows[0][1].top - 8, rows[-1][1].bottom + 8
        plate = menu.lit_plate if lit else menu.plate
        left = (SIZE.width - menu.wide) // 2
        if plate is not None:
            draw.rectangle((left, top, left + menu.wide, bottom), fill=plate)
        ink = menu.lit_ink if lit else GREY if number in menu.dead else menu.ink
        for _, box, text in rows:
            draw.text((box.left, box.top), text, font=font(LETTERS), fill=ink)
        if lit and menu.pointer:
            x, y = rows[0][1].left - 24, rows[0][1].top + 4
            draw.polygon([(x, y), (x, y + 18), (x + 14, y + 9)], fill=LIT)
    mixed = Image.blend(under, over, menu.strength)
    return np.ascontiguousarray(np.asarray(mixed, np.uint8)[:, :, ::-1])
