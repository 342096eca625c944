"""From a recogniser's raw output to characters, each with its place: what plain decoding throws away."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from capture_daemon.ocr.engine import Character

BLANK = 0


def decode(scores: NDArray[np.float32], alphabet: Sequence[str]) -> list[Character]:
    """The likeliest characters in `scores`, shape (steps, len(alphabet)); entry 0 of the alphabet is the blank.

    `place` is in steps: 0.5 is the middle of the first one.
    """
    best = scores.argmax(axis=1)
    probability = scores.max(axis=1)
    starts = np.flatnonzero(np.concatenate(([True], best[1:] != best[:-1])))
    ends = np.append(starts[1:], len(best))
    return [
        Character(
            alphabet[best[start]],
            (float(start) + float(end)) / 2,
            float(probability[start:end].max()),
        )
        for start, end in zip(starts, ends, strict=True)
        if best[start] != BLANK
    ]


def text_of(characters: Sequence[Character]) -> str:
    """The characters as one string."""
    return "".join(character.text for character in characters)


def confidence_of(characters: Sequence[Character]) -> float:
    """The mean of their probabilities; 0 if there are none."""
    if not characters:
        return 0.0
    return sum(character.probability for character in characters) / len(characters)
