"""Draw the hard clips: footage of games that never were, each with its truth.

    python -m bench.clips [NAME ...] --output FOLDER

writes NAME.mkv, NAME.truth.jsonl (what `score.py` reads) and NAME.json (regions and language) for each. A clip that was
drawn there before by the same program isn't drawn again.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import cv2

from bench.drawing.catalogue import CLIPS
from bench.drawing.encoding import encode
from bench.drawing.model import Clip, Image
from bench.drawing.painting import Painter
from bench.drawing.playing import Player, State

BY_NAME = {clip.name: clip for clip in CLIPS}


def missing_packages(clip: Clip) -> list[str]:
    """The Debian packages without which the clip can't be drawn, by name."""
    return sorted({font.package for font in clip.fonts if not font.present})


@cache
def signature() -> str:
    """A fingerprint of the program that draws: the same one draws the same clips."""
    digest = hashlib.sha256()
    for file in sorted((Path(__file__).parent / "drawing").glob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def frames_of(clip: Clip, states: list[State]) -> Iterator[Image]:
    """Every frame of a clip, painted."""
    painter = Painter(clip)
    return (painter.paint(number, state) for number, state in enumerate(states))


def describe(clip: Clip) -> dict[str, Any]:
    """What a reader of the clip has to be told: regions and language."""
    return {
        "dialogue": str(clip.dialogue),
        "speaker": str(clip.speaker) if clip.speaker else None,
        "language": clip.language,
        "about": clip.about,
        "drawn_by": signature(),
    }


def draw(clip: Clip, folder: Path, suffix: str = ".mkv") -> tuple[float, int]:
    """Draw one clip into a folder; returns its length in seconds and how many lines it says."""
    player = Player(clip)
    player.play()
    video = folder / f"{clip.name}{suffix}"
    encode(video, frames_of(clip, player.states), clip)
    truth = "".join(json.dumps(said.record(), ensure_ascii=False) + "\n" for said in player.truth)
    (folder / f"{clip.name}.truth.jsonl").write_text(truth, encoding="utf-8")
    (folder / f"{clip.name}.json").write_text(json.dumps(describe(clip), ensure_ascii=False) + "\n", encoding="utf-8")
    return len(player.states) / clip.fps, len(player.truth)


def drawn_before(name: str, folder: Path) -> bool:
    """Whether the folder has the clip as it would be drawn now: what describes it is written last."""
    try:
        found = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return False
    return bool(found == describe(BY_NAME[name])) and (folder / f"{name}.mkv").exists()


def draw_named(name: str, folder: Path) -> str:
    """Draw one clip; says what came of it in one line."""
    if drawn_before(name, folder):
        return f"{name}: drawn before"
    cv2.setNumThreads(1)
    begun = time.perf_counter()
    (folder / f"{name}.json").unlink(missing_ok=True)
    length, lines = draw(BY_NAME[name], folder)
    size = (folder / f"{name}.mkv").stat().st_size / 1e6
    return f"{name}: {length:.1f} s, {lines} lines, {size:.1f} MB, drawn in {time.perf_counter() - begun:.1f} s"


def draw_all(names: Sequence[str], folder: Path, processes: int = 2) -> tuple[list[str], dict[str, list[str]]]:
    """Draw clips side by side; the names drawn, and those left out with the Debian packages they want."""
    folder.mkdir(parents=True, exist_ok=True)
    left_out = {name: missing_packages(BY_NAME[name]) for name in names if missing_packages(BY_NAME[name])}
    drawn = [name for name in names if name not in left_out]
    for name, packages in left_out.items():
        print(f"{name}: left out, needs Debian package {', '.join(packages)}", flush=True)
    # Not forked: whoever draws may have loaded models, whose threads a fork leaves behind.
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        for report in pool.map(draw_named, drawn, [folder] * len(drawn)):
            print(report, flush=True)
    return drawn, left_out


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; 2 where a name isn't known."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.clips", description="Draw the hard clips, each with its truth."
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="clips to draw; without any, all")
    parser.add_argument("--output", type=Path, default=Path("bench/recordings"), metavar="FOLDER")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--list", action="store_true", help="say what there is, draw nothing")
    options = parser.parse_args(arguments)
    if options.list:
        for clip in CLIPS:
            print(f"{clip.name:16} {clip.about}")
        return 0
    unknown = [name for name in options.names if name not in BY_NAME]
    if unknown:
        print(f"unknown clip {', '.join(unknown)}: the clips are {', '.join(BY_NAME)}", file=sys.stderr)
        return 2
    draw_all(options.names or list(BY_NAME), options.output, options.processes)
    return 0


if __name__ == "__main__":
    sys.exit(main())
