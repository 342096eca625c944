"""Running several jobs at once: a thread per job reads its messages, and one loop handles them."""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from capture_daemon.bulk.job import Job, JobOutcome, LogMessage, Message, Progress

STALLED = 1200.0
"""Seconds without progress after which a job is killed: longer than downloading a model may take."""
NOT_THE_VIDEOS = ("ModelError",)
"""Names of error classes that don't depend on the video."""
_TICK = 0.1
_WAITING = 1024
"""The most messages to queue; beyond this, jobs block."""


class RunningJob(Protocol):
    """A job running somewhere, such as a `JobProcess`."""

    def messages(self) -> Iterator[Message]:
        """Begin, and yield its messages, the outcome last."""
        ...

    def stop(self) -> None:
        """Ask it to end soon, keeping the lines so far. Thread-safe."""
        ...

    def give_up(self, reason: str) -> None:
        """End it at once, with `reason` in its outcome. Thread-safe."""
        ...


class BulkObserver(Protocol):
    """Hooks called in one thread while jobs run."""

    def began(self, job: Job) -> None:
        """The job starts."""
        ...

    def moved(self, job: Job, progress: Progress) -> None:
        """The job made progress."""
        ...

    def logged(self, job: Job, text: str) -> None:
        """The job's process logged a message."""
        ...

    def ended(self, job: Job, outcome: JobOutcome) -> None:
        """The job has ended."""
        ...


class Bulk:
    """Runs jobs once, `at_once` at a time. A job that fails or crashes doesn't stop the others."""

    def __init__(
        self, jobs: Sequence[Job], start: Callable[[Job], RunningJob], at_once: int, observer: BulkObserver
    ) -> None:
        """`start` makes the `RunningJob` for a job, when its turn comes."""
        self.outcomes: dict[Job, JobOutcome] = {}
        """The outcomes so far."""
        self.interrupted = False
        self.fault: JobOutcome | None = None
        """An outcome that every other job would share, so that no more jobs were begun; None if there is none."""
        self._waiting = deque(jobs)
        self._start = start
        self._at_once = at_once
        self._observer = observer
        self._heard: queue.Queue[tuple[Job, Message]] = queue.Queue(_WAITING)
        self._running: dict[Job, tuple[RunningJob, threading.Thread]] = {}
        self._last: dict[Job, tuple[Progress | None, float]] = {}

    def run(self) -> None:
        """Run all jobs, or until `stop`; jobs that weren't begun have no outcome."""
        try:
            while self._running or (self._waiting and self._goes_on):
                while self._waiting and len(self._running) < self._at_once and self._goes_on:
                    self._begin(self._waiting.popleft())
                self._hear()
                self._give_up_what_is_stuck()
        finally:
            # Nothing is running now, unless the observer failed; then nobody is notified.
            self._stop_running()
            while self._running:
                job, message = self._heard.get()
                if isinstance(message, JobOutcome):
                    self._running.pop(job)[1].join()

    def stop(self) -> None:
        """Begin no more jobs, and ask the running ones to end soon. Thread-safe."""
        self.interrupted = True
        self._stop_running()

    @property
    def _goes_on(self) -> bool:
        return not self.interrupted and self.fault is None

    def _stop_running(self) -> None:
        for running, _ in list(self._running.values()):
            running.stop()

    def _begin(self, job: Job) -> None:
        running = self._start(job)
        thread = threading.Thread(target=self._listen, args=(job, running), name=f"job {job.name}")
        self._running[job] = running, thread
        if not self._goes_on:
            running.stop()
        self._observer.began(job)
        thread.start()

    def _listen(self, job: Job, running: RunningJob) -> None:
        outcome = JobOutcome("failed", f"{job.video}: its process ended without a word")
        try:
            for message in running.messages():
                if isinstance(message, JobOutcome):
                    outcome = message
                else:
                    self._heard.put((job, message))
        except (OSError, ValueError) as error:
            outcome = JobOutcome("failed", f"{job.video}: its process can't be started or understood: {error}")
        finally:
            self._heard.put((job, outcome))

    def _hear(self) -> None:
        try:
            job, message = self._heard.get(timeout=_TICK)
        except queue.Empty:
            return
        if isinstance(message, Progress):
            if job not in self._last or self._last[job][0] != message:
                self._last[job] = message, time.monotonic()
            self._observer.moved(job, message)
        elif isinstance(message, LogMessage):
            self._observer.logged(job, message.text)
        else:
            _, thread = self._running.pop(job)
            thread.join()
            self.outcomes[job] = message
            self._observer.ended(job, message)
            if message.kind in NOT_THE_VIDEOS and self.fault is None:
                self.fault = message
                self._stop_running()

    def _give_up_what_is_stuck(self) -> None:
        now = time.monotonic()
        for job, (running, _) in self._running.items():
            # A job without messages so far may be waiting for room on a cluster.
            progress, since = self._last.get(job, (None, now))
            if now - since > STALLED:
                self._last[job] = progress, now
                running.give_up(f"nothing moved for {STALLED:.0f} s")
