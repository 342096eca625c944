"""Whether a line's confidence is worth what it says: how many of those said at 0.9 are right letter for letter.

    python -m bench.confidence [RESULT.json ...]

prints a table by bin from results of the bench (bench/results/, the newest without any): of the lines that the parts
`random` and `cases` said.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.figures import Figure, Goal
from bench.shared import Score, plain

RESULTS = Path("bench/results")
PARTS = ("random", "cases")
EDGES = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 1.0)
HIGH, NEVER = 0.9, 0.99
"""Confidence from which nine lines in ten must be right, and that no line bears which lost half of its letters."""
HALF = 0.6
"""Share of a true line's letters up to which what was said of it has lost half; 0.5 to 0.65."""
ITS_OWN = 0.8
"""Share of what was said that must be that line's letters, in order, to be half of it; 0.7 to 0.9."""


@dataclass(frozen=True, slots=True)
class SaidLine:
    """A line that was said: its confidence, whether it is right letter for letter, and whether it lost half of them."""

    confidence: float
    right: bool
    halved: bool
    text: str


def said_lines(captured: Iterable[dict[str, Any]], scored: Score) -> list[SaidLine]:
    """The lines that stand in the end, each against its truth; `captured` are the records that were scored."""
    records = list(captured)
    replaced = {record.get("replaces") for record in records} - {None}
    extra = Counter(scored.extra)
    otherwise = Counter(read for shown, read in scored.inexact if plain(shown) != plain(read))
    lines = []
    for record in records:
        text = str(record["text"])
        if record["seq"] in replaced or not plain(text):
            continue
        invented, inexact = extra[text] > 0, otherwise[text] > 0
        if invented:
            extra[text] -= 1
        elif inexact:
            otherwise[text] -= 1
        halved = invented and any(_is_half(plain(text), plain(missed)) for missed in scored.missed)
        lines.append(SaidLine(float(record["confidence"]), not (invented or inexact), halved, text))
    return lines


def _is_half(said: str, true: str) -> bool:
    """Whether a text is another with half of its letters lost."""
    if len(said) > HALF * len(true):
        return False
    blocks = SequenceMatcher(None, true, said, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) >= ITS_OWN * len(said)


def figures_of(group: str, lines: Sequence[SaidLine]) -> list[Figure]:
    """The share of right lines among those said at 0.9 and more, and the most that a halved line bears."""
    high = [line.right for line in lines if line.confidence >= HIGH]
    halved = max((line.confidence for line in lines if line.halved), default=0.0)
    count = sum(line.halved for line in lines)
    return [
        Figure(
            group,
            f"letter for letter, of those said at {HIGH:g} and more",
            sum(high) / len(high) if high else None,
            Goal(0.9),
            f"{len(high)} of {len(lines)} lines",
        ),
        Figure(
            group,
            "most confidence of a line that lost half",
            halved,
            Goal(NEVER - 1e-4, least=False),
            f"{count} lines lost half their letters",
        ),
    ]


def table(lines: Sequence[SaidLine]) -> Table:
    """How many lines are right, by confidence."""
    drawn = Table(title="lines by confidence: 1 is certain", title_justify="left")
    for heading in ("confidence", "lines", "mean", "right letter for letter", "lost half their letters"):
        drawn.add_column(heading, justify="right")
    for low, high in pairwise(EDGES):
        last = high == EDGES[-1]
        inside = [line for line in lines if low <= line.confidence < high or (last and line.confidence >= high)]
        if inside:
            mean = sum(line.confidence for line in inside) / len(inside)
            right = sum(line.right for line in inside) / len(inside)
            halved = sum(line.halved for line in inside)
            drawn.add_row(f"{low:g} to {high:g}", f"{len(inside)}", f"{mean:.3f}", f"{right:.3f}", f"{halved}")
    return drawn


def record(line: SaidLine) -> list[Any]:
    """A line as a result of the bench has it."""
    return [line.confidence, line.right, line.halved, line.text]


def kept_in(result: dict[str, Any]) -> Iterator[SaidLine]:
    """The lines that a result of the bench has kept."""
    for part in PARTS:
        for kept in result["details"].get(part, {}).get("said", []):
            yield SaidLine(*kept)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 2 where there is no result with lines in it, 1 where the confidence isn't worth what it says."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.confidence", description="Whether confidence can be believed."
    )
    parser.add_argument(
        "results", nargs="*", type=Path, metavar="RESULT", help="without any, the newest in bench/results"
    )
    options = parser.parse_args(arguments)
    files = options.results or sorted(RESULTS.glob("*.json"), key=lambda file: file.stat().st_mtime)[-1:]
    try:
        results = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    lines = [line for result in results for line in kept_in(result)]
    if not lines:
        print("no lines: run `python -m bench random cases` first", file=sys.stderr)
        return 2
    console = Console()
    console.print(", ".join(map(str, files)), highlight=False)
    console.print(table(lines))
    figures = figures_of("confidence", lines)
    for figure in figures:
        told = "-" if figure.value is None else f"{figure.value:.3f}"
        console.print(f"{figure.name}: {told} ({figure.beside}), {figure.verdict}", highlight=False)
    return 1 if any(figure.verdict == "missed" for figure in figures) else 0


if __name__ == "__main__":
    sys.exit(main())
