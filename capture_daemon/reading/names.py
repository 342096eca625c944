"""Names: what stands in the speaker region."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import cv2

from capture_daemon.frames import GreyImage
from capture_daemon.reading.crop import row_image
from capture_daemon.reading.filling import NamePicture
from capture_daemon.reading.ink import Ink, InkFinder, Mask, alike, empty_mask
from capture_daemon.reading.page import Page
from capture_daemon.reading.polarity import find_look

REMEMBERED = 64
"""How many names are known by their looks, so that each is read once."""
SAME = 0.9
"""Share of the ink that two pictures of one name have in common."""
STEADY = 0.97
"""Share of the ink that two frames of a name that has come to rest have in common."""
LEAST_INK = 12
"""Pixels of ink under which there is no name."""


@dataclass(frozen=True, slots=True, eq=False)
class _Candidate:
    mask: Mask
    since: float


class NameWatcher:
    """Follows the speaker region, frame by frame; each different name is to be read once."""

    def __init__(self) -> None:
        self.present: NamePicture | None = None
        self._finder = InkFinder()
        self._known: deque[NamePicture] = deque(maxlen=REMEMBERED)
        self._candidate: _Candidate | None = None

    @property
    def is_settled(self) -> bool:
        """Whether what stands in the region is `present`, and not something else that is still coming to rest."""
        return self._candidate is None

    def see(self, picture: GreyImage, time: float) -> None:
        """Take in the region's picture (uint8, luma) at a time in seconds."""
        ink = self._finder.add(picture, time)
        if ink is None:
            return
        if self._shows(ink.mask):
            self._candidate = None
            return
        candidate = self._candidate
        if candidate is None or not alike(candidate.mask, ink.mask, STEADY):
            both = self._finder.both()
            if self.present is None and both is not None:
                look = find_look(*both, self._finder.polarity, empty_mask(ink.mask.shape))
                if look is not None:
                    self._finder.use(look)
            self._candidate = _Candidate(ink.mask, time)
        elif ink.since >= candidate.since:
            # Until now the window held frames of the old name too, and showed what both have in common.
            self._candidate = None
            self.present = self._picture(ink)

    def _shows(self, mask: Mask) -> bool:
        if self.present is None:
            return cv2.countNonZero(mask) < LEAST_INK
        return alike(self.present.mask, mask, SAME)

    def _picture(self, ink: Ink) -> NamePicture | None:
        if cv2.countNonZero(ink.mask) < LEAST_INK:
            return None
        for known in self._known:
            if alike(known.mask, ink.mask, SAME):
                return known
        page = Page.blank(ink.mask.shape)
        page.add(ink.mask, ink)
        page.picture = ink.still
        rows = [row for row in page.found_rows(0) if row.box.height >= 6]
        if not rows:
            return None
        # A plate's rim and what shows behind it make rows too, lower ones with less ink.
        largest = max(rows, key=lambda row: row.area)
        rows = [row for row in rows if row.area > 0.5 * largest.area and row.box.height > 0.7 * largest.box.height]
        images = [row_image(page, row, self._finder.polarity) for row in rows]
        name = NamePicture(ink.mask, images)
        self._known.append(name)
        return name
