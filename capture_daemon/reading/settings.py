"""Settings: what a configuration says of how text is read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReadingSettings:
    """When text is looked at and counts as said: times in seconds.

    `settle` is the least rest of a line that is said, `max_age` the longest that text which never rests isn't read.
    `early` says a line at rest; without it, when it has ended. With `menus`, they are found where no region of menus is
    set. `language` is the code of the language that was chosen.
    """

    min_confidence: float = 0.6
    settle: float = 0.1
    max_age: float = 3.0
    early: bool = True
    menus: bool = False
    language: str = "auto"
