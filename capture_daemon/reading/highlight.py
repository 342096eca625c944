"""Highlight: which option of a menu is set apart from the others, by its colours or a sign before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import cv2
import numpy as np
from numpy.typing import NDArray

from capture_daemon.frames import Box, ColourImage, GreyImage

APART = 28.0
"""Levels, as a distance in blue, green and red, from which a colour is another one; 18 to 45: video shifts it by 10."""
ALIKE = 0.4
"""How far the others may be apart, as a share of how far one is from them; 0.25 to 0.5."""
MOVED = 0.7
"""Share of `APART` by which an option looks otherwise than it did; 0.5 to 1."""
STEADY = 1.25
"""How much more options may differ than when they were most alike to be as they were then; 1.1 to 1.5."""
DIM = 0.75
"""Contrast, as a share of the others', below which an option is greyed out rather than highlighted; 0.6 to 0.9."""
POINTER_REACH, POINTER_GAP = 2.4, 0.2
"""From where to where a pointer may stand left of an option, in heights; 1.5 to 3 and 0.1 to 0.4."""
POINTED = 12.0
"""Contrast, as a standard deviation in levels, that a pointer gives what is left of an option; 8 to 20."""
CORE = 0.65
"""Share of the strongest difference from the background from which a pixel surely is ink; 0.5 to 0.8."""
STANDS, WHOLE, FAINT = 0.45, 0.6, 0.3
"""Correlation with its edges from which an option stands, 0.35 to 0.6; and the strength of them, as a share of what it
was, from which it isn't fading, 0.5 to 0.8, or may have been highlighted in other colours, 0.2 to 0.4."""
INK, POINTER = 0, 2
"""The places of the ink and the pointer among an option's features."""
KEPT = 3
"""Looks of an option that it is known by, 2 to 5: highlighted, not highlighted, and one in between."""

Values = NDArray[np.float64]


Idle = tuple[Values | None, Values | None, Values | None]
"""How options look that aren't highlighted: their ink, their ground, their pointer; None for what isn't known."""
NOT_KNOWN: Idle = (None, None, None)


@dataclass(frozen=True, slots=True)
class Appearance:
    """How an option looks: the colours of its ink and ground, blue, green, red, and the contrast to its left."""

    ink: Values
    ground: Values
    pointer: Values

    @property
    def contrast(self) -> float:
        """How far its ink is from its ground, in levels."""
        return _distance(self.ink, self.ground)

    @property
    def features(self) -> tuple[Values, Values, Values]:
        """What options are compared by, each such that `APART` is another look."""
        return self.ink, self.ground, self.pointer * (APART / POINTED)

    def changes(self, other: Appearance) -> list[float]:
        """How far it is from another look, feature by feature."""
        return [_distance(one, another) for one, another in zip(self.features, other.features, strict=True)]


class OptionPicture:
    """What an option looked like when it was read: where its ink lies, and its edges, by which it is known again."""

    def __init__(self, colour: ColourImage, box: Box) -> None:
        """`colour` is the region in blue, green, red, shape (height, width, 3), and `box` the option's in it."""
        self.box = box
        self._inside = _slices(box.grown(round(0.2 * box.height), round(0.15 * box.height)), colour)
        reach = Box(
            box.left - round(POINTER_REACH * box.height),
            box.top,
            round((POINTER_REACH - POINTER_GAP) * box.height),
            box.height,
        )
        self._before = _slices(reach, colour)
        part = np.ascontiguousarray(colour[self._inside])
        # Strokes are what differs from all round it, for the ground itself may be a picture.
        round_it = cv2.medianBlur(part, max(5, box.height) | 1)
        distance = cv2.absdiff(part, round_it).max(axis=2).astype(np.float64)
        strongest = float(np.percentile(distance, 99.5))
        self._ink = distance >= max(1.0, CORE * strongest)
        near = cv2.dilate((distance >= max(1.0, 0.2 * strongest)).astype(np.uint8), np.ones((3, 3), np.uint8))
        self._ground = near == 0
        if not self._ground.any():
            self._ground = ~self._ink
        luma = cv2.cvtColor(np.ascontiguousarray(colour[self._inside]), cv2.COLOR_BGR2GRAY)
        self._edges = [_edges(np.asarray(luma, np.uint8))]

    def look_again(self, luma: GreyImage) -> None:
        """Keep another look of the option, which was read again: from now on it is known by either."""
        self._edges = [*self._edges[: KEPT - 1], _edges(luma[self._inside])]

    def appearance(self, colour: ColourImage) -> Appearance:
        """How it looks in a frame."""
        part, before = colour[self._inside], colour[self._before]
        ink = np.median(part[self._ink], axis=0) if self._ink.any() else np.zeros(3)
        ground = np.median(part[self._ground], axis=0) if self._ground.any() else np.zeros(3)
        pointer = [before.std(axis=(0, 1)).max() if before.size else 0.0]
        return Appearance(*(np.asarray(values, np.float64) for values in (ink, ground, pointer)))

    def standing(self, luma: GreyImage) -> tuple[float, float]:
        """How much of it is there in a frame's luma: the correlation of its edges, at most 1, and their strength."""
        now = _edges(luma[self._inside])
        best = max(self._edges, key=lambda edges: _correlation(edges, now))
        usual = float(best.std())
        return _correlation(best, now), float(now.std()) / usual if usual else 0.0


class Baseline:
    """How the options of one menu looked when they were most alike: then none was highlighted.

    Where plates let the picture through, options differ even then; but less than one that is highlighted changes.
    """

    def __init__(self) -> None:
        self._states: list[tuple[list[Values], float]] = []
        self._first: Sequence[Appearance] = ()
        self._moved: set[tuple[int, int]] = set()

    def see(self, looks: Sequence[Appearance], *, highlighted: bool) -> None:
        """Take in how they look now, and whether one of them is known to be highlighted."""
        if not self._states:
            self._states = [([], float("inf"))] * 3
            self._first = looks
        for place, (look, first) in enumerate(zip(looks, self._first, strict=True)):
            self._moved |= {(place, at) for at, change in enumerate(look.changes(first)) if change >= MOVED * APART}
        if highlighted:
            return
        for feature, (_, least) in enumerate(self._states):
            values = [look.features[feature] for look in looks]
            spread = _spread(values)
            if spread <= max(ALIKE * APART, STEADY * least):
                # The latest of those: they may have been fading in before.
                self._states[feature] = values, min(spread, least)

    def has_moved(self, place: int, feature: int) -> bool:
        """Whether an option has ever looked otherwise than when it came."""
        return (place, feature) in self._moved

    def changed(self, looks: Sequence[Appearance], feature: int) -> int | None:
        """Which option looks otherwise than it did then, while all others don't."""
        values, spread = self._states[feature] if self._states else ([], 0.0)
        if not values:
            return None
        changes = [_distance(look.features[feature], value) for look, value in zip(looks, values, strict=True)]
        most = max(changes)
        place = changes.index(most)
        others = [change for at, change in enumerate(changes) if at != place]
        if feature == POINTER and looks[place].pointer < values[place] * POINTED / APART:
            # What was left of it has been covered: no pointer came.
            return None
        return place if most >= APART and max(*others, spread) <= ALIKE * most else None


def set_apart(looks: Sequence[Appearance], idle: Idle, baseline: Baseline) -> int | None:
    """Which option is set apart from the others, counted from 0; None if that isn't sure.

    `idle` is how options look that aren't highlighted, as far as it is known: of two options that differ nobody can
    tell otherwise which is the one that is highlighted. `baseline` is how these looked before. What is behind an
    option, or left of it, may be the picture: it counts only if it has changed.
    """
    found = {baseline.changed(looks, feature) for feature in range(3)}
    for feature in range(3):
        place = _apart_in(looks, idle, feature)
        if place is not None and (feature == INK or baseline.has_moved(place, feature)):
            found.add(place)
    places = [place for place in found if place is not None]
    return places[0] if len(places) == 1 else None


def idle_of(looks: Sequence[Appearance], highlighted: int | None) -> Idle:
    """How options look that aren't highlighted: what all are alike in, but for the one that is, counted from 0."""
    others = [look for place, look in enumerate(looks) if place != highlighted]

    def usual(feature: int) -> Values | None:
        return _common([look.features[feature] for look in others])

    return usual(0), usual(1), usual(2)


def merged(first: Idle, second: Idle) -> Idle:
    """What is known by either, by the first where both know it."""

    def known(feature: int) -> Values | None:
        return first[feature] if first[feature] is not None else second[feature]

    return known(0), known(1), known(2)


def is_known(idle: Idle) -> bool:
    """Whether anything is known of it."""
    return any(one is not None for one in idle)


def is_dim(looks: Sequence[Appearance], place: int) -> bool:
    """Whether an option looks greyed out beside the others."""
    others = [look.contrast for at, look in enumerate(looks) if at != place]
    return looks[place].contrast < DIM * min(others)


def _apart_in(looks: Sequence[Appearance], idle: Idle, feature: int) -> int | None:
    values, usual = [look.features[feature] for look in looks], idle[feature]
    for place, value in enumerate(values):
        others = [other for at, other in enumerate(values) if at != place]
        if usual is not None:
            far, near = _distance(value, usual), max(_distance(other, usual) for other in others)
        elif len(others) > 1:
            far = min(_distance(value, other) for other in others)
            near = max(_distance(one, other) for one, other in combinations(others, 2))
        else:
            return None
        if far >= APART and near <= ALIKE * far and (feature != POINTER or value > max(others)):
            return place
    return None


def _common(values: Sequence[Values]) -> Values | None:
    return values[0] if _spread(values) < ALIKE * APART else None


def _spread(values: Sequence[Values]) -> float:
    return max((_distance(one, other) for one, other in combinations(values, 2)), default=0.0)


def _distance(one: Values, other: Values) -> float:
    return float(np.linalg.norm(one - other))


def _slices(box: Box, picture: ColourImage) -> tuple[slice, slice]:
    top, left = max(0, box.top), max(0, box.left)
    return slice(top, max(top, min(box.bottom, picture.shape[0]))), slice(
        left, max(left, min(box.right, picture.shape[1]))
    )


def _edges(luma: NDArray[np.uint8]) -> NDArray[np.float32]:
    picture = np.asarray(luma, np.float32)
    across, down = cv2.Sobel(picture, cv2.CV_32F, 1, 0), cv2.Sobel(picture, cv2.CV_32F, 0, 1)
    return np.asarray(cv2.magnitude(across, down), np.float32)


def _correlation(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    first, second = one - one.mean(), other - other.mean()
    size = float(np.sqrt((first * first).sum() * (second * second).sum()))
    return float((first * second).sum()) / size if size else 0.0
