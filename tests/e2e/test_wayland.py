"""The real game in a window of a real Wayland desktop, through the real daemon: chosen once, read to the end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from capture_daemon.records import Line, parse_record
from tests.e2e.scoring import plain
from tests.e2e.test_game import _free_display
from tests.needs import needs, needs_file, needs_shared
from tests.program import Listener, Running, call
from tests.wayland_desktop import WaylandDesktop

SECONDS = 200
"""Of the game, which is ended as soon as enough of it was read."""
ENOUGH = 2
"""Lines that were read letter for letter."""
PLATE = ["--region", "0.203,0.805,0.602,0.16", "--speaker-region", "0.184,0.743,0.3125,0.0625"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there are no Wayland sessions there")
@pytest.mark.timeout(240)
def test_the_real_game_in_a_window_of_a_wayland_session(tmp_path: Path) -> None:
    needs("Xvfb", package="xvfb")
    needs("renpy", package="renpy")
    needs_file("/usr/share/games/renpy/the_question", package="renpy-thequestion")
    play = needs_shared("games/renpy/play.py")
    # The monitor is larger than the game: the desktop's pictures of a window are as large as that.
    with WaylandDesktop(1600, 900) as desktop:
        desktop.answer("window")
        command = [sys.executable, str(play), str(tmp_path / "game"), "--cps", "60"]
        game = subprocess.Popen(
            [*command, "--seconds", f"{SECONDS}", "--display", _free_display()],
            env={**os.environ, **desktop.environment, "SDL_VIDEODRIVER": "wayland"},
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            assert game.stdout is not None
            assert game.stdout.readline() == "playing\n"
            chosen = call(tmp_path, "choose-screen", **desktop.environment)
            assert "a window was chosen; kept in " in chosen.output, chosen.errors
            run = ["run", "--source", "wayland", *PLATE, "--port", "0", "--log", "lines.jsonl"]
            with (
                Running(tmp_path, *run, **desktop.environment) as program,
                Listener(program.wait_until_ready()) as listener,
            ):
                assert "wayland: 1280x720" in program.errors
                read = 0
                for count in range(1, 12):
                    listener.wait_until(Line, count=count)
                    read = len(_read_right(listener.lines, tmp_path / "game" / "truth.jsonl"))
                    if read >= ENOUGH:
                        break
                assert read >= ENOUGH, listener.lines
                os.killpg(game.pid, signal.SIGTERM)
                program.wait_for("the window was closed, or sharing was stopped: choose again: capture-daemon choose-s")
                assert program.stop(limit=30)[0] == 0, program.errors
                assert listener.wait_until_closed() == 1001
            assert "Traceback" not in program.errors
            assert desktop.dialogs == ["opened"]
        finally:
            if game.poll() is None:
                os.killpg(game.pid, signal.SIGTERM)
            game.wait(20)
            assert game.stdout is not None
            game.stdout.close()
    numbers = _read_right(listener.lines, tmp_path / "game" / "truth.jsonl")
    assert numbers == sorted(numbers)
    logged = [parse_record(text) for text in (tmp_path / "lines.jsonl").read_text(encoding="utf-8").splitlines()]
    assert logged == listener.lines


def _read_right(lines: list[Line], truth: Path) -> list[int]:
    """The numbers of the game's lines that were read as they were written, in the order in which they were read."""
    # The game may be writing the last one.
    written = truth.read_text(encoding="utf-8").rpartition("\n")[0]
    records = [json.loads(text) for text in written.splitlines()]
    shown = {plain(record["what"]): int(record["n"]) for record in records if record["kind"] == "show"}
    return [shown[plain(line.text)] for line in lines if plain(line.text) in shown]
