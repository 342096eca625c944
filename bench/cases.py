"""Replay cases that `capture-daemon testcase` cut, without OCR, and say which lines are lost or invented.

    python -m bench.cases tests/games [--refresh] [--accept]

Each case's `lines.jsonl` is what was said when it was cut, or accepted last. `--refresh` has the engine answer for
pictures that were not looked at before, and keeps its answers; `--accept` takes what is said now for right.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import difflib
import sys
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from capture_daemon.config.models import OcrTable
from capture_daemon.errors import CaptureDaemonError
from capture_daemon.ocr.worker import OcrWorker
from capture_daemon.tracing import trace_records
from capture_daemon.tracing.case import CASE, LINES, LOOKS, TRUTH, Case, read_records, replay, standing
from capture_daemon.tracing.ocr_answers import LastFrames, RecordingBackend, ReplayBackend, look_of

ALIKE = 0.6
"""Ratio of common letters from which a line that is lost and one that is invented are one line, read otherwise."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is said otherwise: lines lost, lines invented, and pairs that are alike."""

    lost: list[str] = field(default_factory=list)
    invented: list[str] = field(default_factory=list)
    otherwise: list[tuple[str, str]] = field(default_factory=list)

    @property
    def is_none(self) -> bool:
        """Whether nothing changed."""
        return not (self.lost or self.invented or self.otherwise)


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of one case. `guessed` of `asked` looks were at pictures for which no answer was kept."""

    name: str
    before: list[str]
    now: list[str]
    truth: list[str] | None
    asked: int
    guessed: int

    @property
    def change(self) -> Change:
        """What is said now against what was said before."""
        return compare(self.before, self.now)

    def report(self) -> list[str]:
        """What came of it, a line each."""
        change = self.change
        counts = f"{len(change.lost)} lost, {len(change.invented)} invented, {len(change.otherwise)} read otherwise"
        told = [f"{self.name}: {len(self.now)} lines (before {len(self.before)}): {counts}"]
        if self.truth is not None:
            right = [sum(1 for _ in _common(self.truth, lines)) for lines in (self.before, self.now)]
            told[0] += f"; of {len(self.truth)} true lines {right[1]} right (before {right[0]})"
        if self.guessed:
            told[0] += f"; {self.guessed} of {self.asked} looks guessed, see --refresh"
        told += [f"  lost      {line}" for line in change.lost]
        told += [f"  invented  {line}" for line in change.invented]
        return told + [f"  otherwise {old}\n       now  {new}" for old, new in change.otherwise]


def compare(before: Sequence[str], now: Sequence[str]) -> Change:
    """What differs between two lists of lines."""
    lost, invented = list(before), list(now)
    for line in _common(before, now):
        lost.remove(line)
        invented.remove(line)
    otherwise = []
    for line in list(lost):
        alike = difflib.get_close_matches(line, invented, 1, ALIKE)
        if alike:
            otherwise.append((line, alike[0]))
            lost.remove(line)
            invented.remove(alike[0])
    return Change(lost, invented, otherwise)


def _common(one: Sequence[str], other: Sequence[str]) -> Iterable[str]:
    left = list(other)
    for line in one:
        if line in left:
            left.remove(line)
            yield line


def spoken(lines: Iterable[dict[str, Any]]) -> list[str]:
    """Lines as `speaker: text`; from lines.jsonl or, as the bench writes it, from truth.jsonl."""
    told = []
    for line in lines:
        if line.get("kind", "slow_done") == "slow_done":
            speaker, text = line.get("speaker", line.get("who")), line.get("text", line.get("what"))
            told.append(f"{speaker}: {text}" if speaker else str(text))
    return told


async def replayed(folder: Path, *, refresh: bool = False, accept: bool = False) -> Replayed:
    """Replay one case. Raises CaptureDaemonError where its folder can't be read, or the engine can't be had."""
    case = Case.load(folder)
    looks = [look_of(record) for record in read_records(folder / LOOKS)]
    scene = LastFrames()
    recalled = ReplayBackend(looks, scene)
    if refresh:
        async with _engine(case) as engine:
            keeping = RecordingBackend(engine, scene, looks)
            lines = await replay(case, folder, keeping, scene)
        trace_records.write(folder / LOOKS, trace_records.as_jsonl(look.record() for look in keeping.looks))
    else:
        lines = await replay(case, folder, recalled, scene)
    before = spoken(standing(read_records(folder / LINES)))
    if accept:
        trace_records.write(folder / LINES, trace_records.as_jsonl(lines))
    truth = spoken(read_records(folder / TRUTH)) if (folder / TRUTH).exists() else None
    return Replayed(folder.name, before, spoken(standing(lines)), truth, recalled.asked, recalled.guessed)


@contextlib.asynccontextmanager
async def _engine(case: Case) -> AsyncIterator[OcrWorker]:
    table = OcrTable.model_validate({"engine": case.engine, "language": case.language})
    worker = OcrWorker(table, lambda state, detail: None, batch_mode=True)
    await worker.start()
    try:
        yield worker
    finally:
        await worker.close()


def cases_in(folders: Iterable[Path]) -> list[Path]:
    """The folders of cases among these and directly in them."""
    return [
        case
        for folder in folders
        for case in ([folder] if (folder / CASE).exists() else sorted(file.parent for file in folder.glob(f"*/{CASE}")))
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what came of each case; 1 where a line was lost or invented, 2 where a case can't be read."""
    parser = argparse.ArgumentParser(prog="python -m bench.cases", description="Replay cases without OCR.")
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help="a case, or a folder of cases")
    parser.add_argument("--refresh", action="store_true", help="have the engine answer for pictures not seen before")
    parser.add_argument("--accept", action="store_true", help="take what is said now for right")
    options = parser.parse_args(arguments)
    folders = cases_in(options.folders)
    if not folders:
        print(
            f"no case in {', '.join(map(str, options.folders))}: `capture-daemon testcase` cuts some", file=sys.stderr
        )
        return 2
    began = time.perf_counter()
    results = []
    for folder in folders:
        try:
            results.append(asyncio.run(replayed(folder, refresh=options.refresh, accept=options.accept)))
        except CaptureDaemonError as error:
            print(f"{folder.name}: {error}", file=sys.stderr)
            return 2
        print("\n".join(results[-1].report()), flush=True)
    changes = [one.change for one in results]
    lost, invented = sum(len(one.lost) for one in changes), sum(len(one.invented) for one in changes)
    otherwise = sum(len(one.otherwise) for one in changes)
    taken = time.perf_counter() - began
    print(f"{len(results)} cases in {taken:.1f} s: {lost} lost, {invented} invented, {otherwise} read otherwise")
    return 1 if lost + invented + otherwise else 0


if __name__ == "__main__":
    sys.exit(main())
