"""The process that runs one job: `python -m capture_daemon.bulk.child`.

Reads the job, one line of JSON, from standard input, and ends soon after that closes, so that nothing keeps running if
the parent is killed. Writes messages to standard output, one line of JSON each, the outcome last.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import BinaryIO

from capture_daemon.bulk.job import Job, JobOutcome, LogMessage, Message, to_json_line
from capture_daemon.bulk.work import Work


def main() -> None:
    """Run the job, and report the outcome."""
    messages = _own_output()
    # Ctrl-C in a terminal reaches every process there; the foreground process decides what ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    turn = threading.Lock()

    def report(message: Message) -> None:
        with turn, contextlib.suppress(BrokenPipeError):
            messages.write(to_json_line(message).encode() + b"\n")
            messages.flush()

    job = Job.from_json(sys.stdin.buffer.readline())
    logging.basicConfig(level=logging.WARNING, handlers=[_MessageHandler(report)], force=True)
    logging.getLogger("capture_daemon").setLevel(job.configuration().logging.level.upper())
    report(asyncio.run(_work(Work(job, report))))


class _MessageHandler(logging.Handler):
    """Sends log messages to the parent."""

    def __init__(self, report: Callable[[Message], None]) -> None:
        super().__init__()
        self._report = report

    def emit(self, record: logging.LogRecord) -> None:
        self._report(LogMessage(f"{record.levelname.lower()}: {record.getMessage()}"))


async def _work(work: Work) -> JobOutcome:
    loop = asyncio.get_running_loop()

    def stop_when_closed() -> None:
        # Not through `sys.stdin`: at exit, Python would wait for it.
        while os.read(0, 4096):
            pass
        with contextlib.suppress(RuntimeError):  # the loop has ended, and with it the work
            loop.call_soon_threadsafe(work.stop)

    threading.Thread(target=stop_when_closed, name="input", daemon=True).start()
    return await work.run()


def _own_output() -> BinaryIO:
    """The pipe to the parent, separated from the output of libraries."""
    messages = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return messages


if __name__ == "__main__":
    main()
