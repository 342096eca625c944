"""What each number of reading is worth: every one times 0.75 and 1.33, over cases and random games.

    python -m bench.sensitivity [NAME…] [--games 30] [--jobs 2] [--output table.json]

NAME is `follow.stands`, or `follow` for all of a stage; without one, all are varied. Each clip is decoded once for many
values: as many readers see each frame, every one with its own value, and what the engine answers is kept in
bench/recordings/looks.sqlite3 by picture, so that a look costs something only the first time. A parameter that changes
no line anywhere is flat: its rule may go. One that loses lines either way has a cliff beside it.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import cv2

from bench.cached import CachedLooker
from bench.drawn_games import FIXED, drawn
from bench.footage import FOLDER, Footage
from bench.shared import Score, missing_for_scores, score
from bench.situations import all_cases
from capture_daemon.capture import SourceSettings, open_source
from capture_daemon.config.models import OcrTable
from capture_daemon.frames import Regions
from capture_daemon.pipeline.driving import OcrBackend, answer_to, go_on
from capture_daemon.reading import parameters
from capture_daemon.reading.events import Answer, Said, Steps
from capture_daemon.reading.reader import Reader
from capture_daemon.reading.settings import ReadingSettings
from capture_daemon.tracing.run import frames_of

STAGES: dict[str, Any] = {
    "watch": parameters.WATCH,
    "look": parameters.LOOK,
    "follow": parameters.FOLLOW,
    "direction": parameters.DIRECTION,
    "endpoint": parameters.ENDPOINT,
}
"""The parameters by stage; each is one object that every module of reading shares."""
LIVE = "endpoint"
"""The stage that decides live only."""
FACTORS = (0.75, 1.33)
AT_ONCE = 30
"""Readers that see a frame one after another: each keeps some ten megabytes of pictures."""
CLIFF = 3
"""Lines lost from which a neighbour is a cliff."""
CACHE = FOLDER / "looks.sqlite3"


@dataclass(frozen=True, slots=True)
class Clip:
    """A recording with its truth, and what a reader has to be told of it."""

    name: str
    video: Path
    truth: Path
    regions: Regions
    engine: str
    language: str


@dataclass(frozen=True, slots=True)
class Trial:
    """A parameter with another value; without a name, none. `live` reads as on a screen."""

    name: str | None
    value: float = 0.0
    live: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of a clip: lines that were true, captured, found, and exact; and what was said, in a few digits."""

    true: int
    captured: int
    found: int
    exact: int
    said: str


@dataclass(frozen=True, slots=True)
class Result:
    """What was found, right and letter for letter right of all clips' lines, shares of 1.

    `lost` counts lines that were found before, `changed` the clips in which anything was said otherwise.
    """

    true: int
    found: float
    right: float
    exact: float
    lost: int = 0
    changed: int = 0


def names_of(wanted: Sequence[str]) -> list[str]:
    """The parameters that are meant, as `stage.name`; raises ValueError for one that isn't there."""
    every = [f"{stage}.{field.name}" for stage, values in STAGES.items() for field in fields(values)]
    for name in wanted:
        if name not in every and name not in STAGES:
            raise ValueError(f"no parameter {name}: there are {', '.join(every)}")
    return [name for name in every if not wanted or name in wanted or name.split(".")[0] in wanted]


def value_of(name: str) -> float:
    """What a parameter is now."""
    stage, key = name.split(".")
    return float(getattr(STAGES[stage], key))


def put(name: str, value: float) -> None:
    """Change a parameter for the rest of this process: the modules share one object, so all of them see it."""
    stage, key = name.split(".")
    whole = isinstance(getattr(STAGES[stage], key), int)
    object.__setattr__(STAGES[stage], key, round(value) if whole else value)


@contextmanager
def putting(trial: Trial) -> Iterator[None]:
    """A trial's value, for as long as the block runs."""
    if trial.name is None:
        yield
        return
    before = value_of(trial.name)
    put(trial.name, trial.value)
    try:
        yield
    finally:
        put(trial.name, before)


def varied(name: str, factor: float) -> float:
    """A parameter's value times a factor; a whole number changes by one at least."""
    now = value_of(name)
    stage, key = name.split(".")
    if not isinstance(getattr(STAGES[stage], key), int):
        return now * factor
    changed = round(now * factor)
    return changed if changed != now else now + (1 if factor > 1 else -1)


def cases() -> list[Clip]:
    """The clips of ../shared/cases."""
    return [_clip(case.footage) for case in all_cases()]


def games(count: int) -> list[Clip]:
    """The first so many of the bench's fixed random games.

    Those whose font is missing are left out.
    """
    found, left_out = drawn(FIXED[:count], lambda text: print(text, file=sys.stderr, flush=True))
    for reason in left_out:
        print(reason, file=sys.stderr)
    return [_clip(game.footage) for game in found]


def _clip(footage: Footage) -> Clip:
    regions = footage.configuration().regions.regions()
    assert regions is not None
    return Clip(footage.name, footage.video, footage.truth, regions, footage.engine, footage.read_as)


async def read(clip: Clip, looker: OcrBackend, trials: Sequence[Trial]) -> list[list[dict[str, Any]]]:
    """What is said in a clip in each trial, as records that can be scored: the trials see each frame one by one."""
    source = open_source(str(clip.video), clip.regions, SourceSettings(), lambda state, detail: None)
    readers = []
    for trial in trials:
        with putting(trial):
            readers.append(Reader(clip.regions, ReadingSettings(early=trial.live)))

    async def go_through(trial: Trial, steps: Steps) -> None:
        with putting(trial):
            answer: Answer = None
            while (request := go_on(steps, answer)) is not None:
                answer = await answer_to(looker, request)

    await source.open()
    try:
        async for frame in frames_of(source):
            for trial, reader in zip(trials, readers, strict=True):
                await go_through(trial, reader.see(frame))
    finally:
        await source.close()
    for trial, reader in zip(trials, readers, strict=True):
        await go_through(trial, reader.end())
    return [[_record(event) for event in reader.events if isinstance(event, Said)] for reader in readers]


def _record(said: Said) -> dict[str, Any]:
    return {
        "seq": said.number,
        "replaces": said.replaces,
        "speaker": said.speaker,
        "text": said.text,
        "media_time": said.completed,
        "media_started": said.started,
    }


def readings_of(clip: Clip, trials: Sequence[Trial]) -> list[Reading]:
    """What comes of a clip in each trial, for a process that has no event loop."""
    cv2.setNumThreads(1)

    async def read_in_turns() -> list[Reading]:
        found: list[Reading] = []
        table = OcrTable.model_validate({"engine": clip.engine, "language": clip.language, "threads": 1})
        async with CachedLooker(table, CACHE) as looker:
            for first in range(0, len(trials), AT_ONCE):
                said = await read(clip, looker, trials[first : first + AT_ONCE])
                found += [_reading(score(clip.truth, records), records) for records in said]
        return found

    return asyncio.run(read_in_turns())


def _reading(scored: Score, records: Sequence[dict[str, Any]]) -> Reading:
    told = [(record["speaker"], record["text"], record["replaces"]) for record in records]
    digits = hashlib.blake2b(json.dumps(told).encode(), digest_size=6).hexdigest()
    found, exact = round((scored.recall or 0.0) * scored.true), round((scored.exact or 0.0) * scored.true)
    return Reading(scored.true, scored.captured, found, exact, digits)


def summed(readings: Sequence[Reading], bases: Sequence[Reading]) -> Result:
    """The readings of all clips in one trial, beside those without a change."""
    true, captured = sum(one.true for one in readings), sum(one.captured for one in readings)
    found, exact = sum(one.found for one in readings), sum(one.exact for one in readings)
    pairs = list(zip(readings, bases, strict=True))
    lost = sum(max(0, base.found - one.found) for one, base in pairs)
    changed = sum(one.said != base.said for one, base in pairs)
    return Result(true, found / max(1, true), found / max(1, captured), exact / max(1, true), lost, changed)


def row(name: str, value: float, result: Result, base: Result) -> str:
    """A row of the table: what changes, in hundredths; lines lost, clips changed."""
    pairs = ((result.found, base.found), (result.right, base.right), (result.exact, base.exact))
    changes = [100 * (new - old) for new, old in pairs]
    told = "  ".join(f"{change:+7.2f}" if abs(change) >= 0.005 else f"{'·':>7}" for change in changes)
    return f"{name:<26} {value:>10.4g}  {told}  {result.lost or '·':>5}  {result.changed or '·':>7}"


def trials_of(names: Sequence[str]) -> list[Trial]:
    """Every parameter's two neighbours, after the trials without a change."""
    tries = [Trial(name, varied(name, factor), name.startswith(LIVE)) for name in names for factor in FACTORS]
    return [Trial(None, live=live) for live in sorted({one.live for one in tries})] + tries


def vary(names: Sequence[str], clips: Sequence[Clip], jobs: int) -> list[dict[str, Any]]:
    """Measure every parameter's two neighbours, and print the table and what it says."""
    trials = trials_of(names)
    columns: list[list[Reading]] = []
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        for clip, readings in zip(clips, pool.map(readings_of, clips, [trials] * len(clips)), strict=True):
            columns.append(readings)
            print(f"{len(columns)} of {len(clips)}: {clip.name}", file=sys.stderr, flush=True)
    rows = [[column[number] for column in columns] for number in range(len(trials))]
    plain = {trial.live: readings for trial, readings in zip(trials, rows, strict=True) if trial.name is None}
    bases = {live: summed(readings, readings) for live, readings in plain.items()}
    for live, base in bases.items():
        told = f"of {base.true} lines {base.found:.4f} found, {base.exact:.4f} exact"
        print(f"{'live' if live else 'recorded'}: {told}; {base.right:.4f} of those said are right")
    print(f"{'parameter':<26} {'value':>10}  {'found':>7}  {'right':>7}  {'exact':>7}  {'lost':>5}  {'changed':>7}")
    results = []
    for trial, readings in zip(trials, rows, strict=True):
        if trial.name is not None:
            result = summed(readings, plain[trial.live])
            print(row(trial.name, trial.value, result, bases[trial.live]))
            kept = {"parameter": trial.name, "now": value_of(trial.name), "value": trial.value}
            results.append({**kept, **asdict(result)})
    for line in verdict(results):
        print(line)
    return results


def verdict(results: Sequence[dict[str, Any]]) -> list[str]:
    """The parameters that change nothing anywhere, and those beside whose value lines are lost."""
    flat, cliffs = [], []
    for name in dict.fromkeys(one["parameter"] for one in results):
        both = [one for one in results if one["parameter"] == name]
        if not any(one["changed"] for one in both):
            flat.append(name)
        cliffs += [f"{name} at {one['value']:.4g} ({one['lost']})" for one in both if one["lost"] >= CLIFF]
    return [f"flat: {', '.join(flat) or 'none'}", f"cliffs, lines lost: {', '.join(cliffs) or 'none'}"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 2 where a name is unknown or what scores is missing."""
    parser = argparse.ArgumentParser(prog="python -m bench.sensitivity", description="Vary the numbers of reading.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="follow.stands, or follow for all of a stage")
    parser.add_argument("--games", type=int, default=30, help="how many random games, besides ../shared/cases")
    parser.add_argument("--jobs", type=int, default=1, help="how many clips are read at once")
    parser.add_argument("--output", type=Path, metavar="FILE", help="the table as JSON, too")
    options = parser.parse_args(arguments)
    missing = missing_for_scores()
    if missing:
        print(f"missing: {', '.join(missing)}", file=sys.stderr)
        return 2
    try:
        names = names_of(options.names)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    results = vary(names, [*cases(), *games(options.games)], options.jobs)
    if options.output:
        options.output.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
