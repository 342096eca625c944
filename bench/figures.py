"""A figure: what was measured, beside the naive way or the nearest peer, and beside what it must and should be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from rich.table import Table

Verdict = Literal["reached", "aim", "missed", "-"]


@dataclass(frozen=True, slots=True)
class Goal:
    """What a figure must reach and what it aims at; `least` says that more is better."""

    must: float
    aim: float | None = None
    least: bool = True

    def met(self, value: float, goal: float) -> bool:
        """Whether a value is as good as a goal."""
        return value >= goal if self.least else value <= goal


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the table. `value` is ours, None where it couldn't be measured; `beside` says what others reach."""

    group: str
    name: str
    value: float | None
    goal: Goal | None = None
    beside: str = ""
    unit: str = ""

    @property
    def verdict(self) -> Verdict:
        """Whether the goal was reached, or even the aim."""
        if self.goal is None:
            return "-"
        if self.value is None or not self.goal.met(self.value, self.goal.must):
            return "missed"
        reached_aim = self.goal.aim is not None and self.goal.met(self.value, self.goal.aim)
        return "aim" if reached_aim else "reached"

    def record(self) -> dict[str, Any]:
        """The figure as JSON."""
        return {
            "group": self.group,
            "name": self.name,
            "value": None if self.value is None else round(self.value, 4),
            "unit": self.unit,
            "must": self.goal.must if self.goal else None,
            "aim": self.goal.aim if self.goal else None,
            "beside": self.beside,
            "verdict": self.verdict,
        }


def worst(values: Iterable[float | None], *, least: bool = True) -> float | None:
    """The value that counts where each must reach the goal; None where one couldn't be measured."""
    found = list(values)
    known = [value for value in found if value is not None]
    if not known or len(known) < len(found):
        return None
    return min(known) if least else max(known)


def table(figures: Sequence[Figure]) -> Table:
    """The figures as a table for the terminal."""
    drawn = Table(title="measured in one run on this machine", title_justify="left")
    for heading in ("figure", "the naive way or a peer", "ours", "must", "aim", ""):
        drawn.add_column(heading, justify="right" if heading in ("ours", "must", "aim") else "left")
    group = None
    colours = {"missed": "bold red", "reached": "green", "aim": "bold green", "-": "dim"}
    for figure in figures:
        if figure.group != group:
            drawn.add_section()
            drawn.add_row(f"[bold]{figure.group}[/]")
            group = figure.group
        goal = figure.goal
        drawn.add_row(
            f"  {figure.name}",
            figure.beside,
            f"{_number(figure.value)}{figure.unit}",
            _number(goal.must) if goal else "",
            _number(goal.aim) if goal and goal.aim is not None else "",
            f"[{colours[figure.verdict]}]{figure.verdict}[/]",
        )
    return drawn


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    if value == int(value):
        return f"{int(value)}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.3f}".rstrip("0")
