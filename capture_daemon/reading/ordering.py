"""Ordering: lines and menus of a recording in the order in which they began, though some stand on as later ones go."""

from __future__ import annotations

from collections.abc import Iterable

from capture_daemon.reading.events import Chosen, Said

LIMIT = 30.0
"""Seconds for which a line stands at most for those that began after it to wait; 10 to 60: messages of a chat and the
captions of a comic stand for as long, what stands longer is a sign."""


class Ordering:
    """Holds lines, and menus, back while one that began before them stands."""

    def __init__(self) -> None:
        self._held: list[Said | Chosen] = []

    def add(self, said: Said | Chosen) -> None:
        """Take in a line or a menu that has gone."""
        self._held.append(said)
        self._held.sort(key=_began)

    def take(self, standing: Iterable[float], time: float) -> list[Said | Chosen]:
        """The lines that wait for none of those that are `standing`, given by when they began; all times in seconds."""
        first = min((began for began in standing if time - began <= LIMIT), default=float("inf"))
        lines = [said for said in self._held if said.started <= first]
        del self._held[: len(lines)]
        return lines


def _began(said: Said | Chosen) -> float:
    return said.started
