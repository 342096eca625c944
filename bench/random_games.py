"""The part `random`: games drawn from seeds, the same forty each time and twenty that nobody has looked at."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

import av

from bench import confidence
from bench.confidence import SaidLine, said_lines
from bench.drawn_games import FIXED, DrawnGame, drawn, forget, fresh_seeds
from bench.extracting import extract_now
from bench.figures import Figure, Goal
from bench.part import Part, Tell, share
from bench.shared import Score, missing_for_scores, score

GOOD = 0.95
"""Found and right, both, from which a game counts as read."""
WORST = 10
"""One in how many games is of the worst."""


@dataclass(frozen=True, slots=True)
class ReadGame:
    """A game that was read: its score, what was said, and times real time; `unnamed` counts lines that nobody says.

    `processor` is seconds of processor time a second of the recording, loading the models included.
    """

    game: DrawnGame
    score: Score
    said: list[SaidLine]
    pace: float
    processor: float
    unnamed: int

    @property
    def found(self) -> float:
        """The share of true lines that were found."""
        return self.score.recall or 0.0

    @property
    def right(self) -> float:
        """The share of lines said that are right; where none was said, none is."""
        return self.score.precision or 0.0

    @property
    def weakest(self) -> float:
        """The less of found and right."""
        return min(self.found, self.right)

    def told(self) -> str:
        """A line of progress."""
        whole, game = self.score, self.game
        names = "" if whole.speaker is None else f", speakers {share(whole.speaker)}"
        false = f", {whole.false_speaker} false names" if whole.false_speaker else ""
        read = f"found {share(whole.recall)}, right {share(whole.precision)}, letters {share(whole.exact)}"
        return f"{game.seed:>6} {game.kind:<8} {game.language}  {read}{names}{false}; {self.pace:.1f} times real time"

    def details(self) -> dict[str, Any]:
        """Everything, as JSON."""
        told = {"kind": self.game.kind, "language": self.game.language, "traits": self.game.told.get("traits")}
        return {**told, **asdict(self.score), "times_real_time": self.pace, "processor": self.processor}


def length_of(video: Path) -> float:
    """How long a recording is, in seconds."""
    with av.open(str(video)) as container:
        return float(container.duration or 0) / 1_000_000


def processor_seconds() -> float:
    """Processor time of this process and of its children that have ended, in seconds."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def read(game: DrawnGame) -> ReadGame:
    """Read a game as `capture-daemon extract` does."""
    before = processor_seconds()
    extracted = extract_now(game.footage)
    spent = processor_seconds() - before
    length = length_of(game.footage.video)
    scored = score(game.footage.truth, extracted.lines)
    truth = map(json.loads, game.footage.truth.read_text(encoding="utf-8").splitlines())
    unnamed = sum(1 for line in truth if line["kind"] == "slow_done" and not line.get("who"))
    said = said_lines(extracted.lines, scored)
    return ReadGame(game, scored, said, length / extracted.seconds, spent / length, unnamed)


def random_games(tell: Tell, seeds: Sequence[int] | None = None) -> Part:
    """Read the fixed seeds and fresh ones, one at a time; or only `seeds`."""
    part = Part()
    if missing := missing_for_scores():
        part.left_out.append(f"random games: needs {', '.join(missing)}")
        return part
    groups: dict[str, Sequence[int]]
    if seeds:
        groups = {"chosen": seeds}
    else:
        fresh = fresh_seeds()
        groups = {"fixed": FIXED, "fresh": fresh}
        forget(keep=FIXED)
        tell(f"fresh seeds: {_listed(fresh)}")
    everything: list[ReadGame] = []
    for name, wanted in groups.items():
        games, left_out = drawn(wanted, tell)
        part.left_out += left_out
        results = []
        for game in games:
            results.append(read(game))
            tell(f"{name} {results[-1].told()}")
        everything += results
        part.figures += figures_of(f"random games, {len(results)} {name} seeds", results)
        part.details[name] = {f"{one.game.seed}": one.details() for one in results}
    part.details["seeds"] = {name: list(wanted) for name, wanted in groups.items()}
    said = [line for one in everything for line in one.said]
    part.details["said"] = [confidence.record(line) for line in said]
    part.figures += by("language", everything, lambda one: one.game.language)
    part.figures += by("kind", everything, lambda one: one.game.kind)
    part.figures += confidence.figures_of("random games, confidence", said)
    if not seeds:
        tell(f"the fresh ones again: python -m bench random --seeds {_listed(groups['fresh'])}")
    return part


def figures_of(group: str, results: Iterable[ReadGame]) -> list[Figure]:
    """The figures of some games, each counting alike."""
    games = list(results)
    if not games:
        return []
    tenth = sorted(games, key=lambda one: one.weakest)[: max(1, round(len(games) / WORST))]
    named = [one.score.speaker for one in games if one.score.speaker is not None]
    unnamed = sum(one.unnamed for one in games)
    false = sum(one.score.false_speaker for one in games)
    good = sum(one.weakest >= GOOD for one in games)
    slowest = min(games, key=lambda one: one.pace)
    return [
        Figure(group, "lines found", fmean(one.found for one in games), Goal(0.98, 0.995)),
        Figure(group, "captured lines that are right", fmean(one.right for one in games), Goal(0.97, 0.99)),
        Figure(group, "letter for letter", fmean(one.score.exact or 0.0 for one in games), Goal(0.93, 0.97)),
        Figure(
            group,
            "worst tenth, the less of found and right",
            fmean(one.weakest for one in tenth),
            Goal(0.88, 0.95),
            f"seeds {_listed(one.game.seed for one in tenth)}",
        ),
        Figure(
            group,
            f"games with both at {GOOD:g} and more",
            good / len(games),
            Goal(0.88, 0.95),
            f"{good} of {len(games)}",
        ),
        Figure(group, "speaker right", fmean(named) if named else None, Goal(0.97, 0.99) if named else None),
        Figure(
            group,
            "names where there is none",
            false / unnamed if unnamed else None,
            Goal(0.01, 0, least=False) if unnamed else None,
            f"{false} of {unnamed} lines",
        ),
        Figure(group, "times real time, the slowest", slowest.pace, Goal(8, 15), f"seed {slowest.game.seed}"),
        Figure(group, "times real time, the mean", fmean(one.pace for one in games)),
        Figure(
            group,
            "processor time a second of video",
            fmean(one.processor for one in games),
            unit=" s",
        ),
    ]


def by(what: str, results: Sequence[ReadGame], of: Callable[[ReadGame], str]) -> list[Figure]:
    """The share of games that are read well, by something."""
    figures = []
    for name in sorted({of(one) for one in results}):
        games = [one for one in results if of(one) == name]
        means = (fmean(one.found for one in games), fmean(one.right for one in games))
        letters = fmean(one.score.exact or 0.0 for one in games)
        good = sum(one.weakest >= GOOD for one in games)
        beside = f"found {means[0]:.3f}, right {means[1]:.3f}, letters {letters:.3f}"
        told = f"{name}: {good} of {len(games)}"
        figures.append(
            Figure(f"random games by {what}, both at {GOOD:g} and more", told, good / len(games), None, beside)
        )
    return figures


def _listed(seeds: Iterable[int]) -> str:
    return ",".join(map(str, seeds))
