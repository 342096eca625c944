"""Captured lines against what was really shown, by the project's own small measure.

Texts are compared without spaces and with quotes and dots made alike, as what is measured is the reading. A captured
line is paired with a true one in order; a pair is found where four fifths of the letters agree.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Sequence
from typing import Any

FOUND = 0.8


def plain(text: str | None) -> str:
    """A text as it is compared."""
    text = unicodedata.normalize("NFKC", text or "")
    text = re.sub(r"[\u2018\u2019`\u00b4]", "'", text)
    text = re.sub(r"[\u201c\u201d\u201e]", '"', text)
    text = re.sub(r"[\u2026\u22ef]", "...", text)
    return re.sub(r"\s+", "", text)


def score(truth: Sequence[dict[str, Any]], captured: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Shares of lines found (`recall`), of captured lines that are right, and of right speakers where there is one.

    `truth` has records with `kind`, `what` and `who`; `captured` line records. Lines that a later one replaces don't
    count. `missed` and `extra` hold the texts that found no partner.
    """
    replaced = {line["replaces"] for line in captured if line.get("replaces") is not None}
    shown = [record for record in truth if record["kind"] == "slow_done" and plain(record["what"])]
    got = [line for line in captured if line["seq"] not in replaced]
    pairs = _aligned([plain(record["what"]) for record in shown], [plain(line["text"]) for line in got])
    named = [
        plain(shown[left]["who"]) == plain(got[right]["speaker"]) for left, right in pairs if shown[left].get("who")
    ]
    left_over = {left for left, _ in pairs}, {right for _, right in pairs}
    return {
        "recall": len(pairs) / max(1, len(shown)),
        "precision": len(pairs) / max(1, len(got)),
        "speaker": sum(named) / len(named) if named else 1.0,
        "false_speaker": sum(bool(got[right]["speaker"]) for left, right in pairs if not shown[left].get("who")),
        "missed": [record["what"] for place, record in enumerate(shown) if place not in left_over[0]],
        "extra": [line["text"] for place, line in enumerate(got) if place not in left_over[1]],
        "pairs": [(shown[left], got[right]) for left, right in pairs],
    }


def _aligned(true: Sequence[str], got: Sequence[str]) -> list[tuple[int, int]]:
    """The pairs of the order-keeping alignment whose texts agree best."""
    alike = [[_similarity(one, other) for other in got] for one in true]
    best = [[0.0] * (len(got) + 1) for _ in range(len(true) + 1)]
    for left in reversed(range(len(true))):
        for right in reversed(range(len(got))):
            pair = alike[left][right]
            together = pair + best[left + 1][right + 1] if pair >= FOUND else 0.0
            best[left][right] = max(best[left + 1][right], best[left][right + 1], together)
    pairs, left, right = [], 0, 0
    while left < len(true) and right < len(got):
        pair = alike[left][right]
        if pair >= FOUND and best[left][right] == pair + best[left + 1][right + 1]:
            pairs.append((left, right))
            left, right = left + 1, right + 1
        elif best[left][right] == best[left + 1][right]:
            left += 1
        else:
            right += 1
    return pairs


def _similarity(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other, autojunk=False).ratio()
