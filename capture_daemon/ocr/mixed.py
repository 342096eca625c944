"""Mixed rows: the words in Latin script of a Korean row, as the model reads them that knows that script better."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from capture_daemon.common.hangul import has_hangul
from capture_daemon.frames import Box
from capture_daemon.ocr.ctc import text_of
from capture_daemon.ocr.engine import Character, RowImage, RowText

SURE = 0.9
"""Mean probability of a word that is taken from the other model, at least; 0.85 to 0.95."""
ALIKE = 0.5
"""Share of its characters that both models read alike, at least; 0.4 to 0.7: of Hangul the other reads anything."""
FEWEST = 2
"""Letters and digits of such a word, at least; one by itself is as well read by either."""


def has_latin(text: str) -> bool:
    """Whether a text has a word in Latin letters, or digits beside them."""
    return sum(one.isascii() and one.isalpha() for one in text) >= FEWEST


@dataclass(frozen=True, slots=True)
class LatinRun:
    """A run of characters between Hangul that holds a Latin word: `start` and `end` in what was read of the row.

    `picture` is what stands there, and begins at the column `left` of the row's.
    """

    start: int
    end: int
    left: int
    picture: RowImage


def latin_runs(own: Sequence[Character], row: RowImage) -> list[LatinRun]:
    """The runs of what the Korean model read in a row that another model may read better."""
    runs: list[LatinRun] = []
    start = 0
    while start < len(own):
        end = start
        while end < len(own) and not has_hangul(own[end].text):
            end += 1
        if has_latin(text_of(own[start:end])):
            # What was not read, such as a quote, stands between the last letter that was and the syllable beside it.
            before = (own[start - 1].place + own[start].place) / 2 if start else 0.0
            behind = (own[end - 1].place + own[end].place) / 2 if end < len(own) else float(row.pixels.shape[1])
            left, right = max(0, round(before)), min(row.pixels.shape[1], round(behind))
            inside = Box(0, row.row.top, right - left, row.row.height)
            runs.append(LatinRun(start, end, left, RowImage(row.pixels[:, left:right], inside)))
        start = end + 1
    return runs


def with_latin(own: Sequence[Character], runs: Sequence[LatinRun], read: Sequence[RowText]) -> list[Character]:
    """The characters with each of the runs as another model read it, where that is sure and much the same."""
    found = list(own)
    for run, text in reversed(list(zip(runs, read, strict=True))):
        there = [replace(one, place=one.place + run.left) for one in text.characters]
        found[run.start : run.end] = _better(found[run.start : run.end], there)
    return found


def _better(run: list[Character], other: Sequence[Character]) -> list[Character]:
    """What the other model read between the same two syllables, if that is sure and much the same; else the run."""
    latin = [one for one in other if one.text.isascii()]
    while latin and latin[0].text == " ":
        latin.pop(0)
    while latin and latin[-1].text == " ":
        latin.pop()
    if not latin or _written(latin) < _written(run):
        return run
    latin = _without_rubbish(latin, run)
    sure = sum(one.probability for one in latin) / len(latin) >= SURE
    alike = SequenceMatcher(
        None, text_of(run).replace(" ", ""), text_of(latin).replace(" ", ""), autojunk=False
    ).ratio()
    if not sure or alike < ALIKE:
        return run
    return [*_spaces(run, first=True), *latin, *_spaces(run, first=False)]


def _written(characters: Sequence[Character]) -> int:
    """How many characters there are besides spaces."""
    return sum(one.text != " " for one in characters)


def _without_rubbish(latin: list[Character], run: Sequence[Character]) -> list[Character]:
    """A run without letters and digits at its ends that only one model read: those are parts of the Hangul beside."""
    matcher = SequenceMatcher(None, text_of(latin), text_of(run), autojunk=False)
    blocks = [block for block in matcher.get_matching_blocks() if block.size]
    if not blocks:
        return latin
    first, last = blocks[0].a, blocks[-1].a + blocks[-1].size
    while first and not any(one.text.isalnum() for one in latin[first - 1 : first]):
        first -= 1
    while last < len(latin) and not latin[last].text.isalnum():
        last += 1
    return latin[first:last]


def _spaces(run: list[Character], *, first: bool) -> list[Character]:
    """The space before or behind a run."""
    edge = run[:1] if first else run[-1:]
    return [one for one in edge if one.text == " "]
