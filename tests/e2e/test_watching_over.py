"""Health, metrics and messages of a real daemon, through a full disk and back."""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

import pytest

from capture_daemon.records import Line, Status
from tests.program import SAMPLE, SAMPLE_REGIONS, Listener, Running
from tests.web import get, samples, wait_for_health

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits of other processes are Linux's")


def test_what_is_told_of_a_daemon_whose_disk_is_full_for_a_while(tmp_path: Path) -> None:
    log = tmp_path / "lines.jsonl"
    run = ["run", "--source", str(SAMPLE / "sample.mp4"), *SAMPLE_REGIONS, "--realtime", "--port", "0"]
    with Running(tmp_path, *run, "--log", str(log)) as program:
        address = program.wait_until_ready()
        with Listener(address) as listener:
            listener.wait_until(Line)
            assert json.loads(wait_for_health(address, 200))["wrong"] == []
            before = samples(get(address, "/metrics")[1])
            _limit(program.process.pid, log.stat().st_size + 7)
            told = json.loads(wait_for_health(address, 503))
            assert told["wrong"] == ["log is degraded"]
            count = len(listener.lines)
            _limit(program.process.pid, resource.RLIM_INFINITY)
            listener.wait_until(Status, what="log", state="capturing", count=2)
            listener.wait_until(Line, count=count + 1)
            wait_for_health(address, 200)
            after = samples(get(address, "/metrics")[1])
            lines = listener.lines
        assert program.stop()[0] == 0
    assert before["lines_total"] <= len(lines)
    assert 0 < before["changes_total"] < before["frames_total"]
    assert before["ocr_pass_seconds_count"] >= 1
    assert before["line_delay_seconds_count"] == before["lines_total"]
    assert [before[key] for key in ("clients", "up source", "up ocr", "up log")] == [1, 1, 1, 1]
    assert after["log_bytes"] > before["log_bytes"] > 0
    assert (after["failures_total log"], after["restarts_total log"], after["lines_dropped_total"]) == (1, 1, 0)
    for line in lines:
        # What was on screen is in no message.
        assert line.text not in program.errors
        assert line.speaker is None or line.speaker not in program.errors


def _limit(process: int, size: int) -> None:
    resource.prlimit(process, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
