"""SIGTERM and SIGINT to the real program: the line in hand is logged, clients get 1001, exit 0, within 3 seconds."""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path

import pytest

from capture_daemon.records import Line, Status, parse_record
from tests.footage import cut_sample
from tests.program import SAMPLE, SAMPLE_REGIONS, Listener, Running

RUN = [
    "run",
    "--source",
    str(SAMPLE / "sample.mp4"),
    *SAMPLE_REGIONS,
    "--realtime",
    "--port",
    "0",
    "--log",
    "lines.jsonl",
]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are of another kind there")


def logged(folder: Path) -> list[Line]:
    records = [parse_record(text) for text in (folder / "lines.jsonl").read_text(encoding="utf-8").splitlines()]
    return [record for record in records if isinstance(record, Line)]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_line_in_hand_is_logged(tmp_path: Path, number: signal.Signals) -> None:
    # Pip's second line stands from 7.4 s on; with the engine loaded by then it is in hand while it is being typed.
    with Running(tmp_path, *RUN) as program:
        address = program.wait_until_ready()
        began = time.monotonic()
        with Listener(address) as listener:
            listener.wait_until(Status, what="ocr", state="capturing")
            time.sleep(max(0.0, 7.8 - (time.monotonic() - began)))
            code, seconds = program.stop(number)
            assert listener.wait_until_closed() == 1001
        assert code == 0, program.errors
        assert seconds < 3
        assert "Traceback" not in program.errors
        lines = logged(tmp_path)
        assert listener.lines == lines
        assert "Are we there yet?".startswith(lines[-1].text[:6])
        # On a busy machine frames between were dropped.
        assert lines[-1].media_started == pytest.approx(7.4, abs=0.5)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="signals that are caught are seen in /proc")
def test_a_signal_while_it_starts_is_a_clean_end(tmp_path: Path) -> None:
    for delay in (0.0, 0.6):
        with Running(tmp_path, *RUN) as program:
            status = Path(f"/proc/{program.process.pid}/status")
            end = time.monotonic() + 20
            while time.monotonic() < end and not _catches(status.read_text(encoding="utf-8"), signal.SIGTERM):
                time.sleep(0.01)
            time.sleep(delay)
            code, seconds = program.stop()
        assert (code, seconds < 3) == (0, True), program.errors


def _catches(status: str, number: signal.Signals) -> bool:
    [caught] = [line.split()[1] for line in status.splitlines() if line.startswith("SigCgt:")]
    return bool(int(caught, 16) >> (number - 1) & 1)


def test_two_daemons_and_one_log(tmp_path: Path) -> None:
    with Running(tmp_path, *RUN) as first:
        first.wait_until_ready()
        with Running(tmp_path, *RUN) as second:
            assert second.process.wait(30) == 5
            assert "lines.jsonl" in second.errors
            assert str(first.process.pid) in second.errors
        assert first.stop()[0] == 0


def test_two_daemons_and_one_port(tmp_path: Path) -> None:
    with Running(tmp_path, *RUN) as first:
        port = first.wait_until_ready().rpartition(":")[2]
        with Running(tmp_path, *RUN, "--port", port, "--log", "other.jsonl") as second:
            assert second.process.wait(30) == 2
            assert f"port {port}" in second.errors
        assert first.stop()[0] == 0


def test_an_interrupted_extraction_keeps_its_lines(tmp_path: Path) -> None:
    with Running(tmp_path, "extract", str(SAMPLE / "sample.mp4"), *SAMPLE_REGIONS, "-o", "lines.jsonl") as program:
        end = time.monotonic() + 60
        while time.monotonic() < end and not ((tmp_path / "lines.jsonl").exists() and logged(tmp_path)):
            time.sleep(0.05)
        code, seconds = program.stop(signal.SIGINT)
    if code == 0:
        pytest.skip("the machine was too quick: all had been read before the signal came")
    assert (code, seconds < 3) == (130, True), program.errors
    assert logged(tmp_path)


def test_killed_and_started_again_the_numbers_go_on(tmp_path: Path) -> None:
    clip = cut_sample(tmp_path / "clip.mp4", 9)
    run = ["run", "--source", str(clip), *SAMPLE_REGIONS, "--port", "0", "--log", "lines.jsonl"]
    with Running(tmp_path, *run, "--realtime") as program, Listener(program.wait_until_ready()) as listener:
        listener.wait_until(Line, count=2)
        code, _ = program.stop(signal.SIGKILL)
        assert code == -signal.SIGKILL
    before = logged(tmp_path)
    assert listener.lines == before
    with Running(tmp_path, *run) as program:
        assert program.process.wait(60) == 0, program.errors
    lines = logged(tmp_path)
    assert lines[: len(before)] == before
    assert [line.seq for line in lines] == list(range(1, len(lines) + 1))
    assert len({line.stream for line in lines}) == 1
