"""A thread for work on the log that may hang in a system call, without keeping the program from ending."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable
from typing import Any, TypeVar

Result = TypeVar("Result")
_Job = tuple[Callable[[], Any], asyncio.AbstractEventLoop, "asyncio.Future[Any]"]


class LogThread:
    """Runs jobs one after another. The thread starts with the first job and ends with `close`."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def run(self, job: Callable[[], Result]) -> asyncio.Future[Result]:
        """Queue `job`; the future gets its result or exception."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Result] = loop.create_future()
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
            self._thread.start()
        self._jobs.put((job, loop, done))
        return done

    def close(self, limit: float) -> bool:
        """End the thread after its last job; False if that takes longer than `limit` seconds."""
        self.end()
        if self._thread is None:
            return True
        self._thread.join(limit)
        return not self._thread.is_alive()

    def end(self) -> None:
        """Let the thread end after its last job, without waiting for it."""
        self._jobs.put(None)

    def _work(self) -> None:
        while (asked := self._jobs.get()) is not None:
            job, loop, done = asked
            result, error = None, None
            try:
                result = job()
            except BaseException as raised:  # noqa: BLE001 - raised where the job is awaited
                error = raised
            # A closed loop raises RuntimeError: the job hung and was abandoned, and nobody waits for it.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(_resolve, done, result, error)


async def run_within(limit: float, job: Callable[[], object], name: str) -> bool:
    """Run `job` in a thread of its own; False if it takes longer than `limit` seconds and is abandoned."""
    thread = LogThread(name)
    done = thread.run(job)
    finished, _ = await asyncio.wait((done,), timeout=limit)
    thread.end()
    if finished:
        done.result()
    return bool(finished)


def _resolve(done: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
    if done.cancelled():
        return
    if error is not None:
        done.set_exception(error)
    else:
        done.set_result(result)
