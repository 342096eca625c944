from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from capture_daemon.bulk import run
from capture_daemon.bulk.job import Job, JobOutcome, LogMessage, Message, Progress
from capture_daemon.bulk.run import Bulk

LIMIT = 20.0


class BulkObserver:
    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []
        self.at_once = self.most = 0

    def began(self, job: Job) -> None:
        self.at_once += 1
        self.most = max(self.most, self.at_once)

    def moved(self, job: Job, progress: Progress) -> None:
        self.told.append((job.video, f"{progress.position:g}"))

    def logged(self, job: Job, text: str) -> None:
        self.told.append((job.video, text))

    def ended(self, job: Job, outcome: JobOutcome) -> None:
        self.at_once -= 1
        self.told.append((job.video, outcome.end))


class Script:
    """Does a job by saying what it was told to say; "wait" waits until it is stopped."""

    def __init__(self, *messages: Message | str | Exception) -> None:
        self._messages = messages
        self._stopped = threading.Event()
        self._given_up: str | None = None

    def messages(self) -> Iterator[Message]:
        for message in self._messages:
            if isinstance(message, Exception):
                raise message
            if isinstance(message, str):
                assert self._stopped.wait(LIMIT)
                yield JobOutcome("failed", self._given_up) if self._given_up else JobOutcome("interrupted")
                return
            yield message

    def stop(self) -> None:
        self._stopped.set()

    def give_up(self, reason: str) -> None:
        self._given_up = reason
        self._stopped.set()


def bulk(scripts: dict[str, Script], at_once: int = 2) -> tuple[Bulk, BulkObserver]:
    observer = BulkObserver()
    jobs = [Job(name, name, {}) for name in scripts]
    return Bulk(jobs, lambda job: scripts[job.video], at_once, observer), observer


def ends(made: Bulk) -> dict[str, str]:
    return {job.video: outcome.end for job, outcome in made.outcomes.items()}


def test_so_many_at_once_and_every_outcome_is_kept() -> None:
    made, observer = bulk({f"{n}": Script(Progress("reading", n, 9), JobOutcome("done")) for n in range(5)})
    made.run()
    assert ends(made) == {f"{n}": "done" for n in range(5)}
    assert observer.most == 2
    assert ("4", "4") in observer.told


def test_one_that_fails_crashes_or_says_nothing_ends_no_other() -> None:
    made, observer = bulk(
        {
            "failed": Script(JobOutcome("failed", "damaged")),
            "crashed": Script(OSError("no memory")),
            "silent": Script(LogMessage("warning: hm")),
            "good": Script(JobOutcome("done")),
        }
    )
    made.run()
    assert ends(made) == {"failed": "failed", "crashed": "failed", "silent": "failed", "good": "done"}
    assert "no memory" in str(next(o.error for job, o in made.outcomes.items() if job.video == "crashed"))
    assert ("silent", "warning: hm") in observer.told


def test_stopping_lets_what_runs_end_and_begins_nothing_more() -> None:
    made, observer = bulk(
        {"one": Script(Progress("reading", 1, 9), "wait"), "two": Script("wait"), "three": Script("wait")}
    )
    thread = threading.Thread(target=made.run)
    thread.start()
    while ("one", "1") not in list(observer.told):
        threading.Event().wait(0.01)
    made.stop()
    thread.join(LIMIT)
    assert not thread.is_alive()
    assert made.interrupted
    assert ends(made) == {"one": "interrupted", "two": "interrupted"}


def test_what_is_no_videos_fault_ends_them_all() -> None:
    fault = JobOutcome("failed", "there is no model", "ModelError")
    made, _ = bulk({"one": Script("wait"), "two": Script(fault), "three": Script(JobOutcome("done"))})
    made.run()
    assert made.fault == fault
    assert not made.interrupted
    assert "three" not in ends(made)


def test_one_that_gets_no_further_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "STALLED", 0.2)
    made, _ = bulk({"stuck": Script(Progress("reading", 1, 9), Progress("reading", 1, 9), "wait")})
    made.run()
    [outcome] = made.outcomes.values()
    assert outcome.end == "failed"
    assert "nothing moved" in str(outcome.error)


def test_a_watcher_that_fails_leaves_nothing_running() -> None:
    made, observer = bulk({"one": Script("wait"), "two": Script(Progress("reading", 1, 9), "wait")})

    def fail(job: Job, progress: Progress) -> None:
        raise BrokenPipeError

    observer.moved = fail  # type: ignore[method-assign]
    with pytest.raises(BrokenPipeError):
        made.run()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("job ")]
