"""Ren'Py's tutorial, which explains code, played and recorded as the real game is.

python -m bench.tutorial OUT [options of play.py]
"""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path
from typing import Any

from bench.shared import PLAY

GAME = Path("/usr/share/games/renpy/demo")
PACKAGE = "renpy-demo"
LABELS = ("dialogue", "images", "transitions", "nvlmode", "playing")
"""Lessons that need nobody to choose anything, in the order in which they are played."""
_START = """
init 1000 python:
    config.label_overrides = {"start": "lessons"}

label lessons:
    scene bg washington
    show eileen happy
    window show
"""


def main(arguments: list[str]) -> None:
    """Play it; raises SystemExit as `play.py` does."""
    player = _player()
    own = Path(arguments[0]).resolve() / "player"
    own.mkdir(parents=True, exist_ok=True)
    for file in filter(Path.is_file, PLAY.parent.iterdir()):
        shutil.copyfile(file, own / file.name)
    with (own / "autoplay.rpy").open("a", encoding="utf-8") as script:
        script.write(_START)
        script.writelines(f"    call tutorial_{name} from lesson_{name}\n" for name in LABELS)
        script.write("    return\n")
    player.HERE, player.GAME = own, GAME
    sys.argv = [str(PLAY), *arguments]
    player.main()


def _player() -> Any:
    spec = importlib.util.spec_from_file_location("play", PLAY)
    assert spec is not None
    assert spec.loader is not None
    player = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(player)
    return player


if __name__ == "__main__":
    main(sys.argv[1:])
