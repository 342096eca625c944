"""Ink: pixels that stand out from what is round them, and stand still.

A picture that moves behind the text is told from the text by time: of each pixel the darkest value in the last few
frames is taken before bright ink is looked for (the lightest for dark ink), so that what moves is never bright for
long enough to be ink. Ink is then what a morphological top-hat leaves of that: strokes narrower than the kernel.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import Enum

import cv2
import numpy as np
from numpy.typing import NDArray

from capture_daemon.frames import GreyImage
from capture_daemon.reading.surroundings import without_surroundings

Mask = NDArray[np.uint8]
"""Shape (height, width), uint8, 255 where it holds and 0 elsewhere."""

WINDOW_SECONDS = 0.12
"""For how long a pixel must have stood still to be ink; 4 frame intervals at 30 frames a second."""
WINDOW_FRAMES = 3
"""The fewest frames that say anything about standing still, however slowly they come."""
STROKE_LIMIT = 17
"""Width in pixels that no stroke of text reaches; 60-pixel bold letters have strokes of about 10."""
CONTRAST_FLOOR = 28
"""Levels of luma by which ink must stand out at the least."""
UNKNOWN_FLOOR = 48
"""The same while no text has been read here yet: paper has a grain, and a picture its details."""
CONTRAST_SHARE = 0.38
"""Share of the text's own contrast that ink must have: the picture behind a box has less."""
MOVEMENT_LIMIT = 56
"""Levels of luma by which a pixel of ink may vary within the window: what video compression does to still text."""

OUTLINED_FOR = 8
"""So many times what appears is taken to be outlined without showing it: a picture's details have no outline."""

SHAKE = 3
"""Pixels by which letters that shake may be out of their place."""

_KERNEL = cv2.getStructuringElement(cv2.MORPH_RECT, (STROKE_LIMIT, STROKE_LIMIT))


class Polarity(Enum):
    """Whether text is lighter or darker than what is behind it."""

    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Look:
    """How text looks: its polarity, and whether it has an outline that stands out as well: then it has no box."""

    polarity: Polarity
    outlined: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Ink:
    """What stands still and stands out in one region at one moment.

    `still` is the region with what moved taken out: the darkest of the window's frames for light text, the lightest
    for dark text. Dark text is inverted, so that in `still` and `current` ink is always light. `contrast` is by how
    much each pixel of `still` stands out, `mask` where that is enough for ink. `since` is the time of the window's
    first frame: ink that is new in this window appeared then.
    """

    still: GreyImage
    current: GreyImage
    raw: GreyImage
    contrast: GreyImage
    mask: Mask
    moved: Mask
    since: float
    time: float


def empty_mask(shape: tuple[int, int]) -> Mask:
    """A mask that holds nowhere."""
    return np.zeros(shape, np.uint8)


def grown(mask: Mask, pixels: int) -> Mask:
    """The mask with `pixels` more on every side."""
    side = 2 * pixels + 1
    return cv2.dilate(mask, np.ones((side, side), np.uint8)).astype(np.uint8, copy=False)


def smeared(picture: GreyImage) -> GreyImage:
    """The picture with its light ink spread over all the places where it would be if it shook."""
    return grown(picture, SHAKE)


def _clear_edge(mask: Mask, width: int) -> None:
    mask[:width] = mask[-width:] = 0
    mask[:, :width] = mask[:, -width:] = 0


def alike(one: Mask, other: Mask, share: float) -> bool:
    """Whether two masks have that share of their ink in common, each way, within a pixel."""
    if one.shape != other.shape:
        return False
    there = cv2.countNonZero(cv2.bitwise_and(one, grown(other, 1)))
    back = cv2.countNonZero(cv2.bitwise_and(other, grown(one, 1)))
    return there >= share * cv2.countNonZero(one) and back >= share * cv2.countNonZero(other)


class InkFinder:
    """Finds the ink in one region, frame by frame."""

    def __init__(self) -> None:
        self._window: deque[tuple[float, GreyImage]] = deque()
        self._polarity = Polarity.LIGHT
        self._level: float | None = None
        self._shaking = False
        self._outlined = 0

    @property
    def polarity(self) -> Polarity:
        """Whether the text is taken to be lighter or darker than what is behind it."""
        return self._polarity

    @property
    def current(self) -> GreyImage:
        """The last frame's picture, inverted where text is dark, so that ink is light; smeared where it shakes."""
        raw = self._light(self._window[-1][1])
        return smeared(raw) if self._shaking else raw

    @property
    def is_outlined(self) -> bool:
        """Whether the text is taken to have an outline and no box."""
        return self._outlined > 0

    @property
    def is_shaking(self) -> bool:
        """Whether the text is taken to shake: then its ink is looked for in frames in which it's smeared."""
        return self._shaking

    def shake(self, shaking: bool) -> None:
        """Take the text to shake, or to stand still, from now on."""
        self._shaking = shaking

    def has_moved(self, mask: Mask) -> bool:
        """Whether the frames of the window, as they are, differ within the mask."""
        pictures = [picture for _, picture in self._window]
        low = high = pictures[0]
        for picture in pictures[1:]:
            low, high = np.minimum(low, picture), np.maximum(high, picture)
        moved = cv2.threshold(cv2.absdiff(high, low), MOVEMENT_LIMIT, 255, cv2.THRESH_BINARY)[1]
        return cv2.countNonZero(cv2.bitwise_and(moved, mask)) > 0.02 * cv2.countNonZero(mask)

    def now(self) -> Ink:
        """The ink of the present window, which must have a frame."""
        return self._find()

    def _light(self, picture: GreyImage) -> GreyImage:
        if self._polarity is Polarity.DARK:
            return cv2.bitwise_not(picture).astype(np.uint8, copy=False)
        return picture

    def restart(self) -> None:
        """Forget the frames so far: text was cleared, and what stood still until then says nothing about what comes."""
        last = self._window[-1] if self._window else None
        self._window.clear()
        if last is not None:
            self._window.append(last)

    def use(self, look: Look) -> bool:
        """Look for text of that look from now on; whether it was lighter or darker than what was looked for before."""
        turned = look.polarity is not self._polarity
        if turned:
            self._polarity = look.polarity
            self._level = None
        self._outlined = OUTLINED_FOR if look.outlined else 0 if turned else max(0, self._outlined - 1)
        return turned

    def learn(self, contrast: float) -> None:
        """Text with this contrast was read here: look for ink of about that strength from now on."""
        self._level = contrast if self._level is None else 0.7 * self._level + 0.3 * contrast

    def add(self, picture: GreyImage, time: float) -> Ink | None:
        """Take in a frame's picture of the region (uint8, luma); None while too few frames are known."""
        window = self._window
        if window and window[0][1].shape != picture.shape:
            window.clear()
        window.append((time, picture))
        while len(window) > WINDOW_FRAMES and time - window[1][0] >= WINDOW_SECONDS - 1e-3:
            window.popleft()
        if len(window) < WINDOW_FRAMES or time - window[0][0] < WINDOW_SECONDS - 1e-3:
            return None
        return self._find()

    def both(self) -> tuple[Ink, Ink] | None:
        """The present window's ink as light text and as dark text, or None while too few frames are known."""
        if len(self._window) < WINDOW_FRAMES:
            return None
        kept, level, outlined = self._polarity, self._level, self._outlined
        found = []
        for polarity in Polarity:
            self._polarity, self._level, self._outlined = polarity, None, 0
            found.append(self._find())
        self._polarity, self._level, self._outlined = kept, level, outlined
        return found[0], found[1]

    def _find(self) -> Ink:
        raw = self._light(self._window[-1][1])
        pictures = [self._light(picture) for _, picture in self._window]
        if self._shaking:
            pictures = [smeared(picture) for picture in pictures]
        still = high = pictures[0]
        for picture in pictures[1:]:
            still, high = np.minimum(still, picture), np.maximum(high, picture)
        moved = cv2.threshold(cv2.absdiff(high, still), MOVEMENT_LIMIT, 255, cv2.THRESH_BINARY)[1]
        current = pictures[-1]
        contrast = np.asarray(cv2.morphologyEx(still, cv2.MORPH_TOPHAT, _KERNEL), np.uint8)
        floor = self._floor(contrast)
        mask = cv2.threshold(contrast, floor, 255, cv2.THRESH_BINARY)[1]
        if self._shaking:
            # The smear of what is lit at the region's very edge, the frame round its box perhaps, is no text.
            _clear_edge(np.asarray(mask, np.uint8), 2 * SHAKE)
        else:
            cv2.subtract(mask, moved, mask)
            if self._outlined:
                mask = without_surroundings(np.asarray(mask, np.uint8), still.astype(np.uint8, copy=False))
        time, since = self._window[-1][0], self._window[0][0]
        return Ink(
            still=still.astype(np.uint8, copy=False),
            current=current.astype(np.uint8, copy=False),
            raw=raw,
            contrast=contrast.astype(np.uint8, copy=False),
            mask=mask.astype(np.uint8, copy=False),
            moved=moved.astype(np.uint8, copy=False),
            since=since,
            time=time,
        )

    def _floor(self, contrast: GreyImage) -> float:
        """The contrast ink must have: a share of that of the text read here before, or of the strongest there is."""
        if self._level is not None:
            return max(CONTRAST_FLOOR, CONTRAST_SHARE * self._level)
        histogram = cv2.calcHist([contrast], [0], None, [256], [0, 256]).ravel()
        from_top = np.cumsum(histogram[::-1])
        strongest = 255.0 - float(np.searchsorted(from_top, 24))
        return max(UNKNOWN_FLOOR, CONTRAST_SHARE * strongest)
