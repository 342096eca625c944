"""A job in a real process of its own, which is stopped, killed and given what it can't read."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import psutil
import pytest

from capture_daemon.bulk.job import Job, JobOutcome, Progress, settings_of
from capture_daemon.bulk.process import JobProcess
from capture_daemon.bulk.video_folder import LINES, SUBTITLES, VideoState, read_lines
from capture_daemon.config import models
from tests.footage import cut_sample
from tests.program import SAMPLE

SETTINGS = settings_of(models.load(None, None, {"regions.dialogue": "140,546,1000,144", "ocr.threads": 1}))


def job(folder: Path, video: str = str(SAMPLE / "sample.mp4")) -> Job:
    return Job(video, str(folder), SETTINGS)


def test_told_to_stop_it_keeps_its_lines(tmp_path: Path) -> None:
    process = JobProcess(job(tmp_path / "out", str(cut_sample(tmp_path / "clip.mp4", 20))))
    outcome = None
    for message in process.messages():
        if len(read_lines(tmp_path / "out")) >= 3:
            process.stop()
        outcome = message
    assert isinstance(outcome, JobOutcome)
    assert outcome.end == "interrupted"
    lines = read_lines(tmp_path / "out")
    assert 3 <= len(lines) == outcome.lines
    assert lines[-1].text in (tmp_path / "out" / SUBTITLES).read_text(encoding="utf-8").replace("\n", " ")
    state = VideoState.read(tmp_path / "out")
    assert state is not None
    assert state.stage == "begun"


@pytest.mark.skipif(sys.platform == "win32", reason="no such signals there")
def test_killed_it_is_one_that_failed_and_leaves_nothing_running(tmp_path: Path) -> None:
    messages = JobProcess(job(tmp_path / "out")).messages()
    while not isinstance(message := next(messages), Progress) or not message.position:
        pass
    [child] = [one for one in psutil.Process().children() if "capture_daemon.bulk.child" in one.cmdline()]
    workers = child.children()
    os.kill(child.pid, signal.SIGKILL)
    *_, outcome = messages
    assert isinstance(outcome, JobOutcome)
    assert outcome.end == "failed"
    assert "SIGKILL" in str(outcome.error)
    _, alive = psutil.wait_procs(workers, timeout=30)
    assert not alive


def test_what_cannot_be_read_is_told_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("words\n" * 100, encoding="utf-8")
    *_, outcome = JobProcess(job(tmp_path / "out", str(tmp_path / "text.mp4"))).messages()
    assert isinstance(outcome, JobOutcome)
    assert (outcome.end, outcome.kind) == ("failed", "SourceError")
    assert "text.mp4" in str(outcome.error)
    assert not (tmp_path / "out" / LINES).exists()


def test_stopped_before_it_began_it_does_nothing(tmp_path: Path) -> None:
    process = JobProcess(job(tmp_path / "out"))
    process.stop()
    assert list(process.messages()) == [JobOutcome("interrupted")]
    assert not (tmp_path / "out").exists()
