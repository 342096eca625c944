"""A job in a child process, from the parent's side: its messages, and ways to end it."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Generator, Iterator
from typing import IO

from capture_daemon.bulk.job import Job, JobOutcome, Message, from_json_line
from capture_daemon.ocr.process import apart, child_environment

STOP_LIMIT = 15.0
"""Seconds for a child to stop: it still reads the current line and writes its subtitles."""
_LONGEST_REASON = 200


class JobProcess:
    """One job in a process of its own, so that a crash there affects nothing else."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = False
        self._given_up: str | None = None

    def messages(self) -> Generator[Message, None, None]:
        """Start the process and yield its messages, the outcome last; closing the iterator ends the process."""
        with tempfile.TemporaryFile() as words:
            with self._turn:
                if self._stopped:
                    yield JobOutcome("interrupted")
                    return
                self._process = subprocess.Popen(
                    [sys.executable, "-P", "-m", "capture_daemon.bulk.child"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=words,
                    env=child_environment(),
                    **apart(),
                )
            process = self._process
            try:
                yield from self._heard(process, words)
            finally:
                self._end(process)

    def stop(self) -> None:
        """Ask it to end soon, keeping the lines so far. Thread-safe."""
        with self._turn:
            self._stopped = True
            if self._process is not None and self._process.stdin is not None:
                with contextlib.suppress(BrokenPipeError):
                    self._process.stdin.close()

    def give_up(self, reason: str) -> None:
        """End it at once, with `reason` in its outcome. Thread-safe."""
        with self._turn:
            self._given_up = reason
            if self._process is not None:
                self._process.kill()

    def _heard(self, process: subprocess.Popen[bytes], words: IO[bytes]) -> Iterator[Message]:
        assert process.stdout is not None
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError), self._turn:
            if not self._stopped:
                process.stdin.write(self._job.to_json().encode() + b"\n")
                process.stdin.flush()
        for line in process.stdout:
            message = from_json_line(line)
            yield message
            if isinstance(message, JobOutcome):
                return
        process.wait()
        yield JobOutcome("interrupted") if self._stopped else JobOutcome("failed", self._reason(process, words))

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        self.stop()
        try:
            process.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        assert process.stdout is not None
        process.stdout.close()

    def _reason(self, process: subprocess.Popen[bytes], words: IO[bytes]) -> str:
        if self._given_up is not None:
            return f"{self._job.video}: {self._given_up}"
        code = process.returncode
        how = f"with code {code}"
        if code < 0:
            with contextlib.suppress(ValueError):
                how = f"by {signal.Signals(-code).name}"
        words.seek(0)
        said = [line.strip() for line in words.read().decode(errors="replace").splitlines() if line.strip()]
        last = f": {said[-1][:_LONGEST_REASON]}" if said else ""
        return f"{self._job.video}: the process that read it was ended {how}{last}"
