"""`capture-daemon windows`, on an X11 desktop of the tests' own."""

from __future__ import annotations

import re
from pathlib import Path

from tests.program import call
from tests.x11_desktop import GREEN, RED, X11Desktop


def test_windows_are_listed_with_what_names_them(tmp_path: Path) -> None:
    with X11Desktop() as desktop:
        game, other = desktop.open("Game", RED), desktop.open("Minimised", GREEN, "Other")
        desktop.rename(game, "A Game – ゲーム")
        desktop.xdotool("windowminimize", "--sync", str(other.number))
        desktop.xdotool("windowactivate", "--sync", str(game.number))
        outcome = call(tmp_path, "windows", DISPLAY=desktop.server.display)
        assert outcome.code == 0, outcome.errors
        assert re.search(rf"^A Game – ゲーム  class=Game  pid={game.process.pid}  has the focus$", outcome.output, re.M)
        assert re.search(rf"^Minimised  class=Other  pid={other.process.pid}$", outcome.output, re.M)
        game.close()
        other.close()
        assert call(tmp_path, "windows", DISPLAY=desktop.server.display).output.startswith("no program has a window")
