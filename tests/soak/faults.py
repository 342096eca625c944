"""What is done to the daemon: each fault strikes at once, and is undone a few seconds later where that is needed."""

from __future__ import annotations

import os
import resource
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
from websockets.exceptions import InvalidHandshake
from websockets.sync.client import connect

from tests.jumping_clock import JumpingClock
from tests.soak.looped import LoopedClip

GUESTS = 40
HALF_OPEN = 20


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

    process: psutil.Process
    address: str
    log: Path
    stream: LoopedClip
    clock: JumpingClock
    configuration: Path

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
