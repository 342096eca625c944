"""When a log goes on with its stream, and when it begins another: kills, clean ends, power cuts."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from capture_daemon.linelog import lock
from capture_daemon.linelog.lock import boot_identity
from capture_daemon.linelog.log import LineLog
from capture_daemon.records import Line
from tests.server.helpers import line

WRITE_AND_DIE = textwrap.dedent("""
    import os, pathlib, signal, sys
    from capture_daemon.linelog import lock
    from capture_daemon.linelog.log import LineLog
    from tests.server.helpers import line
    lock.boot_identity = lambda: sys.argv[2]
    log = LineLog.open(pathlib.Path(sys.argv[1]))
    for text in sys.argv[3:]:
        log.append(line(text))
    print(log.stream, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
""")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "dialogue.jsonl"


@pytest.fixture
def boot(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The machine's start, which a test may change."""
    current = ["first"]
    monkeypatch.setattr(lock, "boot_identity", lambda: current[0])
    return current


def write_and_die(path: Path, boot: str, *texts: str) -> str:
    """In a process of its own, which is killed with the log open; returns the stream."""
    done = subprocess.run(
        [sys.executable, "-c", WRITE_AND_DIE, str(path), boot, *texts], capture_output=True, text=True, check=False
    )
    assert done.returncode == -9, done.stderr
    return done.stdout.strip()


def write(path: Path, *texts: str) -> list[Line]:
    log = LineLog.open(path)
    said = [log.append(line(text)) for text in texts]
    log.close()
    return said


pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs signals")


def test_after_a_kill_the_stream_goes_on(path: Path, boot: list[str]) -> None:
    stream = write_and_die(path, boot[0], "one", "two")
    assert [(said.stream, said.seq) for said in write(path, "three")] == [(stream, 3)]


def test_after_a_clean_end_the_stream_goes_on_over_a_start_of_the_machine(path: Path, boot: list[str]) -> None:
    [one] = write(path, "one")
    boot[0] = "second"
    assert [(said.stream, said.seq) for said in write(path, "two")] == [(one.stream, 2)]


def test_after_a_power_cut_a_stream_begins_and_numbers_mean_one_thing(path: Path, boot: list[str]) -> None:
    stream = write_and_die(path, boot[0], "one", "two", "three")
    # The last line was on its way to the disk: a client has number 3, the log has not.
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:2]))
    boot[0] = "second"
    [said] = write(path, "another")
    assert said.stream != stream
    assert said.seq == 1
    assert len(path.read_bytes().splitlines()) == 3
    assert [(later.stream, later.seq) for later in write(path, "and on")] == [(said.stream, 2)]


@pytest.mark.parametrize("end", ["killed", "clean"])
def test_a_stream_begun_after_a_power_cut_is_not_forgotten_without_a_line(
    path: Path, boot: list[str], end: str
) -> None:
    """Else the one before would go on, and use again the numbers that were lost."""
    stream = write_and_die(path, boot[0], "one", "two")
    boot[0] = "second"
    if end == "killed":
        write_and_die(path, boot[0])
    else:
        write(path)
    [said] = write(path, "another")
    assert said.stream != stream
    assert said.seq == 1


def test_where_the_start_of_the_machine_is_not_known_a_kill_counts_as_a_power_cut(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = write_and_die(path, "-", "one")
    monkeypatch.setattr(lock, "boot_identity", lambda: None)
    [said] = write(path, "two")
    assert (said.seq, said.stream == stream) == (1, False)
    assert write(path, "three")[0].seq == 2


def test_another_file_in_the_place_of_the_log_is_another_stream(path: Path, boot: list[str]) -> None:
    [other] = write(path, "other")
    kept = path.read_bytes()
    path.unlink()
    write_and_die(path, boot[0], "one", "two")
    path.write_bytes(kept)
    [said] = write(path, "three")
    assert said.stream != other.stream


def test_the_system_tells_its_start() -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("seen on Linux only")
    assert boot_identity() == boot_identity() == Path("/proc/sys/kernel/random/boot_id").read_text().strip()
