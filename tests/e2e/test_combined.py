"""Everything that may go wrong with the log at once, round after round: kill -9, new files, a full disk, reloads."""

from __future__ import annotations

import itertools
import json
import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage
from websockets.sync.client import connect

from capture_daemon.linelog.log import LineLog
from capture_daemon.records import Gap, Line, Record, Status, parse_record
from tests.linelog.test_full_disk import small_file_system
from tests.program import Running

SIZE = 256 * 2**20
"""Bytes of the disk: more than 100 rounds write."""
BLOCK = 2**20
LIMIT = 60.0
SETTINGS = '[regions]\ndialogue = "40,300,560,100"\n[log]\nrotate_size = 0.1\n'
"""A new file every seventy lines or so: several a second."""


class Client(threading.Thread):
    """Hears a daemon, past all that cuts it off, from where it was; `end` it once the daemon is dead."""

    def __init__(self, address: str, heard: list[Record]) -> None:
        super().__init__(daemon=True)
        self.degraded = 0
        """How often it heard that lines wait."""
        self._address = address
        self._heard = heard
        self._over = threading.Event()

    def run(self) -> None:
        """Come back again and again."""
        while not self._over.is_set():
            with suppress(OSError, ConnectionClosed, InvalidHandshake, InvalidMessage):
                self._hear()
            self._over.wait(0.02)

    def end(self) -> None:
        """Have heard everything that was sent."""
        self._over.set()
        self.join(LIMIT)
        assert not self.is_alive()

    def _hear(self) -> None:
        lines = [record for record in self._heard[-200:] if isinstance(record, Line)]
        query = f"?after={lines[-1].seq}&stream={lines[-1].stream}" if lines else "?after=0"
        with connect(f"{self._address}/v1/lines{query}", compression=None, proxy=None, close_timeout=1) as connection:
            for message in connection:
                record = parse_record(message)
                if isinstance(record, Line | Gap):
                    self._heard.append(record)
                elif isinstance(record, Status) and (record.what, record.state) == ("log", "degraded"):
                    self.degraded += 1


@dataclass
class Disk:
    """A small file system that can be filled up."""

    folder: Path

    @property
    def ballast(self) -> Path:
        """What fills it."""
        return self.folder / "ballast"

    def fill(self) -> None:
        """Take all the room there is."""
        with self.ballast.open("ab", buffering=0) as file:
            for piece in (BLOCK, 4096, 1):
                with suppress(OSError):
                    while file.write(b"#" * piece):
                        pass

    def make_room(self) -> None:
        """Give it back."""
        self.ballast.unlink(missing_ok=True)


@dataclass
class Rounds:
    """Life after life of one daemon, and what a client heard of all of them."""

    home: Path
    disk: Disk
    heard: list[Record] = field(default_factory=list)
    struck: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.configuration = self.home / "settings.toml"
        self.log = self.disk.folder / "dialogue.jsonl"
        self._numbers = itertools.count(1)

    def live(self) -> None:
        """One life: two or three things go wrong in it, at moments of their own, and then it is killed."""
        run = ["run", "--source", "screen:1", "--config", str(self.configuration), "--log", str(self.log)]
        before = len(self.heard)
        self._configure("")
        with Running(self.home, *run, "--port", "0", program=("-m", "tests.talking_daemon")) as program:
            client = Client(program.wait_until_ready(), self.heard)
            client.start()
            if self.disk.ballast.exists():
                self._count("starts on a full disk", lambda: time.sleep(random.uniform(0, 0.3)))
                self.disk.make_room()
            self._wait_for_lines(before, program)
            for _ in range(random.randint(2, 3)):
                time.sleep(random.uniform(0, 0.25))
                random.choice((self._fill_disk, self._leave_disk_full, self._reload, self._reload_all, self._break))(
                    program
                )
            time.sleep(random.uniform(0, 0.25))
            program.process.kill()
            program.process.wait(LIMIT)
            client.end()
            self.struck["told that lines wait"] += client.degraded
            assert "Traceback" not in program.errors, program.errors

    def _wait_for_lines(self, before: int, program: Running) -> None:
        end = time.monotonic() + LIMIT
        while len(self.heard) == before:
            assert time.monotonic() < end, program.errors
            assert program.process.poll() is None, program.errors
            time.sleep(0.01)

    def _fill_disk(self, program: Running) -> None:
        self._count("full disk, then room", self.disk.fill)
        time.sleep(random.uniform(0, 0.4))
        self.disk.make_room()

    def _leave_disk_full(self, program: Running) -> None:
        """It may well be killed while the disk is full."""
        self._count("full disk that stays", self.disk.fill)

    def _reload(self, program: Running) -> None:
        self._configure(f"[reading]\nsettle = {random.uniform(0.2, 0.6):.3f}\n")
        self._count("reload", lambda: program.process.send_signal(signal.SIGHUP))

    def _reload_all(self, program: Running) -> None:
        """Whom it serves is new: clients are closed, and come back."""
        self._configure(f"[server]\nmax_clients = {10 + next(self._numbers)}\n")
        self._count("reload that closes clients", lambda: program.process.send_signal(signal.SIGHUP))

    def _break(self, program: Running) -> None:
        self._configure("[nothing]\n")
        self._count("broken reload", lambda: program.process.send_signal(signal.SIGHUP))

    def _count(self, name: str, strike: Callable[[], None]) -> None:
        self.struck[name] += 1
        strike()

    def _configure(self, more: str) -> None:
        made = self.configuration.with_suffix(".new")
        made.write_text(SETTINGS + more, encoding="utf-8")
        made.replace(self.configuration)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs signals, and to mount a file system")
@pytest.mark.parametrize("rounds", [5, pytest.param(100, marks=pytest.mark.soak)])
@pytest.mark.timeout(3600)
def test_rounds_of_everything_combined(tmp_path: Path, rounds: int, capsys: pytest.CaptureFixture[str]) -> None:
    began = time.monotonic()
    with small_file_system(f"size={SIZE},mode=700") as folder:
        lives = Rounds(tmp_path, Disk(folder))
        for number in range(rounds):
            lives.live()
            if number + 1 < rounds and "starts on a full disk" not in lives.struck:
                lives.disk.fill()  # however chance has it, once at least
        lives.disk.make_room()
        parts = sorted(folder.glob("dialogue.*.jsonl"), key=lambda part: int(part.suffixes[0][1:]))
        log = LineLog.open(lives.log)  # mends what the last kill tore
        readable = [record for record in log.read(0) if isinstance(record, Line)]
        log.close()
        written = [
            parse_record(text) for file in (*parts, lives.log) for text in file.read_text(encoding="utf-8").splitlines()
        ]
    logged = [record for record in written if isinstance(record, Line)]
    seen = [record for record in lives.heard if isinstance(record, Line)]
    gaps = [(before, gap) for before, gap in itertools.pairwise([*lives.heard]) if isinstance(gap, Gap)]
    streams = list(dict.fromkeys(line.stream for line in logged))
    lost, doubled = _lost(seen, logged), len(seen) - len({(line.stream, line.seq) for line in seen})
    figures = {
        "rounds": rounds,
        "seen": len(seen),
        "logged": len(logged),
        "lost": len(lost),
        "doubled": doubled + len(logged) - len({(line.stream, line.seq) for line in logged}),
        "streams": len(streams),
        "gaps": len(gaps),
        "parts": len(parts),
        **dict(sorted(lives.struck.items())),
        "seconds": round(time.monotonic() - began),
    }
    with capsys.disabled():
        print(f"\n{json.dumps(figures)}")
    if curve := os.environ.get("COMBINED_FIGURES"):
        Path(curve).write_text(json.dumps(figures) + "\n", encoding="utf-8")
    assert len(written) == len(logged)
    assert len(parts) >= rounds
    assert lives.struck["starts on a full disk"]
    assert lives.struck["told that lines wait"]
    # Every line that was seen is in the log, as it was seen, once.
    assert not lost, lost[:3]
    assert figures["doubled"] == 0
    # Numbers go on without a hole within a stream, in the log and for who listens, and begin anew with the next one.
    for lines in (logged, seen):
        assert lines[0].seq == 1
        for before, line in itertools.pairwise(lines):
            assert line.seq == (before.seq + 1 if line.stream == before.stream else 1), (before, line)
    assert readable == [line for line in logged if line.stream == streams[-1]]
    assert all(gap.reason == "stream" for _, gap in gaps)
    assert len(gaps) <= len(streams) - 1


def _lost(seen: list[Line], logged: list[Line]) -> list[Line]:
    """Lines that were seen, and aren't in the log as they were seen."""
    written = {(line.stream, line.seq): line for line in logged}
    return [line for line in seen if written.get((line.stream, line.seq)) != line]
