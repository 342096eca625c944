"""The menus of a real game, chosen from by its pointer: what it shows is written down, recorded, and on a screen."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.needs import needs, needs_file, needs_shared
from tests.x_server import XServer

SIZE = (1600, 900)
"""A smaller screen shrinks the game, which is 1280 by 720 and stands in its middle."""
LIMIT = 300.0
"""Seconds that the game may take to come to its last menu."""
_POINTER = """
init 1000 python:
    import os as _os
    import time as _t
    config.auto_choice_delay = None
    _preferences.transitions = 0
    # At the first menu the first option, at the second one the second.
    _at = {"menus": 0, "step": 0, "asked": 0.0, "since": None}

    def _begin(step):
        _at.update(step=step, asked=renpy.display.core.get_time(), since=None)

    def _next_step(seconds):
        # They count from when a picture was drawn: a busy machine draws late, and what isn't drawn nobody can read.
        if _at["since"] is None and renpy.display.interface.frame_time > _at["asked"]:
            _at["since"] = _t.time()
        if _at["since"] is None or _t.time() - _at["since"] < seconds:
            return False
        _begin(_at["step"] + 1)
        return True

    def _point_at(place):
        found = [one for one in renpy.display.focus.focus_list if one.screen is renpy.get_screen("choice")]
        found.sort(key=lambda one: one.y)
        renpy.set_mouse_pos(int(found[place].x + found[place].w // 3), int(found[place].y + found[place].h // 2))

    def _choose():
        menu = renpy.get_screen("choice")
        if menu is None:
            if _at["step"] == 4:
                _at["menus"] += 1
                _begin(0)
            if _at["menus"] == int(_os.environ["MENUS"]) and _next_step(4.0):
                renpy.quit()
            return
        wanted = _at["menus"] % 2
        if _at["step"] == 0:
            _begin(1)
        elif _at["step"] == 1 and _next_step(1.0):
            _point_at(1 - wanted)
        elif _at["step"] == 2 and _next_step(0.8):
            _point_at(wanted)
        elif _at["step"] == 3 and _next_step(0.9):
            items = [renpy.substitute(one.caption) for one in menu.scope["items"]]
            _truth("chosen", options=items, chosen=wanted + 1)
            renpy.queue_event("button_select")
    config.periodic_callbacks.append(_choose)
"""


@dataclass(frozen=True)
class Menus:
    """A game that is being played: its screen, and the files in which it is recorded and tells what it showed."""

    display: str
    recording: Path
    truth: Path
    _game: subprocess.Popen[bytes]
    _camera: subprocess.Popen[bytes]

    def wait(self) -> list[tuple[tuple[str, ...], int]]:
        """Wait until it has ended; returns the options and the choice, from 1, of each of its menus."""
        self._game.wait(LIMIT)
        self._camera.send_signal(signal.SIGINT)
        self._camera.wait(30)
        told = [json.loads(text) for text in self.truth.read_text(encoding="utf-8").splitlines()]
        return [(tuple(one["options"]), one["chosen"]) for one in told if one["kind"] == "chosen"]


@contextmanager
def played(folder: Path, language: str, font: str | None, menus: int = 2) -> Iterator[Menus]:
    """The game in a language, with a font if its own lacks the letters, from its beginning to the line after a menu."""
    needs("Xvfb", package="xvfb")
    renpy, ffmpeg = needs("renpy", package="renpy"), needs("ffmpeg", package="ffmpeg")
    story = needs_file("/usr/share/games/renpy/the_question", package="renpy-thequestion")
    help_with = needs_shared("games/renpy/autoplay.rpy")
    game, truth, recording = folder / "game", folder / "truth.jsonl", folder / "play.mkv"
    shutil.copytree(story, game, ignore=shutil.ignore_patterns("cache", "saves"))
    shutil.copy(help_with, game / "game" / "zz_autoplay.rpy")
    (game / "game" / "zz_pointer.rpy").write_text(_POINTER, encoding="utf-8")
    settings: dict[str, Any] = {}
    if font is not None:
        settings["GAME_FONT"] = f"zz_font{Path(font).suffix}"
        shutil.copy(font, game / "game" / settings["GAME_FONT"])
    (folder / "home").mkdir()
    with XServer(*SIZE) as screen:
        assert screen.display is not None
        environment = {
            **os.environ,
            **settings,
            "DISPLAY": screen.display,
            "SDL_AUDIODRIVER": "dummy",
            "SDL_VIDEO_WINDOW_POS": "0,0",
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "HOME": str(folder / "home"),
            "PYTHONPATH": str(help_with.parent),
            "TRUTH": str(truth),
            "LANGUAGE_TL": language,
            "CPS": "0",
            "AFM": "1",
            "LIMIT_S": str(LIMIT),
            "MENUS": str(menus),
        }
        quiet: dict[str, Any] = {
            "stdout": subprocess.DEVNULL,
            "stderr": subprocess.DEVNULL,
            "stdin": subprocess.DEVNULL,
        }
        running = [subprocess.Popen([renpy, str(game)], env=environment, cwd=folder, **quiet)]
        try:
            _wait_for(truth, running[0])
            grab = ["-f", "x11grab", "-draw_mouse", "0", "-framerate", "15", "-video_size", f"{SIZE[0]}x{SIZE[1]}"]
            keep = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "18", "-pix_fmt", "yuv420p", str(recording)]
            running.append(
                subprocess.Popen([ffmpeg, "-loglevel", "error", *grab, "-i", screen.display, *keep], **quiet)
            )
            yield Menus(screen.display, recording, truth, *running)
        finally:
            for program in reversed(running):
                if program.poll() is None:
                    program.kill()
                program.wait(20)


def _wait_for(truth: Path, game: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    while not (truth.exists() and truth.stat().st_size):
        assert game.poll() is None, "the game ended before it began"
        assert time.monotonic() < end, "the game did not start"
        time.sleep(0.1)
