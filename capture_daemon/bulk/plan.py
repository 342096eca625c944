"""What is to be done: a job a video, without those that an earlier run has done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from capture_daemon.bulk import videos
from capture_daemon.bulk.folder import LINES
from capture_daemon.bulk.job import End, Job, JobOutcome, fingerprint, settings_of
from capture_daemon.bulk.state import VideoState
from capture_daemon.config.models import Configuration
from capture_daemon.errors import LogError, OutputExistsError
from capture_daemon.pipeline.validation import check_language


@dataclass(frozen=True, slots=True)
class Plan:
    """Jobs to do, in order, and the outcomes of those that were done before."""

    jobs: list[Job]
    before: dict[Job, JobOutcome]


@dataclass(frozen=True, slots=True)
class BulkOptions:
    """What is asked for besides lines: a picture a line, going on where a run was, writing over what is there."""

    pictures: bool = False
    resume: bool = False
    overwrite: bool = False


def plan(configuration: Configuration, places: Sequence[str], output: Path, options: BulkOptions) -> Plan:
    """The plan for the videos and folders in `places`; nothing is made or changed yet.

    Raises OutputExistsError where lines are there already, unless an earlier run is resumed or they may be written
    over; ConfigurationError where the configuration can't be used or there is no video; SourceError where a folder
    can't be read.
    """
    check_language(configuration.ocr)
    settings = settings_of(configuration)
    if output.exists() and not output.is_dir():
        raise LogError(f"{output}: is not a folder: choose another with --output-dir")
    made = Plan([], {})
    for video, folder in videos.folders(videos.find(places), output).items():
        job = Job(str(video), str(folder), settings, options.pictures, options.resume)
        outcome = _before(job) if options.resume else None
        if outcome is not None:
            made.before[job] = outcome
            continue
        if (folder / LINES).exists() and not (options.resume or options.overwrite):
            raise OutputExistsError(
                f"{folder / LINES}: is there already: go on with --resume, give --overwrite, "
                "or choose another folder with --output-dir"
            )
        made.jobs.append(job)
    return made


def _before(job: Job) -> JobOutcome | None:
    """What an earlier run came to, where it needn't be done again."""
    state = VideoState.read(Path(job.folder))
    if state is None or state.stage not in ("done", "damaged") or (job.pictures and not state.pictures):
        return None
    try:
        now = VideoState.of(Path(job.video), fingerprint(job.settings), pictures=job.pictures)
    except OSError:
        return None
    if not state.is_of_the_same(now):
        return None
    end: End = "passed over" if state.stage == "done" else "damaged"
    return JobOutcome(end, state.error, None if state.error is None else "SourceDamagedError", state.lines)
