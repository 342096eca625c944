"""A live network stream served by ffmpeg, whose server is killed and started again under the daemon."""

from __future__ import annotations

import json
from pathlib import Path

from capture_daemon.records import Line, Status
from tests.e2e.stream import Broadcast
from tests.program import SAMPLE, SAMPLE_REGIONS, Listener, Running

TRUTH = [json.loads(text)["what"] for text in (SAMPLE / "sample.truth.jsonl").read_text(encoding="utf-8").splitlines()]
LONGEST = max(TRUTH, key=len)
"""It takes eight seconds to be typed: a busy machine is in time for it, too."""


def test_lines_before_and_after_the_server_was_away(tmp_path: Path) -> None:
    with Broadcast(SAMPLE / "sample.mp4") as broadcast:
        broadcast.start(at=4.2)
        with (
            Running(
                tmp_path, "run", "--source", broadcast.address, *SAMPLE_REGIONS, "--port", "0", "--log", "lines.jsonl"
            ) as program,
            Listener(program.wait_until_ready()) as listener,
        ):
            listener.wait_until(Status, what="source", state="capturing")
            listener.wait_until(Line, text="Are we there yet?", speaker="Pip")
            broadcast.kill()
            listener.wait_until(Status, what="source", state="lost")
            broadcast.start(at=8.2)
            listener.wait_until(Status, what="source", state="capturing", count=2)
            listener.wait_until(Line, text=LONGEST, speaker="Juno")
            code, seconds = program.stop()
            assert (code, seconds < 3) == (0, True), program.errors
            assert listener.wait_until_closed() == 1001
        assert all(line.media_time is None and line.source == broadcast.address for line in listener.lines)
        assert [line.seq for line in listener.lines] == list(range(1, len(listener.lines) + 1))
