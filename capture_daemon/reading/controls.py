"""Controls: what stands on screen for the player, and nobody says: buttons, prompts, answers, times and scores."""

from __future__ import annotations

import re
from collections.abc import Sequence

from capture_daemon.reading.blocks import is_menu
from capture_daemon.reading.dialogue_line import DialogueLine, is_other_colour
from capture_daemon.reading.row import Row
from capture_daemon.reading.speaker import is_button
from capture_daemon.reading.text import without_spaces

LABEL_WORDS, LABEL_CHARACTERS = 3, 6
"""Words of a label at most, 2 to 4; in Chinese and Japanese, characters, 4 to 8."""
PROMPT_HEIGHT, WITH_IT = 0.85, 0.3
"""Height of a prompt in that of the text, at most, 0.7 to 0.9; and seconds by which it may outlast that; 0.2 to 0.5."""
_CLOCK = re.compile(r"(?:(?:오전|오후|午前|午後|上午|下午)\s?)?\d{1,2}:\d{2}(?:\s?[AaPp]\.?[Mm]\.?)?")
_DIGITS = re.compile(r"[+\-]?\d[\d.,]*%?")
FLASHES = 2.0
"""Seconds for which digits alone are no text, 1.5 to 2.5: hits and scores."""


def is_short(text: str) -> bool:
    """Whether a text is a word or three without any punctuation: a label, perhaps."""
    wide = without_spaces([text])
    return (
        len(text.split()) <= LABEL_WORDS
        and not (wide and len(text) > LABEL_CHARACTERS)
        and (all(character.isalnum() or character in " '’-" for character in text))
    )


def is_clock(text: str) -> bool:
    """Whether a text is the time of day, as it stands beside messages."""
    return _CLOCK.fullmatch(text) is not None


def without_controls(rows: list[Row]) -> list[Row]:
    """A text's rows without the numbered answers under it, and the button that came when it was complete."""
    at = next((place for place in range(1, len(rows)) if is_menu([row.text for row in rows[place:]])), len(rows))
    rows = rows[:at]
    if len(rows) > 1 and is_button(rows[-1].text):
        complete = max(row.grown for row in rows[:-1])
        if rows[-1].born >= complete - WITH_IT or is_other_colour(rows[-1], rows[-2]):
            return rows[:-1]
    return rows


def is_prompt(rows: Sequence[Row], line: DialogueLine) -> bool:
    """Whether a row is a button, a score, or what tells players to go on.

    It came together with another text, apart from it, and goes with it; or later, and is set smaller.
    """
    row, went = rows[0], rows[0].gone
    if len(rows) == 1 and _DIGITS.fullmatch(row.text) and went is not None and went - row.born < FLASHES:
        return True
    if not line.among or not all(is_short(one.text) for one in rows):
        return False
    return all(is_button(one.text) for one in rows) or any(
        (other.gone is None or (went is not None and went <= other.gone + WITH_IT))
        and (
            (other.grown < row.born and row.box.height < PROMPT_HEIGHT * other.box.height)
            or abs(other.born - row.born) <= WITH_IT
        )
        for other in line.among
        if not is_short(other.text)
    )
