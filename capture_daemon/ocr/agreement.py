"""What several looks at one row agree on, character by character."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from capture_daemon.common.letters import form_of
from capture_daemon.ocr.ctc import confidence_of, text_of
from capture_daemon.ocr.engine import Character

ABSENT = 0.55
"""How much a look that has nothing at a place weighs against those that have a character there, each of which weighs
its probability: a recogniser loses a narrow letter more often than it invents one."""

_Column = list[tuple[str, float, Character | None]]


def agreed(readings: Sequence[Sequence[Character]], absent: float = ABSENT) -> list[Character]:
    """The characters that most of the readings have, in the order of the likeliest one; `readings` is not empty.

    They are laid side by side as ROVER does with speech recognisers (Fiscus, 1997), and at each place the character
    with the most probability wins. `absent` is what a reading that has nothing there weighs.
    """
    ordered = sorted(readings, key=confidence_of, reverse=True)
    pivot = ordered[0]
    if len(ordered) == 1 or not pivot:
        return list(pivot)
    # A column before each of the pivot's characters, one for each, and one behind the last.
    columns: list[_Column] = [[] for _ in range(2 * len(pivot) + 1)]
    for reading in ordered:
        _lay_out(columns, pivot, reading, absent)
    result = []
    for column in columns:
        if not column:
            continue
        without = len(ordered) - len({one[2] for one in column}) if len(column) < len(ordered) else 0
        weights: dict[str, float] = {"": absent * without}
        for text, weight, _ in column:
            weights[text] = weights.get(text, 0.0) + weight
        winner = max(weights, key=lambda text: weights[text])
        found = [one for text, _, one in column if text == winner and one is not None]
        if winner and found:
            best = max(found, key=lambda one: one.probability)
            alike = sum(weight for text, weight in weights.items() if form_of(text) == form_of(winner))
            share = alike / max(sum(weights.values()), 1e-6)
            result.append(Character(winner, best.place, min(best.probability, share)))
    return result


def _lay_out(columns: list[_Column], pivot: Sequence[Character], reading: Sequence[Character], absent: float) -> None:
    matcher = SequenceMatcher(None, text_of(pivot), text_of(reading), autojunk=False)
    for kind, start, end, other_start, other_end in matcher.get_opcodes():
        if kind == "delete":
            for number in range(start, end):
                columns[2 * number + 1].append(("", absent, None))
            continue
        shared = min(end - start, other_end - other_start)
        for step in range(shared):
            one = reading[other_start + step]
            columns[2 * (start + step) + 1].append((one.text, one.probability, one))
        for number in range(start + shared, end):
            columns[2 * number + 1].append(("", absent, None))
        for number in range(other_start + shared, other_end):
            one = reading[number]
            columns[2 * (start + shared)].append((one.text, one.probability, one))
