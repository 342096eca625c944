"""How large a window is in a stream that is as large as its monitor, with black beyond it: GNOME's streams are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from capture_daemon.frames import ColourImage, Size

FILLED = 0.5
"""Share of an edge that isn't black, 0 to 1, above which it is a window's: text on black fills less."""
BAR = 0.01
"""Share of the height above which black at the top is a bar of the game's own, 0 to 0.1: it has one below, too."""
LOOKS = 3
"""Looks with the same outcome after which a window has shrunk, 2 to 10: dragging and fading are over by then."""


class WindowExtent:
    """Follows the size of a window that lies in the upper left corner of each picture.

    It grows with the first look at something that isn't black. It shrinks only if the new edge looks like a window's
    for some looks: a game may have black edges of its own, for a while.
    """

    def __init__(self) -> None:
        self.size = Size(0, 0)
        self._smaller: tuple[Size, int] = (Size(0, 0), 0)

    def look(self, picture: ColourImage) -> Size:
        """Look at a whole picture, of at least three channels; returns the window's size, at least 1x1."""
        shown: NDArray[np.bool_] = np.any(picture[:, :, :3], axis=2)
        rows, columns = np.flatnonzero(np.any(shown, axis=1)), np.flatnonzero(np.any(shown, axis=0))
        if not rows.size:
            return self._kept(picture)
        found = Size(int(columns[-1]) + 1, int(rows[-1]) + 1)
        grown = Size(max(found.width, self.size.width), max(found.height, self.size.height))
        if grown != self.size:
            self.size = grown
        elif found != self.size:
            self._consider(found, shown, int(rows[0]), int(columns[0]))
        else:
            self._smaller = (self.size, 0)
        return self.size

    def _consider(self, found: Size, shown: NDArray[np.bool_], top: int, left: int) -> None:
        """Count a look at which the window might have become smaller."""
        narrower, lower = found.width < self.size.width, found.height < self.size.height
        right, bottom = shown[: found.height, found.width - 1], shown[found.height - 1, : found.width]
        has_shrunk = not (
            (narrower and (right.mean() < FILLED or left > BAR * self.size.width))
            or (lower and (bottom.mean() < FILLED or top > BAR * self.size.height))
        )
        before, looks = self._smaller
        looks = looks + 1 if has_shrunk and before == found else int(has_shrunk)
        self._smaller = (found, looks)
        if looks >= LOOKS:
            self.size = found

    def _kept(self, picture: ColourImage) -> Size:
        """The size after a picture that is all black: before anything else was seen, that of the picture."""
        return self.size if self.size.width else Size(picture.shape[1], picture.shape[0])
