"""Names: what stands in the speaker region."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import cv2
import numpy as np

from capture_daemon.frames import GreyImage
from capture_daemon.reading.crop import row_image
from capture_daemon.reading.edge import strays
from capture_daemon.reading.filling import NamePicture
from capture_daemon.reading.ink import Ink, InkFinder, Mask, alike, empty_mask
from capture_daemon.reading.page import Page, cut
from capture_daemon.reading.polarity import find_look
from capture_daemon.reading.rows import Row, Shape, find_rows, find_shapes

REMEMBERED = 64
"""How many names are known by their looks, so that each is read once."""
SAME = 0.9
"""Share of the ink that two pictures of one name have in common."""
STEADY = 0.97
"""Share of the ink that two frames of a name that has come to rest have in common."""
WIDE_GAP = 2.5
"""No two letters of a name are so many times its height apart."""
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
        name = name_ink(ink.mask)
        if self._shows(name):
            self._candidate = None
            return
        candidate = self._candidate
        if candidate is None or not alike(candidate.mask, name, STEADY):
            both = self._finder.both()
            if self.present is None and both is not None:
                look = find_look(*both, self._finder.polarity, empty_mask(ink.mask.shape))
                if look is not None:
                    self._finder.use(look)
            self._candidate = _Candidate(name, time)
        elif ink.since >= candidate.since:
            # Until now the window held frames of the old name too, and showed what both have in common.
            self._candidate = None
            self.present = self._picture(name, ink)

    def _shows(self, mask: Mask) -> bool:
        if self.present is None:
            return cv2.countNonZero(mask) < LEAST_INK
        return alike(self.present.mask, mask, SAME)

    def _picture(self, mask: Mask, ink: Ink) -> NamePicture | None:
        if cv2.countNonZero(mask) < LEAST_INK:
            return None
        for known in self._known:
            if alike(known.mask, mask, SAME):
                return known
        page = Page.blank(mask.shape)
        # All the ink, so that what isn't the name's is painted over in the pictures of its rows.
        page.add(ink.mask, ink)
        page.picture = ink.still
        rows = find_rows(
            [shape for shape in page.shapes if cv2.countNonZero(cut(mask, shape.box) & page.shape_mask(shape))]
        )
        if not rows:
            return None
        images = [row_image(page, row, self._finder.polarity) for row in rows]
        name = NamePicture(mask, images)
        self._known.append(name)
        return name


def name_ink(mask: Mask) -> Mask:
    """The ink of the name alone: a plate's rim, and a picture that shows behind it, have some, too."""
    labels, shapes = find_shapes(mask)
    height, width = mask.shape
    outside = {shape.label for shape in strays(shapes, [], width, height)}
    rows = [row for row in find_rows([shape for shape in shapes if shape.label not in outside]) if row.box.height >= 6]
    if not rows:
        return empty_mask(mask.shape)
    # What shows behind makes rows too, lower ones with less ink, and shapes far to the right in the name's own row.
    largest = max(rows, key=lambda row: row.area)
    rows = [row for row in rows if row.area > 0.5 * largest.area and row.box.height > 0.7 * largest.box.height]
    own = np.zeros(len(shapes) + 1, np.uint8)
    own[[shape.label for row in rows for shape in _together(row)]] = 255
    return np.asarray(own[labels], np.uint8)


def _together(row: Row) -> list[Shape]:
    """The row's shapes up to the first wide gap."""
    kept: list[Shape] = []
    end = row.box.left
    for shape in row.shapes:
        if shape.box.left - end > WIDE_GAP * row.box.height:
            break
        kept.append(shape)
        end = max(end, shape.box.right)
    return kept
