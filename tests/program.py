"""The real program in a process of its own, with a home of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from websockets.exceptions import ConnectionClosedError
from websockets.sync.client import connect

from capture_daemon.records import Line, Record, parse_record

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "capture_daemon" / "demo"
START_LIMIT = 60.0
RUN_LIMIT = 90.0
SAMPLE_REGIONS = ["--region", "140,546,1000,144", "--speaker-region", "150,492,180,44"]


def environment(home: Path, **changes: str) -> dict[str, str]:
    """An environment without display and with a home of its own; only prepared models are shared."""
    kept = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    kept = {name: value for name, value in kept.items() if not name.startswith("XDG_")}
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return {**kept, "HOME": str(home), "PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": cache, **changes}


@dataclass(frozen=True)
class Outcome:
    """How a call ended."""

    code: int
    output: str
    errors: str

    @property
    def error(self) -> str:
        """The one line that tells what went wrong."""
        told = [line for line in self.errors.splitlines() if line.startswith("capture-daemon: error: ")]
        assert len(told) == 1, self.errors
        assert "Traceback" not in self.errors
        return told[0]


def call(home: Path, *arguments: str, **changes: str) -> Outcome:
    """Call the program and wait for its end, in the folder `home`."""
    return call_within(RUN_LIMIT, home, *arguments, **changes)


def call_within(limit: float, home: Path, *arguments: str, **changes: str) -> Outcome:
    """The same, for `limit` seconds at most."""
    done = subprocess.run(
        [sys.executable, "-m", "capture_daemon", *arguments],
        cwd=home,
        env=environment(home, **changes),
        capture_output=True,
        text=True,
        timeout=limit,
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


class Running:
    """The program while it runs; killed at the end of a `with` where it still does."""

    def __init__(
        self, home: Path, *arguments: str, program: Sequence[str] = ("-m", "capture_daemon"), **changes: str
    ) -> None:
        """`program` is what Python is to run, the real program unless told otherwise."""
        self._lines: list[str] = []
        self._came = threading.Condition()
        self._reading = threading.Event()
        self._reading.set()
        self.process = subprocess.Popen(
            [sys.executable, *program, *arguments],
            cwd=home,
            env=environment(home, **changes),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.read_on()
        self.process.wait(10)
        self._reader.join(10)
        for pipe in (self.process.stdout, self.process.stderr):
            assert pipe is not None
            pipe.close()

    @property
    def errors(self) -> str:
        """What it has written to standard error so far."""
        with self._came:
            return "".join(self._lines)

    def wait_for(self, pattern: str, limit: float = START_LIMIT) -> re.Match[str]:
        """Wait until standard error has a match of the pattern."""
        end = time.monotonic() + limit
        with self._came:
            while (found := re.search(pattern, "".join(self._lines))) is None:
                left = end - time.monotonic()
                assert left > 0, f"no {pattern!r} in {''.join(self._lines)}"
                assert self.process.poll() is None or self._reader.is_alive(), "".join(self._lines)
                self._came.wait(min(left, 0.2))
        return found

    def wait_until_ready(self) -> str:
        """The address it listens on, `ws://HOST:PORT`."""
        return self.wait_for(r"listening on (ws://\S+:\d+)\n")[1]

    def stop_reading(self) -> None:
        """Read no more of its standard error, but for a line or two, until `read_on`."""
        self._reading.clear()

    def read_on(self) -> None:
        """Read its standard error again."""
        self._reading.set()

    def stop(self, number: signal.Signals = signal.SIGTERM, limit: float = 10.0) -> tuple[int, float]:
        """Send a signal; the exit code, and how many seconds the end took."""
        began = time.monotonic()
        self.process.send_signal(number)
        code = self.process.wait(limit)
        return code, time.monotonic() - began

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self._reading.wait()
            with self._came:
                self._lines.append(line)
                self._came.notify_all()


class Listener:
    """A WebSocket client in a thread, that keeps what it hears with the time at which it came."""

    def __init__(self, address: str, query: str = "?after=0") -> None:
        self.records: list[tuple[float, Record]] = []
        self.close_code: int | None = None
        self._came = threading.Condition()
        self._held = ExitStack()
        self._connection = self._held.enter_context(
            connect(f"{address}/v1/lines{query}", compression=None, proxy=None, close_timeout=1)
        )
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._held.close()
        self._thread.join(10)

    @property
    def lines(self) -> list[Line]:
        """The lines heard so far, in order."""
        with self._came:
            return [record for _, record in self.records if isinstance(record, Line)]

    def wait_until(self, told: type[Record], limit: float = START_LIMIT, count: int = 1, **values: object) -> None:
        """Wait until that many records of a kind with these values have come."""

        def matching() -> int:
            return sum(
                isinstance(record, told) and all(getattr(record, key) == value for key, value in values.items())
                for _, record in self.records
            )

        with self._came:
            assert self._came.wait_for(lambda: matching() >= count, limit), self.records

    def wait_until_closed(self, limit: float = START_LIMIT) -> int | None:
        """Wait until the server has closed the connection; its close code."""
        self._thread.join(limit)
        assert not self._thread.is_alive()
        return self.close_code

    def _listen(self) -> None:
        # A program that is killed closes nothing: that is for the test to tell by the close code.
        with suppress(ConnectionClosedError):
            for message in self._connection:
                with self._came:
                    self.records.append((time.time(), parse_record(message)))
                    self._came.notify_all()
        self.close_code = self._connection.close_code
