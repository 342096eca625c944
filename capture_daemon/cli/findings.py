"""What `doctor` finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FindingState = Literal["good", "note", "fault"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. A `note` is no fault for what is configured, but may surprise.

    If there is no `remedy`, `found` is an error's own message, which says what to do itself.
    """

    what: str
    state: FindingState
    found: str
    remedy: str | None = None


def lacking(needed: bool) -> FindingState:
    """The state of something that isn't there: a fault if what is configured needs it."""
    return "fault" if needed else "note"
