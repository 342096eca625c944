"""Which script a text is of."""

from __future__ import annotations

from capture_daemon.ocr.lookalikes import is_han, is_kana


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
