"""Battle for Wesnoth: the openings of scenarios, each message gone on from with Return.

The game runs on a copy of its data folder (all links) in which the one file that shows messages also writes down what
it shows, and when: text, name and times are the game's own.
"""

from __future__ import annotations

import html
import re
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.real.screen import SCREEN_NEEDS, Screen, need, program, recording, running, screen, wait_until
from bench.real.truth import Shown, describe
from capture_daemon.frames import Box

GAME = Path("/usr/share/games/wesnoth/1.16")
DATA = GAME / "data"
WIDTH, HEIGHT = 1280, 800
DIALOGUE = Box(0, 580, 1100, 220)
"""The box of the messages along the bottom, at its highest, with the names; not the panel to the right of the map."""


@dataclass(frozen=True, slots=True)
class Opening:
    """The opening of a scenario."""

    name: str
    campaign: str
    scenario: str
    package: str
    difficulty: int = 1


OPENINGS = (
    Opening("wesnoth-tsg-1", "The_South_Guard", "01_Born_to_the_Banner", "wesnoth-1.16-tsg"),
    Opening("wesnoth-tsg-2", "The_South_Guard", "02_Proven_by_the_Sword", "wesnoth-1.16-tsg"),
    Opening("wesnoth-ttb-1", "Two_Brothers", "01_Rooting_Out_a_Mage", "wesnoth-1.16-ttb"),
    Opening("wesnoth-ttb-2", "Two_Brothers", "02_The_Chase", "wesnoth-1.16-ttb"),
    Opening("wesnoth-dw-1", "Dead_Water", "01_Invasion", "wesnoth-1.16-dw"),
    Opening("wesnoth-dw-2", "Dead_Water", "02_Flight", "wesnoth-1.16-dw"),
    Opening("wesnoth-dw-4", "Dead_Water", "04_Slavers", "wesnoth-1.16-dw"),
)
LEAST, MOST = 4.0, 7.0
"""How long a message stays, in seconds, by its length."""
PAGES, A_PAGE = 60, 3.0
"""How many pages the story before it may have, and how long each stays, in seconds."""
QUIET = 6.0
"""How long nothing is said before the opening is over."""
PAINTING = 0.04
"""How long the game takes to paint what it was told to, in seconds."""
BEFORE, AFTER = 1.0, 1.5
"""What a recording has before its first line and after its last, in seconds."""

_SHOWS = "local option_chosen, ti_content = gui.show_narration(msg_cfg, options, text_input)"
_MARK = "SHOWN-IN-FULL"
_SAYS = """
		local function written(text)
			return (tostring(text or ""):gsub("\\\\", "\\\\\\\\"):gsub("\\n", "\\\\n"):gsub("\\t", " "))
		end
		std_print("MARK\\tshow\\t" .. written(msg_cfg.title) .. "\\t" .. written(msg_cfg.message))
		SHOWS
		std_print("MARK\\tend\\t\\t")
""".replace("MARK", _MARK).replace("SHOWS", _SHOWS)


def record(folder: Path, display: str, names: list[str], tell: Callable[[str], None]) -> None:
    """Record openings into a folder, all of them unless some are named."""
    openings = [opening for opening in OPENINGS if not names or opening.name in names]
    packages = {str(DATA / "campaigns" / opening.campaign): opening.package for opening in openings}
    need({**SCREEN_NEEDS, "wesnoth": "wesnoth-1.16-core", str(DATA / "core"): "wesnoth-1.16-data", **packages})
    for opening in openings:
        tell(f"{opening.name}: {opening.campaign}, {opening.scenario}")
        shown = record_opening(opening, folder, display)
        tell(f"  {len(shown)} lines")


def record_opening(opening: Opening, folder: Path, display: str) -> list[Shown]:
    """Record one opening; returns its lines, with wall-clock times."""
    work = folder / "work"
    home, log, raw = work / "home", work / f"{opening.name}.log", work / f"{opening.name}.raw.mkv"
    home.mkdir(parents=True, exist_ok=True)
    command = ["stdbuf", "-oL", program("wesnoth") or "wesnoth", "--data-dir", str(data_folder(work))]
    command += ["--windowed", "--nosound", "-r", f"{WIDTH}x{HEIGHT}", "--rng-seed", "1"]
    command += ["--campaign", opening.campaign]
    command += ["--campaign-difficulty", str(opening.difficulty), "--campaign-scenario", opening.scenario]
    with screen(display, WIDTH, HEIGHT) as on:
        on.move(WIDTH // 2, 300)
        environment = {**on.environment, "HOME": str(home)}
        with running(command, environment, log), recording(on, raw) as made:
            shown = play(on, log)
    if not shown:
        raise RuntimeError(f"nothing was said: see {log}")
    start, end = shown[0].start - BEFORE, shown[-1].end + AFTER
    video = folder / f"{opening.name}.mkv"
    made.cut(video, max(start, made.began), end)
    about = f"Battle for Wesnoth 1.16, {opening.campaign}, {opening.scenario}: the opening"
    describe(video, [line.record(max(start, made.began)) for line in shown], DIALOGUE, about)
    raw.unlink()
    return shown


def data_folder(work: Path) -> Path:
    """The game's folder, by links, with the one file changed."""
    target = work / "wesnoth"
    shutil.rmtree(target, ignore_errors=True)
    changed = Path("data/lua/wml/message.lua")
    folder = Path()
    for part in changed.parts:
        (target / folder).mkdir(parents=True)
        for found in (GAME / folder).iterdir():
            if found.name != part:
                (target / folder / found.name).symlink_to(found)
        folder /= part
    lua = (GAME / changed).read_text(encoding="utf-8")
    if _SHOWS not in lua:
        raise RuntimeError(f"{GAME / changed} is not what it was in 1.16")
    (target / changed).write_text(lua.replace(_SHOWS, _SAYS), encoding="utf-8")
    return target


def play(on: Screen, log: Path) -> list[Shown]:
    """Go on from message to message until no more come."""
    lines: list[Shown] = []
    for _ in range(PAGES):
        if wait_for(log, 1, A_PAGE):
            break
        on.press("Return")
    # Each message is written down twice: when it is shown, and when it goes.
    while wait_for(log, 2 * len(lines) + 1, QUIET):
        start = time.time()
        _, name, text = said(log)[2 * len(lines)]
        what = as_shown(text)
        # As long as a player reads.
        time.sleep(min(MOST, max(LEAST, 3 + len(what) / 50)))
        for _ in range(5):
            end = on.press("Return")
            if wait_for(log, 2 * len(lines) + 2, 2):
                break
        else:
            raise RuntimeError(f"a message doesn't go: see {log}")
        lines.append(Shown(what, as_shown(name) or None, start, start + PAINTING, end + PAINTING))
    return lines


def wait_for(log: Path, count: int, seconds: float) -> bool:
    """Wait until the changed file has written so many things; whether it came so in time."""
    return wait_until(lambda: len(said(log)) >= count, seconds, 0.02)


def said(log: Path) -> list[tuple[str, str, str]]:
    """What the changed file has written: `show` or `end`, a name, a text."""
    written = log.read_text(encoding="utf-8", errors="replace")
    found = re.findall(rf"{_MARK}\t(show|end)\t([^\t\n]*)\t([^\n]*)\n", written)
    return [(kind, name, text) for kind, name, text in found]


def as_shown(text: str) -> str:
    """A text without its markup, in one line."""
    plain = text.replace("\\n", "\n").replace("\\\\", "\\")
    return " ".join(html.unescape(re.sub(r"</?\w+[^<>]*>", "", plain)).split())
