"""The part `real`: games that nobody here wrote, recorded while they play by themselves."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.extracting import extract_now
from bench.figures import Figure, Goal
from bench.footage import FOLDER, Footage, free_display
from bench.part import Part, Tell, share
from bench.random_games import length_of
from bench.real import fillets, scummvm, wesnoth
from bench.real.__main__ import GAMES
from bench.real.screen import MissingPackagesError
from bench.shared import Score, missing_for_scores, score

RECORDED = FOLDER / "real"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A recording, the game it is of, and what must be found, right and letter for letter there."""

    game: str
    name: str
    found: Goal
    right: Goal
    letters: Goal


WANTED = (
    *(
        Wanted("wesnoth", opening.name, Goal(0.95, 1.0), Goal(0.95, 1.0), Goal(0.9, 0.97))
        for opening in wesnoth.OPENINGS
    ),
    *(Wanted("scummvm", scene.name, Goal(0.9, 0.97), Goal(0.9, 0.97), Goal(0.8, 0.9)) for scene in scummvm.SCENES),
    *(Wanted("fillets", level.name, Goal(0.9, 0.97), Goal(0.9, 0.97), Goal(0.8, 0.9)) for level in fillets.LEVELS),
)


def real(tell: Tell) -> Part:
    """Record what isn't recorded yet, and read it as `capture-daemon extract` does."""
    part = Part()
    if missing := missing_for_scores():
        part.left_out.append(f"real games: needs {', '.join(missing)}")
        return part
    lacking: dict[str, str] = {}
    for wanted in WANTED:
        file = RECORDED / f"{wanted.name}.json"
        if not file.exists() and wanted.game not in lacking:
            tell(f"recording {wanted.name}, some two minutes; it is kept")
            try:
                _record(wanted, tell)
            except MissingPackagesError as error:
                lacking[wanted.game] = str(error)
                part.left_out.append(f"{wanted.game}: needs Debian packages {error}")
        if file.exists():
            _read(wanted, file, part, tell)
    return part


def _record(wanted: Wanted, tell: Tell) -> None:
    RECORDED.mkdir(parents=True, exist_ok=True)
    GAMES[wanted.game](RECORDED.resolve(), free_display(), [wanted.name], lambda text: tell(f"  {text}"))


def _read(wanted: Wanted, file: Path, part: Part, tell: Tell) -> None:
    told = json.loads(file.read_text(encoding="utf-8"))
    video, truth = file.with_suffix(".mkv"), file.with_suffix(".truth.jsonl")
    footage = Footage(wanted.name, video, truth, told["dialogue"], told["speaker"], told["language"])
    extracted = extract_now(footage)
    pace = length_of(video) / extracted.seconds
    scored = score(truth, extracted.lines)
    part.figures += figures_of(wanted, scored, pace)
    part.details[wanted.name] = {**asdict(scored), "times_real_time": pace}
    tell(
        f"{wanted.name}: found {share(scored.recall)}, right {share(scored.precision)}, letters {share(scored.exact)}, "
        f"speaker {share(scored.speaker)}; {pace:.1f} times real time"
    )


def figures_of(wanted: Wanted, scored: Score, pace: float) -> list[Figure]:
    """The figures of one recording."""
    group = f"{wanted.game}, {wanted.name}, {scored.true} lines"
    named = [] if scored.speaker is None else [Figure(group, "speaker right", scored.speaker, Goal(0.9, 0.97))]
    return [
        Figure(group, "lines found", scored.recall, wanted.found),
        Figure(group, "captured lines that are right", scored.precision, wanted.right),
        Figure(group, "letter for letter", scored.exact, wanted.letters),
        *named,
        Figure(group, "times real time", pace, Goal(8, 15)),
    ]
