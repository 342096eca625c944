"""Text: joining rows to a line, tidying what was read, and telling how a line ends."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from enum import Enum

_MARKS = "▼▽▾▿▲△▴▵∇∆⊽⊿◢◣◤◥◆◇◈►▶▷▸❯◀◁■□▪▫●◉⏷⏵⏬⬇⇩⤵↵🔽🔻"
_TRAILING_MARK = re.compile(
    rf"\s*[{_MARKS}]+\s*$|(?<=[.!?…。！？\"”」])\s+[>＞]{{1,3}}\s*$|(?<=[.!?。！？\"”」])\s+[•·…]\s*$|(?<=[.!?])\s+\.{{3}}\s*$"
    # What a recogniser sees in rings, arrows and squares. No text goes on so after its end.
    rf"|(?<=[.!?…。！？」』”\"])(?:\s*[○◯◎□☆★♢・∙·•|^]|\s+[oO0vVyY])\s*$|(?<=[」』])\s*[！!0０〇Ｏ]$"
)
_CLOSERS = "\"'”’»›)]）］」』】〉》♪♥~～"
_LONG_DASHES = "―—─"
_TELLING, _DOTS, _AROUND = "!?！？♪", "…‥⋯・。", "【】「」『』（）()[]'\"“”‘’-"
_FINAL = ".!?。！？．｡"
_PAUSES = ",、，､;；:：-–—―─‐…‥⋯"
_INNER_DOTS = re.compile(r"\w(?:\.{2,}|[…‥⋯]|・・)\s*\w")


class Ending(Enum):
    """How a text ends, which says whether more of it may come."""

    FINAL = "final"
    DOTS = "dots"
    PAUSE = "pause"
    OPEN = "open"


def is_east_asian(character: str) -> bool:
    """Whether a character is of a script written without spaces: Chinese or Japanese, with their punctuation."""
    code = ord(character)
    return (
        0x2E80 <= code <= 0x312F
        or 0x31A0 <= code <= 0x9FFF
        or 0xF900 <= code <= 0xFAFF
        or 0xFE30 <= code <= 0xFE4F
        or 0xFF01 <= code <= 0xFF9F
        or 0x20000 <= code <= 0x3FFFF
    )


def without_spaces(rows: Sequence[str]) -> bool:
    """Whether rows are Chinese or Japanese, and so are joined without a space."""
    letters = [character for row in rows for character in row if character.isalpha()]
    return sum(map(is_east_asian, letters)) * 2 > len(letters) if letters else _only_wide_marks(rows)


def _only_wide_marks(rows: Sequence[str]) -> bool:
    return any(is_east_asian(character) for row in rows for character in row)


def join_rows(rows: Sequence[str]) -> str:
    """Rows as one text: with a space between them, in Chinese and Japanese without."""
    return ("" if without_spaces(rows) else " ").join(row for row in rows if row)


_STROKES = re.compile(r"^[/\\|](?:\s+[/\\|])*\s+(?=\w)|(?<=[\w.!?…,])(?:\s+[/\\|])+$")
"""Strokes apart from the text at its ends: of rain, or a frame."""
_STOP_AFTER_END = re.compile(r"(?<=[。？！])[。\s]+$|(?<=[?!])\.$|(?<=[。？！?!…][」』])。$")
_STOP_AFTER_QUOTE = re.compile(r"^(「[^「」]{8,}」|『[^『』]{8,}』)。$")
"""A ring behind a text that has ended is a mark; words that are quoted, such as 「駅」。, may have one."""

_MIXED_DOTS = re.compile(r"(?:…\s?\.{1,3}|\.{1,3}\s?…|(?=[.,]*,)[.,]{3,})(?=\w|$|\s)")
"""An ellipsis of which one part was read as a character, and the rest as full stops."""
_TWO_DOTS = re.compile(r"(?<![.\d])\.\.(?=[A-Za-zÀ-ÿ])|(?<=[A-Za-zÀ-ÿ])\.\.(?![.\w])")
"""Two full stops before or behind a Latin word: an ellipsis of which one was lost. Korean writes two as well as three.
"""
_RINGS = re.compile(r"(?<=[^\W\d_])\.(?:[oO°]{2}|[.·][oO°]|[oO°][.·])$")
"""What the dots of an ellipsis with outlines are read as, or with snow before them."""


def with_one_ellipsis(text: str) -> str:
    """A text in which no ellipsis is part a character, part full stops or commas; marks alone are left as they are."""
    if not any(map(str.isalnum, text)):
        return text
    return _MIXED_DOTS.sub("……" if any(map(is_east_asian, text)) else "...", text)


def with_matching_brackets(texts: Sequence[str]) -> list[str]:
    """A line's rows, in which a corner bracket that is single at one end of what it holds is so at both.

    An outline makes single ones look double. What was read as closing at a row's end does not close what another closes
    further on.
    """
    characters = list("\n".join(texts))
    opened: list[int] = []
    closed: int | None = None
    for place, one in enumerate(characters):
        if one in "「『":
            opened.append(place)
            closed = None
        elif one in "」』" and opened:
            start = opened.pop()
            closed = place
            if characters[start] + one in ("『」", "「』"):
                characters[start], characters[place] = "「", "」"
        elif one in "」』" and closed is not None and characters[closed + 1] == "\n":
            characters[closed], closed = "", place
    return "".join(characters).split("\n")


def with_third_dot(text: str) -> str:
    """A text whose ellipses beside Latin words have the dot that no look saw."""
    return _TWO_DOTS.sub("...", text)


def tidy(text: str) -> str:
    """What OCR read, as text: NFC, without control characters and marks at its end, single spaces."""
    text = "".join(
        " " if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp", "Zs") else character
        for character in unicodedata.normalize("NFC", text)
    )
    text = _STOP_AFTER_END.sub("", _TRAILING_MARK.sub("", _STROKES.sub("", text.strip())))
    text = _STOP_AFTER_QUOTE.sub(r"\1", text)
    return re.sub(r" {2,}", " ", _RINGS.sub("...", with_one_ellipsis(text))).strip()


def is_readable(text: str) -> bool:
    """Whether a text says anything: it has a letter or digit, or is made of marks such as … and !? alone."""
    if any(character.isalnum() for character in text):
        return True
    # ???: is a name's row.
    text = text.rstrip(" :：") if sum(character in "?？" for character in text) > 2 else text
    marks = "".join(character for character in text if not character.isspace() and character not in _AROUND)
    if not marks or not all(character in _TELLING + _DOTS + _LONG_DASHES + "." for character in marks):
        return False
    # One full stop is a speck, and two are two.
    return any(character in _TELLING + "…‥⋯" for character in marks) or len(marks) > 2


def goes_on_behind_dots(text: str) -> bool:
    """Whether a text has an ellipsis in its middle."""
    return _INNER_DOTS.search(text) is not None


def ending(text: str) -> Ending:
    """How the text ends, closing quotes and brackets left aside."""
    bare = text.rstrip().rstrip(_CLOSERS)
    if not bare:
        return Ending.FINAL if text.strip() else Ending.OPEN
    if bare.endswith(("...", "..", "…", "‥", "⋯", "・・")):
        return Ending.DOTS
    if bare[-1] in _FINAL:
        return Ending.FINAL
    if bare != text.rstrip():
        return Ending.FINAL
    return Ending.PAUSE if bare[-1] in _PAUSES else Ending.OPEN
