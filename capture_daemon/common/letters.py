"""Letters: which script a character or a text is of, and which letters look like others."""

from __future__ import annotations

_CAPITAL_FORM = str.maketrans("ckopsuvwxz", "CKOPSUVWXZ")

_KATAKANA_FORM = str.maketrans("二口工力夕八卜三へべぺり", "ニロエカタハトミヘベペリ")
_LARGE_FORM = str.maketrans(
    "ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮー一°", "あいうえおつやゆよわアイウエオツヤユヨワ--。"
)


def form_of(text: str) -> str:
    """The text with those small letters as capitals that have their form: recognisers take one for the other."""
    return text.translate(_CAPITAL_FORM)


def katakana_form_of(text: str) -> str:
    """The text with katakana for kanji and hiragana of their form: recognisers take one for the other."""
    return text.translate(_KATAKANA_FORM)


def kana_form_of(text: str) -> str:
    """The same, with small kana as large ones, and a full stop for a small circle."""
    return katakana_form_of(text).translate(_LARGE_FORM)


def is_han(character: str) -> bool:
    """Whether it is a Chinese character."""
    return character != "" and (
        "\u4e00" <= character <= "\u9fff" or "\u3400" <= character <= "\u4dbf" or character in "々〇"
    )


def is_hiragana(character: str) -> bool:
    """Whether it is hiragana."""
    return "\u3041" <= character <= "\u3096"


def is_katakana(character: str) -> bool:
    """Whether it is katakana, the long vowel among them."""
    return "\u30a1" <= character <= "\u30fa" or character == "ー"


def is_kana(character: str) -> bool:
    """Whether it is hiragana or katakana."""
    return is_hiragana(character) or is_katakana(character)


def is_wide(character: str) -> bool:
    """Whether it belongs to Chinese or Japanese, which put no spaces between words."""
    return (
        is_han(character)
        or is_kana(character)
        or "\u3000" <= character <= "\u303f"
        or "\uff00" <= character <= "\uff60"
    )


def is_latin(text: str) -> bool:
    """Whether a text has letters of an alphabet, and no more others than those."""
    spaced = sum(character.isalpha() and not is_wide(character) for character in text)
    wide = sum(is_wide(character) for character in text)
    return spaced > wide or (not wide and bool(text))
