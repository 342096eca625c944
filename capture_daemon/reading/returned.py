"""Lines that vanished together with their box, and come back with it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from capture_daemon.frames import GreyImage
from capture_daemon.reading.ink import Mask, alike
from capture_daemon.reading.page import Page, StandingRow
from capture_daemon.reading.surface import Surface

REMEMBERED = 3
"""How many pages are remembered: a menu's own text, or a picture's details, may stand before the old one comes back."""
WHOLE = 0.9
"""Share of the ink that must be back in place."""
SHAKEN = 0.7
"""The same where the text shakes."""


@dataclass(slots=True, eq=False)
class _Gone:
    rows: list[StandingRow]
    mask: Mask
    surface: Surface
    with_its_box: bool = False


class Returned:
    """Remembers the last pages that went, and tells one that is back from one that is said again."""

    def __init__(self) -> None:
        self._gone: deque[_Gone] = deque(maxlen=REMEMBERED)

    def remember(self, page: Page, surface: Surface) -> None:
        """The page's text is going."""
        self._gone.append(_Gone(list(page.rows), page.mask.copy(), surface))

    def watch(self, current: GreyImage) -> None:
        """See in a frame (in which ink is light) without that text whether its box is gone too."""
        if self._gone and not self._gone[-1].with_its_box:
            last = self._gone[-1]
            last.with_its_box = last.surface.vanished_in(current)

    def find(self, page: Page, *, shaking: bool = False) -> list[StandingRow] | None:
        """The rows that the page's text is, come back whole and in place after their box had vanished; or None."""
        for gone in reversed(self._gone):
            if gone.with_its_box and alike(gone.mask, page.mask, SHAKEN if shaking else WHOLE):
                return gone.rows
        return None
