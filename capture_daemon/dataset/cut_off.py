"""Lines that were cut off: by the end of their recording while they were being typed, or by a region that was moved."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, pairwise

from rapidfuzz import fuzz

from capture_daemon.dataset.script import ScriptLine, Step
from capture_daemon.reading.text import Ending, ending

ENOUGH, MOSTLY = 5, 0.9
"""Lines, and the share of them that must end as sentences do, from which a last line that doesn't is cut off."""
COMMAS = tuple(",、，､;；:：")
"""Marks of a pause that no line ends with."""
SOON = 1.5
"""Seconds between a line and what the moved region shows of it, at most."""
ALIKE = 85.0
"""How alike a row and its part are, in percent: a letter that is cut through is read as another one."""
SLACK = 0.5
"""How far, in heights of a row, the same text may stand from where it stood."""


def cut_off(lines: Sequence[ScriptLine]) -> set[int]:
    """The places of lines that were cut off. Lines of one recording follow one another, in the order they were said."""
    found: set[int] = set()
    numbered = [
        (place, line) for place, line in enumerate(lines) if line.left_out is not Step.SCREEN_WORDS and not line.chosen
    ]
    for _, group in groupby(numbered, key=lambda one: one[1].recording):
        of_recording = list(group)
        *before, (last_place, last) = of_recording
        sentences = _end_as_sentences([line for _, line in before])
        if sentences and _has_no_end(last.text):
            found.add(last_place)
        for (place, line), (next_place, after) in pairwise(of_recording):
            if is_part(line, after, sentences=sentences):
                found.add(place)
            elif is_part(after, line, sentences=sentences):
                found.add(next_place)
    return found


def is_part(part: ScriptLine, whole: ScriptLine, *, sentences: bool) -> bool:
    """Whether `part` is what a region that cuts through the text showed of `whole`, said right before or after it.

    Its rows are parts of rows that follow one another there, and stand where those stand. A part that begins where the
    whole begins may as well be a line of its own; it is a part only in a game whose lines end as `sentences` do, if it
    doesn't.
    """
    if None not in (part.speaker, whole.speaker) and part.speaker != whole.speaker:
        return False
    first, second = sorted((part, whole), key=lambda line: line.started)
    if second.started - first.ended > SOON or len(part.box) != 4 or len(whole.box) != 4:
        return False
    if not part.rows or part.rows == whole.rows:
        return False
    may_begin_there = sentences and _has_no_end(part.text)
    return any(
        all(_is_within(row, there) for row, there in zip(part.rows, whole.rows[at:], strict=False))
        and _stands_there(part, whole, at, may_begin_there=may_begin_there)
        for at in range(len(whole.rows) - len(part.rows) + 1)
    )


def _is_within(row: str, whole: str) -> bool:
    return len(row) <= len(whole) and fuzz.partial_ratio(row, whole) >= ALIKE


def _has_no_end(text: str) -> bool:
    """Whether more must follow. A dash is an end: somebody is interrupted."""
    return ending(text) is Ending.OPEN or text.rstrip().endswith(COMMAS)


def _end_as_sentences(lines: Sequence[ScriptLine]) -> bool:
    return len(lines) >= ENOUGH and sum(not _has_no_end(line.text) for line in lines) >= MOSTLY * len(lines)


def _stands_there(part: ScriptLine, whole: ScriptLine, at: int, *, may_begin_there: bool) -> bool:
    """Whether the rows of `part` stand where those of `whole` do from row `at` on."""
    left, top, width, height = part.box
    whole_left, whole_top, whole_width, whole_height = whole.box
    row = whole_height / len(whole.rows)
    slack = SLACK * row
    if abs(top - (whole_top + at * row)) > slack or height > whole_height + slack:
        return False
    if abs(left - whole_left) <= slack:
        return at > 0 or may_begin_there
    return abs(left + width - (whole_left + whole_width)) <= slack
