"""What a recogniser gets wrong in ways that the picture or the neighbouring letters give away, put right.

Pure: from the characters with their places, and the row's ink, to the text.
"""

from __future__ import annotations

import statistics
import unicodedata
from collections.abc import Callable, Sequence

from capture_daemon.ocr.commas import with_commas
from capture_daemon.ocr.ctc import text_of
from capture_daemon.ocr.dots import with_counted_dots
from capture_daemon.ocr.engine import Character
from capture_daemon.ocr.marks import with_exclamation_marks
from capture_daemon.ocr.prepare import Ink

_KATAKANA_FOR = {
    "二": "ニ",
    "口": "ロ",
    "力": "カ",
    "工": "エ",
    "夕": "タ",
    "八": "ハ",
    "三": "ミ",
    "卜": "ト",
    "へ": "ヘ",
}
_KANJI_FOR = {"ニ": "二", "ロ": "口", "エ": "工", "タ": "夕"}
_DASHES = "ー一"
_COUNTED = frozenset("つ杯人個度回枚番緒瞬匹冊台軒段歩週秒")
"""What is counted, and so has a number before it: a second ー before it is none."""
_CLOSING = frozenset(".,;:!?…)]}»”’'\"%")
_OPENING = frozenset("([{«“‘'\"¿¡-")


def repaired(characters: Sequence[Character], ink: Ink) -> str:
    """The text of a row, its spaces, full stops and look-alike letters put right where the evidence is plain."""
    found = with_exclamation_marks(with_counted_dots(with_commas(characters, ink), ink), ink)
    found = with_spaces(found, ink)
    return unicodedata.normalize("NFC", look_alikes(text_of(found))).strip()


def is_latin(text: str) -> bool:
    """Whether a text has letters of an alphabet, and no more others than those."""
    spaced = sum(character.isalpha() and not is_wide(character) for character in text)
    wide = sum(is_wide(character) for character in text)
    return spaced > wide or (not wide and bool(text))


def is_wide(character: str) -> bool:
    """Whether it belongs to Chinese or Japanese, which put no spaces between words."""
    return (
        _is_han(character)
        or _is_kana(character)
        or "\u3000" <= character <= "\u303f"
        or "\uff00" <= character <= "\uff60"
    )


def look_alikes(text: str) -> str:
    """Kanji and katakana that look the same, told apart by their neighbours: 一 and ー, 二 and ニ."""
    if not any(_is_han(character) or _is_kana(character) for character in text):
        return text
    letters = list(text)
    kana = any(_is_kana(character) for character in text if character not in _DASHES)
    for place, letter in enumerate(letters):
        before = letters[place - 1] if place else ""
        after = letters[place + 1] if place + 1 < len(letters) else ""
        if letter in _DASHES:
            letters[place] = _dash(letter, before, after, kana)
        elif letter in _KATAKANA_FOR and _is_katakana(before) and _is_katakana(after):
            letters[place] = _KATAKANA_FOR[letter]
        elif letter in _KANJI_FOR and not _beside(_is_katakana, before, after) and _beside(_is_han, before, after):
            letters[place] = _KANJI_FOR[letter]
    return "".join(letters)


def _beside(kind: Callable[[str], bool], before: str, after: str) -> bool:
    return kind(before) or kind(after)


def _dash(letter: str, before: str, after: str, kana: bool) -> str:
    """一, the number, or ー, the long vowel, which follows kana."""
    if not kana:
        return "一"
    if before == "ー" and after in _COUNTED:
        return "一"
    if _is_katakana(before):
        # テスト一回 is a number; タクシ一で is not.
        return letter if _is_han(after) else "ー"
    if _is_hiragana(before):
        return "一" if _is_han(after) or after == "つ" else letter
    if _is_han(after) or _is_kana(after):
        return "一"
    return letter


def with_spaces(characters: Sequence[Character], ink: Ink) -> list[Character]:
    """The characters with a space wherever the picture has a gap as wide as those between words, and none was read.

    Chinese and Japanese put none between words, so nothing is added next to one of their characters.
    """
    result = list(characters)
    text = text_of(result)
    if len(result) < 3 or not is_latin(text):
        return result
    gaps = ink.gaps
    spaces = [character.place for character in result if character.text == " "]
    taken = _gaps_of_spaces(spaces, gaps, ink.text_height)
    least = _least_word_gap(gaps, taken, ink.text_height)
    for number, (start, end) in sorted(enumerate(gaps), reverse=True):
        if number in taken or end - start < least:
            continue
        middle = (start + end) / 2
        after = sum(character.place < middle for character in result)
        if 0 < after < len(result) and _may_be_parted(result[after - 1].text, result[after].text):
            result.insert(after, Character(" ", middle, 1.0))
    return result


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
        least = max(2.0 * letters, 0.8 * statistics.median(widths[number] for number in taken))
    return float(max(least, 3, 0.15 * height))


def _is_han(character: str) -> bool:
    return character != "" and (
        "\u4e00" <= character <= "\u9fff" or "\u3400" <= character <= "\u4dbf" or character in "々〇"
    )


def _is_hiragana(character: str) -> bool:
    return "\u3041" <= character <= "\u3096"


def _is_katakana(character: str) -> bool:
    return "\u30a1" <= character <= "\u30fa" or character == "ー"


def _is_kana(character: str) -> bool:
    return _is_hiragana(character) or _is_katakana(character)
