"""Jobs on a Ray cluster: one task per video, each of which runs the job in a process of its own on some machine."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from capture_daemon.bulk.job import Job, JobOutcome, Message, Progress, from_json_line, to_json_line
from capture_daemon.bulk.process import JobProcess
from capture_daemon.common.installing import extra_command
from capture_daemon.errors import ConfigurationError

ANSWER_LIMIT = 10.0
"""Seconds within which the cluster's head must accept a connection."""
INTERVAL = 1.0
"""Seconds between two progress messages of a job: each goes over the network."""


class Cluster:
    """A context manager for a connection to a cluster."""

    def __init__(self, address: str) -> None:
        """`address` is HOST:PORT of the cluster's head.

        Raises ConfigurationError if Ray isn't installed, or the address has another form.
        """
        host, _, port = address.rpartition(":")
        if "://" in address or not host or not port.isdecimal():
            raise ConfigurationError(f"--ray {address}: is not HOST:PORT, the address that `ray start --head` prints")
        try:
            import ray  # noqa: PLC0415 - an extra, and slow to import
        except ImportError as error:
            raise ConfigurationError(f"--ray needs Ray: install it by `{extra_command('ray')}`") from error
        self._ray: Any = ray
        self._address = address

    def __enter__(self) -> Self:
        """Connect; raises ConfigurationError if no cluster answers."""
        host, _, port = self._address.rpartition(":")
        try:
            # Ray itself would try for a minute or more before reporting that nobody answers.
            socket.create_connection((host, int(port)), ANSWER_LIMIT).close()
            self._ray.init(self._address, log_to_driver=False, logging_level=logging.ERROR, configure_logging=False)
        except (OSError, OverflowError, RuntimeError, ValueError) as error:
            reason = str(error).strip().splitlines()[0]
            raise ConfigurationError(
                f"no Ray cluster answers at {self._address}: {reason}: begin one with `ray start --head`"
            ) from error
        self._task = self._ray.remote(num_cpus=1, max_retries=0)(_read).options(num_returns="streaming")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ray.shutdown()

    def job(self, job: Job) -> ClusterJob:
        """A task for the job, to run on any machine with room; paths become absolute, to be valid on all machines."""
        there = replace(job, video=str(Path(job.video).resolve()), folder=str(Path(job.folder).resolve()))
        return ClusterJob(self._ray, self._task, there)


class ClusterJob:
    """One job as a task of the cluster."""

    def __init__(self, ray: Any, task: Any, job: Job) -> None:
        self._ray = ray
        self._task = task
        self._job = job
        self._turn = threading.Lock()
        self._generator: Any = None
        self._stopped = False
        self._given_up: str | None = None

    def messages(self) -> Iterator[Message]:
        """Submit the task, and yield its messages, the outcome last."""
        with self._turn:
            if not self._stopped:
                self._generator = self._task.remote(self._job.to_json())
        if self._generator is None:
            yield JobOutcome("interrupted")
            return
        try:
            for reference in self._generator:
                yield from_json_line(self._ray.get(reference))
        except self._ray.exceptions.RayError as error:
            yield self._ended_by(error)

    def stop(self) -> None:
        """Ask it to end soon, keeping the lines so far. Thread-safe."""
        self._cancel(force=False)

    def give_up(self, reason: str) -> None:
        """End it at once, with `reason` in its outcome. Thread-safe."""
        self._given_up = reason
        self._cancel(force=True)

    def _cancel(self, *, force: bool) -> None:
        with self._turn:
            self._stopped = True
            if self._generator is not None:
                self._ray.cancel(self._generator, force=force)

    def _ended_by(self, error: Exception) -> JobOutcome:
        if self._given_up is not None:
            return JobOutcome("failed", f"{self._job.video}: {self._given_up}")
        if self._stopped:
            return JobOutcome("interrupted")
        reason = next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
        return JobOutcome("failed", f"{self._job.video}: its task on the cluster was lost: {reason}")


def _read(job: str) -> Iterator[str]:
    """The task: run the job in a process on its machine, and yield the encoded messages."""
    said = 0.0
    messages = JobProcess(Job.from_json(job)).messages()
    try:
        for message in messages:
            if isinstance(message, Progress):
                if time.monotonic() - said < INTERVAL:
                    continue
                said = time.monotonic()
            yield to_json_line(message)
    finally:
        # Cancelled or not, when this task ends, the process has ended and its lines are in the file.
        messages.close()
