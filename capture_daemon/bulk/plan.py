"""Planning a bulk run: the videos, with a folder and a job for each, except those that an earlier run finished."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from capture_daemon.bulk.job import End, Job, JobOutcome, fingerprint, settings_of
from capture_daemon.bulk.video_folder import LINES, NOTE_NAME, VideoState
from capture_daemon.capture.recording import Recording
from capture_daemon.config.models import Configuration
from capture_daemon.errors import ConfigurationError, LogError, OutputExistsError, SourceError
from capture_daemon.pipeline.validation import check_language

SUFFIXES = (
    *(".3gp", ".asf", ".avi", ".flv", ".m2ts", ".m4v", ".mkv", ".mov"),
    *(".mp4", ".mpeg", ".mpg", ".mts", ".ogv", ".ts", ".webm", ".wmv"),
)
"""File name extensions of videos in a folder; a file given by name may have any."""


def find_videos(places: Sequence[str]) -> list[Path]:
    """The videos among `places` and, recursively, in the folders among them: each once, in order.

    A missing file is kept, and reported when its turn comes. Raises ConfigurationError if a folder contains no video,
    SourceError if it can't be read.
    """
    found: dict[Path, Path] = {}
    for place in places:
        path = Path(place).expanduser()
        if path.is_dir():
            inside = sorted(_inside(path))
            if not inside:
                raise ConfigurationError(f"{place}: holds no video: videos end with {', '.join(SUFFIXES)}")
        else:
            inside = [path]
        for video in inside:
            found.setdefault(video.resolve(), video)
    return list(found.values())


def duration_of(video: Path) -> float | None:
    """A video's length in seconds; None if its container doesn't give it, or it can't be opened."""
    try:
        with Recording(str(video)) as recording:
            return recording.duration
    except SourceError:
        return None


def video_folders(videos: Iterable[Path], output: Path) -> dict[Path, Path]:
    """A folder in `output` for each video: its existing one, or else an unused one named after it."""
    owners = _owners(output)
    taken = {folder.name.casefold() for folder in owners.values()}
    chosen: dict[Path, Path] = {}
    for video in videos:
        folder = owners.get(str(video.resolve()))
        if folder is None:
            *names, last = _names(video)
            free = (name for name in names if name.casefold() not in taken and not (output / name / LINES).exists())
            folder = output / next(free, last)
            taken.add(folder.name.casefold())
        chosen[video] = folder
    return chosen


def _inside(folder: Path) -> Iterator[Path]:
    def refuse(error: OSError) -> None:
        raise SourceError(f"{error.filename}: can't be read: {(error.strerror or 'unknown reason').lower()}") from error

    for where, _, names in os.walk(folder, onerror=refuse):
        for name in names:
            # Names that begin with a dot are system files; some systems put one beside each video.
            if Path(name).suffix.lower() in SUFFIXES and not name.startswith("."):
                yield Path(where) / name


def _owners(output: Path) -> dict[str, Path]:
    """The folders in `output` with a note, by the video named in it."""
    owners: dict[str, Path] = {}
    for note in sorted(output.glob(f"*/{NOTE_NAME}")):
        found = VideoState.read(note.parent)
        if found is not None:
            owners.setdefault(found.video, note.parent)
    return owners


def _names(video: Path) -> Iterator[str]:
    """Possible names for its folder, the plainest first; the last one is unique to the video."""
    path = video.resolve()
    yield path.stem
    if path.parent.name:
        yield f"{path.parent.name}-{path.stem}"
    yield path.name
    yield f"{path.stem}-{hashlib.sha256(os.fsencode(path)).hexdigest()[:12]}"


@dataclass(frozen=True, slots=True)
class Plan:
    """The jobs to run, in order, and the outcomes of those finished earlier."""

    jobs: list[Job]
    before: dict[Job, JobOutcome]


@dataclass(frozen=True, slots=True)
class BulkOptions:
    """Options: save a picture per line, continue an interrupted run, overwrite existing output."""

    pictures: bool = False
    resume: bool = False
    overwrite: bool = False


def plan(configuration: Configuration, places: Sequence[str], output: Path, options: BulkOptions) -> Plan:
    """The plan for the videos and folders in `places`; changes no files.

    Raises OutputExistsError if there are lines already, unless the options allow resuming or overwriting;
    ConfigurationError if the configuration can't be used or there is no video; SourceError if a folder can't be read.
    """
    check_language(configuration.ocr)
    settings = settings_of(configuration)
    if output.exists() and not output.is_dir():
        raise LogError(f"{output}: is not a folder: choose another with --output-dir")
    made = Plan([], {})
    for video, folder in video_folders(find_videos(places), output).items():
        job = Job(str(video), str(folder), settings, options.pictures, options.resume)
        outcome = _before(job) if options.resume else None
        if outcome is not None:
            made.before[job] = outcome
            continue
        if (folder / LINES).exists() and not (options.resume or options.overwrite):
            raise OutputExistsError(
                f"{folder / LINES}: already exists: continue with --resume, give --overwrite, "
                "or choose another folder with --output-dir"
            )
        made.jobs.append(job)
    return made


def _before(job: Job) -> JobOutcome | None:
    """The outcome of an earlier run, if the job needn't be run again."""
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
    return JobOutcome(
        end, state.error, None if state.error is None else "SourceDamagedError", state.lines, state.choices
    )
