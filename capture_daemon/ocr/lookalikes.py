"""Characters that look alike, decided by the script of their neighbours. All scripts in one place."""

from __future__ import annotations

import re
from collections.abc import Callable

from capture_daemon.common.letters import is_han, is_hiragana, is_kana, is_katakana, katakana_form_of

_KANJI_FOR = dict(zip("ニロエタ", "二口工夕", strict=True))
"""What kanji a katakana is among kanji."""
_JAPANESE_FOR = dict(
    zip(
        "别决况净减凉冲户吴强步德值黑每册吕宫姬卷带单弹恼脑晓团",
        "別決況浄減涼沖戸呉強歩徳値黒毎冊呂宮姫巻帯単弾悩脳暁団",
        strict=True,
    )
)
"""How Japanese writes characters of simplified Chinese that differ by a stroke."""
_SIMPLIFIED_FOR = {japanese: chinese for chinese, japanese in _JAPANESE_FOR.items()}
_SIMPLIFIED_ONLY = frozenset(
    "个这们说吗为对时过还么让给谁话请谢东车马鸟鱼长见问间开关头买卖伤从几动务实样认识记讲谈远进边钱铜银错锁门难风飞饭听爱"
)
"""Common characters that neither Japanese nor traditional Chinese has."""
_COUNTING = frozenset("一二三四五六七八九十百千万数何")
"""What stands before カ where that counts: 三カ月, 数カ所."""
_SMALL_FOR = dict(zip("ユヤヨ", "ュャョ", strict=True))
_BEFORE_SMALL = re.compile(r"(?<=ッ[シチジ])[ユヤヨ]")
"""Large only in names of their own, which begin so: after a doubled sound they are small."""
_HIRAGANA_FOR = dict(zip("ヘベペリ", "へべぺり", strict=True))
"""What hiragana a katakana is among hiragana."""
_HIRAGANA_I = re.compile(r"(?<![A-Za-z])L[iIl1](?![A-Za-z])(?:(?<=[ぁ-ん]L.)|(?=[ぁ-ん]))")
"""い beside hiragana, whose strokes stand so far apart in pixel type that they were read as two letters."""
_DASHES = "ー一"
_SPEAKERS = re.compile(r"^[ー一](?= )|(?<=[。？！…?!])\s?[ー一](?=\s?\w)")
"""The dash before each of two speakers' words, in a text that begins with one and a space: no number does."""
_KOREAN_DASH = re.compile(r"(?<!\S)ㅡ(?=\s?[가-힣])(?!ㅡ)|(?<=[가-힣.?!…])ㅡ(?=\s?$)")
"""A dash before or after Korean words: the vowel of that form is none of a word by itself."""
_KOREAN_STOP = re.compile(r"(?<=[가-힣]니다),(?!\d)")
"""A full stop that was read as a comma: that ending closes a sentence."""
_COUNTED = frozenset("つ杯人個度回枚番緒瞬匹冊台軒段歩週秒")
"""What is counted, and so has a number before it: a second ー before it is none."""

_LATIN: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    # I'd, I'll, I'm, I've: no word of a Latin-script language is l before these.
    (re.compile(r"(?<![\w'’])[l|1](?=['’](?:d|ll|Il|lI|m|ve)\b)"), "I"),
    (re.compile(r"(?<=['’])(?:Il|lI|II)\b"), "ll"),
    # Ivy, Inn, It: no word begins with l and another consonant. Ilse: none with ll and another.
    (re.compile(r"(?<![\w'’])l(?=[bcdfghkmnpqrstvwxz])"), "I"),
    (re.compile(r"(?<![\w'’])ll(?=[bcdfghjkmnpqrstvwxz])"), "Il"),
    # The pronoun, alone between spaces.
    (re.compile(r"(?<![^\s\"“‘(¿¡-])[l|](?=\s+[a-zà-ÿ])"), "I"),
    # Ctrl: a capital doesn't follow small letters in a word.
    (re.compile(r"(?<=[a-zà-ÿ])I(?=[a-zà-ÿ]|\b)"), "l"),
    # know: no word ends in one capital; those have the form of their small letters.
    (re.compile(r"(?<=[a-zà-ÿ]{2})[COSUVWXZ](?!\w)"), lambda found: found[0].lower()),
    # What, Why: no word begins with Hh; pixel type's W is nearly an H.
    (re.compile(r"(?<!\w)Hh(?=[aeioy])"), "Wh"),
    # ♪ before and behind what is sung: either is read as a letter or a mark of its form.
    (re.compile(r"^[Jjfd&♩♫](?=\s+\w.*♪$)"), "♪"),
    (re.compile(r"^(♪\s.*\s)[Jjfd&♩♫]$"), r"\1♪"),
    # Among digits, and among letters.
    (re.compile(r"(?<=\d)[OoΟ](?=\d|\b)"), "0"),
    (re.compile(r"(?<=\d)[lI|](?=\d)"), "1"),
    (re.compile(r"(?<=[a-zà-ÿ])0(?=[a-zà-ÿ])"), "o"),
    (re.compile(r"(?<=[a-zà-ÿ])1(?=[a-zà-ÿ])|(?<=[a-zà-ÿ]l)1\b"), "l"),
    # 1st and 1kg are right; no unit has four letters and none is written so.
    (re.compile(r"(?<![\w.,'’])1(?=[a-zà-ÿ]{4})"), "l"),
    (re.compile(r"(?<=[A-ZÀ-Þ])0(?=[A-ZÀ-Þ])"), "O"),
    # Old, Oh, Of, Only: no unit is written so, and no number begins with 0 and three letters.
    (re.compile(r"(?<![\w.,])0(?=(?:[fhnr]|ld|ne|ur|ut|ff|dd|il|wn)\b|[a-wyzà-ÿ][a-zà-ÿ]{2})"), "O"),
)

_LONE = re.compile(r"^[l|1](?=[.…?!,]*$)")


CAPITALS = 4
"""Capitals in a text without any other small letter from which an i or l among them is an I; 3 to 6."""


def with_look_alikes(text: str) -> str:
    """The text with each look-alike as its neighbours' script has it."""
    small = {character for character in text if character.islower()}
    if small and small <= set("il") and sum(character.isupper() for character in text) >= CAPITALS:
        # Type of capitals alone may have an I with a dot.
        text = text.replace("i", "I").replace("l", "I")
    for pattern, right in _LATIN:
        text = pattern.sub(right, text)
    text = _KOREAN_STOP.sub(".", _KOREAN_DASH.sub("—", text))
    if not any(is_han(character) or is_kana(character) for character in text):
        return text
    if any(is_kana(character) for character in text if character not in _DASHES):
        text = _HIRAGANA_I.sub("い", text)
        text = "".join(_JAPANESE_FOR.get(character, character) for character in text)
    elif not _SIMPLIFIED_ONLY.isdisjoint(text):
        text = "".join(_SIMPLIFIED_FOR.get(character, character) for character in text)
    text = _SPEAKERS.sub("—", text) if _SPEAKERS.match(text) else text
    return _with_kana_and_kanji(_BEFORE_SMALL.sub(lambda found: _SMALL_FOR[found[0]], text))


def with_lone_i(text: str) -> str:
    """A row of Latin letters in which nothing but l, | or 1 was read, not surely, as the pronoun that it will be."""
    return _LONE.sub("I", text)


def _with_kana_and_kanji(text: str) -> str:
    letters = list(text)
    kana = any(is_kana(character) for character in text if character not in _DASHES)
    for place, letter in enumerate(letters):
        before = letters[place - 1] if place else ""
        after = letters[place + 1] if place + 1 < len(letters) else ""
        if letter in _DASHES:
            letters[place] = _dash(letter, before, after, kana)
        elif katakana_form_of(letter) != letter and (_among(letter, before, after) or _is_second(letters, place)):
            letters[place] = katakana_form_of(letter)
        elif (
            letter in _HIRAGANA_FOR and is_hiragana(before) | is_hiragana(after) and not _beside_katakana(before, after)
        ):
            letters[place] = _HIRAGANA_FOR[letter]
        elif letter == "カ" and is_han(before) and before not in _COUNTING and not is_katakana(after):
            letters[place] = "力"
        elif letter in _KANJI_FOR and not _beside_katakana(before, after) and (is_han(before) or is_han(after)):
            letters[place] = _KANJI_FOR[letter]
    return "".join(letters)


def _among(letter: str, before: str, after: str) -> bool:
    """Whether both neighbours are katakana; of hiragana, the only one is enough."""
    if is_katakana(before) and is_katakana(after):
        return True
    return is_kana(letter) and _beside_katakana(before, after) and not (before.isalpha() and after.isalpha())


def _is_second(letters: list[str], place: int) -> bool:
    """Whether a letter follows a single katakana, which is no word: カニ."""
    first, ahead = letters[place - 1] if place else "", letters[place - 2] if place > 1 else ""
    return is_katakana(first) and first != "ー" and not (is_katakana(ahead) or is_han(ahead))


def _beside_katakana(before: str, after: str) -> bool:
    return is_katakana(before) or is_katakana(after)


def _dash(letter: str, before: str, after: str, kana: bool) -> str:
    """一, the number, or ー, the long vowel, which follows kana."""
    if not kana:
        return "一"
    if before == "ー" and after in _COUNTED:
        return "一"
    if is_katakana(before):
        # テスト一回 is a number; タクシ一で is not.
        return letter if is_han(after) else "ー"
    if is_hiragana(before):
        return "一" if is_han(after) or after == "つ" else letter
    if is_han(after) or is_kana(after):
        return "一"
    return letter
