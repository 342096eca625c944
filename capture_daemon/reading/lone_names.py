"""Lone names: of one character, or ???, over a text, which detectors overlook, and recognisers take for something else.

Many a game in Chinese, Japanese or Korean calls its hero 我, 俺 or 나.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from capture_daemon.common.hangul import is_syllable
from capture_daemon.common.letters import is_wide
from capture_daemon.frames import Box
from capture_daemon.ocr.engine import RowText
from capture_daemon.reading.ink import ink_of
from capture_daemon.reading.letter_size import Texts
from capture_daemon.reading.marks import MARK_LIKE, SURE
from capture_daemon.reading.moment import Moment
from capture_daemon.reading.parameters import FOLLOW
from capture_daemon.reading.scene import Scene
from capture_daemon.reading.speaker import UNKNOWN, as_name

LEAST = 0.7
"""Confidence from which a lone character over a text is taken for a name; 0.65 to 0.85."""
OVER = 1.7
"""How far over a text's first row its name begins at most, in that row's height; 1.4 to 2."""
ASIDE = 0.35
"""How far from where the row begins, or has its middle, a name begins or has its own, in its height; 0.2 to 0.6."""
NARROW, LARGE = 0.35, 1.2
"""Width at least, and width and height at most, of one character, in the row's height; 0.3 to 0.5, and 1.1 to 1.4."""

SAME_COLOUR = 50
"""Levels of blue, green or red by which a name that the detector doesn't see may differ from its text; 30 to 70: a
picture behind the text has things of a character's size."""


def overlooked_name(scene: Scene, now: Moment, rows: Sequence[Box], texts: Texts) -> Box | None:
    """Where a character stands over the first row of a text that the detector doesn't see; None without any.

    `rows` were found, and `texts` read in those that were not known. All boxes are in pixels of the region.
    """
    watch, follow = scene.watch, scene.follow
    if watch.is_moving or scene.vertical or not rows:
        return None
    first = min(rows, key=lambda row: row.top)
    known = follow.at(first)
    text = texts[first][0].text if first in texts else known.text if known is not None else ""
    if not _is_written_in_characters(text):
        return None
    for place in _places(first):
        inside = place.intersection(scene.region)
        if inside is None or any(row.intersection(inside) is not None for row in rows if row != first):
            continue
        if not watch.news_in(inside).any() or any(
            one.box.intersection(inside) is not None and one.is_text(FOLLOW) for one in follow.rows if one is not known
        ):
            continue
        name = _character_in(now, inside, first)
        if name is not None and not scene.blanks.knows(name, now.luma):
            return name
    return None


def make_surer_of_names(texts: Texts, rows: Sequence[Box]) -> None:
    """Raise the confidence of lone characters that stand where a text's name does; 777 is ??? there."""
    for row, (text, left) in texts.items():
        under = (other for other in rows if other != row and other.top > row.top)
        first = min(under, key=lambda other: other.top, default=None)
        if first is None or not _stands_over(row, first):
            continue
        if is_lone(text):
            texts[row] = replace(text, confidence=max(text.confidence, SURE)), left
        elif as_name(text.text) == UNKNOWN[0] and text.confidence >= FOLLOW.sure_of_marks:
            texts[row] = RowText(UNKNOWN[0], text.confidence), left


def is_lone(text: RowText) -> bool:
    """Whether a single character was read that may be a name."""
    word = text.text.strip()
    return len(word) == 1 and _is_written_in_characters(word) and word not in MARK_LIKE and text.confidence >= LEAST


def _is_written_in_characters(text: str) -> bool:
    """Whether a text's letters are those of Chinese, Japanese or Korean."""
    found = [letter for letter in text if letter.isalpha()]
    return bool(found) and all(is_wide(letter) or is_syllable(letter) for letter in found)


def _places(first: Box) -> tuple[Box, Box]:
    """Where the name stands over a text's first row: where that begins, or over its middle."""
    height = first.height
    top, side = first.top - round(OVER * height), round((LARGE + 2 * ASIDE) * height)
    middle = first.left + first.width // 2
    return (
        Box(first.left - round(ASIDE * height), top, side, first.top - top),
        Box(middle - side // 2, top, side, first.top - top),
    )


def _stands_over(row: Box, first: Box) -> bool:
    """Whether a row stands where the name over a text's first row does."""
    apart = min(abs(row.left - first.left), abs(row.left + row.right - first.left - first.right) / 2)
    return apart <= ASIDE * first.height and 0 < first.top - row.top <= OVER * first.height


def _character_in(now: Moment, place: Box, first: Box) -> Box | None:
    """The box of the one thing in a place that is of a character's size; None if it holds something else."""
    ink, text = (ink_of(now.luma, now.colour, one, FOLLOW) for one in (place, first))
    if ink is None or text is None:
        return None
    if max(abs(one - other) for one, other in zip(ink.colour, text.colour, strict=True)) > SAME_COLOUR:
        return None
    lines, columns = np.flatnonzero(ink.mask.any(axis=1)), np.flatnonzero(ink.mask.any(axis=0))
    box = Box(
        place.left + int(columns[0]),
        place.top + int(lines[0]),
        int(columns[-1] - columns[0]) + 1,
        int(lines[-1] - lines[0]) + 1,
    )
    if not NARROW * first.height <= max(box.width, box.height) <= LARGE * first.height:
        return None
    if box.left <= place.left or box.right >= place.right or box.top <= place.top or box.bottom >= place.bottom:
        return None
    return box.grown(first.height // 10, first.height // 10).intersection(place)
