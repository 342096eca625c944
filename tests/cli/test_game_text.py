"""`extract-game-text`, called as the first script of this kind was."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import cv2

from tests.footage import cut_sample
from tests.program import RUN_LIMIT, SAMPLE_REGIONS, environment


def call(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "capture_daemon.cli.game_text", *arguments, *SAMPLE_REGIONS],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        timeout=RUN_LIMIT,
        check=False,
    )


def test_the_old_call(tmp_path: Path) -> None:
    cut_sample(tmp_path / "ep1.mp4", 6)
    command = ["--video_path", "ep1.mp4", "--output_dir", "out", "--frame_interval", "5"]
    done = call(tmp_path, *command)
    assert done.returncode == 0, done.stderr
    results = json.loads((tmp_path / "out" / "extraction_results.json").read_text(encoding="utf-8"))
    assert [result["texts"] for result in results][1:] == [["Are we there yet?"]]
    for result in results:
        assert result["frame"] % 5 == 0
        assert result["image"] == f"frame_{result['frame']:06}_t{result['time']:.2f}s.jpg"
        assert 0.8 < result["confidence"] <= 1
        picture = cv2.imread(str(tmp_path / "out" / result["image"]))
        assert picture is not None
        assert picture.shape == (720, 1280, 3)
    assert results[1]["speaker"] == "Pip"
    again = call(
        tmp_path, *(argument.replace("_", "-") if argument.startswith("--") else argument for argument in command)
    )
    assert again.returncode == 2
    assert again.stderr.startswith("extract-game-text: error: ")
    assert "--overwrite" in again.stderr


def test_a_video_that_is_not_there(tmp_path: Path) -> None:
    done = call(tmp_path, "--video-path", "nothere.mp4", "--output-dir", "out")
    assert done.returncode == 3
    assert "nothere.mp4" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()
