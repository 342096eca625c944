"""What a recogniser gets wrong in ways that the picture or the neighbouring letters give away, put right.

Pure: from the characters with their places, and the row's ink, to the text.
"""

from __future__ import annotations

import statistics
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from capture_daemon.ocr.accents import with_acute_accents
from capture_daemon.ocr.commas import with_commas
from capture_daemon.ocr.ctc import text_of
from capture_daemon.ocr.dots import with_counted_dots
from capture_daemon.ocr.engine import Character
from capture_daemon.ocr.lookalikes import is_han, is_kana, with_look_alikes
from capture_daemon.ocr.marks import with_exclamation_marks
from capture_daemon.ocr.opening import as_opening_marks, with_opening_marks
from capture_daemon.ocr.prepare import Ink

ACROSS_SPACE, ACROSS_NOTHING = 0.72, 1.7
"""How far apart two letters with a space between them are at least: as a share of how far apart those are that have
one, or, where none was read, in usual distances of two letters."""
WIDE_SPACE, WIDE_ROOM = 1.2, 0.28
"""How far apart two Chinese or Japanese characters with a space between them are at least, in usual distances, and how
much of a row's height lies empty between them."""
_CLOSING = frozenset(".,;:!?…)]}»”’'\"%")
_OPENING = frozenset("([{«“‘'\"¿¡-")


def repaired(characters: Sequence[Character], ink: Ink) -> str:
    """The text of a row, its spaces, full stops and look-alike letters put right where the evidence is plain."""
    found = with_exclamation_marks(with_counted_dots(with_commas(characters, ink), ink), ink)
    found = with_spaces(with_opening_marks(with_acute_accents(found, ink), ink), ink)
    return unicodedata.normalize("NFC", with_look_alikes(as_opening_marks(text_of(found)))).strip()


def is_latin(text: str) -> bool:
    """Whether a text has letters of an alphabet, and no more others than those."""
    spaced = sum(character.isalpha() and not is_wide(character) for character in text)
    wide = sum(is_wide(character) for character in text)
    return spaced > wide or (not wide and bool(text))


def is_wide(character: str) -> bool:
    """Whether it belongs to Chinese or Japanese, which put no spaces between words."""
    return (
        is_han(character)
        or is_kana(character)
        or "\u3000" <= character <= "\u303f"
        or "\uff00" <= character <= "\uff60"
    )


def with_spaces(characters: Sequence[Character], ink: Ink) -> list[Character]:
    """The characters with a space wherever the picture has a gap as wide as those between words, and none was read.

    Chinese and Japanese put none between words: there one is added only where there is more room than any two
    characters have between them.
    """
    result = list(characters)
    text = text_of(result)
    if len(result) < 3:
        return result
    if not is_latin(text):
        return _with_wide_spaces(result, ink)
    gaps = ink.gaps
    spaces = [character.place for character in result if character.text == " "]
    taken = _gaps_of_spaces(spaces, gaps, ink.text_height)
    apart = _least_distance(result)
    least = _least_word_gap(gaps, taken, ink.text_height)
    for number, (start, end) in sorted(enumerate(gaps), reverse=True):
        if number in taken or end - start < least:
            continue
        middle = (start + end) / 2
        after = sum(character.place < middle for character in result)
        if not 0 < after < len(result) or not _may_be_parted(result[after - 1].text, result[after].text):
            continue
        # Ink that could not be told from the picture leaves gaps, too, but letters as close together as others.
        if result[after].place - result[after - 1].place >= apart:
            result.insert(after, Character(" ", middle, 1.0))
    return result


def _with_wide_spaces(characters: Sequence[Character], ink: Ink) -> list[Character]:
    """Chinese or Japanese with a space where the picture has room for one: some write it where a comma would be."""
    pitch = statistics.median(right.place - left.place for left, right in pairwise(characters))
    result = [characters[0]]
    for left, right in pairwise(characters):
        apart = right.place - left.place
        # Kana have air of their own round them.
        if WIDE_SPACE * pitch <= apart and is_han(left.text) and is_han(right.text):
            gaps = [end - start for start, end in ink.gaps if left.place < (start + end) / 2 < right.place]
            if max(gaps, default=0) >= WIDE_ROOM * ink.text_height:
                result.append(Character(" ", (left.place + right.place) / 2, 1.0))
        result.append(right)
    return result


def _least_distance(characters: Sequence[Character]) -> float:
    """How far apart two letters must be for a space between them, in columns."""
    across = [
        right.place - left.place
        for left, space, right in zip(characters, characters[1:], characters[2:], strict=False)
        if space.text == " "
    ]
    if across:
        return ACROSS_SPACE * statistics.median(across)
    return ACROSS_NOTHING * statistics.median(right.place - left.place for left, right in pairwise(characters))


def _may_be_parted(left: str, right: str) -> bool:
    """Whether a space between the two would be one between words."""
    if " " in (left, right) or is_wide(left) or is_wide(right):
        return False
    # The 1 stands apart in most fonts.
    return right not in _CLOSING and left not in _OPENING and not (left.isdigit() and right.isdigit())


def _gaps_of_spaces(spaces: Sequence[float], gaps: Sequence[tuple[int, int]], height: float) -> set[int]:
    """Which gaps hold the spaces that were read, by their places: the nearest wide one, no gap twice."""
    pairs = []
    for space, place in enumerate(spaces):
        for number, (start, end) in enumerate(gaps):
            distance = abs((start + end) / 2 - place)
            if distance <= 0.7 * height and end - start >= 0.1 * height:
                # A gap that is wider is the likelier one to have been read as a space.
                pairs.append((distance - (end - start), space, number))
    taken: dict[int, int] = {}
    for _, space, number in sorted(pairs):
        if space not in taken and number not in taken.values():
            taken[space] = number
    return set(taken.values())


def _least_word_gap(gaps: Sequence[tuple[int, int]], taken: set[int], height: float) -> float:
    """How wide a gap must be to be one between words, in pixels."""
    widths = [end - start for start, end in gaps]
    others = [width for number, width in enumerate(widths) if number not in taken]
    letters = statistics.median(others) if others else 0
    least = max(0.2 * height, 2.2 * letters)
    if taken:
        # Words stand equally far apart, so a gap like those that were read as spaces is one more.
        least = max(2.0 * letters, 0.7 * statistics.median(widths[number] for number in taken))
    return float(max(least, 3, 0.15 * height))
