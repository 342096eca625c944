"""Fish Fillets: fish that talk while nobody plays; outlined subtitles without a box over a moving picture.

The game runs on a copy of its data folder (all links) in which the map has one level, and where what is talked is
written down when it is.
"""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.real.screen import SCREEN_NEEDS, need, program, recording, running, screen, wait_until

GAME = Path("/usr/share/games/fillets-ng")
WIDTH, HEIGHT = 1280, 720


def test(folder: Path, display: str, level: str, seconds: float) -> None:
    """Try."""
    work = folder / "work"
    home, log = work / "home", work / f"{level}.log"
    home.mkdir(parents=True, exist_ok=True)
    command = ["stdbuf", "-oL", program("fillets") or "fillets", f"systemdir={data_folder(work, level)}", f"userdir={home}"]
    command += ["lang=en", "speech=none", "sound=0", "fullscreen=0", "subtitles=1"]
    with screen(display, WIDTH, HEIGHT) as on:
        with running(command, {**on.environment, "HOME": str(home)}, log), recording(on, work / f"{level}.raw.mkv"):
            time.sleep(6)
            on.click(320, 121)
            time.sleep(seconds)


def data_folder(work: Path, level: str) -> Path:
    """The game's folder, by links, changed."""
    target = work / "fillets"
    shutil.rmtree(target, ignore_errors=True)
    (target / "script").mkdir(parents=True)
    for found in [*GAME.iterdir(), *(GAME / "script").iterdir()]:
        place = target / found.relative_to(GAME)
        if not place.exists():
            place.symlink_to(found)
    (target / "script" / "worldmap.lua").unlink()
    (target / "script" / "worldmap.lua").write_text(f'branch_addNode("", "{level}", "script/{level}/init.lua", 320, 121)\n')
    funcs = target / "script" / "level_funcs.lua"
    said = funcs.read_text() + SAYS
    funcs.unlink()
    funcs.write_text(said)
    return target


SAYS = """
local plain_talk = model_talk
function model_talk(index, name, ...)
    print("TALK", index, name)
    return plain_talk(index, name, unpack(arg))
end
"""
