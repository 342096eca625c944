"""Counting full stops in the picture: a recogniser sees a row in steps about as wide as one, and loses some."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

import cv2
import numpy as np

from capture_daemon.common.letters import is_latin
from capture_daemon.frames import Box
from capture_daemon.ocr.engine import Character
from capture_daemon.ocr.prepare import BinarisedRow

_ELLIPSES = "…⋯"
DOTS = frozenset(".…⋯·・•∙。")
"""What dots in a row are read as."""
_LARGEST_SHARE = 0.34
"""How much of a row's height a dot has at most."""
_SMALLEST_SHARE = 0.05
"""How much of a row's height a dot has at least; what is smaller is dirt of the picture."""
_CLEAR = 1.25
"""How much ink there may be in a dot's columns, as a share of its own: dirt, but no stroke of a letter."""
_RAISED = 0.3
"""How far above the letters' feet dots stand that are no ellipsis, as a share of the row's height; 0.2 to 0.4."""
_MOST = 24
_ELLIPSIS, _BEFORE = 3, 0.6
"""Dots before a text that are an ellipsis, and how far before its first letter they end, in heights of the text; 0.4 to
0.8: some set a space there."""
_ROUND = frozenset("0oOQD。°○◦◎⊙•・·…. ")
"""What dots with an outline are read as."""
_FEWEST_RINGS, _RING_SHARE = 3, 0.42
"""Rings that are dots with an outline, at least, and their height in that of the detector's box, at most, 0.38 to 0.5:
letters such as o have 0.55 and more."""


def with_counted_dots(characters: Sequence[Character], ink: BinarisedRow) -> list[Character]:
    """The characters with as many full stops in a row as the picture shows, where it shows two or more alike."""
    result: list[Character] = []
    place = 0
    runs = dot_runs(ink)
    alone = [dot for dot in _dots(ink) if not any(dot in run for run in runs)]
    while place < len(characters):
        end = place
        while end < len(characters) and characters[end].text in DOTS:
            end += 1
        if end == place:
            result.append(characters[place])
            place += 1
            continue
        read = list(characters[place:end])
        left = characters[place - 1].place if place else -1.0
        right = characters[end].place if end < len(characters) else float(ink.mask.shape[1])
        within = [run for run in runs if left < run[0].left + run[0].width / 2 and run[-1].right < right]
        counts = len(within) == 1 and not any(left < _middle(dot) and _is_stop_before(dot, within[0]) for dot in alone)
        result.extend(_counted(read, within[0]) if counts else read)
        place = end
    return [*_overlooked_before(result, runs, ink), *result, *_overlooked_behind(result, runs)]


def without_raised_dots(characters: Sequence[Character], ink: BinarisedRow) -> list[Character]:
    """The characters without dots behind Latin letters that stand above the line: a mark, as the game waits.

    An ellipsis stands on the line in Latin type, and half-way up in Chinese and Japanese.
    """
    end = len(characters)
    while end and characters[end - 1].text in DOTS:
        end -= 1
    letters = "".join(one.text for one in characters[:end])
    if end == len(characters) or not any(one.isalpha() for one in letters) or not is_latin(letters):
        return list(characters)
    runs = dot_runs(ink)
    if not runs:
        return list(characters)
    last = runs[-1]
    _, _, statistics, _ = cv2.connectedComponentsWithStats(ink.mask.astype(np.uint8), connectivity=8)
    feet = [top + height for _, top, _, height, _ in statistics[1:].tolist() if height >= 0.5 * ink.text_height]
    if not feet or last[-1].right < ink.runs[-1][1] or median(feet) - last[0].bottom < _RAISED * ink.text_height:
        return list(characters)
    kept = [one for one in characters if one.place < last[0].left - last[0].width / 2]
    # What looks like dots may be in letters: those of Hangul have rings, and strokes by themselves.
    return kept if len(kept) >= len(letters.rstrip()) else list(characters)


def _overlooked_before(
    characters: Sequence[Character], runs: Sequence[Sequence[Box]], ink: BinarisedRow
) -> list[Character]:
    """The dots at a text's beginning that were not read: they stand right before its first word, at its feet."""
    if not characters or not characters[0].text.isalnum() or not runs or len(runs[0]) < _ELLIPSIS:
        return []
    first, run = characters[0], runs[0]
    word = next((start for start, _ in ink.runs if start >= run[-1].right), None)
    before = any(end <= run[0].left for _, end in ink.runs)
    if before or word is None or first.place < word or word - run[-1].right > _BEFORE * ink.text_height:
        return []
    foot = int(np.flatnonzero(ink.mask[:, word:].any(axis=1))[-1]) + 1
    if not 0 <= foot - run[0].bottom < _RAISED * ink.text_height:
        return []
    return [Character(".", _middle(dot), first.probability) for dot in run]


def _overlooked_behind(characters: Sequence[Character], runs: Sequence[Sequence[Box]]) -> list[Character]:
    """The dots behind a colon, or a terminal's >, at the row's end that were not read.

    Of a name and dots, the name is all that counts.
    """
    if not characters or characters[-1].text not in ":：>" or not runs:
        return []
    last, run = characters[-1], runs[-1]
    if len(run) < 3 or run[0].left < last.place + run[0].width:
        return []
    return [Character(".", _middle(dot), last.probability) for dot in run]


def only_dots(ink: BinarisedRow) -> int:
    """How many dots the row is made of; 0 if there is anything else in it."""
    runs = dot_runs(ink)
    return len(runs[0]) if len(runs) == 1 and len(runs[0]) == len(ink.runs) else 0


def only_rings(text: str, ink: BinarisedRow, height: int) -> int:
    """How many dots with an outline a row is made of that was read as `text`; 0 if there is anything else in it.

    `height` is that of the detector's box, in pixels.
    """
    _, _, statistics, _ = cv2.connectedComponentsWithStats(ink.mask.astype(np.uint8), connectivity=8)
    rings = sorted(Box(left, top, width, high) for left, top, width, high, _ in statistics[1:].tolist())
    if not set(text) <= _ROUND or not _FEWEST_RINGS <= len(rings) <= _MOST or len(rings) != len(ink.runs):
        return 0
    size = rings[0].height
    if size > _RING_SHARE * height or any(
        max(abs(ring.width - size), abs(ring.height - size), abs(ring.top - rings[0].top)) > max(1.0, 0.15 * size)
        for ring in rings
    ):
        return 0
    return len(rings) if all(_goes_on(rings[:place], rings[place]) for place in range(1, len(rings))) else 0


def dot_runs(ink: BinarisedRow) -> list[list[Box]]:
    """Rows of two or more dots alike, equally far apart, with nothing above or below them, left to right."""
    dots = _dots(ink)
    runs: list[list[Box]] = []
    for dot in dots:
        if runs and _goes_on(runs[-1], dot):
            runs[-1].append(dot)
        else:
            runs.append([dot])
    return [run for run in runs if 2 <= len(run) <= _MOST]


def _dots(ink: BinarisedRow) -> list[Box]:
    _, labels, statistics, _ = cv2.connectedComponentsWithStats(ink.mask.astype(np.uint8), connectivity=8)
    smallest, largest = _SMALLEST_SHARE * ink.text_height, max(3.0, _LARGEST_SHARE * ink.text_height)
    large = np.array([False] + [max(width, height) >= smallest for _, _, width, height, _ in statistics[1:].tolist()])
    columns = large[labels].sum(axis=0)
    dots = []
    for left, top, width, height, area in statistics[1:].tolist():
        longer, shorter = max(width, height), min(width, height)
        if not smallest <= longer <= largest or longer - shorter > max(1.0, 0.4 * longer):
            continue
        # Anything else in its columns makes it a part of a letter: i, ! or :.
        if area >= 0.6 * width * height and int(columns[left : left + width].sum()) <= _CLEAR * area:
            dots.append(Box(left, top, width, height))
    return sorted(dots)


def _goes_on(run: Sequence[Box], dot: Box) -> bool:
    last = run[-1]
    size = max(last.width, last.height, dot.width, dot.height)
    if abs(dot.top + dot.height / 2 - last.top - last.height / 2) > max(1.0, 0.4 * size):
        return False
    if abs(dot.width - last.width) > max(1.0, 0.4 * size) or abs(dot.height - last.height) > max(1.0, 0.4 * size):
        return False
    pitch = _middle(dot) - _middle(last)
    if pitch > 6 * size:
        return False
    if len(run) >= 2:
        usual = (_middle(last) - _middle(run[0])) / (len(run) - 1)
        return abs(pitch - usual) <= max(1.5, 0.35 * usual)
    return True


def _is_stop_before(dot: Box, run: Sequence[Box]) -> bool:
    """Whether a dot is a full stop before and below a run of dots, which are a mark then."""
    return dot.right <= run[0].left and dot.top >= run[0].bottom and dot.height >= run[0].height / 2


def _middle(dot: Box) -> float:
    return dot.left + dot.width / 2


def _counted(read: list[Character], run: Sequence[Box]) -> list[Character]:
    """What was read, with as many dots as there are; an ellipsis of one character stands for three."""
    count = len(run)
    tail: list[Character] = []
    while read and read[-1].text == "。":
        tail.insert(0, read.pop())
    if not read:
        return tail
    ellipsis = next((character for character in read if character.text in _ELLIPSES), None)
    if any(character.text == "." for character in read):
        ellipsis = None
    if ellipsis is not None and count % 3 == 0:
        return [*_spread(ellipsis, count // 3, run), *tail]
    if ellipsis is None:
        likeliest = max(read, key=lambda character: character.probability)
        stop = Character(".", likeliest.place, likeliest.probability)
        return [*_spread(stop, count, run), *tail]
    return [*read, *tail]


def _spread(character: Character, count: int, run: Sequence[Box]) -> list[Character]:
    first, last = run[0].left, run[-1].right
    step = (last - first) / count
    return [Character(character.text, first + step * (number + 0.5), character.probability) for number in range(count)]
