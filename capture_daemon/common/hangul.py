"""Hangul syllables as sums of their parts: first consonant, vowel, last consonant."""

from __future__ import annotations

FIRSTS, VOWELS, LASTS = 19, 21, 28
"""How many of each part there are; the first of the last consonants is none at all."""
SYLLABLES = FIRSTS * VOWELS * LASTS
"""How many syllables Unicode composes of them: 11,172."""
_START = 0xAC00
_COMPATIBLE = range(0x3131, 0x318F)


def is_syllable(character: str) -> bool:
    """Whether it is a composed syllable, such as 꼈."""
    return _START <= ord(character) < _START + SYLLABLES


def is_hangul(character: str) -> bool:
    """Whether it is a syllable or a letter by itself, such as the ㅋ of ㅋㅋ."""
    return is_syllable(character) or ord(character) in _COMPATIBLE


def has_hangul(text: str) -> bool:
    """Whether any of the text is Hangul."""
    return any(map(is_hangul, text))


def syllable(number: int) -> str:
    """The syllable at that place in Unicode's order, from 0 to SYLLABLES - 1."""
    return chr(_START + number)


def number_of(first: int, vowel: int, last: int) -> int:
    """The place of the syllable with these parts in Unicode's order."""
    return (first * VOWELS + vowel) * LASTS + last


def parts(character: str) -> tuple[int, int, int]:
    """First consonant, vowel and last consonant of a syllable, each counted from 0."""
    number = ord(character) - _START
    return number // (VOWELS * LASTS), number // LASTS % VOWELS, number % LASTS


def is_common(character: str) -> bool:
    """Whether a syllable is one of the 2,350 of KS X 1001, which nearly all that is written is made of."""
    try:
        return len(character.encode("euc_kr")) == 2
    except UnicodeEncodeError:
        return False
