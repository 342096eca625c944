"""`capture-daemon extract --output-dir`: any number of recordings."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import typer

from capture_daemon.bulk.cluster import Cluster
from capture_daemon.bulk.job import Job, JobOutcome
from capture_daemon.bulk.plan import BulkOptions, Plan, duration_of, plan
from capture_daemon.bulk.process import JobProcess
from capture_daemon.bulk.run import Bulk, RunningJob
from capture_daemon.cli.output import console
from capture_daemon.cli.progress import BulkProgress, describe
from capture_daemon.cli.serving import run_until_stopped
from capture_daemon.cli.summary import speed
from capture_daemon.common import private_files
from capture_daemon.common.counting import counted, lines_and_choices
from capture_daemon.config.models import Configuration
from capture_daemon.errors import LogError, ModelError, SourceError

INTERRUPTED = 130
ON_A_CLUSTER = 64
"""Jobs handed to a cluster at once, where no number is given."""


@dataclass(frozen=True, slots=True)
class JobPlacement:
    """JobPlacement recordings are read, and how many at once: on this machine, or on the cluster at `ray`."""

    jobs: int | None = None
    ray: str | None = None


def extract_all(
    configuration: Configuration, places: Sequence[str], output: Path, options: BulkOptions, placement: JobPlacement
) -> None:
    """Read them all, show progress, and report failures at the end."""
    todo = plan(configuration, places, output, options)
    if placement.ray is None:
        _run(todo, output, JobProcess, placement.jobs or max(1, (os.cpu_count() or 1) // 2))
        return
    with Cluster(placement.ray) as cluster:
        _run(todo, output, cluster.job, placement.jobs or ON_A_CLUSTER)


def _run(todo: Plan, output: Path, start: Callable[[Job], RunningJob], at_once: int) -> None:
    """Do what is planned. Raises SourceError if a recording failed, ModelError if none could be read."""
    try:
        private_files.make_folder(output)
    except OSError as error:
        raise LogError(f"{output}: can't be made: {error.strerror}: choose another with --output-dir") from error
    began = time.monotonic()
    out = console()
    for job, outcome in todo.before.items():
        out.print(describe(job, outcome))
    if not todo.jobs:
        _print_nothing_to_do(todo.before)
        return
    with BulkProgress(out, {job: duration_of(Path(job.video)) for job in todo.jobs}) as progress:
        bulk = Bulk(todo.jobs, start, at_once, progress)
        run_until_stopped(lambda: _Stoppable(bulk))
    if bulk.fault is not None:
        raise ModelError(bulk.fault.error)
    _print_outcomes(todo, bulk.outcomes, time.monotonic() - began)
    if bulk.interrupted:
        raise typer.Exit(INTERRUPTED)


class _Stoppable:
    """Jobs beside an event loop, which hears signals."""

    def __init__(self, bulk: Bulk) -> None:
        self._bulk = bulk

    def stop(self) -> None:
        self._bulk.stop()

    async def run(self) -> None:
        await asyncio.to_thread(self._bulk.run)


def _print_outcomes(todo: Plan, outcomes: Mapping[Job, JobOutcome], seconds: float) -> None:
    """What came of it all. Raises SourceError if a recording failed."""
    before, now = list(todo.before.values()), list(outcomes.values())
    ended, count = [*before, *now], len(todo.before) + len(todo.jobs)
    shown = sum(outcome.shown for outcome in now)
    good = f"{counted(sum(outcome.is_good for outcome in ended), 'recording')} of {count}"
    if any(outcome.lines or outcome.choices or outcome.shown for outcome in now):
        early = f" ({_lines(before)} of them read before)" if before else ""
        told = f"{_lines(ended)}{early} · {shown:.1f} s in {seconds:.1f} s, {speed(shown, seconds)}"
    else:
        told = f"{_lines(before)} read before, nothing new" if before else _lines(ended)
    console().print(f"{good} · {told}")
    _report_faults(ended, count)


def _print_nothing_to_do(before: Mapping[Job, JobOutcome]) -> None:
    """An earlier run has read them all. Raises SourceError if one of them is damaged."""
    ended = list(before.values())
    console().print(f"nothing to do: {counted(len(ended), 'recording')} read before · {_lines(ended)}")
    _report_faults(ended, len(ended))


def _report_faults(ended: Sequence[JobOutcome], count: int) -> None:
    """Print what is wrong with recordings, and raise SourceError with what to do about it, if anything is."""
    errors = console(errors=True)
    advice = []
    damaged = [outcome for outcome in ended if outcome.end == "damaged"]
    failed = [outcome for outcome in ended if outcome.end == "failed"]
    for outcome in (*damaged, *failed):
        errors.print(f"{outcome.end}: {outcome.error}")
    if failed:
        advice.append(f"{len(failed)} of {counted(count, 'recording')} failed, see above: mend what is wrong")
    if damaged:
        advice.append(
            f"{len(damaged)} of {counted(count, 'recording')} could be read only in part, see above: "
            "their lines are kept; if you have whole copies, put them in their places"
        )
    if advice:
        raise SourceError(f"{'; '.join(advice)}; then give --resume")


def _lines(outcomes: Sequence[JobOutcome]) -> str:
    return lines_and_choices(sum(one.lines for one in outcomes), sum(one.choices for one in outcomes))
