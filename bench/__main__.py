"""Measure what this project must be like, beside the naive way, in one run.

    python -m bench [PART ...]

`--help` lists the parts; without any, all run, which takes the better part of an hour. The table goes to standard
output, and with the details as JSON to bench/results/. What can't be measured here is left out by name. Status 1 where
a figure that was measured misses its goal.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console

from bench import parts
from bench.confidence import kept_in
from bench.confidence import table as confidence_table
from bench.figures import Figure, table
from bench.games.__main__ import seeds_of
from bench.machine import machine
from bench.part import Part, Tell
from bench.random_games import random_games

RESULTS = Path("bench/results")


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    listed = "\n".join(f"  {name:<12} {about}" for name, about in parts.ABOUT.items())
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description="Measure the project's figures.",
        epilog=f"parts:\n{listed}\n\nHow long each takes: bench/README.md.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help="see below; without any, all")
    parser.add_argument("--seeds", type=_seeds, default=None, metavar="SEEDS", help="of random games: 1-40,77 only")
    parser.add_argument("--output", type=Path, default=None, metavar="FILE", help="where the JSON goes")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.parts if name not in parts.PARTS]
    if unknown:
        parser.error(f"unknown part {unknown[0]}: there are {', '.join(parts.PARTS)}")
    if options.seeds and "random" not in options.parts:
        parser.error("--seeds belongs to the part random: name it, too")
    run: dict[str, Callable[[Tell], Part]] = {**parts.PARTS, "random": partial(random_games, seeds=options.seeds)}
    console = Console()
    begun = time.monotonic()
    figures: list[Figure] = []
    details: dict[str, Any] = {}
    left_out: list[str] = []
    took: dict[str, int] = {}
    for name in options.parts or parts.PARTS:
        console.print(f"[bold]{name}[/] …")
        part_begun = time.monotonic()
        part = run[name](lambda text: console.print(f"  {text}", highlight=False, soft_wrap=True))
        figures += part.figures
        details[name] = part.details
        left_out += part.left_out
        took[name] = round(time.monotonic() - part_begun)
        console.print(f"  {name} took {took[name]} s", highlight=False)
    # Wide enough not to be cut where there is no terminal to be narrow.
    Console(width=None if console.is_terminal else 130).print(table(figures))
    said = list(kept_in({"details": details}))
    if said:
        console.print(confidence_table(said))
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


def _seeds(text: str) -> list[int]:
    try:
        return seeds_of(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is not a list of seeds") from error


if __name__ == "__main__":
    sys.exit(main())
