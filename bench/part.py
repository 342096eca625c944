"""What a part of the bench gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bench.figures import Figure

Tell = Callable[[str], None]


@dataclass(slots=True)
class Part:
    """What a part of the bench found; `left_out` says by name what couldn't be measured, and what it needs."""

    figures: list[Figure] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)


def share(value: float | None) -> str:
    """A share for a line of progress; "-" where there is none."""
    return "-" if value is None else f"{value:.2f}"
