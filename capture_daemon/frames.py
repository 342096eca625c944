"""Frame: what a source hands over. Region: a box as the user writes it. Box: the same in pixels of one frame."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from capture_daemon.errors import RegionError

GreyImage = NDArray[np.uint8]
"""Luma, shape (height, width), dtype uint8."""
ColourImage = NDArray[np.uint8]
"""Blue, green, red and perhaps an unused fourth channel, shape (height, width, 3 or 4), dtype uint8."""

_NUMBER = re.compile(r"-?([0-9]{1,6}\.?[0-9]{0,12}|\.[0-9]{1,12})")

DIALOGUE, SPEAKER = "dialogue", "speaker"
"""The names of two regions: the one that every configuration has, and the place of the name of who speaks."""
MOST_PIXELS = 7680 * 4320
"""Default limit of a frame's pixels: 8K. One takes 100 MB in colour, and dozens may be on their way."""
MARGIN_ACROSS, MARGIN_DOWN = 0.025, 0.015
"""Shares of the frame's width and height that are looked at round the dialogue's region: regions are drawn by hand."""


class Size(NamedTuple):
    """Width and height of a frame, in pixels."""

    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"


class Box(NamedTuple):
    """A rectangle in pixels of the source's whole frame: left, top, width, height."""

    left: int
    top: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """The first column past the box."""
        return self.left + self.width

    @property
    def bottom(self) -> int:
        """The first row of pixels past the box."""
        return self.top + self.height

    def union(self, other: Box) -> Box:
        """The smallest box that holds both."""
        left, top = min(self.left, other.left), min(self.top, other.top)
        return Box(left, top, max(self.right, other.right) - left, max(self.bottom, other.bottom) - top)

    def intersection(self, other: Box) -> Box | None:
        """What both have in common, or None."""
        left, top = max(self.left, other.left), max(self.top, other.top)
        right, bottom = min(self.right, other.right), min(self.bottom, other.bottom)
        return Box(left, top, right - left, bottom - top) if right > left and bottom > top else None

    def shifted(self, left: int, top: int) -> Box:
        """The box moved right by `left` and down by `top`."""
        return Box(self.left + left, self.top + top, self.width, self.height)

    def grown(self, across: int, down: int) -> Box:
        """The box with more to either side, and above and below."""
        return Box(self.left - across, self.top - down, self.width + 2 * across, self.height + 2 * down)

    def __str__(self) -> str:
        return f"{self.left},{self.top},{self.width},{self.height}"


@dataclass(frozen=True, slots=True)
class Region:
    """A box as the user writes it: `420,670,770,115` in pixels, or `0.26,0.74,0.48,0.13` in fractions of the frame.

    Written with a `.` anywhere, all four numbers are fractions.
    """

    left: float
    top: float
    width: float
    height: float
    fractions: bool

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `left,top,width,height`.

        Raises RegionError if it isn't four numbers, or can't lie in any frame.
        """
        parts = [part.strip() for part in text.split(",")]
        numbers = [float(part) for part in parts if _NUMBER.fullmatch(part)]
        if len(parts) != 4 or len(numbers) != 4:
            raise RegionError(
                f"region {text!r} is not four numbers: write left,top,width,height "
                "in pixels (420,670,770,115) or fractions of the frame (0.26,0.74,0.48,0.13)"
            )
        left, top, width, height = numbers
        region = cls(left, top, width, height, fractions="." in text)
        if region.width <= 0 or region.height <= 0:
            raise RegionError(f"region {text!r} is empty: its width and height must be more than 0")
        if region.left < 0 or region.top < 0:
            raise RegionError(f"region {text!r} begins outside the frame: its left and top must be 0 or more")
        if region.fractions and (region.left + region.width > 1.0001 or region.top + region.height > 1.0001):
            raise RegionError(f"region {text!r} reaches outside the frame: fractions may add up to 1 at most")
        return region

    def resolve(self, size: Size, name: str = DIALOGUE) -> Box:
        """The region in pixels of a frame of that size.

        Raises RegionError if it reaches outside the frame; `name` says in the message which region it is.
        """
        if self.fractions:
            left, top = round(self.left * size.width), round(self.top * size.height)
            right = min(size.width, round((self.left + self.width) * size.width))
            bottom = min(size.height, round((self.top + self.height) * size.height))
            box = Box(left, top, right - left, bottom - top)
        else:
            box = Box(int(self.left), int(self.top), int(self.width), int(self.height))
        if box.width <= 0 or box.height <= 0:
            raise RegionError(f"the {name} region {self} is empty in a frame of {size}")
        if box.right > size.width or box.bottom > size.height:
            raise RegionError(
                f"the {name} region {self} reaches outside the frame, which is {size}: "
                "see the frame with its coordinates by `capture-daemon snapshot -o frame.png`"
            )
        return box

    def __str__(self) -> str:
        numbers = (self.left, self.top, self.width, self.height)
        return ",".join(_fraction(number) if self.fractions else str(int(number)) for number in numbers)


def _fraction(number: float) -> str:
    """At least one digit after the point: the point makes it a fraction, not pixels."""
    text = f"{number:.6f}".rstrip("0")
    return f"{text}0" if text.endswith(".") else text


RegionKind = Literal["text", "choices"]
"""What stands in a region: lines of text, or menus that the player chooses from."""


@dataclass(frozen=True, slots=True)
class NamedRegion:
    """A region that is read on its own, beside the dialogue's, and called `name` in records."""

    name: str
    place: Region
    kind: RegionKind = "text"
    speaker: Region | None = None
    ignore: tuple[Region, ...] = ()


@dataclass(frozen=True, slots=True)
class Regions:
    """Where to look: the dialogue, perhaps the speaker's name, and what to blank before anything looks.

    The dialogue's region is called `name` in records; `others` are read beside it, each on its own.
    """

    dialogue: Region
    speaker: Region | None = None
    ignore: tuple[Region, ...] = ()
    name: str = DIALOGUE
    others: tuple[NamedRegion, ...] = ()

    def moved(self, name: str, place: Region | None) -> Regions:
        """The same with the region of that name, or the "speaker", at another place; None takes it away.

        NAME.speaker is the speaker of one of the others. A name that none has is given to a new region of menus.
        """
        owner, _, part = name.partition(".")
        if part == SPEAKER:
            others = tuple(replace(one, speaker=place) if one.name == owner else one for one in self.others)
            return replace(self, others=others)
        if name == SPEAKER:
            return replace(self, speaker=place)
        if name == self.name:
            return self if place is None else replace(self, dialogue=place)
        others = tuple(
            replace(one, place=place) if one.name == name and place is not None else one
            for one in self.others
            if one.name != name or place is not None
        )
        if place is not None and all(one.name != name for one in others):
            others = (*others, NamedRegion(name, place, "choices"))
        return replace(self, others=others)

    def of(self, other: NamedRegion) -> Regions:
        """What one of the others looks at: what is blanked here is blanked there, too."""
        return Regions(other.place, other.speaker, (*self.ignore, *other.ignore), other.name)

    def resolve(self, size: Size) -> RegionBoxes:
        """All regions in pixels of a frame of that size; raises RegionError if one reaches outside it."""
        dialogue = self.dialogue.resolve(size, self.name)
        across, down = round(MARGIN_ACROSS * size.width), round(MARGIN_DOWN * size.height)
        around = dialogue.grown(across, down).intersection(Box(0, 0, *size))
        assert around is not None
        return RegionBoxes(
            dialogue=dialogue,
            around=around,
            speaker=self.speaker.resolve(size, SPEAKER) if self.speaker else None,
            ignore=tuple(region.resolve(size, "ignore") for region in self.ignore),
            others=tuple(self.of(other).resolve(size).needed for other in self.others),
        )


@dataclass(frozen=True, slots=True)
class RegionBoxes:
    """`Regions` in pixels of one frame size.

    `around` is the dialogue's region with a margin: a row that reaches over the region's edge is read whole. `others`
    is what each of the other regions needs.
    """

    dialogue: Box
    around: Box
    speaker: Box | None
    ignore: tuple[Box, ...]
    others: tuple[Box, ...] = ()

    @property
    def needed(self) -> Box:
        """The smallest box that holds everything to look at: what a source has to grab."""
        needed = self.around.union(self.speaker) if self.speaker else self.around
        for other in self.others:
            needed = needed.union(other)
        return needed


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture from a source, or the part of it that the regions need.

    `pixels` is the luma of `box`, a rectangle of the whole frame, whose size is `size`. `time` is in seconds on the
    source's own clock: `time.monotonic` for a live source, media time for a recording. `sequence` counts the frames the
    source saw, so that a hole in it shows frames left out. `colour` gives the same rectangle in colour; it may be
    slow, and may be called for as long as the frame is kept, from any thread. Nobody writes to what either of them
    gives. `held` is about how many bytes the frame keeps in memory. `whole` is the whole frame as one of its own; a
    source gives it a few times a second, if it is asked to (see capture/whole_frames.py), and the rest have None.
    """

    pixels: GreyImage
    time: float
    sequence: int
    box: Box
    size: Size
    colour: Callable[[], ColourImage] | None = None
    held: int = 0
    whole: Frame | None = None

    def crop(self, box: Box) -> GreyImage:
        """The luma of `box`, in pixels of the whole frame, as a view; `box` must lie within `self.box`."""
        left, top = box.left - self.box.left, box.top - self.box.top
        view: NDArray[Any] = self.pixels[top : top + box.height, left : left + box.width]
        return view

    def in_colour(self) -> ColourImage:
        """The picture in colour; from a source that has none, its luma as blue, green and red."""
        return np.repeat(self.pixels[:, :, None], 3, axis=2) if self.colour is None else self.colour()
