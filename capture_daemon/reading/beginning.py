"""Beginning: when ink on an empty page may be taken for text, and whether that is light or dark."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from capture_daemon.reading.ink import WINDOW_SECONDS, Ink, InkFinder, Mask
from capture_daemon.reading.polarity import find_look

GROWING = 1.05
"""Ink so many times as much as before is still growing."""
SUDDENLY = 4
"""Ink so many times as much as a frame before is another thing: a box has come, or the picture has changed."""


class Verdict(Enum):
    """Whether text begins."""

    WAIT = "wait"
    TURN = "turn"
    BEGIN = "begin"


@dataclass(slots=True)
class _Ink:
    started: float
    grown: float
    area: int


class Beginning:
    """Watches ink on an empty page until it's told what it is."""

    def __init__(self) -> None:
        self._ink: _Ink | None = None

    def forget(self) -> None:
        """There is no such ink any more."""
        self._ink = None

    def take(self) -> tuple[float, float] | None:
        """When the ink that now becomes text first and last grew, in seconds; None where none was watched."""
        ink, self._ink = self._ink, None
        return (ink.started, ink.grown) if ink is not None else None

    def judge(self, ink: Ink, area: int, finder: InkFinder, ground: Mask) -> Verdict:
        """Whether `area` pixels of new ink on an empty page may be taken for text yet.

        What is round dark text looks like light ink a window's time before the text itself is known to stand still;
        only then is it told which of the two it is. TURN says that the finder has been turned to the other.
        """
        watched = self._ink
        if watched is None or area > SUDDENLY * watched.area:
            self._ink = _Ink(ink.since, ink.since, area)
            return Verdict.WAIT
        if area > GROWING * watched.area:
            watched.grown, watched.area = ink.since, area
        if ink.since - watched.started < WINDOW_SECONDS - 1e-3:
            return Verdict.WAIT
        both = finder.both()
        look = find_look(*both, finder.polarity, ground) if both is not None else None
        if look is None:
            return Verdict.WAIT
        if not finder.use(look):
            return Verdict.BEGIN
        self.forget()
        return Verdict.TURN
