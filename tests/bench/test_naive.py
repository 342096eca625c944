import json
import subprocess
import sys
from pathlib import Path

from bench.clips import draw
from bench.drawing.model import Say
from tests.bench.test_clips import tiny
from tests.needs import needs_module


def naive(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bench.naive", *map(str, arguments)]
    root = Path(__file__).resolve().parents[2]
    return subprocess.run(command, capture_output=True, text=True, timeout=100, check=False, cwd=root)


def test_every_fifth_frame_is_read_again_and_again(tmp_path: Path) -> None:
    needs_module("paddleocr", extra="paddle")
    draw(tiny(Say("Hello there", cps=200, hold=0.8)), tmp_path)
    done = naive(tmp_path / "tiny.mkv", "--seconds", "1.2", "--output", tmp_path / "naive.jsonl")
    assert done.returncode == 0, done.stderr
    assert " 8 frames and " in done.stdout
    texts = [json.loads(line) for line in (tmp_path / "naive.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [text["text"] for text in texts].count("Hello there") >= 3
    assert all(text["confidence"] > 0.8 and 0.5 <= text["media_time"] < 1.2 for text in texts)


def test_a_clip_that_is_not_there_is_an_error() -> None:
    needs_module("paddleocr", extra="paddle")
    done = naive("/nowhere/clip.mkv")
    assert done.returncode == 2
    assert "/nowhere/clip.mkv" in done.stderr
