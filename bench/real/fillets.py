"""Fish Fillets: fish that talk while nobody plays; outlined subtitles without a box, which climb over a moving picture.

The game runs on a copy of its data folder (all links) in which the map leads to one level, and what is said is written
down when it is: text and order are the game's own. Two subtitles may be on screen at once.
"""

from __future__ import annotations

import re
import shutil
import textwrap
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.real.screen import SCREEN_NEEDS, need, program, recording, running, screen, wait_until
from bench.real.truth import Shown, describe
from capture_daemon.frames import Box

GAME = Path("/usr/share/games/fillets-ng")
WIDTH, HEIGHT = 640, 480
NODE = (320, 121)
"""Where the level is on the map."""
STARTS_WITHIN = 60
PAINTING, CLIMBS = 0.1, 1.15
"""How long a subtitle takes until its first row is there, and each row after: it climbs up from below."""
STAYS, STAYS_A_LETTER = 3.0, 0.07
"""How long it stays at least, and more for each letter, in seconds; about."""
BEFORE = 1.0
_MARK = "SAID-NOW"
_SAYS = f"""
local plainly_talk = model_talk
function model_talk(index, name, ...)
    print("{_MARK}", name)
    return plainly_talk(index, name, unpack(arg))
end
"""


@dataclass(frozen=True, slots=True)
class Level:
    """A level, how long it is listened to in seconds, and where its lower part stands."""

    name: str
    level: str
    seconds: float
    dialogue: Box
    letters: int
    """About how many of them a row holds."""


LEVELS = (
    Level("fillets-start", "start", 75, Box(0, 280, 435, 125), 41),
    Level("fillets-viking1", "viking1", 100, Box(0, 315, 540, 120), 52),
)


def record(folder: Path, display: str, names: list[str], tell: Callable[[str], None]) -> None:
    """Record levels into a folder, all of them unless some are named."""
    need({**SCREEN_NEEDS, "fillets": "fillets-ng", str(GAME / "script"): "fillets-ng-data"})
    for level in LEVELS:
        if not names or level.name in names:
            tell(f"{level.name}: {level.seconds:.0f} s")
            tell(f"  {record_level(level, folder, display)} lines")


def record_level(level: Level, folder: Path, display: str) -> int:
    """Record one level; returns how many lines were said."""
    work = folder / "work"
    home, log, raw = work / "home", work / f"{level.name}.log", work / f"{level.name}.raw.mkv"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    command = ["stdbuf", "-oL", program("fillets") or "fillets", f"systemdir={data_folder(work, level.level)}"]
    command += [f"userdir={home}", "lang=en", "speech=none", "sound=0", "fullscreen=0", "subtitles=1"]
    texts = dialogues(level.level)
    heard: list[tuple[float, str]] = []
    with screen(display, WIDTH, HEIGHT) as on:
        environment = {**on.environment, "HOME": str(home)}
        with running(command, environment, log), recording(on, raw) as made:
            for _ in range(STARTS_WITHIN // 6):
                on.click(*NODE)
                if wait_until(lambda: bool(said(log)), 6, 0.02):
                    break
            until = time.time() + level.seconds
            while time.time() < until:
                heard += [(time.time(), name) for name in said(log)[len(heard) :]]
                time.sleep(0.02)  # the game's log can only be looked at, and its times are what is wanted
    if not heard:
        raise RuntimeError(f"nothing was said: see {log}")
    shown = [timed(at, text, level.letters) for at, name in heard if (text := texts.get(name))]
    # What would be cut off by the end isn't in the recording.
    until = min([until, *(line.start - 0.2 for line in shown if line.end > until)])
    shown = [line for line in shown if line.start < until]
    start = shown[0].start - BEFORE
    video = folder / f"{level.name}.mkv"
    made.cut(video, start, until)
    describe(video, [line.record(start) for line in shown], level.dialogue, f"Fish Fillets, the level {level.level}")
    raw.unlink()
    return len(shown)


def timed(at: float, text: str, letters: int) -> Shown:
    """A text that was said at a time, as long as it will be on screen."""
    full = at + PAINTING + CLIMBS * (len(textwrap.wrap(text, letters)) - 1)
    return Shown(text, None, at, full, at + STAYS + STAYS_A_LETTER * len(text))


def dialogues(level: str) -> dict[str, str]:
    """Every text that may be said in a level, by its name in the game."""
    texts: dict[str, str] = {}
    for file in [*sorted((GAME / "script/share").glob("*dialogs_en.lua")), GAME / f"script/{level}/dialogs_en.lua"]:
        found = re.findall(r'dialogId\("([^"]+)",\s*"[^"]*",\s*"((?:[^"\\]|\\.)*)"\)', file.read_text(encoding="utf-8"))
        texts.update({name: re.sub(r"\\(.)", r"\1", text) for name, text in found})
    return texts


def said(log: Path) -> list[str]:
    """The names of what has been said."""
    return re.findall(rf"^{_MARK}\t(\S+)\n", log.read_text(encoding="utf-8", errors="replace"), re.MULTILINE)


def data_folder(work: Path, level: str) -> Path:
    """The game's data folder, by links, with two files changed."""
    target = work / "fillets"
    shutil.rmtree(target, ignore_errors=True)
    (target / "script").mkdir(parents=True)
    changed = {
        "worldmap.lua": f'branch_addNode("", "{level}", "script/{level}/init.lua", {NODE[0]}, {NODE[1]})\n',
        "level_funcs.lua": (GAME / "script/level_funcs.lua").read_text(encoding="utf-8") + _SAYS,
    }
    for found in GAME.iterdir():
        if found.name != "script":
            (target / found.name).symlink_to(found)
    for found in (GAME / "script").iterdir():
        if found.name not in changed:
            (target / "script" / found.name).symlink_to(found)
    for name, text in changed.items():
        (target / "script" / name).write_text(text, encoding="utf-8")
    return target
