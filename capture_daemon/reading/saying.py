"""Saying: from a filling's rows to a line: which row is a name, how the others join."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise

from capture_daemon.reading.filling import FilledRow, Filling
from capture_daemon.reading.speaker import bracketed_name, is_name_row, split_name
from capture_daemon.reading.text import join_rows, tidy

NAME_CONFIDENCE = 0.75
"""A name read with less confidence than this is no name."""


@dataclass(frozen=True, slots=True)
class Telling:
    """What a filling says, as far as it has been read."""

    speaker: str | None
    text: str
    rows: tuple[str, ...]
    confidence: float

    @property
    def words(self) -> tuple[str | None, str]:
        """Who says what."""
        return self.speaker, self.text


def tell(filling: Filling, min_confidence: float, known_names: Collection[str]) -> Telling | None:
    """What the filling says, or None where nothing in it could be read."""
    told = filling.texts(min_confidence)
    if not told:
        return None
    speaker = None
    if filling.name is not None and filling.name.is_read:
        speaker = filling.name.text(max(min_confidence, NAME_CONFIDENCE))
    if filling.name is None:
        speaker, told = _name_above(filling, told, known_names)
    texts = [text for _, text in told]
    if speaker is None and filling.name is None:
        speaker, texts = _name_within(texts)
    confidence = min(row.answer.confidence for row, _ in told if row.answer is not None)
    return Telling(speaker, join_rows(texts), tuple(texts), round(confidence, 4))


def _name_above(
    filling: Filling, told: list[tuple[FilledRow, str]], known_names: Collection[str]
) -> tuple[str | None, list[tuple[FilledRow, str]]]:
    """A name in a row of its own above the text, of this filling or standing since the one before."""
    standing = [row for row in filling.kept if row.answer is not None and row.box.top < told[0][0].box.top]
    if standing:
        above = max(standing, key=lambda row: row.box.top)
        assert above.answer is not None
        text = tidy(above.answer.text)
        text = bracketed_name(text) or text
        if text in known_names and above.answer.confidence >= NAME_CONFIDENCE:
            return text, told
    if len(told) < 2:
        return None, told
    (first, text), (second, _) = told[0], told[1]
    if bracketed_name(text) is not None:
        return None, told
    tops = [row.box.top for row, _ in told[1:]]
    pitch = min((b - a for a, b in pairwise(tops)), default=None)
    assert first.answer is not None
    came_first = first.changed <= filling.started + 0.05 < second.changed or text in known_names
    if first.answer.confidence >= NAME_CONFIDENCE and is_name_row(
        text, (first.box, second.box), second.letter_height, pitch, came_first=came_first
    ):
        return text, told[1:]
    return None, told


def _name_within(texts: list[str]) -> tuple[str | None, list[str]]:
    """A name before the text, in the first row."""
    alone = bracketed_name(texts[0])
    if alone is not None and len(texts) > 1:
        return alone, texts[1:]
    name, rest = split_name(texts[0])
    if name is None:
        return None, texts
    return name, [rest, *texts[1:]]
