"""Marks that are not text: the ▼ after a line that blinks or bounces until the player goes on."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from capture_daemon.frames import Box, GreyImage
from capture_daemon.reading.ink import Mask
from capture_daemon.reading.rows import Shape

REMEMBERED = 12
"""How many different marks are remembered; a game has one or two, seen in a few phases of its movement."""
LIKENESS = 0.75
"""Share of the ink that two marks must have in common to be the same."""
SMALLEST = 0.38
"""Share of the letters' height that a mark has at the least."""
BULGE = 0.88
"""Share of the smallest bulging shape round a mark that it fills: compression frays the edges."""
FILLED = 0.86
"""Share of that shape which is ink, where a mark isn't hollow."""
SOLIDITY = 1.65
"""A mark's thickest place is this many times as thick as the text's strokes."""
VALLEY = np.ones((7, 7), np.uint8)
"""Strokes of a letter are less than this far apart where they run into one another."""
VALLEY_DEPTH = 0.2
"""Share of a shape's strongest contrast by which it is weaker between two strokes."""
VALLEY_SHARE = 0.05
"""Share of a shape's inner pixels that lie between strokes, where it is made of some."""


@dataclass(frozen=True, slots=True, eq=False)
class _Mark:
    picture: Mask
    area: int


def cluster(shapes: list[Shape]) -> Box:
    """The box round all the shapes; there must be one at least."""
    box = shapes[0].box
    for shape in shapes[1:]:
        box = box.union(shape.box)
    return box


def stroke_radius(mask: Mask) -> float:
    """Half the width in pixels of the strokes in the mask, at the thick places; 0 without ink."""
    distance = cv2.distanceTransform(mask, cv2.DIST_L2, 3)
    ridge = distance[(distance > 0) & (distance >= cv2.dilate(distance, np.ones((3, 3), np.uint8)) - 1e-3)]
    return float(np.percentile(ridge, 75)) if ridge.size else 0.0


def thickest(mask: Mask) -> float:
    """Half the width in pixels of the mask at its thickest place."""
    padded = np.pad(mask, 1)
    return float(cv2.distanceTransform(padded, cv2.DIST_L2, 3).max())


class Marks:
    """The marks seen in one region."""

    def __init__(self) -> None:
        self._known: list[_Mark] = []

    def remember(self, picture: Mask, letter: int) -> None:
        """Learn a mark from the mask of its ink, cut to its box; what is as small as a dot can't be told from one."""
        area = int(cv2.countNonZero(picture))
        if self.knows(picture, letter) or not could_be_mark(picture, letter):
            return
        self._known = [*self._known[-REMEMBERED + 1 :], _Mark(picture.copy(), area)]

    def knows(self, picture: Mask, letter: int) -> bool:
        """Whether the ink, cut to its box, is a mark seen before."""
        if not could_be_mark(picture, letter):
            return False
        height, width = picture.shape
        for mark in self._known:
            if abs(mark.picture.shape[0] - height) > 2 or abs(mark.picture.shape[1] - width) > 2:
                continue
            other = cv2.resize(mark.picture, (width, height), interpolation=cv2.INTER_NEAREST)
            common = cv2.countNonZero(cv2.bitwise_and(other, picture))
            either = cv2.countNonZero(cv2.bitwise_or(other, picture))
            if either and common >= LIKENESS * either:
                return True
        return False


def could_be_mark(picture: Mask, letter: int) -> bool:
    """Whether the ink, cut to its box, has a mark's size beside letters `letter` pixels high, and an outline like one.

    Triangles, diamonds and discs bulge everywhere; of the letters few do, and those have a hole.
    """
    height, width = picture.shape
    if min(height, width) < max(5, SMALLEST * letter) or max(height, width) > 1.8 * max(letter, 5):
        return False
    contours, _ = cv2.findContours(picture, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    outline = max(contours, key=cv2.contourArea)
    hull = cv2.convexHull(outline)
    within = cv2.contourArea(hull)
    return bool(
        within > 0
        and cv2.contourArea(outline) >= BULGE * within
        and cv2.arcLength(outline, True) <= cv2.arcLength(hull, True) / (BULGE - 0.02)
    )


def is_solid(picture: Mask, stroke: float, letter: int) -> bool:
    """Whether the ink, cut to its box, is a filled shape and no letter: thick all over, and about as wide as high.

    `stroke` is the text's stroke radius, `letter` its letters' height, in pixels.
    """
    if not could_be_mark(picture, letter):
        return False
    hull = cv2.convexHull(cv2.findNonZero(picture))
    # Areas between pixels' middles are smaller than pixel counts; half the outline makes them comparable.
    within = cv2.contourArea(hull) + cv2.arcLength(hull, True) / 2
    return cv2.countNonZero(picture) > FILLED * within and thickest(picture) > max(3.0, SOLIDITY * stroke)


def has_strokes(picture: Mask, contrast: GreyImage) -> bool:
    """Whether a shape that looks filled is a bold letter whose strokes run into one another: 배, or the ㅁ of 음.

    `picture` is the mask of its ink, cut to its box, and `contrast` its contrast in levels of luma, cut likewise:
    between strokes there is less of it, in the middle of a mark there isn't.
    """
    within = np.where(picture > 0, contrast, np.uint8(0))
    valleys = cv2.subtract(cv2.morphologyEx(within, cv2.MORPH_CLOSE, VALLEY), within)
    inner = cv2.erode(np.pad(picture, 1), np.ones((3, 3), np.uint8))[1:-1, 1:-1]
    deep = np.where(valleys > VALLEY_DEPTH * within.max(), inner, np.uint8(0))
    return cv2.countNonZero(deep) > VALLEY_SHARE * cv2.countNonZero(inner)
