"""Bad input ends in one line that names the thing and the remedy, with the right exit code; nothing is half-written."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from capture_daemon.linelog.log import LineLog
from capture_daemon.records import Line, parse_record
from tests.footage import cut_sample
from tests.needs import needs, needs_module
from tests.program import SAMPLE, SAMPLE_REGIONS, call

CLIP = str(SAMPLE / "sample.mp4")
RUN = ["run", "--source", CLIP, *SAMPLE_REGIONS, "--port", "0", "--log", "lines.jsonl"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[source]\nnmae = 'screen'", ["source.nmae", "unknown key", "name"]),
        ("[sauce]\nname = 'screen'", ["sauce", "unknown key", "source"]),
        ("[server]\nport = 'x'", ["server.port", "integer"]),
        ("[server]\nport = 70000", ["server.port", "65535"]),
        ("[source]\nfps = -1", ["source.fps", "greater than 0"]),
        ("[source]\nobs_address = 'localhost:4455'", ["source.obs_address", "ws://host:port"]),
        ("[ocr]\nengine = 'magic'", ["ocr.engine", "tesseract"]),
        ("[regions]\ndialogue = '1,2,3'", ["regions.dialogue", "four numbers"]),
        ("[source\n", ["not valid TOML"]),
        ("[server]\nhost = '0.0.0.0'", ["server.host", "server.token_file"]),
    ],
)
def test_configuration(tmp_path: Path, text: str, told: list[str]) -> None:
    (tmp_path / "my.toml").write_text(text, encoding="utf-8")
    outcome = call(tmp_path, *RUN[:-4], "--log", "lines.jsonl", "--config", "my.toml")
    assert outcome.code == 2
    if "0.0.0.0" not in text:
        assert "my.toml" in outcome.error
    assert not (tmp_path / "lines.jsonl").exists()
    for words in told:
        assert words in outcome.error


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (["--config", "nothere.toml"], 2, ["nothere.toml", "no such file"]),
        (["--profile", "nothere"], 2, ["games/nothere.toml", "no such file"]),
        (["--region", "1,2,3"], 2, ["'1,2,3'", "left,top,width,height"]),
        (["--region", "10,10,0,20"], 2, ["empty", "more than 0"]),
        (["--region", "-5,10,20,20"], 2, ["outside the frame", "0 or more"]),
        (["--region", "0.5,0.5,0.6,0.2"], 2, ["outside the frame", "1 at most"]),
        (["--region", "1200,600,400,100"], 2, ["dialogue", "1280x720", "snapshot"]),
        (["--speaker-region", "1200,600,400,100"], 2, ["speaker", "1280x720"]),
        (["--ignore-region", "1200,600,400,100"], 2, ["ignore", "1280x720"]),
        (["--menus", "sometimes"], 2, ["menus", "live", "always", "never"]),
        (["--language", "klingon"], 2, ["klingon", "models list"]),
        (["--engine", "magic"], 2, ["ocr.engine", "onnxruntime"]),
        (["--fps", "0"], 2, ["source.fps", "greater than 0"]),
        (["--port", "x"], 2, ["--port", "a whole number"]),
        (["--nonsense"], 2, ["--nonsense"]),
        (["--log-level", "loud"], 2, ["logging.level", "warning"]),
        (["--host", "example.org"], 2, ["example.org", "localhost"]),
        (["--source", "nothere.mp4"], 3, ["nothere.mp4"]),
        (["--source", "device:77"], 3, ["device:77"]),
        (["--source", "device:x"], 3, ["device:x", "device:0"]),
        (["--source", "screen:0"], 3, ["screen:0", "screen:1"]),
        (["--source", "window:"], 3, ["window:", "window:TITLE", "capture-daemon windows"]),
        (["--source", "window:pid=x"], 3, ["window:pid=x", "window:pid=NUMBER"]),
        (["--source", "wayland:1"], 3, ["wayland:1", "write wayland"]),
        (["--source", "obs:"], 3, ["obs:", "obs:NAME", "program scene"]),
        (["--source", "gopher://here"], 3, ["gopher://", "tcp://"]),
    ],
)
def test_options(tmp_path: Path, options: list[str], code: int, told: list[str]) -> None:
    outcome = call(tmp_path, *RUN, *options)
    assert outcome.code == code, outcome.errors
    for words in told:
        assert words in outcome.error
    if "--host" not in options:
        assert not (tmp_path / "lines.jsonl").exists()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is a display of another kind")
def test_no_display(tmp_path: Path) -> None:
    outcome = call(tmp_path, *RUN, "--source", "screen")
    assert outcome.code == 3
    assert "DISPLAY" in outcome.error


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="windows are X11's")
def test_no_display_for_windows(tmp_path: Path) -> None:
    needs_module("xcffib", extra="window")
    for command in (["windows"], [*RUN, "--source", "window:Game"]):
        outcome = call(tmp_path, *command)
        assert outcome.code == 3
        assert "DISPLAY is not set" in outcome.error


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there are no Wayland sessions")
def test_no_desktop_to_ask(tmp_path: Path) -> None:
    needs_module("jeepney", extra="wayland")
    needs_module("pipewire_capture", extra="wayland")
    kept = tmp_path / "choice.json"
    (tmp_path / "my.toml").write_text("[source]\nscreen_choice_file = 'choice.json'\n", encoding="utf-8")
    nowhere = {"DBUS_SESSION_BUS_ADDRESS": "unix:path=nowhere"}
    outcome = call(tmp_path, "choose-screen", "--config", "my.toml", **nowhere)
    assert outcome.code == 3
    assert "the session bus at unix:path=nowhere can't be reached" in outcome.error
    assert not kept.exists()
    kept.write_text("{}", encoding="utf-8")
    outcome = call(tmp_path, *RUN, "--source", "wayland", "--config", "my.toml", **nowhere)
    assert outcome.code == 2
    assert "source.screen_choice_file: choice.json: holds no chosen screen: choose one again" in outcome.error
    told = "; a capture that is running goes on until you stop it\n"
    assert call(tmp_path, "forget-screen", "--config", "my.toml").output == f"removed choice.json{told}"
    assert not kept.exists()
    assert call(tmp_path, "forget-screen", "--config", "my.toml").output == f"there is no choice to forget{told}"
    kept.mkdir()
    outcome = call(tmp_path, "forget-screen", "--config", "my.toml")
    assert outcome.code == 2
    assert "source.screen_choice_file: choice.json: can't be removed" in outcome.error


def test_no_region(tmp_path: Path) -> None:
    outcome = call(tmp_path, "run", "--source", "device:0")
    assert outcome.code == 2
    assert "capture-daemon snapshot -o frame.png" in outcome.error
    assert "--region" in outcome.error


def test_empty_text_and_pictureless_videos(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "text.mp4").write_text("These are words, not pictures.\n" * 50, encoding="utf-8")
    videos = ["empty.mp4", "text.mp4"]
    if shutil.which("ffmpeg"):
        sound = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine", "-t", "1", str(tmp_path / "sound.m4a")]
        subprocess.run(sound, check=True)
        videos.append("sound.m4a")
    # Without regions the video is searched for them first.
    for video, regions in [*((video, SAMPLE_REGIONS) for video in videos), ("empty.mp4", [])]:
        outcome = call(tmp_path, "extract", video, *regions, "--output", "lines.jsonl")
        assert outcome.code == 3, outcome.errors
        assert video in outcome.error
        assert not (tmp_path / "lines.jsonl").exists()


def test_a_folder_has_many_outputs(tmp_path: Path) -> None:
    (tmp_path / "folder.mp4").mkdir()
    outcome = call(tmp_path, "extract", "folder.mp4", *SAMPLE_REGIONS, "--output", "lines.jsonl")
    assert outcome.code == 2
    assert "folder.mp4" in outcome.error
    assert "--output-dir" in outcome.error


def test_a_video_cut_off_in_the_middle_keeps_its_lines(tmp_path: Path) -> None:
    whole = cut_sample(tmp_path / "whole.mkv", 12)
    data = whole.read_bytes()
    (tmp_path / "cut.mkv").write_bytes(data[: len(data) * 3 // 4])
    outcome = call(tmp_path, "extract", "cut.mkv", *SAMPLE_REGIONS, "-o", "lines.jsonl")
    assert outcome.code == 3, outcome.errors
    assert "cut.mkv" in outcome.error
    texts = [line.text for line in _lines(tmp_path / "lines.jsonl")]
    assert "Are we there yet?" in texts
    outcome = call(tmp_path, *RUN, "--source", "cut.mkv", "--log", "log.jsonl")
    assert outcome.code == 3, outcome.errors
    assert [line.text for line in _lines(tmp_path / "log.jsonl")] == texts


def test_a_video_that_changes_resolution_under_a_region_in_pixels(tmp_path: Path) -> None:
    ffmpeg = needs("ffmpeg", package="ffmpeg")
    for name, size in (("one", "1280x720"), ("two", "640x360")):
        made = ["-f", "lavfi", "-i", f"testsrc=size={size}:rate=30", "-t", "1", "-c:v", "libx264", "-f", "mpegts"]
        subprocess.run([ffmpeg, "-v", "error", *made, str(tmp_path / f"{name}.ts")], check=True)
    both = (tmp_path / "one.ts").read_bytes() + (tmp_path / "two.ts").read_bytes()
    (tmp_path / "both.ts").write_bytes(both)
    outcome = call(tmp_path, "extract", "both.ts", *SAMPLE_REGIONS, "-o", "lines.jsonl")
    assert outcome.code == 2, outcome.errors
    assert "640x360" in outcome.error


def test_a_port_already_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        outcome = call(tmp_path, *RUN, "--port", str(port))
    assert outcome.code == 2
    assert f"port {port}" in outcome.error
    assert "--port" in outcome.error


def test_a_log_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in ("file/lines.jsonl", "."):
        outcome = call(tmp_path, *RUN, "--log", path)
        assert outcome.code == 5, outcome.errors
        assert "--log" in outcome.error
        outcome = call(tmp_path, "extract", CLIP, *SAMPLE_REGIONS, "--output", path, "--overwrite")
        assert outcome.code == 5, outcome.errors
        assert "--output" in outcome.error


def test_a_log_in_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    if sys.platform == "win32" or os.geteuid() == 0:
        pytest.skip("everything may be written here")
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    outcome = call(tmp_path, *RUN, "--log", "closed/lines.jsonl")
    assert outcome.code == 5
    assert "permission" in outcome.error


def test_a_log_that_is_something_else(tmp_path: Path) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("buy milk\n", encoding="utf-8")
    outcome = call(tmp_path, *RUN, "--log", "notes.txt")
    assert outcome.code == 5
    assert "notes.txt" in outcome.error
    assert notes.read_text(encoding="utf-8") == "buy milk\n"


def test_a_log_held_by_another_daemon(tmp_path: Path) -> None:
    log = LineLog.open(tmp_path / "lines.jsonl")
    try:
        outcome = call(tmp_path, *RUN)
        assert outcome.code == 5
        assert str(os.getpid()) in outcome.error
        outcome = call(tmp_path, "extract", CLIP, *SAMPLE_REGIONS, "--output", "lines.jsonl", "--overwrite")
        assert outcome.code == 5, outcome.errors
    finally:
        log.close()


def test_a_model_that_cannot_be_had(tmp_path: Path) -> None:
    outcome = call(tmp_path, "extract", CLIP, *SAMPLE_REGIONS, "--language", "th", "-o", "lines.jsonl")
    if outcome.code == 0:
        pytest.skip("the Thai model is on this machine, or can be fetched")
    assert outcome.code == 4, outcome.errors
    for words in ("th_PP-OCRv5_mobile_rec", "models fetch th", "tesseract"):
        assert words in outcome.error
    assert not (tmp_path / "lines.jsonl").exists()


def test_a_corrupt_model_file(tmp_path: Path) -> None:
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / "inference.onnx").write_bytes(b"not a model")
    (folder / "inference.yml").write_text(
        'Global: {model_name: PP-OCRv6_small_rec}\nPostProcess: {name: CTCLabelDecode, character_dict: ["a", "b"]}\n',
        encoding="utf-8",
    )
    (tmp_path / "my.toml").write_text("[ocr]\nmodels = 'models'\n", encoding="utf-8")
    outcome = call(tmp_path, "extract", CLIP, *SAMPLE_REGIONS, "--config", "my.toml", "-o", "lines.jsonl")
    assert outcome.code == 4, outcome.errors
    assert "models" in outcome.error
    assert not (tmp_path / "lines.jsonl").exists()


def test_an_output_that_is_there_already(tmp_path: Path) -> None:
    (tmp_path / "sample.jsonl").write_text("mine\n", encoding="utf-8")
    outcome = call(tmp_path, "extract", CLIP, *SAMPLE_REGIONS)
    assert outcome.code == 2
    assert "--overwrite" in outcome.error
    outcome = call(tmp_path, "extract", "nothere.mp4", *SAMPLE_REGIONS, "-o", "sample.jsonl", "--overwrite")
    assert outcome.code == 3
    assert (tmp_path / "sample.jsonl").read_text(encoding="utf-8") == "mine\n"
    assert [path.name for path in tmp_path.iterdir()] == ["sample.jsonl"]


def test_extracting_from_what_is_no_recording(tmp_path: Path) -> None:
    outcome = call(tmp_path, "extract", "screen:1", *SAMPLE_REGIONS)
    assert outcome.code == 2
    assert "capture-daemon run" in outcome.error


def test_a_snapshot_that_cannot_be_written_or_taken(tmp_path: Path) -> None:
    outcome = call(tmp_path, "snapshot", "--source", CLIP, "-o", "nofolder/frame.png")
    assert outcome.code == 2
    assert "nofolder" in outcome.error
    outcome = call(tmp_path, "snapshot", "--source", CLIP, "-o", "frame.png", "--at", "900")
    assert outcome.code == 3
    assert "ends at 50" in outcome.error
    assert not (tmp_path / "frame.png").exists()


def test_watching_what_is_no_address(tmp_path: Path) -> None:
    outcome = call(tmp_path, "watch", "http://localhost:6677")
    assert outcome.code == 2
    assert "ws://localhost:6677" in outcome.error


def test_fetching_an_unknown_language(tmp_path: Path) -> None:
    outcome = call(tmp_path, "models", "fetch", "klingon")
    assert outcome.code == 2
    assert "klingon" in outcome.error


def _lines(path: Path) -> list[Line]:
    records = [parse_record(text) for text in path.read_text(encoding="utf-8").splitlines()]
    return [record for record in records if isinstance(record, Line)]


@pytest.mark.parametrize("video", ["nosuch.mkv", "nosuch"])
def test_extract_names_only_what_it_takes_for_a_file_that_is_not_there(tmp_path: Path, video: str) -> None:
    outcome = call(tmp_path, "extract", video)
    assert outcome.code == 3
    assert outcome.error.endswith(f"there is no file {video}: name a recording, or a folder that holds some")
