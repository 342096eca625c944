"""What a clip is: its picture, its style, its pace and its script."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bench.drawing.fonts import Font
from capture_daemon.frames import Box, Size

Image = NDArray[np.uint8]
"""Red, green, blue, shape (height, width, 3), dtype uint8."""
Mask = NDArray[np.uint8]
"""Coverage from 0 to 255, shape (height, width), dtype uint8."""
Colour = tuple[int, int, int]
Picture = Callable[[int], Image]
"""The background of the frame with that number; a fresh array that may be drawn on."""
Language = Literal["en", "ja", "zh", "ko"]
HD = Size(1280, 720)


@dataclass(frozen=True, slots=True)
class Say:
    """A line. Words in `{}` are in the accent colour. `hold` is how long it stands once shown in full, in seconds.

    `same_row` lets a page go on in the row where it stopped. `font` and `language` are the clip's, unless given.
    """

    text: str
    who: str | None = None
    hold: float | None = None
    cps: float | None = None
    colour: Colour | None = None
    same_row: bool = False
    font: Font | None = None
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class Clear:
    """The box stands empty, in seconds."""

    seconds: float = 0.35


@dataclass(frozen=True, slots=True)
class Menu:
    """Choices take the place of box and text, which then come back as they were and stand for `hold` seconds."""

    choices: tuple[str, ...]
    seconds: float = 1.4
    hold: float = 0.8


@dataclass(frozen=True, slots=True)
class Away:
    """Neither box nor text, in seconds: the scene changes."""

    seconds: float = 0.8


Step = Say | Clear | Menu | Away | str


@dataclass(frozen=True, slots=True)
class Pace:
    """How a game shows its lines; times in seconds, ranges are drawn from evenly.

    `cps` is characters a second, None for a whole line at once. `fade` is the time a whole line takes to fade in, and
    out. `gap` is how long the box is empty between two lines; 0 puts the first glyph of the next in the next frame.
    """

    cps: float | None = 35.0
    hold: tuple[float, float] = (0.8, 1.4)
    comma: tuple[float, float] = (0.25, 0.6)
    dots: tuple[float, float] = (0.2, 0.5)
    gap: float = 0.1
    fade: float = 0.0
    lead: float = 0.8


@dataclass(frozen=True, slots=True)
class BoxStyle:
    """The text box: its place, colour, opacity from 0 to 1, rounding and rim."""

    place: Box
    colour: Colour = (16, 18, 34)
    opacity: float = 0.6
    radius: int = 14
    rim: Colour | None = None
    rim_width: int = 2
    texture: Callable[[int, int], Image] | None = None


@dataclass(frozen=True, slots=True)
class Arrow:
    """The sign that a line is complete: blinking or bouncing, in the corner of the box or after the last glyph."""

    moves: Literal["blink", "bounce", "fade"] = "blink"
    where: Literal["corner", "after"] = "corner"
    shape: Literal["down", "right", "diamond"] = "down"
    size: int = 14
    colour: Colour = (255, 255, 255)
    period: float = 0.8
    corner: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class NameStyle:
    """Where a name is shown: on a plate outside the text, in a row above it, or written before it.

    `form` is what is written, with `{}` for the name.
    """

    where: Literal["plate", "row", "inline"] = "inline"
    form: str = "{}: "
    font: Font | None = None
    size: int | None = None
    colour: Colour | None = None
    plate: Box | None = None
    row_gap: int = 8
    indent: int = 0
    accent: bool = False


@dataclass(frozen=True, slots=True)
class Style:
    """How text looks. `area` is where its glyphs go; rows wrap at its width and stand `row_height` pixels apart.

    `scale` draws everything small and doubles it (2) without smoothing. `jitter` shakes each glyph by up to that many
    pixels in every frame.
    """

    font: Font
    size: int
    area: Box
    row_height: int
    colour: Colour = (255, 255, 255)
    accent: Colour = (255, 210, 90)
    outline: int = 0
    outline_colour: Colour = (0, 0, 0)
    shadow: tuple[int, int] | None = None
    box: BoxStyle | None = None
    arrow: Arrow = field(default_factory=Arrow)
    name: NameStyle = field(default_factory=NameStyle)
    centred: bool = False
    scale: int = 1
    jitter: int = 0
    smooth: bool = True
    paragraph_gap: int = 0


@dataclass(frozen=True, slots=True)
class Clip:
    """One piece of footage. `page` fills the area paragraph by paragraph and scrolls when it is full.

    It takes `scroll_frames` for that; with none it jumps.
    """

    name: str
    about: str
    language: Language
    picture: Callable[[Size, np.random.Generator], Picture]
    style: Style
    pace: Pace
    script: tuple[Step, ...]
    dialogue: Box
    speaker: Box | None = None
    size: Size = HD
    fps: int = 30
    seed: int = 1
    page: bool = False
    scroll_frames: int = 8
    menu_place: Box | None = None
    crf: int = 20
    preset: str = "superfast"

    @property
    def fonts(self) -> set[Font]:
        """Every font that has to be there to draw it."""
        said = {step.font for step in self.script if isinstance(step, Say)}
        return {font for font in {self.style.font, self.style.name.font, *said} if font is not None}
