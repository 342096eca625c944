"""Measure what this project must be like, beside the naive way, in one run.

    python -m bench [PART ...]

The parts are `speed`, `recordings`, `clips`, `game`, `live`, `log` and `feed`; without any, all. The table goes to
standard output, and with the details as JSON to bench/results/. What can't be measured here is left out by name. Status
1 where a figure that was measured misses its goal.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from bench import parts
from bench.figures import Figure, table
from bench.machine import machine

RESULTS = Path("bench/results")


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure the project's figures.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(parts.PARTS)}; without any, all")
    parser.add_argument("--output", type=Path, default=None, metavar="FILE", help="where the JSON goes")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.parts if name not in parts.PARTS]
    if unknown:
        parser.error(f"unknown part {unknown[0]}: there are {', '.join(parts.PARTS)}")
    console = Console()
    begun = time.monotonic()
    figures: list[Figure] = []
    details: dict[str, Any] = {}
    left_out: list[str] = []
    took: dict[str, int] = {}
    for name in options.parts or parts.PARTS:
        console.print(f"[bold]{name}[/] …")
        part_begun = time.monotonic()
        part = parts.PARTS[name](lambda text: console.print(f"  {text}", highlight=False, soft_wrap=True))
        figures += part.figures
        details[name] = part.details
        left_out += part.left_out
        took[name] = round(time.monotonic() - part_begun)
        console.print(f"  {name} took {took[name]} s", highlight=False)
    # Wide enough not to be cut where there is no terminal to be narrow.
    Console(width=None if console.is_terminal else 130).print(table(figures))
    for what in left_out:
        console.print(f"[yellow]left out:[/] {what}", highlight=False, soft_wrap=True)
    seconds = time.monotonic() - begun
    output = options.output or RESULTS / f"{datetime.now(UTC):%Y-%m-%d}.json"
    output.parent.mkdir(parents=True, exist_ok=True)
    result = {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(seconds),
        "seconds_a_part": took,
        "machine": asdict(machine()),
        "figures": [figure.record() for figure in figures],
        "left_out": left_out,
        "details": details,
    }
    output.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    missed = [figure.name for figure in figures if figure.verdict == "missed"]
    console.print(
        f"{len(figures)} figures, {len(missed)} missed, in {seconds / 60:.1f} minutes: {output}", soft_wrap=True
    )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
