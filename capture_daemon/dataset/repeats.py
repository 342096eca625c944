"""Repeats: scenes that were watched again, though not every letter was read the same again.

Short answers come again and again in any game, and are no repeats by themselves. A line is one where it is long and was
said before by the same speaker, or where it stands in a run of lines that came before in the same order.
"""

from __future__ import annotations

import math
import unicodedata
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz, process

from capture_daemon.dataset.script import ScriptLine

LONG = 24
"""Letters from which on a line alone identifies a repeat; a Chinese or Japanese character counts as two."""
RUN = 3
"""Lines, no two of them the same, that make a run."""
_OFTEN = 64
"""What was said more often begins no run: it can only be in one."""

_Pair = tuple[int, int]


def find_repeats(lines: Sequence[ScriptLine], similarity: float) -> dict[int, int]:
    """For each line that repeats an earlier one, by its place in `lines`, the place of that earlier one.

    `similarity` is how alike texts must be, over 0 and up to 100, spaces, marks and the size of letters left aside.
    """
    plain = [_plain(line.text) for line in lines]
    kinds = _kinds(lines, plain, similarity)
    before: dict[int, list[int]] = defaultdict(list)
    repeats: dict[int, int] = {}
    runs: list[dict[int, tuple[int, _Pair | None]]] = []
    for place, kind in enumerate(kinds):
        earlier = before[kind]
        if earlier and _weight(plain[place]) >= LONG:
            repeats[place] = earlier[0]
        runs.append(_runs_to(place, earlier, runs))
        for there, (begun, _) in runs[place].items():
            _mark_run((place, there), begun, runs, kinds, repeats)
        earlier.append(place)
    return repeats


def _runs_to(
    place: int, earlier: Sequence[int], runs: Sequence[dict[int, tuple[int, _Pair | None]]]
) -> dict[int, tuple[int, _Pair | None]]:
    """The runs that a line is in: for each place of the same words where the run began, and the pair before in it.

    In a run a line may be missing, here or there: unread, or said only once.
    """
    found: dict[int, tuple[int, _Pair | None]] = {}
    for there in earlier if len(earlier) <= _OFTEN else _that_go_on(place, earlier, runs):
        for here_before, there_before in ((place - 1, there - 1), (place - 1, there - 2), (place - 2, there - 1)):
            if here_before >= 0 and there_before in runs[here_before]:
                begun = runs[here_before][there_before][0]
                if there < begun:
                    found[there] = begun, (here_before, there_before)
                    break
        else:
            if len(earlier) <= _OFTEN:
                found[there] = place, None
    return found


def _that_go_on(
    place: int, earlier: Sequence[int], runs: Sequence[dict[int, tuple[int, _Pair | None]]]
) -> Iterable[int]:
    last = [there for back in (1, 2) if place >= back for there in runs[place - back]]
    candidates = {there + step for there in last for step in (1, 2)}
    return [there for there in candidates if (at := bisect_right(earlier, there)) and earlier[at - 1] == there]


def _mark_run(
    end: _Pair,
    begun: int,
    runs: Sequence[dict[int, tuple[int, _Pair | None]]],
    kinds: Sequence[int],
    repeats: dict[int, int],
) -> None:
    pairs: list[_Pair] = []
    pair: _Pair | None = end
    while pair is not None and (len(pairs) < RUN or pair[0] not in repeats):
        pairs.append(pair)
        pair = runs[pair[0]][pair[1]][1]
    if pair is not None or len({kinds[here] for here, _ in pairs}) >= RUN:
        for here, there in pairs:
            repeats.setdefault(here, there)


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in folded if character.isalnum()) or folded


def _weight(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _kinds(lines: Sequence[ScriptLine], plain: Sequence[str], similarity: float) -> list[int]:
    """A number for each line; lines of one speaker that are alike have the same."""
    numbers: dict[tuple[str | None, str], int] = {}
    texts: dict[tuple[str | None, int], list[str]] = defaultdict(list)
    for line, text in zip(lines, plain, strict=True):
        if (line.speaker, text) in numbers:
            continue
        # Of two texts that are alike, the longer one can't be longer than this.
        share = similarity / (200 - similarity)
        lengths = range(math.floor(len(text) * share), math.ceil(len(text) / share) + 1)
        choices = [other for length in lengths for other in texts.get((line.speaker, length), ())]
        alike = process.extractOne(text, choices, scorer=fuzz.ratio, score_cutoff=similarity)
        if alike is None:
            texts[line.speaker, len(text)].append(text)
        numbers[line.speaker, text] = len(numbers) if alike is None else numbers[line.speaker, alike[0]]
    return [numbers[line.speaker, text] for line, text in zip(lines, plain, strict=True)]
