"""The real game, playing by itself on a private X screen, through the real daemon: lines, speakers and order.

Once by the screen; once by its window, which is smaller than the screen and is known by a profile.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.e2e.real_game import DIALOGUE, SPEAKER, RealGame
from tests.needs import needs_module
from tests.program import Listener, Running

SECONDS = 34
SCREEN = ["--source", "screen:1", "--region", "420,670,770,115", "--speaker-region", "395,625,400,45"]
PROFILE = f"""match = {{title = "autoplay"}}

[regions]
dialogue = "{DIALOGUE}"
speaker = "{SPEAKER}"
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there is no X server there")
@pytest.mark.parametrize("seen_by", ["screen", "window"])
def test_the_real_game(tmp_path: Path, seen_by: str) -> None:
    if seen_by == "window":
        needs_module("xcffib", extra="window")
        games = tmp_path / ".config" / "capture-daemon" / "games"
        games.mkdir(parents=True)
        (games / "question.toml").write_text(PROFILE, encoding="utf-8")
    with RealGame(tmp_path / "game", SECONDS) as game:
        game.wait_for_screen()
        run = ["run", *(SCREEN if seen_by == "screen" else []), "--port", "0", "--log", "lines.jsonl"]
        with (
            Running(tmp_path, *run, DISPLAY=game.display) as program,
            Listener(program.wait_until_ready()) as listener,
        ):
            game.wait()
            if seen_by == "window":
                program.wait_for("question was closed\n")
            assert program.stop(limit=30)[0] == 0, program.errors
            assert listener.wait_until_closed() == 1001
        assert "Traceback" not in program.errors
        game.check(listener.lines)
