"""Ruby: the small letters over a row that say how it is read aloud; they are no row of their own, and no part of it."""

from __future__ import annotations

from capture_daemon.frames import Box

LOWEST, HIGHEST = 0.3, 0.66
"""Shares of the height of the letters under it that a row of ruby has; accents have less, small print more."""
GAP = 0.35
"""Ruby stands at most this share of those letters' height above them; rows of text are farther apart."""
CLOSE = 0.25
"""Share of a letter's height that two of its letters are apart at most; accents stand a letter apart."""
ALONE = 0.42
"""Share of a letter's height which ruby that is but one shape has at the least."""
BODY = 0.7
"""Share of a letter's height that the row under it has at the least."""
WITHIN = 1.2
"""Letters' heights by which ruby may reach past the row under it, either side."""

Run = tuple[int, int]
"""Top and bottom of a run of ink, in pixels of the region."""


def may_be_ruby(run: Run, under: Run) -> bool:
    """Whether a run of ink may be ruby for the run under it, by their heights and places alone."""
    height = under[1] - under[0]
    return run[1] - run[0] <= HIGHEST / BODY * height and under[0] - run[1] <= GAP / BODY * height


def is_ruby(run: Run, under: Run, above: list[Box], below: list[Box], letter: int) -> bool:
    """Whether a run of ink, of the boxes `above`, is ruby for the run under it, of the boxes `below`.

    `letter` is the height of the letters under it, in pixels.
    """
    height = run[1] - run[0]
    if not LOWEST * letter <= height <= HIGHEST * letter or under[1] - under[0] < BODY * letter:
        return False
    if under[0] - run[1] > GAP * letter or not above or not below:
        return False
    left, right = min(box.left for box in below), max(box.right for box in below)
    if min(box.left for box in above) < left - WITHIN * letter or max(b.right for b in above) > right + WITHIN * letter:
        return False
    tall = [box for box in above if box.height >= LOWEST * letter]
    if any(box.height >= ALONE * letter and box.width >= LOWEST * letter for box in tall):
        return True
    return any(
        other is not box and other.left >= box.left and -letter <= other.left - box.right <= CLOSE * letter
        for box in tall
        for other in above
    )
