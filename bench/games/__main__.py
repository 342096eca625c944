"""Draw random games, each with its truth.

    python -m bench.games 1-40 --output FOLDER [--sheet sheet.jpg]

writes game-N.mkv, game-N.truth.jsonl and game-N.json (regions, language and every trait) for each seed N.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import cv2

from bench.games import artwork
from bench.games.model import Game
from bench.games.playing import Player
from bench.games.render import Painter, encode
from bench.games.sheet import write_sheet
from bench.games.traits import language_of, make


def missing_fonts(game: Game) -> list[str]:
    """The Debian packages of fonts without which the game can't be drawn, by name."""
    return sorted({font.package for font in game.fonts if not font.present})


def missing_artwork(game: Game) -> list[str]:
    """The Debian packages of artwork for which plain noise, or nothing, stands in."""
    scenery = game.scenery
    cast = tuple(piece for moods in scenery.cast for piece in moods)
    return artwork.missing((*scenery.pictures, *scenery.figures, *cast, *game.portraits))


def describe(game: Game) -> dict[str, Any]:
    """What a reader of the clip has to be told, and what was drawn."""
    return {
        "dialogue": str(game.dialogue),
        "speaker": str(game.speaker) if game.speaker else None,
        "language": game.language,
        "kind": game.kind,
        "seed": game.seed,
        "missing": missing_artwork(game),
        "traits": game.traits,
    }


def draw(seed: int, folder: Path) -> str:
    """Draw one game; says what came of it in one line."""
    cv2.setNumThreads(1)
    begun = time.process_time()
    game = make(seed)
    name = f"game-{seed}"
    lacking = missing_fonts(game)
    if lacking:
        return f"{name}: left out, needs Debian package {', '.join(lacking)}"
    player = Player(game)
    player.play()
    video = folder / f"{name}.mkv"
    count = encode(video, Painter(game).frames(player.states), game)
    truth = "".join(json.dumps(said.record(), ensure_ascii=False) + "\n" for said in player.truth)
    (folder / f"{name}.truth.jsonl").write_text(truth, encoding="utf-8")
    (folder / f"{name}.json").write_text(json.dumps(describe(game), ensure_ascii=False) + "\n", encoding="utf-8")
    size = video.stat().st_size / 1e6
    taken = time.process_time() - begun
    told = f"{name}: {game.kind}, {game.language}, {count / game.fps:.1f} s, {len(player.truth)} lines, {size:.1f} MB"
    absent = missing_artwork(game)
    plain = f"; noise in place of Debian package {', '.join(absent)}" if absent else ""
    return f"{told}, drawn in {taken:.1f} s{plain}"


def seeds_of(text: str) -> list[int]:
    """The seeds of a list such as `1-40,77`.

    Raises ValueError where it isn't one.
    """
    seeds: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        seeds += range(int(first), int(last or first) + 1)
    return seeds


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; 2 where the seeds can't be read."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.games", description="Draw random games, each with its truth."
    )
    parser.add_argument("seeds", metavar="SEEDS", help="ranges and commas: 1-40,77")
    parser.add_argument("--output", type=Path, default=Path("bench/recordings/games"), metavar="FOLDER")
    parser.add_argument("--sheet", type=Path, metavar="FILE", help="a contact sheet of all games, too")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--language", metavar="CODE", help="only those of the seeds whose game is in that language")
    options = parser.parse_args(arguments)
    try:
        seeds = seeds_of(options.seeds)
    except ValueError:
        print(f"not a list of seeds: {options.seeds}", file=sys.stderr)
        return 2
    if options.language:
        seeds = [seed for seed in seeds if language_of(seed) == options.language]
    options.output.mkdir(parents=True, exist_ok=True)
    if options.processes > 1:
        with ProcessPoolExecutor(options.processes, mp_context=get_context("spawn")) as pool:
            for report in pool.map(draw, seeds, [options.output] * len(seeds)):
                print(report, flush=True)
    else:
        for seed in seeds:
            print(draw(seed, options.output), flush=True)
    if options.sheet:
        write_sheet(options.sheet, seeds, options.output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
