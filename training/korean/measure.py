"""How well an exported recogniser reads made-up rows, font by font: python -m training.korean.measure MODEL.onnx."""

from __future__ import annotations

import argparse
import sys
import time
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from capture_daemon.ocr.korean import HangulReader
from training.korean import fonts
from training.korean.drawing import made_up
from training.korean.wording import Writer


@dataclass(slots=True)
class Tally:
    """What was read in one font: `rows`, how many `exact` without regard to spaces, and the `seconds` they took."""

    rows: int = 0
    exact: int = 0
    seconds: float = 0.0

    @property
    def share(self) -> float:
        """Of the rows that are read letter for letter."""
        return self.exact / max(1, self.rows)


def measured(
    reader: HangulReader, paths: Sequence[Path], rows: int, seed: int, *, tell: bool = False
) -> dict[str, Tally]:
    """The tally of each font over so many made-up rows; with `tell` each row that is misread is printed."""
    choose, writer = Random(seed), Writer(seed)
    tallies: dict[str, Tally] = {}
    for path in paths:
        tally = tallies[path.name] = Tally()
        while tally.rows < rows:
            shown = made_up(writer, [path], choose)
            began = time.perf_counter()
            read = reader.read(shown.row)
            tally.seconds += time.perf_counter() - began
            tally.rows += 1
            if plain(read.text) == plain(shown.text):
                tally.exact += 1
            elif tell:
                print(f"{path.name}: {shown.text}  read as  {read.text}  ({read.confidence:.2f})")
    return tallies


def plain(text: str) -> str:
    """The text as lines are compared: without spaces, and with quotes, dots and dashes that look alike made alike."""
    alike = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "—": "-", "–": "-", "~": "~", "～": "~", "〜": "~"})
    return "".join(unicodedata.normalize("NFKC", text.translate(alike)).split())


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m training.korean.measure")
    parser.add_argument("model", type=Path)
    parser.add_argument("--rows", type=int, default=40, help="rows for each font")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tell", action="store_true", help="print each row that is misread")
    options = parser.parse_args(arguments)
    reader = HangulReader(1, file=options.model)
    for title, paths in (("held out", fonts.held_out()), ("never trained on", fonts.never_trained_on())):
        tallies = measured(reader, paths, options.rows, options.seed, tell=options.tell)
        for name, tally in tallies.items():
            print(f"{tally.share:.3f}  {name}")
        rows, exact = sum(one.rows for one in tallies.values()), sum(one.exact for one in tallies.values())
        spent = sum(one.seconds for one in tallies.values())
        print(f"{exact / max(1, rows):.3f}  {title}: {rows} rows, {1000 * spent / max(1, rows):.1f} ms a row")
    return 0


if __name__ == "__main__":
    sys.exit(main())
