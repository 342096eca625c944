"""What is done to the daemon: each fault strikes at once, and is undone a few seconds later where that is needed."""

from __future__ import annotations

import os
import resource
import select
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from websockets.exceptions import InvalidHandshake
from websockets.sync.client import connect

from tests.frame_clients import FrameFlood
from tests.jumping_clock import JumpingClock
from tests.program import Running
from tests.soak.looped import LoopedClip
from tests.web import get

GUESTS = 40
HALF_OPEN = 20
ASKING = 16
"""Clients that ask for pictures on and on; half of them take none."""
ANSWER_LIMIT = 5.0
"""Seconds within which the daemon must answer while its standard error takes nothing; the machine is busy."""
REFUSALS = 20
"""Messages that it has to tell meanwhile."""
NO_SUCH_TABLE = "unknown key nothing"


@dataclass(frozen=True)
class Fault:
    """One fault: what it is called, how it strikes, and how it is undone after so many seconds."""

    name: str
    strike: Callable[[], None]
    undo: Callable[[], None]
    lasts: float = 3.0


@dataclass(frozen=True)
class Victim:
    """The daemon under test."""

    program: Running
    process: psutil.Process
    address: str
    log: Path
    stream: LoopedClip
    clock: JumpingClock
    configuration: Path
    flood: FrameFlood
    moved: list[Path] = field(default_factory=list)
    """Where the log was moved to, in order."""

    def faults(self) -> list[Fault]:
        """Every fault there is, in the order in which they take turns."""
        return [
            Fault("the worker is killed", lambda: self._signal_worker(signal.SIGKILL), _nothing),
            Fault("the disk is full", self._fill_disk, self._make_room, lasts=10.0),
            Fault("the worker hangs", lambda: self._signal_worker(signal.SIGSTOP), _nothing),
            Fault("the stream ends", self.stream.kill, self.stream.keep),
            Fault("clients storm in and out", self._storm, _nothing),
            Fault("the clock goes back an hour", lambda: self.clock.jump_to(-3600), _nothing),
            Fault("broken configurations are read", self._break_configuration, self._hang_configuration),
            Fault("the clock goes on a day", lambda: self.clock.jump_to(86_400), _nothing),
            Fault("standard error takes nothing", self._stop_reading, self._read_on),
            Fault("the log is moved away", self._move_log, _nothing),
            Fault("pictures are asked for on and on", self.flood.begin, self.flood.end),
        ]

    def _signal_worker(self, number: signal.Signals) -> None:
        for child in self.process.children():
            with suppress(ProcessLookupError):
                os.kill(child.pid, number)

    def _break_configuration(self) -> None:
        self.configuration.unlink()
        self.configuration.write_text(f"x = {'[' * 600}{']' * 600}", encoding="utf-8")
        self.process.send_signal(signal.SIGHUP)

    def _hang_configuration(self) -> None:
        self.configuration.unlink()
        # Nobody writes to it: reading it is given up after five seconds.
        os.mkfifo(self.configuration)
        self.process.send_signal(signal.SIGHUP)

    def _stop_reading(self) -> None:
        self.program.stop_reading()
        # The pipe is filled up from this end too, so that the daemon's next message finds no room; twice, as its reader
        # takes a last piece of what it finds.
        self._fill_pipe()
        time.sleep(0.3)
        self._fill_pipe()
        self.configuration.unlink()
        self.configuration.write_text("[nothing]\n", encoding="utf-8")
        for _ in range(REFUSALS):
            self.process.send_signal(signal.SIGHUP)
            self._must_answer()

    def _read_on(self) -> None:
        self._must_answer()
        assert self._is_full(), "something has been read meanwhile"
        told = self.program.errors.count(NO_SUCH_TABLE)
        self.program.read_on()
        end = time.monotonic() + ANSWER_LIMIT
        while self.program.errors.count(NO_SUCH_TABLE) == told:
            assert time.monotonic() < end, self.program.errors
            time.sleep(0.05)

    def _fill_pipe(self) -> None:
        pipe = os.open(f"/proc/{self.process.pid}/fd/2", os.O_WRONLY | os.O_NONBLOCK)
        for piece in (b"#" * 64 + b"\n", b"\n"):
            with suppress(BlockingIOError):
                while os.write(pipe, piece):
                    pass
        os.close(pipe)

    def _is_full(self) -> bool:
        pipe = os.open(f"/proc/{self.process.pid}/fd/2", os.O_WRONLY | os.O_NONBLOCK)
        try:
            return not select.select([], [pipe], [], 0)[1]
        finally:
            os.close(pipe)

    def _must_answer(self) -> None:
        began = time.monotonic()
        assert get(self.address, "/healthz")[0] in (200, 503)
        assert time.monotonic() - began < ANSWER_LIMIT

    def _move_log(self) -> None:
        """As a rotation by somebody else does it."""
        place = self.log.with_name(f"moved-{len(self.moved)}.jsonl")
        self.log.rename(place)
        self.log.touch()
        self.moved.append(place)

    def _fill_disk(self) -> None:
        # Writes past the file's present size are refused, and the one that crosses it is cut short: as on a full disk.
        self._limit(self.log.stat().st_size + 7)

    def _make_room(self) -> None:
        self._limit(resource.RLIM_INFINITY)

    def _limit(self, size: int) -> None:
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def _storm(self) -> None:
        host, _, port = self.address.removeprefix("ws://").rpartition(":")
        for number in range(GUESTS):
            door = ("/v1/lines?after=0", "/", "/v1/lines?partials=1", "/v1/control")[number % 4]
            with suppress(InvalidHandshake), connect(f"{self.address}{door}", compression=None, proxy=None) as guest:
                # Gone without a word.
                guest.socket.shutdown(socket.SHUT_RDWR)
        for _ in range(HALF_OPEN):
            with socket.create_connection((host, int(port)), timeout=5) as half_open:
                half_open.sendall(b"GET /v1/lines HTTP/1.1\r\nHost: local")


def _nothing() -> None:
    return
