"""The real daemon, whose log is moved away while it runs: what comes next goes where the log belongs."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from capture_daemon.records import Line
from tests.footage import cut_sample
from tests.program import SAMPLE_REGIONS, Listener, Running


@pytest.mark.skipif(sys.platform == "win32", reason="an open file can't be renamed there")
@pytest.mark.timeout(180)
def test_what_comes_after_it_was_moved_away_is_in_its_place(tmp_path: Path) -> None:
    clip, log = cut_sample(tmp_path / "clip.mp4", 20), tmp_path / "lines.jsonl"
    arguments = ["run", "--source", str(clip), *SAMPLE_REGIONS, "--log", str(log), "--port", "0", "--realtime"]
    with Running(tmp_path, *arguments) as daemon, Listener(daemon.wait_until_ready()) as listener:
        listener.wait_until(Line)
        log.rename(tmp_path / "moved.jsonl")
        log.touch()
        listener.wait_until_closed()
        assert daemon.process.wait(20) == 0
        heard = listener.lines
        assert "was changed by somebody else" in daemon.errors
    assert [line.seq for line in heard] == list(range(1, len(heard) + 1))
    assert len({line.stream for line in heard}) == 1
    here, there = (
        [json.loads(text)["seq"] for text in file.read_bytes().splitlines()] for file in (log, tmp_path / "moved.jsonl")
    )
    assert here
    assert there
    assert there + here == [line.seq for line in heard]
