"""A screen whose X server is killed and started again under the daemon."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from capture_daemon.records import Line, Status
from tests.needs import needs
from tests.program import SAMPLE, SAMPLE_REGIONS, Listener, Running
from tests.x_server import XServer

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there is no X server there")


class Player:
    """ffmpeg showing the sample clip on an X screen, in its upper left corner."""

    def __init__(self, display: str, at: float) -> None:
        program = needs("ffplay", package="ffmpeg")
        shown = ["-noborder", "-left", "0", "-top", "0", "-x", "1280", "-y", "720", "-an", "-loglevel", "error"]
        self._process = subprocess.Popen(
            [program, *shown, "-ss", f"{at:g}", "-i", str(SAMPLE / "sample.mp4")],
            env={**os.environ, "DISPLAY": display, "SDL_VIDEODRIVER": "x11", "SDL_AUDIODRIVER": "dummy"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(10)


def test_lines_before_and_after_the_x_server_was_away(tmp_path: Path) -> None:
    needs("ffplay", package="ffmpeg")
    with XServer(1280, 720) as screen:
        assert screen.display is not None
        run = ["run", "--source", "screen:1", *SAMPLE_REGIONS, "--port", "0", "--log", "lines.jsonl"]
        with (
            Running(tmp_path, *run, DISPLAY=screen.display) as program,
            Listener(program.wait_until_ready()) as listener,
        ):
            listener.wait_until(Status, what="ocr", state="capturing")
            player = Player(screen.display, at=4.2)
            listener.wait_until(Line, text="Are we there yet?", speaker="Pip")
            screen.kill()
            player.kill()
            listener.wait_until(Status, what="source", state="lost")
            time.sleep(1)
            screen.start(1280, 720)
            listener.wait_until(Status, what="source", state="capturing", count=2)
            player = Player(screen.display, at=8.2)
            listener.wait_until(Line, text="Patience, please. It's hard to steer by starlight.", speaker="Juno")
            player.kill()
            code, seconds = program.stop()
            assert (code, seconds < 3) == (0, True), program.errors
            assert listener.wait_until_closed() == 1001
        assert "Traceback" not in program.errors
