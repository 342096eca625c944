"""The dice for looks: colours, boxes, fonts, marks and paces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import TypeVar

from bench.drawing.model import Colour
from bench.games.faces import ODD, PLAIN, Face, faces, ink_of, least_size, sample_of
from bench.games.model import BoxForm, Kind, Look, Mark, Pace, Reveal, Where
from capture_daemon.frames import Size

Choice = TypeVar("Choice")
WHITE: Colour = (250, 250, 250)


def pick(dice: Random, weights: Mapping[Choice, float]) -> Choice:
    """One of the choices, each as often as its weight says."""
    return dice.choices(list(weights), list(weights.values()))[0]


@dataclass(frozen=True, slots=True)
class Palette:
    """A box's two colours, its text's and its rim's, and those of names."""

    box: Colour
    second: Colour
    text: Colour
    rim: Colour
    names: tuple[Colour, ...]


LIGHT_NAMES: tuple[Colour, ...] = ((255, 210, 90), (140, 220, 255), (255, 160, 170), (160, 240, 160), (230, 180, 255))
DEEP_NAMES: tuple[Colour, ...] = ((150, 20, 30), (20, 60, 150), (20, 100, 40), (110, 30, 120), (140, 70, 0))
DARK = (
    Palette((16, 18, 34), (28, 32, 60), WHITE, (150, 160, 200), LIGHT_NAMES),
    Palette((0, 0, 0), (14, 14, 14), (255, 255, 255), (230, 230, 230), LIGHT_NAMES),
    Palette((24, 48, 110), (8, 16, 48), WHITE, (235, 235, 245), LIGHT_NAMES),
    Palette((52, 30, 18), (30, 16, 10), (250, 234, 204), (200, 160, 90), LIGHT_NAMES),
    Palette((20, 48, 36), (10, 28, 20), (230, 246, 226), (120, 190, 140), LIGHT_NAMES),
    Palette((66, 20, 44), (36, 10, 26), (255, 236, 240), (230, 150, 180), LIGHT_NAMES),
    Palette((46, 48, 56), (30, 32, 40), (240, 240, 230), (120, 124, 140), LIGHT_NAMES),
    Palette((10, 14, 40), (10, 14, 40), (255, 236, 130), (255, 236, 130), LIGHT_NAMES),
    Palette((8, 24, 16), (4, 12, 8), (140, 255, 170), (80, 180, 110), LIGHT_NAMES),
)
LIGHT = (
    Palette((250, 250, 248), (236, 236, 240), (24, 24, 30), (60, 60, 70), DEEP_NAMES),
    Palette((246, 236, 212), (230, 216, 182), (60, 36, 20), (140, 100, 60), DEEP_NAMES),
    Palette((220, 234, 250), (198, 216, 244), (20, 36, 80), (90, 120, 180), DEEP_NAMES),
    Palette((252, 226, 236), (246, 208, 222), (90, 20, 60), (220, 120, 160), DEEP_NAMES),
    Palette((228, 242, 220), (208, 226, 198), (24, 56, 24), (110, 150, 90), DEEP_NAMES),
)
ONLY_COLOUR = (
    Palette((40, 118, 40), (40, 118, 40), (255, 70, 70), (20, 60, 20), ((255, 150, 60),)),
    Palette((150, 40, 150), (150, 40, 150), (60, 180, 90), (80, 20, 80), ((90, 200, 60),)),
    Palette((70, 90, 200), (70, 90, 200), (240, 110, 40), (30, 40, 90), ((250, 90, 90),)),
    Palette((0, 128, 128), (0, 128, 128), (255, 96, 160), (0, 60, 60), ((255, 120, 60),)),
)
SIZES = {
    Size(1280, 720): 50.0, Size(960, 540): 12.0, Size(854, 480): 9.0, Size(800, 600): 7.0, Size(640, 480): 8.0,
    Size(1920, 1080): 12.0, Size(2560, 1440): 2.0,
}  # fmt: skip
ORDINARY_FORMS: dict[BoxForm, float] = {"half": 42, "solid": 32, "gradient": 9, "textured": 7, "none": 6, "bubble": 4}
HARD_FORMS: dict[BoxForm, float] = {"none": 42, "half": 20, "bubble": 18, "textured": 10, "gradient": 6, "solid": 4}
ORDINARY_REVEALS: dict[Reveal, float] = {"typed": 62, "whole": 22, "fade": 8, "words": 3, "rows": 2, "slide": 3}
HARD_REVEALS: dict[Reveal, float] = {
    "typed": 28, "whole": 12, "fade": 12, "words": 8, "rows": 6, "slide": 10, "letters fade": 14, "letters pop": 10,
}  # fmt: skip
NAMED: dict[Where, float] = {"plate": 34, "row": 26, "inline": 14, "none": 26}


def video_of(dice: Random, kind: Kind) -> tuple[Size, int, int, str]:
    """Size, frame rate, crf and preset."""
    size = pick(dice, SIZES)
    fps = pick(dice, {24: 45, 25: 45, 30: 10}) if kind == "film" else pick(dice, {30: 66, 25: 14, 24: 12, 60: 8})
    if size.width > 1280:
        fps = min(fps, 30)
    if size.width > 1920:
        fps = 24
    crf = dice.randint(22, 30) if kind == "hard" else dice.randint(18, 27)
    preset = pick(dice, {"ultrafast": 3, "superfast": 5, "veryfast": 2 if size.width <= 960 else 0})
    return size, fps, crf, preset


def face_of(dice: Random, kind: Kind, language: str) -> Face:
    """A font legible in the language."""
    manners = PLAIN if kind == "film" or dice.random() < (0.88 if kind == "ordinary" else 0.4) else ODD
    fitting = [face for face in faces(language) if face.manner in manners]
    return dice.choice(fitting or list(faces(language)))


@dataclass(frozen=True, slots=True)
class Page:
    """What text is to stand on; `least` is its smallest share of the screen's height."""

    kind: Kind
    face: Face
    language: str
    size: Size
    least: float


def look_of(dice: Random, page: Page, colour: Colour) -> Look:
    """Font, size and row height; never smaller than a person reads comfortably."""
    low, high = {"ordinary": (1 / 32, 1 / 17), "hard": (1 / 42, 1 / 15), "film": (1 / 22, 1 / 15)}[page.kind]
    face, language, size = page.face, page.language, page.size
    low = max(low, page.least)
    wanted = size.height * dice.uniform(low, high)
    scale = 1
    if face.grid:
        scale = max(2, round(wanted * (1.3 if size.height < 600 else 1.15) / face.grid))
        points = face.grid
    else:
        least = least_size(face.font, language, size.height)
        points = max(round(wanted), round(least * (1.3 if face.manner == "hand" else 1.0)))
    top, bottom = ink_of(face.font, points, sample_of(language))
    tall = (bottom - top) * scale
    row_height = round(max(tall * dice.uniform(1.12, 1.5), points * scale * 1.05))
    return Look(face.font, points, colour, language, row_height, scale, smooth=not face.grid)


def edged(dice: Random, look: Look, edge: Colour, *, shadow: bool, wide: bool = True) -> Look:
    """The look with an outline, or with a shadow, strong enough to be read on any picture."""
    unit = max(2, round(look.size / 13)) if wide else 1
    if look.scale > 1:
        return replace(look, outline=0 if shadow else 1, shadow=(1, 1), edge=edge)
    if shadow:
        return replace(look, shadow=(unit, unit), soft=max(2, unit), edge=edge)
    return replace(look, outline=unit, shadow=(unit, unit) if dice.random() < 0.3 else (0, 0), edge=edge)


def mark_of(dice: Random, look: Look, palette: Palette) -> Mark:
    """An advance mark."""
    size = max(10, round(look.tall * dice.uniform(0.4, 0.7)))
    return Mark(
        shape=pick(dice, {"down": 50, "right": 16, "diamond": 10, "dot": 9, "ring": 7, "dots": 8}),
        moves=pick(dice, {"blink": 40, "bounce": 30, "static": 14, "fade": 16}),
        where=pick(dice, {"corner": 62, "after": 38}),
        size=size,
        colour=dice.choice([look.colour, look.colour, palette.names[0]]),
        period=dice.uniform(0.5, 1.2),
        delay=dice.choice([0.0, 0.0, 0.1, 0.2]),
    )


def pace_of(dice: Random, kind: Kind, *, pops: bool) -> Pace:
    """How lines come, stand and go."""
    if kind == "film":
        fades = dice.random() < 0.12
        return Pace("fade" if fades else "whole", lasts=0.2, out=0.15 if fades and dice.random() < 0.6 else 0.0)
    reveal = pick(dice, ORDINARY_REVEALS if kind == "ordinary" else HARD_REVEALS)
    cps = dice.uniform(24, 75) if kind == "ordinary" else dice.choice([dice.uniform(15, 30), dice.uniform(30, 120)])
    gap = pick(dice, {(0.0, 0.0): 45 if kind == "hard" else 34, (0.03, 0.12): 38, (0.12, 0.3): 28})
    fading = reveal in ("fade", "letters fade", "slide")
    return Pace(
        reveal=reveal,
        cps=round(max(cps, 25) if reveal != "typed" else cps, 1),
        pauses=dice.random() < 0.4,
        lasts=round(dice.uniform(0.15, 0.45), 2),
        out=round(dice.uniform(0.1, 0.3), 2) if fading and dice.random() < 0.5 else 0.0,
        gap=(0.05, 0.3) if pops else gap,
        hold=(0.65, 1.5) if kind == "ordinary" else (0.55, 1.3),
    )
