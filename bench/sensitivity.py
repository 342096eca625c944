"""What each number of reading is worth: every one times 0.75 and 1.33, over cases and random games.

    python -m bench.sensitivity [NAME…] [--games 30] [--jobs 2] [--output table.json]

NAME is `follow.stands`, or `follow` for all of a stage; without one, all are varied. What the engine answers is kept
in bench/recordings/looks.sqlite3, so that a look costs something only the first time. A value takes about three
seconds a clip: with 40 clips two minutes, and all of them an evening. A parameter that changes nothing is flat: its
rule may go. One that costs lines either way has a cliff beside it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from bench.cached import CachedLooker
from bench.games.__main__ import draw
from bench.shared import SHARED, missing_for_scores, score
from capture_daemon.config import OcrTable
from capture_daemon.driving import Looker, ask, drive
from capture_daemon.frames import Region, Regions
from capture_daemon.reading import parameters
from capture_daemon.reading.events import Answer, Request, Said
from capture_daemon.reading.reader import Reader, ReadingSettings
from capture_daemon.sources import SourceSettings, open_source
from capture_daemon.tracing.run import frames_of

STAGES: dict[str, Any] = {
    "watch": parameters.WATCH,
    "look": parameters.LOOK,
    "follow": parameters.FOLLOW,
    "endpoint": parameters.ENDPOINT,
}
"""The parameters by stage; each is one object that every module of reading shares."""
LIVE = "endpoint"
"""The stage that decides live only."""
FACTORS = (0.75, 1.33)
FIRST_SEED = 7001
GAMES = Path("bench/recordings/games")
CACHE = Path("bench/recordings/looks.sqlite3")


@dataclass(frozen=True, slots=True)
class Clip:
    """A recording with its truth, and what a reader has to be told of it."""

    video: Path
    truth: Path
    regions: Regions
    engine: str
    language: str


@dataclass(frozen=True, slots=True)
class Result:
    """What was found, right and letter for letter right of all clips' lines: shares of 1."""

    true: int
    found: float
    right: float
    exact: float


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
    clips = []
    for file in sorted((SHARED / "cases").glob("*/case.json")):
        told = json.loads(file.read_text(encoding="utf-8"))
        video = next(file.parent.glob("clip.*"))
        clips.append(_clip(video, file.parent / "truth.jsonl", told["region"], None, told["language"]))
    return clips


def games(count: int) -> list[Clip]:
    """So many random games; those that aren't there yet are drawn, those whose font is missing are left out."""
    GAMES.mkdir(parents=True, exist_ok=True)
    clips = []
    for seed in range(FIRST_SEED, FIRST_SEED + count):
        file = GAMES / f"game-{seed}.json"
        if not file.exists():
            print(draw(seed, GAMES), file=sys.stderr, flush=True)
        if file.exists():
            told = json.loads(file.read_text(encoding="utf-8"))
            video, truth = file.with_suffix(".mkv"), file.with_suffix(".truth.jsonl")
            clips.append(_clip(video, truth, told["dialogue"], told["speaker"], told["language"]))
    return clips


def _clip(video: Path, truth: Path, dialogue: str, speaker: str | None, language: str) -> Clip:
    regions = Regions(Region.parse(dialogue), Region.parse(speaker) if speaker else None)
    return Clip(video, truth, regions, "onnxruntime", "ko" if language == "ko" else "auto")


async def read(clip: Clip, looker: Looker, *, live: bool) -> list[dict[str, Any]]:
    """What is said in a clip, as records that can be scored."""
    source = open_source(str(clip.video), clip.regions, SourceSettings(), lambda state, detail: None)
    reader = Reader(clip.regions, ReadingSettings(early=live))

    async def answer(request: Request) -> Answer:
        return await ask(looker, request)

    await source.open()
    try:
        async for frame in frames_of(source):
            await drive(reader.see(frame), answer)
        await drive(reader.end(), answer)
    finally:
        await source.close()
    return [_record(event) for event in reader.events if isinstance(event, Said)]


def _record(said: Said) -> dict[str, Any]:
    return {
        "seq": said.number,
        "replaces": said.replaces,
        "speaker": said.speaker,
        "text": said.text,
        "media_time": said.completed,
        "media_started": said.started,
    }


async def measure(clips: Iterable[Clip], *, live: bool) -> Result:
    """Read all clips with the parameters as they are now."""
    true = captured = 0
    found = right = exact = 0.0
    for clip in clips:
        async with CachedLooker(
            OcrTable.model_validate({"engine": clip.engine, "language": clip.language}), CACHE
        ) as looker:
            got = score(clip.truth, await read(clip, looker, live=live))
        true, captured = true + got.true, captured + got.captured
        found += (got.recall or 0.0) * got.true
        right += (got.precision or 0.0) * (got.captured)
        exact += (got.exact or 0.0) * got.true
    return Result(true, found / max(1, true), right / max(1, captured), exact / max(1, true))


def _in_child(settings: Sequence[str], count: int, *, live: bool) -> Result:
    """`measure` in a process of its own, in which parameters are put to other values."""
    command = [sys.executable, "-m", "bench.sensitivity", "--measure", "--games", str(count)]
    command += ["--live"] if live else []
    for setting in settings:
        command += ["--set", setting]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return Result(**json.loads(done.stdout.splitlines()[-1]))


def row(name: str, value: float, result: Result, base: Result) -> str:
    """A row of the table: what changes, in hundredths."""
    pairs = ((result.found, base.found), (result.right, base.right), (result.exact, base.exact))
    changes = [100 * (new - old) for new, old in pairs]
    told = "  ".join(f"{change:+7.2f}" if abs(change) >= 0.005 else f"{'·':>7}" for change in changes)
    return f"{name:<26} {value:>10.4g}  {told}"


def vary(names: Sequence[str], count: int, jobs: int) -> list[dict[str, Any]]:
    """Measure every parameter's two neighbours, and print the table as it grows."""
    bases: dict[bool, Result] = {}
    for live in sorted({name.startswith(LIVE) for name in names}):
        bases[live] = base = _in_child([], count, live=live)
        print(
            f"{'live' if live else 'recorded'}: of {base.true} lines {base.found:.4f} found, {base.exact:.4f} exact; ",
            end="",
        )
        print(f"{base.right:.4f} of those said are right", flush=True)
    print(f"{'parameter':<26} {'value':>10}  {'found':>7}  {'right':>7}  {'exact':>7}", flush=True)
    tries = [(name, varied(name, factor)) for name in names for factor in FACTORS]

    def attempt(one: tuple[str, float]) -> Result:
        name, value = one
        return _in_child([f"{name}={value}"], count, live=name.startswith(LIVE))

    results = []
    with ThreadPoolExecutor(jobs) as pool:
        for (name, value), result in zip(tries, pool.map(attempt, tries), strict=True):
            print(row(name, value, result, bases[name.startswith(LIVE)]), flush=True)
            results.append({"parameter": name, "now": value_of(name), "value": value, **asdict(result)})
    return results


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 2 where a name is unknown or what scores is missing."""
    parser = argparse.ArgumentParser(prog="python -m bench.sensitivity", description="Vary the numbers of reading.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="follow.stands, or follow for all of a stage")
    parser.add_argument("--games", type=int, default=30, help="how many random games, besides ../shared/cases")
    parser.add_argument("--jobs", type=int, default=1, help="how many are measured at once")
    parser.add_argument("--output", type=Path, metavar="FILE", help="the table as JSON, too")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="with another value")
    parser.add_argument("--measure", action="store_true", help="only measure once, with --set, and print JSON")
    parser.add_argument("--live", action="store_true", help="with --measure: as on a screen")
    options = parser.parse_args(arguments)
    missing = missing_for_scores()
    if missing:
        print(f"missing: {', '.join(missing)}", file=sys.stderr)
        return 2
    try:
        names = names_of(options.names)
        settings = [
            (names_of([name])[0], float(value)) for name, _, value in (one.partition("=") for one in options.set)
        ]
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    for name, value in settings:
        put(name, value)
    clips = [*cases(), *games(options.games)]
    if options.measure:
        print(json.dumps(asdict(asyncio.run(measure(clips, live=options.live)))))
        return 0
    results = vary(names, options.games, options.jobs)
    if options.output:
        options.output.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
