"""Random games as footage: drawn from seeds, kept for as long as the same program would draw them."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from bench.footage import FOLDER, Footage
from bench.games.__main__ import draw

FIXED = tuple(range(1, 41))
"""The seeds that every run reads, to compare one run with another."""
FRESH = 20
"""How many seeds are drawn anew each time, which nobody has looked at."""
LAST_SEED = 1_000_000
DRAWINGS = FOLDER / "random"


@dataclass(frozen=True, slots=True)
class DrawnGame:
    """A random game, drawn: its footage, its kind (ordinary, hard, film) and everything that was dealt for it."""

    seed: int
    footage: Footage
    kind: str
    told: dict[str, Any] = field(repr=False)

    @property
    def language(self) -> str:
        """The language that is spoken."""
        return self.footage.language


def fresh_seeds(count: int = FRESH) -> tuple[int, ...]:
    """Seeds that nobody has looked at, in order."""
    dice = random.SystemRandom()
    return tuple(sorted(dice.sample(range(max(FIXED) + 1, LAST_SEED), count)))


def signature() -> str:
    """A fingerprint of the program that draws: the same one draws the same games."""
    digest = hashlib.sha256()
    for file in sorted((Path(__file__).parent / "games").glob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def drawn(
    seeds: Sequence[int], tell: Callable[[str], None], folder: Path = DRAWINGS, processes: int = 2
) -> tuple[list[DrawnGame], list[str]]:
    """Draw games, but for those drawn before; also what was left out, with the Debian packages it needs.

    Every program has a folder of its own under `folder`; what another one drew is not read.
    """
    place = folder / signature()
    place.mkdir(parents=True, exist_ok=True)
    missing = [seed for seed in seeds if not _file(place, seed).exists()]
    left_out = []
    if missing:
        tell(f"drawing {len(missing)} games, some 5 s each")
        # Not forked: whoever draws may have loaded models, whose threads a fork leaves behind.
        with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
            for seed, report in zip(missing, pool.map(draw, missing, [place] * len(missing)), strict=True):
                if not _file(place, seed).exists():
                    left_out.append(report)
    return [_game(place, seed) for seed in seeds if _file(place, seed).exists()], left_out


def forget(keep: Sequence[int], folder: Path = DRAWINGS) -> None:
    """Remove what was drawn of other seeds than these, and by other programs: fresh ones would pile up."""
    kept = {f"game-{seed}" for seed in keep}
    for file in folder.glob("*/game-*"):
        if file.parent.name != signature() or file.name.split(".")[0] not in kept:
            file.unlink()


def _file(place: Path, seed: int) -> Path:
    # It is written last.
    return place / f"game-{seed}.json"


def _game(place: Path, seed: int) -> DrawnGame:
    file = _file(place, seed)
    told = json.loads(file.read_text(encoding="utf-8"))
    video, truth = file.with_suffix(".mkv"), file.with_suffix(".truth.jsonl")
    footage = Footage(file.stem, video, truth, told["dialogue"], told["speaker"], told["language"])
    return DrawnGame(seed, footage, told["kind"], told)
