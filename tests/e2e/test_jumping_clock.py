"""The clock of the day jumps under a real daemon: it hears on, and only times on records follow the clock."""

from __future__ import annotations

import json
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest

from capture_daemon.records import Line, Status
from tests.jumping_clock import JumpingClock
from tests.needs import needs_module
from tests.program import Listener, Running, environment
from tests.stage import REGION, write
from tests.web import get, samples, wait_for_health
from tests.x_server import XServer

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there is no X server there")
HOUR, DAY = 3600, 86_400
SAID_WITHIN = 20.0
"""Seconds within which a line must be said: it takes two, and a clock that went back an hour would take an hour."""
CONFIGURATION = f"""
[source]
name = "screen:1"
[regions]
dialogue = "{REGION}"
[ocr]
engine = "tesseract"
language = "en"
[reading]
trace = true
[log]
rotate_age = 0.5
"""
JUMPS = (
    (-HOUR, "The tide turns.", "So do we."),
    (DAY, "Mind the rocks.", "They are sharp."),
    (-DAY, "Steady as she goes.", "Home at last."),
)
"""How far the clock is off after each jump, in seconds, and the lines that are said then."""


def is_about(line: Line, now: float) -> bool:
    """Whether a line was said at about that Unix time, by what its record tells."""
    told = [datetime.fromisoformat(text).timestamp() for text in (line.started, line.time)]
    return now - SAID_WITHIN < told[0] <= told[1] <= now + 1


def test_lines_are_said_whatever_the_clock_does(tmp_path: Path, x_server: XServer) -> None:
    needs_module("tesserocr", extra="tesseract")
    clock = JumpingClock(tmp_path)
    configuration = tmp_path / "capture-daemon.toml"
    configuration.write_text(CONFIGURATION, encoding="utf-8")
    assert x_server.display is not None
    arguments = ["--config", str(configuration), "--port", "0", "--log", "lines.jsonl"]
    changes = {"DISPLAY": x_server.display, **clock.environment}
    with Running(tmp_path, "run", *arguments, **changes) as program, Listener(program.wait_until_ready()) as listener:
        listener.wait_until(Status, what="ocr", state="capturing")
        said: list[str] = []
        for shift, *texts in JUMPS:
            allowed = [clock.seconds, shift]
            for text in texts:
                write(x_server, text)
                said.append(text)
                # The first line is in hand when the clock jumps, or has just been said.
                clock.jump_to(shift)
                listener.wait_until(Line, limit=SAID_WITHIN, count=len(said))
                assert [line.text for line in listener.lines] == said
                line = listener.lines[-1]
                assert any(is_about(line, time.time() + seconds) for seconds in allowed)
                allowed = [shift]
        assert [record.state for _, record in listener.records if isinstance(record, Status)].count("capturing") >= 2
        address = program.wait_until_ready()
        told = samples(get(address, "/metrics")[1])
        # Every delay is one by a clock that nobody sets, and frames that had nobody to wait for were let go.
        assert 0 < told["line_delay_seconds_sum"] < len(said) * SAID_WITHIN
        assert told["frames_dropped_total"] == 0
        assert json.loads(wait_for_health(address, 200))["seconds_since_line"] < SAID_WITHIN
        assert program.stop()[0] == 0, program.errors
    assert "Traceback" not in program.errors
    # The file is seconds old, whatever the clock says.
    assert not (tmp_path / "lines.1.jsonl").exists()


def test_the_clock_that_jumps_does_so(tmp_path: Path) -> None:
    import subprocess  # noqa: PLC0415 - only here

    clock = JumpingClock(tmp_path)
    clock.jump_to(-HOUR)
    tell = "import datetime, time; print(time.time(), datetime.datetime.now().timestamp(), time.monotonic())"
    done = subprocess.run(
        [sys.executable, "-c", tell],
        env=environment(tmp_path, **clock.environment),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    one, other, steady = map(float, done.stdout.split())
    assert [one, other] == pytest.approx([time.time() - HOUR] * 2, abs=20)
    assert steady == pytest.approx(time.monotonic(), abs=20)
