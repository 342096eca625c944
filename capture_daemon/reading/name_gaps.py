"""Name gaps: a name and something else on one level: who that is, in smaller type, or the text in its own column."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from capture_daemon.common.hangul import has_hangul
from capture_daemon.reading.row import Row
from capture_daemon.reading.speaker import is_name
from capture_daemon.reading.text import is_east_asian
from capture_daemon.reading.wording import letters

WIDE = 0.9
"""Blank before a column of text, in the row's height, at least; 0.7 to 1.2: a wide space is one."""
APART, APART_EAST, SMALLER = 0.35, 0.1, 0.85
"""Blank before what somebody is, in the row's height, at least, 0.3 to 0.5, in Chinese and Japanese, whose letters are
all as wide, 0.1 to 0.2; and how wide its letters are beside those of the name, at most; 0.7 to 0.9."""
APART_HANGUL = 0.38
"""The same in Korean, in the distance of the name's syllables, which are all as wide; 0.35 to 0.42: boxes of names are
drawn as high as the rule under them."""
LONGEST_RANK = 28
"""Letters of what somebody is, at most; 24 to 36: a first word may be set in capitals before the rest of a sentence."""
WIDER = 1.15
"""How much further apart than usual characters stand between which there may be a blank; 1.1 to 1.3."""
IN_LINE = 0.4
"""How far from a column text in it begins, in the row's height, at most; 0.3 to 0.6."""

Places = Sequence[tuple[str, float]]


def name_and_rank(row: Row) -> str | None:
    """The name before who that is, in smaller type, in a row over a text; None if there is no such thing."""
    places = _letters(row)
    found: list[tuple[float, str]] = []
    # A name in brackets has its end there.
    for at in _breaks(row) if row.text[:1].isalnum() else ():
        left, right = places[:at], places[at:]
        name = _text_of(row, len(left))
        if len(left) < 2 or not 2 <= len(right) <= LONGEST_RANK or not is_name(name):
            continue
        wide, narrow = _pitch(left), _pitch(right)
        apart = (APART_EAST if is_east_asian(right[0][0]) else APART) * row.box.height
        if has_hangul(name):
            apart = APART_HANGUL * wide
        blank = _blank(places, at, wide, narrow)
        if blank >= apart and narrow <= SMALLER * wide:
            found.append((blank, name))
    return max(found)[1] if found else None


def name_before_column(row: Row, others: Sequence[Row], columns: Sequence[float]) -> tuple[str, str, float] | None:
    """A name, the text behind it, and the column at which that begins; None if there is no such thing.

    Text begins there in the rows under it (`others`), or has done so in lines before (`columns`, in pixels).
    """
    found = column_behind(row)
    if found is None:
        return None
    begins = [*(float(other.box.left) for other in others), *columns]
    slack = IN_LINE * row.box.height
    return found if any(abs(found[2] - one) <= slack for one in begins) else None


def column_behind(row: Row) -> tuple[str, str, float] | None:
    """What may be a name, what stands behind a wide blank, and the column at which that begins."""
    places = _letters(row)
    for at in _breaks(row):
        left, right = places[:at], places[at:]
        name = _text_of(row, len(left))
        if not is_name(name) or not right:
            continue
        wide = _pitch(left) or _pitch(right)
        narrow = _pitch(right) or wide
        if _blank(places, at, wide, narrow) >= WIDE * row.box.height:
            return name, row.text[len(name) :].strip(), right[0][1] - narrow / 2
    return None


def letter_pitch(row: Row) -> float:
    """How far apart the characters of a row are usually, in pixels; for a single one, the width of its box."""
    places = sorted(place for character, place in row.best.places if not character.isspace())
    steps = [right - left for left, right in pairwise(places)]
    return float(median(steps)) if steps else row.box.width / max(1, len(letters(row.text)))


def _letters(row: Row) -> list[tuple[str, float]]:
    return [(character, place) for character, place in row.best.places if not character.isspace()]


def _breaks(row: Row) -> list[int]:
    """How many letters stand before each space, and in Chinese and Japanese, before each wide blank."""
    text = row.text
    bare = [character for character, _ in _letters(row)]
    if "".join(bare) != "".join(text.split()):
        return []
    breaks = [len("".join(text[:place].split())) for place, one in enumerate(text) if one.isspace()]
    if any(map(is_east_asian, text)):
        steps = [after - before for (_, before), (_, after) in pairwise(_letters(row))]
        breaks += [place + 1 for place, step in enumerate(steps) if step > WIDER * median(steps)]
    return sorted({one for one in breaks if 0 < one < len(bare)})


def _text_of(row: Row, count: int) -> str:
    """The beginning of a row's text, with `count` letters."""
    for end in range(len(row.text) + 1):
        if len("".join(row.text[:end].split())) == count:
            return row.text[:end].strip()
    return ""


def _pitch(places: Places) -> float:
    """How far apart letters stand, in pixels; 0 for a single one. All syllables of Korean are as wide."""
    if len(places) < 2:
        return 0.0
    if has_hangul(places[0][0]):
        return median(after - before for (_, before), (_, after) in pairwise(places))
    return (places[-1][1] - places[0][1]) / (len(places) - 1)


def _blank(places: Places, at: int, wide: float, narrow: float) -> float:
    """Pixels between the letters on both sides of a place."""
    return places[at][1] - places[at - 1][1] - (wide + narrow) / 2
