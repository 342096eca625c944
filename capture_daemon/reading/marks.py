"""Marks: the sign by which games say that they wait for their player, and what recognisers read in it."""

from __future__ import annotations

MARK_LIKE = frozenset("4AVYvyOoQ0DXTZ8>»<«^*+|_=•·∙口回日ロ一▼▽▾▿▲△▶▷►◀◆◇■□●○◎★☆♦♥→↓⇒")
"""What a mark behind a row is read as: a recogniser trained on letters sees one in anything."""
ALONE = frozenset("…‥⋯!?！？—―♪。")
"""Marks of punctuation that are a line by themselves."""
SURE = 0.9
"""Confidence from which a single character of a script that has words of one is taken for one; 0.85 to 0.97."""


def may_be_mark(words: str, confidence: float) -> bool:
    """Whether what was read may well be a mark: one character, and none that makes a word."""
    bare = words.replace(" ", "")
    if len(set(bare)) != 1 or len(bare) > 3:
        return False
    if bare[0] in ALONE or (bare[0] in ".・" and len(bare) > 1):
        return False
    if len(bare) > 1 and bare[0].isalpha():
        return False
    has_words = "\u3040" <= bare[0] <= "\u30ff" or "\u4e00" <= bare[0] <= "\u9fff" or "\uac00" <= bare[0] <= "\ud7a3"
    return not (has_words and confidence >= SURE and bare[0] not in MARK_LIKE)
