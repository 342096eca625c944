"""What is said in random games: a supply of lines for each language."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Supply:
    """Lines of one language by length, and what else is written on a screen.

    `alike` are lines that are said one after another and differ little. `pairs` are what two speakers say in one
    subtitle.
    """

    names: tuple[str, ...]
    short: tuple[str, ...]
    medium: tuple[str, ...]
    long: tuple[str, ...]
    narration: tuple[str, ...]
    alike: tuple[tuple[str, ...], ...]
    pairs: tuple[tuple[str, str], ...]
    choices: tuple[tuple[str, ...], ...]
    buttons: tuple[str, ...]
    places: tuple[str, ...]
    title: str
    form: str = "{}: "
