"""Translations: what is said in two scripts at once, one under the other, as bilingual subtitles have it."""

from __future__ import annotations

from collections.abc import Sequence

from capture_daemon.common.hangul import has_hangul
from capture_daemon.common.letters import is_latin
from capture_daemon.reading.row import Row
from capture_daemon.reading.text import is_east_asian

SMALLER = 0.9
"""Height of a translation's row beside the row that it translates, at most; 0.8 to 0.95."""
ABOUT_ONE_MIDDLE = 0.6
"""How far apart the middles of the two are at most, in heights of the higher row; 0.4 to 1."""
_EAST_ASIAN = frozenset({"zh", "zh-tw", "ja", "ko"})
"""Codes of the languages whose script is not Latin, and that are read with Latin letters among them."""


def is_translated(first: Row, others: Sequence[Row]) -> bool:
    """Whether a row of Chinese, Japanese or Korean is said again under it, smaller, in Latin letters: no name is."""
    return bool(others) and _is_asian(first.text) and all(_translates(one, first) for one in others)


def without_translation(rows: Sequence[Row], language: str) -> list[Row]:
    """A line's rows without those that say it again in another script than the language's.

    `language` is the code that was chosen: with `auto` both are kept, as either may be what is wanted.
    """
    asian = [row for row in rows if _is_asian(row.text)]
    others = [row for row in rows if row not in asian]
    if language == "auto" or not asian or not others or not all(_translates(one, asian[-1]) for one in others):
        return list(rows)
    return asian if language in _EAST_ASIAN else others


def _is_asian(text: str) -> bool:
    return has_hangul(text) or any(map(is_east_asian, text))


def _translates(row: Row, above: Row) -> bool:
    """Whether a row is words in Latin letters, smaller than another one and under its middle."""
    words = is_latin(row.text) and not _is_asian(row.text) and any(one.isalpha() for one in row.text)
    smaller = row.box.height <= SMALLER * above.box.height
    apart = abs(row.box.left + row.box.right - above.box.left - above.box.right) / 2
    under = row.box.top + row.box.height / 2 > above.box.bottom - 0.2 * above.box.height
    return words and smaller and under and apart <= ABOUT_ONE_MIDDLE * above.box.height
