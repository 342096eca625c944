"""A real game that plays by itself and writes down what it shows: what it is played by, and what must be read of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from capture_daemon.records import Line
from tests.e2e.scoring import plain, score
from tests.needs import needs, needs_file, needs_shared

DIALOGUE, SPEAKER = "0.203,0.805,0.602,0.16", "0.184,0.743,0.3125,0.0625"
"""Where the text stands in its window, and who says it."""
FEWEST = 3
"""Lines that it must come to: a busy machine makes the game slow, too."""
DRAWN = 1.0
"""Seconds from when the game says that a line is shown in full to when it surely is; the line stands for 3.4."""
LIMIT = 60.0


class RealGame:
    """The Question, a visual novel, on an X screen of its own, as long as it is entered; it quits by itself."""

    def __init__(self, folder: Path, seconds: int, letters_a_second: int = 40, **environment: str) -> None:
        """It plays for so many seconds, and types that fast; `environment` may have it use another desktop."""
        needs("Xvfb", package="xvfb")
        needs("renpy", package="renpy")
        needs_file("/usr/share/games/renpy/the_question", package="renpy-thequestion")
        self._play = needs_shared("games/renpy/play.py")
        self._folder, self._seconds, self._letters_a_second = folder, seconds, letters_a_second
        self._environment = {**os.environ, **environment}
        self.display = next(f":{number}" for number in range(60, 400) if not _socket(f":{number}").exists())

    def __enter__(self) -> Self:
        options = ["--cps", f"{self._letters_a_second}", "--seconds", f"{self._seconds}", "--display", self.display]
        self._process = subprocess.Popen(
            [sys.executable, str(self._play), str(self._folder), *options],
            env=self._environment,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self.go_on()
            os.killpg(self._process.pid, signal.SIGTERM)
        self._process.wait(LIMIT)

    def wait_for_screen(self) -> None:
        """Wait until its X screen is there."""
        self._wait(_socket(self.display).exists)
        time.sleep(0.5)

    def hold_at_first_line(self) -> None:
        """Wait until its first line is shown in full, and have it stand still until `go_on`."""
        self._wait(lambda: any(record["kind"] == "slow_done" for record in self.truth))
        time.sleep(DRAWN)
        os.killpg(self._process.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it play again after `hold_at_first_line`."""
        os.killpg(self._process.pid, signal.SIGCONT)

    def wait(self) -> None:
        """Wait until it has quit."""
        assert self._process.wait(self._seconds + LIMIT) == 0

    @property
    def truth(self) -> list[dict[str, Any]]:
        """What it has shown so far: records of `kind`, `what` and `who`."""
        file = self._folder / "truth.jsonl"
        # It may be writing the last one.
        written = file.read_text(encoding="utf-8").rpartition("\n")[0] if file.exists() else ""
        return [json.loads(text) for text in written.splitlines()]

    def check(self, lines: Sequence[Line]) -> None:
        """Check that these are what it has shown from beginning to end, in order and with the right speakers."""
        whole = lines[:-1] if lines and self._was_cut_short(lines[-1].text) else lines
        result = score(self.truth, [line.to_dict() for line in whole])
        told = {key: value for key, value in result.items() if key != "pairs"}
        assert len(result["pairs"]) >= FEWEST, told
        assert result["recall"] >= 0.95, told
        assert result["precision"] >= 0.9, (told, [(line.speaker, line.text) for line in lines])
        assert result["speaker"] >= 0.95, told
        assert result["false_speaker"] == 0, told
        assert [line.seq for line in lines] == list(range(1, len(lines) + 1))

    def _was_cut_short(self, text: str) -> bool:
        """Whether a line is the beginning of the one that was being typed when the game ended."""
        finished = {record["n"] for record in self.truth if record["kind"] == "slow_done"}
        last = [record for record in self.truth if record["kind"] == "show"][-1]
        return last["n"] not in finished and plain(last["what"]).startswith(plain(text))

    def _wait(self, look: Callable[[], object]) -> None:
        limit = time.monotonic() + LIMIT
        while not look():
            assert self._process.poll() is None, "the game has ended"
            assert time.monotonic() < limit
            time.sleep(0.05)


def _socket(display: str) -> Path:
    return Path(f"/tmp/.X11-unix/X{display[1:]}")
