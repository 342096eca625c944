"""`extract --output-dir`, as the real program."""

from __future__ import annotations

import os
import re
import signal
import sys
from pathlib import Path

import pytest

from capture_daemon.bulk.video_folder import LINES, read_lines
from tests.footage import cut_sample
from tests.program import SAMPLE_REGIONS, Running, call

TEXT = "Are we there yet?"


def texts(folder: Path) -> list[str]:
    return [line.text for line in read_lines(folder)]


@pytest.mark.timeout(240)
def test_a_folder_of_recordings_and_then_again(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / "in" / name).mkdir(parents=True)
        cut_sample(tmp_path / "in" / name / "ep.mp4", 6)
    whole = cut_sample(tmp_path / "whole.mkv", 10).read_bytes()
    (tmp_path / "in" / "cut.mkv").write_bytes(whole[: len(whole) * 9 // 10])
    command = ["extract", "in", "nothere.mp4", "--output-dir", "out", "--frames", *SAMPLE_REGIONS]

    first = call(tmp_path, *command, "--jobs", "2")
    assert first.code == 3, first.errors
    assert (
        "1 of 4 recordings failed, see above: mend what is wrong; 1 of 4 recordings could be read only" in first.error
    )
    assert "put them in their places; then give --resume" in first.error
    assert re.search(r"^damaged: \S*cut\.mkv: is cut off: .*: copy it again", first.errors, re.MULTILINE)
    assert re.search(r"^ep: 2 lines · .*\(loading \d+\.\d s, reading \d+\.\d s\) · ", first.output, re.MULTILINE)
    assert "there is no file nothere.mp4" in first.errors
    assert "2 recordings of 4" in first.output
    assert TEXT in texts(tmp_path / "out" / "cut")
    for name in ("ep", "b-ep"):
        folder = tmp_path / "out" / name
        assert texts(folder)[-1] == TEXT
        assert TEXT in (folder / "dialogue.srt").read_text(encoding="utf-8")
        assert len(list((folder / "frames").glob("*.jpg"))) == len(texts(folder))

    refused = call(tmp_path, *command)
    assert refused.code == 2
    assert "--resume" in refused.error

    kept = (tmp_path / "out" / "ep" / LINES).read_bytes()
    other = (tmp_path / "out" / "b-ep" / LINES).read_bytes()
    os.utime(tmp_path / "in" / "b" / "ep.mp4", (1, 1))
    again = call(tmp_path, *command, "--resume")
    assert again.code == 3, again.errors
    assert "ep: 2 lines, read before" in again.output
    assert "cut.mkv: is cut off" in again.errors
    assert (tmp_path / "out" / "ep" / LINES).read_bytes() == kept
    assert re.search(r" · \d+ lines \(\d+ lines of them read before\) · ", again.output)
    missing = call(tmp_path, *command, "--resume")
    assert re.search(r"^2 recordings of 4 · \d+ lines read before, nothing new$", missing.output, re.MULTILINE)
    assert (tmp_path / "out" / "b-ep" / LINES).read_bytes() != other
    assert texts(tmp_path / "out" / "b-ep")[-1] == TEXT

    done = call(tmp_path, *command[:2], *command[3:], "--resume")
    assert done.code == 3
    assert "nothing to do: 3 recordings read before · " in done.output
    assert "real time" not in done.output
    assert "failed" not in done.error
    (tmp_path / "in" / "cut.mkv").unlink()
    done = call(tmp_path, *command[:2], *command[3:], "--resume")
    assert (done.code, done.errors) == (0, "")
    assert done.output.endswith("nothing to do: 2 recordings read before · 4 lines\n")


@pytest.mark.skipif(sys.platform == "win32", reason="no such signals there")
def test_interrupted_it_ends_with_130(tmp_path: Path) -> None:
    for name in ("one.mp4", "two.mp4"):
        cut_sample(tmp_path / name, 20)
    command = ["extract", "one.mp4", "two.mp4", "--output-dir", "out", "--jobs", "1", *SAMPLE_REGIONS]
    with Running(tmp_path, *command) as program:
        program.wait_for("one: info: OCR")
        code, seconds = program.stop(signal.SIGINT, limit=30)
    assert code == 130, program.errors
    assert seconds < 20
    assert "Traceback" not in program.errors
    assert not (tmp_path / "out" / "two").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["a.mp4", "b.mp4"], "--output-dir"),
        (["."], "--output-dir"),
        (["a.mp4", "--jobs", "2"], "--jobs needs --output-dir"),
        (["a.mp4", "--resume"], "--resume needs --output-dir"),
        (["a.mp4", "-o", "a.jsonl", "--output-dir", "out"], "one of them"),
        (["a.mp4", "--output-dir", "out", "--resume", "--overwrite"], "one of them"),
        ([".", "--output-dir", "out"], "holds no video"),
        (["a.mp4", "--output-dir", "out", "--language", "klingon"], "klingon"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_made(
    tmp_path: Path, arguments: list[str], told: str
) -> None:
    outcome = call(tmp_path, "extract", *arguments, *SAMPLE_REGIONS)
    assert outcome.code == 2, outcome.errors
    assert told in outcome.error
    assert not (tmp_path / "out").exists()
