"""How a number of recordings gets on: a bar for each that is being read, and one over all; or plain lines."""

from __future__ import annotations

import time
from collections.abc import Mapping
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn

from capture_daemon.bulk.job import Job, JobOutcome
from capture_daemon.bulk.job import Progress as Moved
from capture_daemon.cli.output import console
from capture_daemon.cli.summary import speed, times
from capture_daemon.common.counting import counted, lines_and_choices

_NAME = 32


class BulkProgress:
    """Shows how jobs get on, on standard error where that is a terminal; what came of each is printed anyway."""

    def __init__(self, output: Console, lengths: Mapping[Job, float | None]) -> None:
        """`lengths` are the recordings' in seconds, where they are known."""
        self._output = output
        self._errors = console(errors=True)
        self._lengths = lengths
        self._seen: dict[Job, float] = {}
        self._begun: dict[Job, float] = {}
        self._bars: dict[Job, TaskID] = {}
        self._ended = 0
        self._began = time.monotonic()
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[speed]}", style="cyan", markup=False),
            TextColumn("{task.fields[left]}", markup=False),
            console=self._errors,
            disable=not self._errors.is_terminal,
            transient=True,
        )
        self._all = self._progress.add_task("", total=self._total(), speed="", left="")
        self._count()

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def began(self, job: Job) -> None:
        """The job starts."""
        if not self._errors.is_terminal:
            self._errors.print(f"{job.name}: reading {job.video}")

    def moved(self, job: Job, progress: Moved) -> None:
        """The job got so far."""
        if job not in self._bars:
            self._begun[job] = time.monotonic()
            self._bars[job] = self._progress.add_task(job.name[:_NAME], total=None, speed="opening", left="")
        bar, seconds = self._bars[job], time.monotonic() - self._begun[job]
        if progress.doing == "pictures":
            self._progress.update(bar, completed=progress.position, speed="saving frames", left="")
            return
        if progress.doing == "searching":
            seen = f"searching for the dialogue: {progress.position:.0f} s seen"
            self._progress.update(bar, speed=seen, left="")
            return
        self._seen[job] = progress.position
        length = progress.duration or self._lengths[job]
        if progress.doing == "reading":
            left = _left(length, progress.position, seconds)
            shown = speed(progress.position, seconds)
            self._progress.update(bar, total=length, completed=progress.position, speed=shown, left=left)
        self._count()

    def logged(self, job: Job, text: str) -> None:
        """The program said something about itself."""
        self._errors.print(f"{job.name}: {text}")

    def ended(self, job: Job, outcome: JobOutcome) -> None:
        """The job has ended; what came of it is printed."""
        if job in self._bars:
            self._progress.remove_task(self._bars[job])
        self._ended += 1
        self._seen[job] = self._lengths[job] or self._seen.get(job, 0.0)
        self._count()
        self._output.print(describe(job, outcome))

    def _total(self) -> float | None:
        """Seconds of all recordings; None if one's length isn't known."""
        lengths = self._lengths.values()
        return None if None in lengths else sum(length or 0.0 for length in lengths)

    def _count(self) -> None:
        seen, seconds = sum(self._seen.values()), time.monotonic() - self._began
        self._progress.update(
            self._all,
            description=f"{self._ended} of {counted(len(self._lengths), 'recording')}",
            completed=seen,
            speed=speed(seen, seconds) if seen else "",
            left=_left(self._total(), seen, seconds),
        )


def describe(job: Job, outcome: JobOutcome) -> str:
    """What came of a job, in a line."""
    lines = lines_and_choices(outcome.lines, outcome.choices)
    read = f"{lines} · {times(outcome.shown, outcome.seconds, loading=outcome.loading, search=outcome.search)}"
    words = {
        "done": read,
        "passed over": f"{lines}, read before",
        "damaged": f"{lines} up to where it is damaged" if outcome.seconds == 0 else f"{read}, damaged",
        "interrupted": f"{lines} so far" if outcome.lines or outcome.choices else "interrupted",
        "failed": "failed",
    }[outcome.end]
    return f"{job.name}: {words} · {job.folder}"


def _left(total: float | None, seen: float, seconds: float) -> str:
    """How long it takes from here, at this speed."""
    if not total or not seen:
        return ""
    left = round(max(0.0, total - seen) * seconds / seen)
    minutes, rest = divmod(left, 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02} left"
