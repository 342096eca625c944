"""The dashes that begin what each of two speakers says. Recognisers of Chinese and Japanese take them for 一 and ー."""

from __future__ import annotations

import re
from collections.abc import Sequence

from capture_daemon.reading.wording import letters

DASHES = frozenset("-–—―－")
"""What a line of one of two speakers begins with; detectors often leave it out."""
ENDS = ".。!?"
"""What one look reads at a row's end and another doesn't."""
_WIDE = "－"
"""As a hyphen is read between Chinese or Japanese characters."""
_STROKES = frozenset("一ー")
_COUNTED = (
    "十百千万億数つのか人個度回枚番緒瞬匹冊台軒段歩週秒分時日月年杯本部種般応旦切体方言口目見家同員流気生昨晩致層"
    "向理途連面点線筋新級等族心対発刻"
)
"""What makes 一 a number or the beginning of a word."""
_SPACED = re.compile(r"(?:^|[。？！…?!])\s?[-–—―－] ")
_CLOSE = re.compile(r"(^|[。？！…?!]\s?)([-–—―－])(?=\w)")
_IN_ROW = re.compile(rf"(?<=[。？！…?!])(\s?)[一ー](?=\s?[^\W{_COUNTED}])")


def begins_with_dash(text: str) -> bool:
    """Whether a text begins with a dash that was read as one."""
    return text[:1] in DASHES


def may_begin_with_dash(text: str) -> bool:
    """Whether it begins with a stroke that may be a dash: not with a number, or a word that begins as one."""
    return text[:1] in _STROKES and text[1:].lstrip()[:1] not in ("", *_COUNTED)


def is_but_for_dash(text: str, other: str) -> bool:
    """Whether a text is another one with a dash before it, or a stroke that may be one."""
    words = letters(other)
    return bool(words) and letters(text)[1:].rstrip(ENDS) == words.rstrip(ENDS) and _may_be_dashed(text)


def with_speaker_dashes(texts: Sequence[str], dashed: Sequence[str]) -> list[str]:
    """The rows of a line, in which strokes are dashes if two rows begin so, or a row's two sentences do.

    `dashed` are the same rows with the dash that some look has read before them, which stands there if two rows have
    one. A space follows each of the dashes, or none.
    """
    if sum(map(begins_with_dash, dashed)) >= 2:
        texts = [f"-{text[1:]}" if text.startswith(_WIDE) else text for text in dashed]
    dash = next((text[0] for text in texts if begins_with_dash(text)), "-")
    if sum(map(_may_be_dashed, texts)) < 2 and not any(_may_be_dashed(text) and _IN_ROW.search(text) for text in texts):
        return list(texts)
    dashed = [_IN_ROW.sub(rf"\g<1>{dash}", dash + text[1:] if may_begin_with_dash(text) else text) for text in texts]
    if any(_SPACED.search(text) for text in dashed):
        dashed = [_CLOSE.sub(r"\g<1>\g<2> ", text) for text in dashed]
    return dashed


def _may_be_dashed(text: str) -> bool:
    return begins_with_dash(text) or may_begin_with_dash(text)
