"""Saying: from a filling's rows to a line: which row is a name, how the others join."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise

from capture_daemon.reading.filling import FilledRow, Filling
from capture_daemon.reading.speaker import UNKNOWN, bracketed_name, is_name, is_name_row, split_name
from capture_daemon.reading.text import join_rows, tidy

NAME_CONFIDENCE = 0.75
"""A name read with less confidence than this is no name."""
AT_ONCE_SECONDS = 0.15
"""What took no longer than this to come, in seconds, may have come at once: in so many frames ink is seen to stand."""
TYPED_SECONDS = 0.2
"""A row that would have taken so long to be typed as the next one was, and came at once, wasn't typed."""
LEAST_TYPED_SECONDS = 0.1
"""A row that came in less time than this, in seconds, says nothing about the pace."""


@dataclass(frozen=True, slots=True)
class Telling:
    """What a filling says, as far as it has been read. `above` says that the speaker stands in a row over the text."""

    speaker: str | None
    text: str
    rows: tuple[str, ...]
    confidence: float
    above: bool = False

    @property
    def words(self) -> tuple[str | None, str]:
        """Who says what."""
        return self.speaker, self.text


def tell(
    filling: Filling, min_confidence: float, known_names: Collection[str], *, names_above: bool = False
) -> Telling | None:
    """What the filling says, or None where nothing in it could be read.

    `known_names` are of speakers heard before; `names_above` says that some stood in a row of their own.
    """
    told = filling.texts(min_confidence)
    if not told:
        return None
    speaker = None
    if filling.name is not None and filling.name.is_read:
        speaker = filling.name.text(max(min_confidence, NAME_CONFIDENCE))
    if filling.name is None:
        speaker, told = _name_above(filling, told, known_names, names_above=names_above)
    above = speaker is not None and filling.name is None
    texts = [text for _, text in told]
    if speaker is None and filling.name is None:
        speaker, texts = _name_within(texts)
    confidence = min(row.answer.confidence for row, _ in told if row.answer is not None)
    return Telling(speaker, join_rows(texts), tuple(texts), round(confidence, 4), above)


def _name_above(
    filling: Filling, told: list[tuple[FilledRow, str]], known_names: Collection[str], *, names_above: bool
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
    if first.answer.confidence >= NAME_CONFIDENCE and is_name(text):
        at_once = first.changed <= filling.started + AT_ONCE_SECONDS
        typed = _typing_takes(first, second)
        known = text in known_names or text in UNKNOWN
        if at_once and (known or typed >= TYPED_SECONDS or (names_above and typed > 0)):
            return text, told[1:]
    return None, told


def _typing_takes(row: FilledRow, next_row: FilledRow) -> float:
    """Seconds the row would have taken to be typed at the pace of the next one; 0 where that isn't known."""
    seconds = next_row.changed - next_row.came
    return seconds * row.box.width / next_row.box.width if seconds >= LEAST_TYPED_SECONDS else 0.0


def _name_within(texts: list[str]) -> tuple[str | None, list[str]]:
    """A name before the text, in the first row."""
    alone = bracketed_name(texts[0])
    if alone is not None and len(texts) > 1:
        return alone, texts[1:]
    name, rest = split_name(texts[0])
    if name is None:
        return None, texts
    return name, [rest, *texts[1:]]
