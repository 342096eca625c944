"""Marks: the sign by which games say that they wait for their player, and what recognisers read in it."""

from __future__ import annotations

from collections import Counter

from capture_daemon.frames import Box

LARGEST = 1.8
"""Side of the largest mark, in heights of a row; 1.2 to 2.5."""
OFTEN = 2
"""Lines after which a mark came in the same place from which it is known there; 2 to 4."""

MARK_LIKE = frozenset("4AVYvyOoQ0DXTZ8>»<«^*+|_=•·∙口回日ロ一▼▽▾▿▲△▶▷►◀◆◇■□●○◎★☆♦♥→↓⇒")
"""What a mark behind a row is read as: a recogniser trained on letters sees one in anything."""
ALONE = frozenset("…‥⋯!?！？—―♪。")
"""Marks of punctuation that are a line by themselves."""
SURE = 0.9
"""Confidence from which a single character of a script that has words of one is taken for one; 0.85 to 0.97."""


class AdvanceMarks:
    """Where this game shows that it waits: in one place of its box, or right behind the text.

    Its coming is the surest sign that a line is complete.
    """

    def __init__(self) -> None:
        self._places: Counter[tuple[str, int, int]] = Counter()

    def learn(self, place: Box, text: Box) -> None:
        """Something small came at `place` when the text in `text` was complete; in pixels of the region."""
        self._places.update(set(self._keys(place, text)))

    def knows(self, place: Box, text: Box) -> bool:
        """Whether marks have come there before."""
        return any(self._places[key] >= OFTEN for key in self._keys(place, text))

    def _keys(self, place: Box, text: Box) -> list[tuple[str, int, int]]:
        """The place in the box, and the place behind the text's end, in steps of a row's height."""
        step = max(8, text.height)
        x, y = place.left + place.width / 2, place.top + place.height / 2
        behind = ("behind", round((x - text.right) / step), round((y - text.top - text.height / 2) / step))
        return [("fixed", round(x / step), round(y / step)), behind]


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
