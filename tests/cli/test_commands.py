"""The commands at work, as the real program."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import cv2
import pytest

import capture_daemon
from capture_daemon.records import Line, parse_record
from tests.footage import cut_sample
from tests.program import ROOT, SAMPLE, SAMPLE_REGIONS, Running, call, environment

CLIP = str(SAMPLE / "sample.mp4")


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cut_sample(tmp_path_factory.mktemp("clip") / "clip.mp4", 9)


def test_help_and_version(tmp_path: Path) -> None:
    began = time.process_time()
    assert capture_daemon.__version__ in call(tmp_path, "--version").output
    assert capture_daemon.__version__ in call(tmp_path, "-V").output
    assert time.process_time() - began < 5
    for arguments in ([], ["--help"], ["run", "-h"], ["models", "--help"]):
        outcome = call(tmp_path, *arguments)
        assert outcome.code == 0
        assert "Usage: capture-daemon" in outcome.output
        assert not outcome.errors


@pytest.mark.parametrize("group", ["models", "profile", "service"])
def test_a_group_of_commands_alone_shows_its_help(tmp_path: Path, group: str) -> None:
    done = call(tmp_path, group)
    assert (done.code, done.errors) == (2, "")
    assert "Usage" in done.output


def test_help_imports_nothing_heavy(tmp_path: Path) -> None:
    heavy = {
        *("cv2", "numpy", "pydantic", "av", "mss", "onnxruntime", "websockets", "PIL"),
        # The standard library's slowest, and what brings more of it along.
        *("asyncio", "ssl", "tempfile", "webbrowser", "csv", "http"),
    }
    code = (
        "import sys\nfrom capture_daemon.cli import call\n"
        "call(['--help'])\nfor name in sys.modules: print(name, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(tmp_path), capture_output=True, text=True, check=True
    )
    assert "Usage: capture-daemon" in done.stdout
    loaded = set(done.stderr.split())
    assert not heavy & loaded
    # Of the program itself, the commands and what their options are made of; no record, log or configuration.
    own = {name for name in loaded if re.fullmatch(r"capture_daemon\.(?!cli\b)\w+(\.\w+)+", name)}
    assert own <= {
        *(f"capture_daemon.common.{name}" for name in ("counting", "output_streams", "signals", "visible")),
        "capture_daemon.daemon.logs",
        "capture_daemon.dataset.settings",
        *("capture_daemon.llm.endpoint", "capture_daemon.llm.endpoint.sampling"),
        "capture_daemon.ocr.languages",
        "capture_daemon.tuning.settings",
    }
    assert "capture_daemon.records" not in loaded


def test_the_command_line_needs_no_package_but_typer_and_what_it_brings() -> None:
    # The manual page is made by it while the wheel is built, where nothing else is installed.
    code = (
        "import sys\nbefore = set(sys.modules)\nimport capture_daemon.cli.manual\n"
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before} - sys.stdlib_module_names)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) <= {"capture_daemon", "typer", "annotated_doc", "shellingham", "rich", "click"}


def test_the_program_alone_shows_its_help_and_where_to_begin(tmp_path: Path) -> None:
    outcome = call(tmp_path)
    assert (outcome.code, outcome.errors) == (0, "")
    assert outcome.output.index("Usage: capture-daemon") < outcome.output.index("Three commands to begin with:")
    offered = re.findall(r"^  capture-daemon (.*?)   +\S", outcome.output, re.MULTILINE)
    assert offered == ["demo", "doctor", "run --region auto"]
    assert "Three commands" not in call(tmp_path, "--help").output


@pytest.mark.parametrize(
    "arguments",
    [
        ["extract", "nosuch.mkv"],
        ["run", "--source", "nosuch.mkv"],
        ["trace", "nosuch.mkv", "-o", "trace.html"],
        ["testcase", "nosuch.mkv", "-o", "case", "--from", "1", "--to", "2"],
        ["snapshot", "--source", "nosuch.mkv", "-o", "frame.png"],
    ],
)
def test_a_missing_recording_is_noticed_before_a_model_is_loaded(tmp_path: Path, arguments: list[str]) -> None:
    outcome = call(tmp_path, *arguments)
    assert outcome.code == 3
    assert "there is no file nosuch.mkv" in outcome.error
    assert "OCR:" not in outcome.errors
    assert list(tmp_path.iterdir()) == []


def test_extracting(tmp_path: Path, clip: Path) -> None:
    outcome = call(tmp_path, "extract", str(clip), *SAMPLE_REGIONS)
    assert outcome.code == 0, outcome.errors
    summary = r"\d+ lines · 9\.\d s in [\d.]+ s, [\d.]+ times real time \(loading [\d.]+ s, reading [\d.]+ s\) · "
    summary += r"\d+ OCR passes, [\d.]+ a row · clip\.jsonl"
    assert re.search(summary, outcome.output)
    first = (tmp_path / "clip.jsonl").read_text(encoding="utf-8")
    texts = [parse_record(text) for text in first.splitlines()]
    assert [line.text for line in texts if isinstance(line, Line)][-2:] == ["Are we there yet?"] * 2
    assert [path.name for path in tmp_path.glob("*clip*")] == ["clip.jsonl"]
    again = call(tmp_path, "extract", str(clip), *SAMPLE_REGIONS, "--overwrite")
    assert again.code == 0, again.errors
    second = (tmp_path / "clip.jsonl").read_text(encoding="utf-8")
    assert second != first
    assert second.count("\n") == first.count("\n")
    assert [path.name for path in tmp_path.glob("*clip*")] == ["clip.jsonl"]


def test_a_recording_that_was_cut_off_has_a_summary_and_advice(tmp_path: Path) -> None:
    whole = cut_sample(tmp_path / "whole.mkv", 10).read_bytes()
    (tmp_path / "cut.mkv").write_bytes(whole[: len(whole) * 9 // 10])
    outcome = call(tmp_path, "extract", "cut.mkv", *SAMPLE_REGIONS)
    assert outcome.code == 3
    assert re.search(r"^\d+ lines · \d\.\d s in .* · cut\.jsonl$", outcome.output, re.MULTILINE)
    assert "cut.mkv: is cut off: it ends at 0:0" in outcome.error
    assert outcome.error.endswith(": copy it again if the rest is somewhere, and read it anew")


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals there")
def test_lines_are_printed_where_that_is_a_terminal(tmp_path: Path, clip: Path) -> None:
    run = ["run", "--source", str(clip), *SAMPLE_REGIONS, "--port", "0", "--log", "lines.jsonl"]
    master, terminal = os.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "capture_daemon", *run],
        cwd=tmp_path,
        env=environment(tmp_path, TERM="xterm-256color"),
        stdout=terminal,
        stderr=subprocess.DEVNULL,
    ) as program:
        os.close(terminal)
        shown = b""
        while program.poll() is None or len(shown) == 0:
            try:
                shown += os.read(master, 65536)
            except OSError:  # the other side has closed it
                break
        assert program.wait(30) == 0
    os.close(master)
    text = re.sub(r"\x1b\[[\d;]*m", "", shown.decode())
    assert re.search(r"^\d\d:\d\d:\d\d  Pip: Are we there yet\?\r$", text, re.MULTILINE)
    assert shown.decode() != text


def test_nothing_is_printed_where_it_is_none(tmp_path: Path, clip: Path) -> None:
    outcome = call(tmp_path, "run", "--source", str(clip), *SAMPLE_REGIONS, "--port", "0", "--log", "lines.jsonl")
    assert (outcome.code, outcome.output) == (0, "")
    assert "listening on ws://localhost:" in outcome.errors
    assert "Are we there" not in outcome.errors
    assert (tmp_path / "lines.jsonl").exists()


def test_watching(tmp_path: Path) -> None:
    run = ["run", "--source", CLIP, *SAMPLE_REGIONS, "--realtime", "--port", "0", "--log", "lines.jsonl"]
    with Running(tmp_path, *run) as daemon:
        address = daemon.wait_until_ready()
        with (
            Running(tmp_path, "watch", address, "--after", "0", "--json") as watcher,
            Running(tmp_path, "watch", "--port", address.rpartition(":")[2], "--after", "0") as reader,
        ):
            assert watcher.process.stdout is not None
            assert reader.process.stdout is not None
            records = [parse_record(watcher.process.stdout.readline()) for _ in range(5)]
            told = reader.process.stdout.readline()
            reader.wait_for("source capturing")
        assert daemon.stop()[0] == 0
    logged = [parse_record(text) for text in (tmp_path / "lines.jsonl").read_text(encoding="utf-8").splitlines()]
    lines = [record for record in records if isinstance(record, Line)]
    assert lines
    assert lines == logged[: len(lines)]
    assert re.fullmatch(rf"\d\d:\d\d:\d\d  .*{re.escape(lines[0].text)}\n", told)


def test_a_snapshot_without_a_region_has_a_grid(tmp_path: Path) -> None:
    outcome = call(tmp_path, "snapshot", "--source", CLIP, "-o", "frame.png")
    assert outcome.code == 0, outcome.errors
    assert "1280x720" in outcome.output
    assert "--region" in outcome.output
    picture = cv2.imread(str(tmp_path / "frame.png"))
    assert picture is not None
    assert picture.shape[1] == 1280
    assert picture.shape[0] > 720


def test_a_snapshot_shows_rows_and_what_was_read(tmp_path: Path) -> None:
    outcome = call(tmp_path, "snapshot", "--source", CLIP, *SAMPLE_REGIONS, "-o", "frame.png", "--at", "21")
    assert outcome.code == 0, outcome.errors
    assert re.search(r"row 1 at 1[67]\d,5[56]\d,", outcome.output), outcome.output
    assert "carried the post for 206 years" in outcome.output
    assert "the line: Juno: " in outcome.output
    assert (tmp_path / "frame.png").stat().st_size > 100_000


def test_the_doctor_finds_what_is_there_and_what_is_not(tmp_path: Path) -> None:
    healthy = call(tmp_path, "doctor", "--source", CLIP, "--port", "0", "--log", "lines.jsonl")
    assert healthy.code == 0, healthy.output
    assert "no faults" in healthy.output
    assert "PP-OCRv6_small_rec" in healthy.output
    assert re.search(r"^good +access +without a token", healthy.output, re.MULTILINE)
    assert not (tmp_path / "lines.jsonl").exists()
    (tmp_path / "my.toml").write_text("[server]\nport = 'a: b'\n", encoding="utf-8")
    (tmp_path / "file").touch()
    broken = call(tmp_path, "doctor", "--config", "my.toml")
    assert broken.code == 1
    assert re.search(r"^fault configuration +my.toml: server.port.*'a: b'", broken.output, re.MULTILINE)
    assert broken.output.count(" configuration ") == 1
    assert "→ b'" not in broken.output
    ill = call(
        tmp_path,
        "doctor",
        "--source",
        "device:77",
        "--log",
        "file/lines.jsonl",
        "--language",
        "klingon",
        "--token-file",
        "file",
    )
    assert ill.code == 1
    assert re.search(r"^fault log ", ill.output, re.MULTILINE)
    assert re.search(r"^fault access +server.token_file: file: ", ill.output, re.MULTILINE)
    assert re.search(r"^fault models ", ill.output, re.MULTILINE)
    assert ill.output.count("→") >= 2


def test_models_are_listed_with_their_places(tmp_path: Path) -> None:
    outcome = call(tmp_path, "models", "list")
    assert outcome.code == 0, outcome.errors
    rows = [row.split() for row in outcome.output.splitlines()]
    assert rows[0] == ["language", "model", "engine", "where"]
    auto = next(row for row in rows if row[0] == "auto")
    assert auto[1:3] == ["PP-OCRv6_small_rec", "onnxruntime"]
    assert Path(auto[3]).exists()


def test_fetching_what_is_there_tells_where(tmp_path: Path) -> None:
    outcome = call(tmp_path, "models", "fetch", "ja")
    assert outcome.code == 0, outcome.errors
    assert outcome.output.startswith("PP-OCRv6_small_rec: ")


def test_every_shared_option_reaches_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "games").mkdir()
    (tmp_path / "my.toml").write_text("[log]\npath = 'from-file.jsonl'\n", encoding="utf-8")
    (tmp_path / "games" / "mine.toml").write_text("[regions]\ndialogue = '0.1,0.7,0.8,0.25'\n", encoding="utf-8")
    files = ["--config", "my.toml", "--profile", "mine", "--source", CLIP, "--port", "0"]
    outcome = call(tmp_path, "doctor", *files)
    assert "from-file.jsonl" in outcome.output
    assert "dialogue 0.1,0.7,0.8,0.25" in outcome.output
    outcome = call(tmp_path, "doctor", *files, "--log", "mine.jsonl", "--region", "1,2,30,40")
    assert "mine.jsonl" in outcome.output
    assert "dialogue 1,2,30,40" in outcome.output


def test_something_unforeseen_is_told_with_its_traceback(tmp_path: Path) -> None:
    code = (
        "import sys, capture_daemon.cli as cli, capture_daemon.ocr.model_files as models\n"
        "models.list_models = lambda folder: 1 / 0\n"
        "sys.exit(cli.call(['models', 'list']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(tmp_path), capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "ZeroDivisionError" in done.stderr
    assert "unexpected" in done.stderr
    assert not done.stdout
