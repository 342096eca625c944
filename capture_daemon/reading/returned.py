"""Lines that vanished together with their box, and come back with it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from statistics import median

import cv2

from capture_daemon.frames import GreyImage
from capture_daemon.reading.ink import Mask, alike, grown
from capture_daemon.reading.page import STROKES, Page, StandingRow, lost_ink
from capture_daemon.reading.surface import Surface

REMEMBERED = 5
"""How many pages are remembered: a menu's own text, or a picture's details, may stand before the old one comes back."""
WATCH_SECONDS = 1.0
"""For how long after a line went its box is looked for."""
WHOLE = 0.9
"""Share of the ink that must be back in place."""
SHAKEN = 0.7
"""The same where the text shakes."""
PIECE_SHARE = 0.25
"""Share of a usual letter's ink that may be missing in one place: a ? is not a !."""
BLUR = 3
"""Pixels round a stroke that may be taken for ink while its box comes back behind it."""
DIM = 6
"""Levels of luma by which ink that was only darkened, under a menu laid over it, still stands out."""
DIM_SHARE = 0.9
"""Share of the ink that does."""
DIM_RATIO = 2.5
"""So many times as much it stands out there as the rest of the region does."""
AT_ONCE_SECONDS = 0.6
"""Rows that took longer than this to come were typed, and so are said again."""


def largest_piece(mask: Mask) -> int:
    """How many pixels the largest connected piece of a mask has."""
    _, _, statistics, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    return int(statistics[1:, cv2.CC_STAT_AREA].max(initial=0))


@dataclass(slots=True, eq=False)
class _Gone:
    rows: list[StandingRow]
    mask: Mask
    level: GreyImage
    allowance: GreyImage
    letter: float
    surface: Surface
    watch_until: float
    with_its_box: bool = False
    only_dimmed: bool = True

    @property
    def was_cleared(self) -> bool:
        """Whether it was text, and no picture's details, and its box, which is known, is still there."""
        is_text = any(standing.filling.said is not None for standing in self.rows)
        return is_text and self.surface.is_known and not (self.with_its_box or self.only_dimmed)

    def shows_dimly(self, current: GreyImage) -> bool:
        """Whether it still shows in a frame without it: it's covered by something that lets it through."""
        if self.mask.shape != current.shape:
            return False
        contrast = cv2.morphologyEx(current, cv2.MORPH_TOPHAT, STROKES)
        lit = cv2.threshold(contrast, DIM - 1, 255, cv2.THRESH_BINARY)[1]
        if cv2.countNonZero(cv2.bitwise_and(lit, self.mask)) < DIM_SHARE * cv2.countNonZero(self.mask):
            return False
        around = cv2.bitwise_not(grown(self.mask, BLUR))
        return cv2.mean(contrast, self.mask)[0] >= DIM_RATIO * cv2.mean(contrast, around)[0]

    def stands_in(self, page: Page, still: GreyImage) -> bool:
        """Whether all of it is lit in a picture of the region, and the page has nothing besides.

        How thick the page's strokes are says nothing: while a box comes back, what is round them may pass for ink.
        """
        if self.mask.shape != page.mask.shape:
            return False
        lost = lost_ink(self.mask, self.level, self.allowance, still)
        spare = (1 - WHOLE) * cv2.countNonZero(self.mask)
        if cv2.countNonZero(lost) > spare or largest_piece(lost) > PIECE_SHARE * self.letter:
            return False
        return cv2.countNonZero(cv2.subtract(page.mask, grown(self.mask, BLUR))) <= spare


class Returned:
    """Remembers the last pages that went, and tells one that is back from one that is said again."""

    def __init__(self) -> None:
        self._gone: deque[_Gone] = deque(maxlen=REMEMBERED)

    def remember(self, page: Page, surface: Surface, time: float) -> None:
        """The page's text is going at a time in seconds."""
        self._gone.append(
            _Gone(
                list(page.rows),
                page.mask.copy(),
                page.level.copy(),
                page.allowance.copy(),
                median([shape.area for shape in page.shapes]) if page.shapes else 0.0,
                surface,
                time + WATCH_SECONDS,
            )
        )

    def watch(self, current: GreyImage, time: float) -> None:
        """See in a frame (in which ink is light) without those texts which of their boxes are gone too."""
        for gone in self._gone:
            if time >= gone.watch_until:
                continue
            if not gone.with_its_box:
                gone.with_its_box = gone.surface.vanished_in(current)
            gone.only_dimmed = gone.only_dimmed and gone.shows_dimly(current)

    def find(self, page: Page, still: GreyImage, *, shaking: bool = False) -> list[StandingRow] | None:
        """The rows that the page's text is, come back whole and in place after their box had vanished; or None.

        `still` is the region's picture (in which ink is light) with what moved taken out.
        """
        if not shaking and any(
            standing.filled.changed - standing.filled.came > AT_ONCE_SECONDS for standing in page.rows
        ):
            return None
        for gone in reversed(self._gone):
            is_back = alike(gone.mask, page.mask, SHAKEN) if shaking else gone.stands_in(page, still)
            if (gone.with_its_box or gone.only_dimmed) and is_back:
                return gone.rows
            if gone.was_cleared:
                # Since then the box has stood with other words: what stood before them would be said again.
                return None
        return None
