"""The real game in a window of a real Wayland desktop, through the real daemon: chosen once, read to the game's end."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from capture_daemon.records import Line, parse_record
from tests.e2e.real_game import DIALOGUE, SPEAKER, RealGame
from tests.program import Listener, Running, call
from tests.wayland_desktop import WaylandDesktop

SECONDS = 75
"""Of the game, which stands still until the daemon captures it."""
LETTERS_A_SECOND = 100
"""Typed faster than elsewhere: a busy machine, which draws all of this itself, has it falter in the midst of a line."""
PLATE = ["--region", DIALOGUE, "--speaker-region", SPEAKER]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there are no Wayland sessions there")
@pytest.mark.timeout(240)
def test_the_real_game_in_a_window_of_a_wayland_session(tmp_path: Path) -> None:
    # The monitor is larger than the game: the desktop's pictures of a window are as large as that.
    with (
        WaylandDesktop(1600, 900) as desktop,
        RealGame(
            tmp_path / "game", SECONDS, LETTERS_A_SECOND, **desktop.environment, SDL_VIDEODRIVER="wayland"
        ) as game,
    ):
        desktop.answer("window")
        game.hold_at_first_line()
        chosen = call(tmp_path, "choose-screen", **desktop.environment)
        assert "a window was chosen; kept in " in chosen.output, chosen.errors
        run = ["run", "--source", "wayland", *PLATE, "--port", "0", "--log", "lines.jsonl"]
        with (
            Running(tmp_path, *run, **desktop.environment) as program,
            Listener(program.wait_until_ready()) as listener,
        ):
            assert "wayland: 1280x720" in program.errors
            listener.wait_until(Line)
            game.go_on()
            game.wait()
            program.wait_for("the window was closed, or sharing was stopped: choose again: capture-daemon choose-s")
            assert program.stop(limit=30)[0] == 0, program.errors
            assert listener.wait_until_closed() == 1001
        assert "Traceback" not in program.errors
        assert desktop.dialogs == ["opened"]
        game.check(listener.lines)
    logged = [parse_record(text) for text in (tmp_path / "lines.jsonl").read_text(encoding="utf-8").splitlines()]
    assert logged == listener.lines
