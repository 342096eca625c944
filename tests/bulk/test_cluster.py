"""Recordings read on a real Ray cluster on this machine, begun by the test."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from capture_daemon.bulk.video_folder import read_lines
from tests.footage import cut_sample
from tests.needs import needs_module
from tests.program import SAMPLE_REGIONS, Running, call, environment

START_LIMIT = 60.0
STOP_LIMIT = 20.0


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """The address of a cluster; only on Linux, which has it all in one group of processes that can be ended."""
    needs_module("ray", extra="ray")
    if not sys.platform.startswith("linux"):
        pytest.skip("the cluster's processes are ended as on Linux")
    address = f"127.0.0.1:{free_port()}"
    # Not below pytest's own folder: the paths of sockets must stay short.
    with tempfile.TemporaryDirectory(prefix="ray") as folder:
        options = ["--head", f"--port={address.partition(':')[2]}", "--num-cpus=2", f"--temp-dir={folder}", "--block"]
        head = subprocess.Popen(
            [
                Path(sys.executable).with_name("ray"),
                "start",
                *options,
                "--include-dashboard=false",
                "--disable-usage-stats",
            ],
            env=environment(Path(folder)),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_for(address, head)
            yield address
        finally:
            head.send_signal(signal.SIGTERM)
            try:
                head.wait(STOP_LIMIT)
            except subprocess.TimeoutExpired:
                head.kill()
                head.wait()


def wait_for(address: str, head: subprocess.Popen[bytes]) -> None:
    host, _, port = address.partition(":")
    end = time.monotonic() + START_LIMIT
    while True:
        assert head.poll() is None, "the cluster ended while it began"
        try:
            socket.create_connection((host, int(port)), timeout=1).close()
        except OSError:
            assert time.monotonic() < end
            time.sleep(0.1)
        else:
            return


@pytest.mark.timeout(300)
def test_a_task_a_video_and_failures_told_the_same(tmp_path: Path, cluster: str) -> None:
    cut_sample(tmp_path / "ep.mp4", 6)
    (tmp_path / "text.mp4").write_text("words\n" * 100, encoding="utf-8")
    command = ["extract", "ep.mp4", "text.mp4", "--output-dir", "out", "--ray", cluster, *SAMPLE_REGIONS]
    outcome = call(tmp_path, *command)
    assert outcome.code == 3, outcome.errors
    assert "1 of 2 recordings failed" in outcome.error
    assert "text.mp4" in outcome.errors.partition("failed: ")[2]
    assert [line.text for line in read_lines(tmp_path / "out" / "ep")][-1] == "Are we there yet?"
    assert (tmp_path / "out" / "ep" / "dialogue.srt").exists()
    again = call(tmp_path, *command, "--resume")
    assert again.code == 3
    assert "ep: 2 lines, read before" in again.output


@pytest.mark.timeout(300)
@pytest.mark.soak
def test_interrupted_its_tasks_end_too(tmp_path: Path, cluster: str) -> None:
    cut_sample(tmp_path / "ep.mp4", 20)
    command = ["extract", "ep.mp4", "--output-dir", "out", "--ray", cluster, *SAMPLE_REGIONS]
    with Running(tmp_path, *command) as program:
        program.wait_for("ep: info: OCR")
        code, _ = program.stop(signal.SIGINT, limit=60)
    assert code == 130, program.errors
    assert "Traceback" not in program.errors


def test_what_is_no_cluster(tmp_path: Path) -> None:
    needs_module("ray", extra="ray")
    cut_sample(tmp_path / "ep.mp4", 1)
    command = ["extract", "ep.mp4", "--output-dir", "out", *SAMPLE_REGIONS, "--ray"]
    outcome = call(tmp_path, *command, "ray://127.0.0.1:1")
    assert outcome.code == 2
    assert "HOST:PORT" in outcome.error
    outcome = call(tmp_path, *command, f"127.0.0.1:{free_port()}")
    assert outcome.code == 2
    assert "no Ray cluster answers" in outcome.error
    assert not (tmp_path / "out").exists()
