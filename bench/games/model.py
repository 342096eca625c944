"""What a random game is: its look, its pace, its scenery and its script."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from bench.drawing.fonts import Font
from bench.drawing.model import Colour
from bench.games.artwork import Piece
from bench.games.faces import Face
from capture_daemon.frames import Box, Size

Kind = Literal["ordinary", "hard", "film"]
Reveal = Literal["typed", "whole", "fade", "slide", "words", "rows", "letters fade", "letters pop"]
BoxForm = Literal["none", "solid", "half", "gradient", "textured", "bubble"]
Where = Literal["none", "plate", "row", "inline"]


@dataclass(frozen=True, slots=True)
class Look:
    """How text is drawn. `scale` draws it small and makes its dots larger; `shadow` is how far it falls.

    `soft` is how far a shadow is smeared.
    """

    font: Font
    size: int
    colour: Colour
    language: str
    row_height: int
    scale: int = 1
    smooth: bool = True
    outline: int = 0
    shadow: tuple[int, int] = (0, 0)
    soft: int = 0
    edge: Colour = (0, 0, 0)
    centred: bool = False
    jitter: int = 0

    @property
    def tall(self) -> int:
        """The size on the screen, in pixels."""
        return self.size * self.scale


@dataclass(frozen=True, slots=True)
class Names:
    """Where names stand and how: `form` has `{}` for the name; `stays` keeps its row empty where there is none."""

    where: Where = "none"
    form: str = "{}"
    look: Look | None = None
    plate: Box | None = None
    plate_box: bool = True
    centred: bool = False
    stays: bool = True
    height: int = 0
    colours: tuple[Colour, ...] = ()


@dataclass(frozen=True, slots=True)
class Panel:
    """The text box."""

    form: BoxForm
    place: Box
    colour: Colour
    second: Colour
    opacity: float
    radius: int = 0
    rim: Colour | None = None
    rim_width: int = 2
    seed: int = 0
    pops: float = 0.0
    tail: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """The sign that a line is complete."""

    shape: Literal["down", "right", "diamond", "dot", "ring", "dots"]
    moves: Literal["blink", "bounce", "static", "fade"]
    where: Literal["corner", "after"]
    size: int
    colour: Colour
    period: float
    place: tuple[int, int] = (0, 0)
    delay: float = 0.0


@dataclass(frozen=True, slots=True)
class Pace:
    """Times, in seconds; `cps` is characters a second."""

    reveal: Reveal = "typed"
    cps: float = 40.0
    pauses: bool = False
    lasts: float = 0.3
    out: float = 0.0
    gap: tuple[float, float] = (0.0, 0.0)
    hold: tuple[float, float] = (0.7, 1.4)


@dataclass(frozen=True, slots=True)
class Line:
    """What is said. Rows are broken where they have to be, and where `text` says so.

    `gap` overrules the pace's; `away` is how long the box is gone before the line; `scene` goes on to the next picture
    before it; `flash` and `shake` are what the screen does when it begins. `menu` has choices come up after it.
    """

    text: str
    who: str | None = None
    hold: float = 1.0
    gap: float = 0.0
    away: float = 0.0
    scene: bool = False
    flash: bool = False
    shake: bool = False
    menu: tuple[str, ...] = ()
    place: tuple[float, float] = (0.5, 0.5)
    italic: bool = False


@dataclass(frozen=True, slots=True)
class Scenery:
    """What goes on behind the text."""

    pictures: tuple[Piece, ...]
    moves: Literal["still", "pan", "zoom", "cuts"]
    speed: float = 0.0
    heading: tuple[float, float] = (1.0, 0.0)
    dim: float = 1.0
    dots: int = 0
    flicker: float = 0.0
    particles: Literal["", "snow", "rain", "embers"] = ""
    in_front: bool = False
    figures: tuple[Piece, ...] = ()
    cast: tuple[tuple[Piece, ...], ...] = ()
    cut_every: float = 3.0
    bobs: bool = False


@dataclass(frozen=True, slots=True)
class Sign:
    """Standing writing of the game's surface: its text's left top corner; `counts` makes its number change."""

    text: str
    left: int
    top: int
    size: int
    colour: Colour
    font: Font
    backed: bool = False
    counts: bool = False


@dataclass(frozen=True, slots=True)
class Game:
    """One random game."""

    seed: int
    kind: Kind
    language: str
    size: Size
    fps: int
    crf: int
    preset: str
    face: Face
    look: Look
    area: Box
    rows: int
    dialogue: Box
    speaker: Box | None
    names: Names
    panel: Panel | None
    mark: Mark | None
    pace: Pace
    scenery: Scenery
    script: tuple[Line, ...]
    signs: tuple[Sign, ...] = ()
    portraits: tuple[Piece, ...] = ()
    portrait: Box | None = None
    menu_place: Box | None = None
    lead: float = 0.6
    traits: dict[str, Any] = field(default_factory=dict)

    @property
    def fonts(self) -> set[Font]:
        """Every font that has to be there to draw it."""
        found = {self.look.font, *(sign.font for sign in self.signs)}
        if self.names.look:
            found.add(self.names.look.font)
        if any(line.italic for line in self.script) and self.face.italic:
            found.add(self.face.italic)
        return found
