"""The output of the Korean recogniser: each step scores a syllable's three parts, and everything else."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from capture_daemon.common.hangul import FIRSTS, LASTS, SYLLABLES, VOWELS, is_common, syllable
from capture_daemon.ocr.engine import Character
from capture_daemon.ocr.prepare import Canvas

CANVAS = Canvas(height=32, margin=8, widest=3200)
"""What the recogniser takes."""
INK_HEIGHT, BOXED_HEIGHT = 24.0, 29.0
"""How high it was trained to see a row's ink, and the detector's box round it, in rows of the canvas."""
STEP = 2.0
"""Columns of its picture to one of its steps."""
RARE = 3.0
"""How much likelier, as a difference of logarithms, a syllable outside the 2,350 common ones must be to be read; 2 to
5: of the 8,822 others games write a handful, and many differ from a common one by a stroke."""
SELDOM = 4.0
"""The same of common syllables such as 옌 and 롄, which differ from 엔 and 렌 by a short stroke; 3 to 6."""
NARROWEST = 10.0
"""Columns of the canvas that lie between two syllables at least; 8 to 12: nearer ones are one that was seen twice."""
_CANDIDATES = 4
"""Of each part, among which a common syllable is looked for."""
_YE, _SIOT = 7, 19
_NUMBERS = np.arange(SYLLABLES)
_SELDOM_ONES = (_NUMBERS // LASTS % VOWELS == _YE) & (_NUMBERS % LASTS > 0) & (_NUMBERS % LASTS != _SIOT)
"""ㅖ and a consonant under it, except for 옛 and the like."""
_COMMON = np.array([is_common(syllable(number)) for number in range(SYLLABLES)])
_LESS_LIKELY = np.where(_COMMON, np.where(_SELDOM_ONES, SELDOM, 0.0), RARE)
"""How much likelier each syllable must be than others, as the network learned all as often."""

Scores = NDArray[np.float64]


def decode_jamo(scores: NDArray[np.float32], others: Sequence[str], columns: float = STEP) -> list[Character]:
    """The likeliest characters in `scores`, shape (steps, FIRSTS + VOWELS + LASTS + len(others)), before any softmax.

    The first of `others` is the blank. `place` is in columns of the picture, of which each step has `columns`.
    """
    groups = np.split(scores.astype(np.float64), np.cumsum([FIRSTS, VOWELS, LASTS]), axis=1)
    tops = [group.max(axis=1) for group in groups]
    sums = [_log_sum(group, top) for group, top in zip(groups, tops, strict=True)]
    every = np.logaddexp(sums[0] + sums[1] + sums[2], sums[3])
    first, vowel, last, other = (group.argmax(axis=1) for group in groups)
    numbers = (first * VOWELS + vowel) * LASTS + last
    composed = tops[0] + tops[1] + tops[2]
    hangul = composed > tops[3]
    for step in np.flatnonzero(hangul & (_LESS_LIKELY[numbers] > 0)).tolist():
        numbers[step], composed[step] = _likeliest([group[step] for group in groups[:3]], numbers[step])
    # Others are counted from 0, syllables after them.
    codes = np.where(hangul, len(others) + numbers, other)
    sure = np.exp(np.minimum(np.where(hangul, composed, tops[3]) - every, 0.0))
    edges = np.flatnonzero(np.concatenate(([True], codes[1:] != codes[:-1], [True])))
    found: list[Character] = []
    for start, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        code = int(codes[start])
        if code == 0:
            continue
        text = others[code] if code < len(others) else syllable(code - len(others))
        character = Character(text, (start + end) / 2 * columns, float(sure[start:end].max()))
        if found and _is_seen_twice(found[-1], character, code >= len(others)):
            if character.probability > found[-1].probability:
                found[-1] = character
            continue
        found.append(character)
    return found


def _is_seen_twice(before: Character, character: Character, composed: bool) -> bool:
    return composed and before.text >= "가" and character.place - before.place < NARROWEST


def _log_sum(group: Scores, top: Scores) -> Scores:
    return np.asarray(np.log(np.exp(group - top[:, None]).sum(axis=1)) + top)


def _likeliest(groups: Sequence[Scores], top: int) -> tuple[int, float]:
    """The number and score of a step's likeliest syllable where those seldom written are less likely than others.

    `top` is the number of the one with the highest score.
    """
    first, vowel, last = (np.argsort(group)[::-1][:_CANDIDATES] for group in groups)
    numbers = ((first[:, None, None] * VOWELS + vowel[:, None]) * LASTS + last).ravel()
    scores = (groups[0][first][:, None, None] + groups[1][vowel][:, None] + groups[2][last]).ravel()
    likely = scores - _LESS_LIKELY[numbers]
    best = int(np.argmax(likely))
    if numbers[best] == top:
        return top, float(scores[best])
    # Both together are as likely as they were; this one has its share of that.
    other = int(np.argmax(scores))
    both = np.logaddexp(scores[best], scores[other])
    return int(numbers[best]), float(both - np.logaddexp(0.0, likely[other] - likely[best]))
