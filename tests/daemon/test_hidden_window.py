"""A window that is minimised when the program starts: it waits, says why, and goes on by itself."""

from __future__ import annotations

import re
from pathlib import Path

from capture_daemon.records import Line, Status
from tests.needs import needs_module
from tests.program import Listener, Running, call
from tests.x11_desktop import WHITE, GameWindow, X11Desktop

LARGE = ["-fg", "black", "-fa", "DejaVu Sans Mono", "-fs", "22"]
WHY = "window:Moon: the window is minimised, or on another desktop: show it"


def minimised(desktop: X11Desktop) -> GameWindow:
    game = desktop.open("The Moon", WHITE, "Moongame", "34x6+20+20", LARGE)
    desktop.xdotool("windowminimize", str(game.number))
    return game


def test_it_is_waited_for(tmp_path: Path) -> None:
    needs_module("tesserocr", extra="tesseract")
    options = ["--region", "0.0,0.0,1.0,0.5", "--engine", "tesseract", "--language", "en"]
    with X11Desktop() as desktop:
        game = minimised(desktop)
        run = ["run", "--source", "window:Moon", *options, "--port", "0", "--log", "lines.jsonl"]
        with (
            Running(tmp_path, *run, DISPLAY=desktop.server.display) as program,
            Listener(address := program.wait_until_ready()) as listener,
        ):
            assert WHY in program.errors
            listener.wait_until(Status, what="source", state="waiting", detail=WHY)
            told = call(tmp_path, "ctl", "status", "--url", address).output
            assert WHY in re.sub(r"\s+", " ", told), told
            desktop.xdotool("windowactivate", str(game.number))
            listener.wait_until(Status, what="source", state="capturing")
            program.wait_for("window:Moon: capturing\n")
            game.write("The night is long.")
            listener.wait_until(Line, text="The night is long.", source="window:Moon")
            assert program.stop()[0] == 0
        game.close()


def test_its_dialogue_is_searched_once_it_is_shown(tmp_path: Path) -> None:
    needs_module("tesserocr", extra="tesseract")
    options = ["--region", "auto", "--engine", "tesseract", "--language", "en"]
    with X11Desktop() as desktop:
        game = minimised(desktop)
        run = ["run", "--source", "window:Moon", *options, "--port", "0", "--log", "lines.jsonl"]
        with (
            Running(tmp_path, *run, DISPLAY=desktop.server.display) as program,
            Listener(program.wait_until_ready()) as listener,
        ):
            listener.wait_until(Status, what="source", state="waiting", detail=WHY)
            program.wait_for("window:Moon: searching for the dialogue")
            desktop.xdotool("windowactivate", str(game.number))
            searching = "searching for the dialogue box (needs a few lines)"
            listener.wait_until(Status, what="source", state="waiting", detail=searching)
            states = [one for _, one in listener.records if isinstance(one, Status) and one.what == "source"]
            assert [state.detail for state in states] == [WHY, searching]
            assert program.stop()[0] == 0
        game.close()
