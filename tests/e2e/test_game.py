"""The real game, playing by itself on a private X screen, through the real daemon: lines, speakers and order.

Once by the screen; once by its window, which is smaller than the screen and is known by a profile.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.scoring import plain, score
from tests.needs import needs, needs_file, needs_module, needs_shared
from tests.program import Listener, Running

SECONDS = 34
SCREEN = ["--source", "screen:1", "--region", "420,670,770,115", "--speaker-region", "395,625,400,45"]
PROFILE = """match = {title = "autoplay"}

[regions]
dialogue = "0.203,0.805,0.602,0.16"
speaker = "0.184,0.743,0.3125,0.0625"
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there is no X server there")
@pytest.mark.parametrize("seen_by", ["screen", "window"])
def test_the_real_game(tmp_path: Path, seen_by: str) -> None:
    if seen_by == "window":
        needs_module("xcffib", extra="window")
        games = tmp_path / ".config" / "capture-daemon" / "games"
        games.mkdir(parents=True)
        (games / "question.toml").write_text(PROFILE, encoding="utf-8")
    needs("Xvfb", package="xvfb")
    needs("renpy", package="renpy")
    needs_file("/usr/share/games/renpy/the_question", package="renpy-thequestion")
    play = needs_shared("games/renpy/play.py")
    display = _free_display()
    on_display = ["--display", display]
    game = subprocess.Popen(
        [sys.executable, str(play), str(tmp_path / "game"), "--cps", "40", "--seconds", f"{SECONDS}", *on_display],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        _wait_for_screen(display, game)
        run = ["run", *(SCREEN if seen_by == "screen" else []), "--port", "0", "--log", "lines.jsonl"]
        with (
            Running(tmp_path, *run, DISPLAY=display) as program,
            Listener(program.wait_until_ready()) as listener,
        ):
            assert game.wait(SECONDS + 60) == 0
            if seen_by == "window":
                program.wait_for("question was closed\n")
            assert program.stop(limit=30)[0] == 0, program.errors
            assert listener.wait_until_closed() == 1001
        assert "Traceback" not in program.errors
    finally:
        if game.poll() is None:
            os.killpg(game.pid, signal.SIGTERM)
            game.wait(20)
        assert game.stdout is not None
        game.stdout.close()
    truth = [json.loads(text) for text in (tmp_path / "game" / "truth.jsonl").read_text(encoding="utf-8").splitlines()]
    lines = listener.lines
    whole = lines[:-1] if _was_cut_short(lines[-1].text, truth) else lines
    result = score(truth, [line.to_dict() for line in whole])
    told = {key: value for key, value in result.items() if key != "pairs"}
    # A busy machine makes the game slow, too.
    assert len(result["pairs"]) >= 3, told
    assert result["recall"] >= 0.95, told
    assert result["precision"] >= 0.9, (told, [(line.speaker, line.text) for line in lines])
    assert result["speaker"] >= 0.95, told
    assert result["false_speaker"] == 0, told
    assert [line.seq for line in lines] == list(range(1, len(lines) + 1))


def _was_cut_short(text: str, truth: list[dict[str, Any]]) -> bool:
    """Whether a line is the beginning of the one that was being typed when the game ended."""
    finished = {record["n"] for record in truth if record["kind"] == "slow_done"}
    last = [record for record in truth if record["kind"] == "show"][-1]
    return last["n"] not in finished and plain(last["what"]).startswith(plain(text))


def _free_display() -> str:
    return next(f":{number}" for number in range(60, 400) if not Path(f"/tmp/.X11-unix/X{number}").exists())


def _wait_for_screen(display: str, game: subprocess.Popen[str]) -> None:
    socket = Path(f"/tmp/.X11-unix/X{display[1:]}")
    end = time.monotonic() + 20
    while time.monotonic() < end and game.poll() is None and not socket.exists():
        time.sleep(0.05)
    assert socket.exists()
    time.sleep(0.5)
