"""Trace: what each stage decides, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from capture_daemon.frames import Box

Stage = Literal["watch", "look", "follow", "compose", "endpoint"]


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision: at a time on the source's clock a stage judged a subject.

    `verdict` is what it decided and `reason` why; `value` and `limit` are the measure and what it was held against,
    where there is one. `box` is where the subject stands, in pixels of the whole frame.
    """

    time: float
    stage: Stage
    subject: str
    verdict: str
    reason: str = ""
    value: float | None = None
    limit: float | None = None
    box: Box | None = None


Note = Callable[[Decision], None]
"""Takes a decision."""


def ignore(decision: Decision) -> None:
    """Take a decision, and do nothing with it."""
