"""Lines that vanished together with their box, and come back with it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from capture_daemon.frames import GreyImage
from capture_daemon.reading.filling import Filling
from capture_daemon.reading.ink import Mask, alike
from capture_daemon.reading.page import Page
from capture_daemon.reading.surface import Surface

REMEMBERED = 4
"""How many lines are remembered: a menu's own text may be read as a line or two before the old one comes back."""
WHOLE = 0.9
"""Share of the ink that must be back in place."""


@dataclass(slots=True, eq=False)
class _Gone:
    filling: Filling
    mask: Mask
    surface: Surface
    with_its_box: bool = False


class Returned:
    """Remembers the last lines that went, and tells one that is back from one that is said again."""

    def __init__(self) -> None:
        self._gone: deque[_Gone] = deque(maxlen=REMEMBERED)

    def remember(self, page: Page, filling: Filling, surface: Surface) -> None:
        """A line is going from the page."""
        mask = page.mask.copy()
        if all(standing.filling is filling for standing in page.rows):
            self._gone.append(_Gone(filling, mask, surface))

    def watch(self, current: GreyImage) -> None:
        """A frame (in which ink is light) without that line: is its box gone too?"""
        if self._gone and not self._gone[-1].with_its_box:
            last = self._gone[-1]
            last.with_its_box = last.surface.vanished_in(current)

    def find(self, page: Page) -> Filling | None:
        """The line that the page's text is, come back whole and in place after its box had vanished; or None."""
        for gone in reversed(self._gone):
            if gone.with_its_box and alike(gone.mask, page.mask, WHOLE):
                return gone.filling
        return None
