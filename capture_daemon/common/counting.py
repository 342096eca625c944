"""Counts in words: "1 line", "2 lines"."""

from __future__ import annotations


def counted(count: int, noun: str) -> str:
    """A number with its noun, which takes an s, or es behind one, unless there is just one."""
    ending = "es" if noun.endswith("s") else "s"
    return f"{count} {noun}{'' if count == 1 else ending}"


def lines_and_choices(lines: int, choices: int) -> str:
    """How many lines there are, and beside them how many menus that the player chose from, if any."""
    return counted(lines, "line") + (f", {counted(choices, 'choice')}" if choices else "")
