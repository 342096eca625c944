"""The folder of one video: its lines, subtitles and pictures, and a note of its state."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Literal, Self

from capture_daemon.common import private_files
from capture_daemon.errors import LogError, LogHeldError
from capture_daemon.linelog import scan
from capture_daemon.linelog.lock import LogLock
from capture_daemon.linelog.log import LineLog
from capture_daemon.linelog.pending import PendingLine
from capture_daemon.pipeline.resume import RepeatedReading, ResumeMismatchError, ResumePoint
from capture_daemon.pipeline.subtitles import subtitles
from capture_daemon.records import Choice, Entry, Line, Partial, Status

NOTE_NAME = "extraction.json"
Stage = Literal["emptied", "begun", "done", "damaged", "failed"]
"""`emptied`: lines may be from an older run; `begun`: they are from this one; `damaged`: read up to the damage."""


@dataclass(frozen=True, slots=True)
class VideoState:
    """The note. `settings` is the fingerprint of the settings used; `size` is in bytes, `modified` in nanoseconds."""

    video: str
    size: int
    modified: int
    settings: str
    pictures: bool
    stage: Stage = "emptied"
    faults: bool = False
    lines: int = 0
    error: str | None = None
    choices: int = 0

    @classmethod
    def of(cls, video: Path, settings: str, *, pictures: bool) -> Self:
        """The note for a video as it is now. Raises OSError if the video can't be examined."""
        there = video.stat()
        return cls(str(video.resolve()), there.st_size, there.st_mtime_ns, settings, pictures)

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """The note in a folder; None if there is none, or it can't be read."""
        try:
            values = json.loads((folder / NOTE_NAME).read_text(encoding="utf-8"))
            # Notes of earlier versions have no choices.
            return cls(**{field.name: ({"choices": 0} | values)[field.name] for field in fields(cls)})
        except (OSError, ValueError, KeyError, TypeError):
            # An unreadable note is treated as missing: the video is read again.
            return None

    def write(self, folder: Path, stage: Stage, **changes: object) -> VideoState:
        """Write the note with these changes atomically, and return it. Raises OSError."""
        # The changes are fields of the note: `replace` refuses any other.
        state: VideoState = replace(self, stage=stage, **changes)  # type: ignore[arg-type]
        private_files.write(folder / NOTE_NAME, f"{json.dumps(asdict(state), indent=1)}\n".encode())
        return state

    def is_of_the_same(self, now: VideoState) -> bool:
        """Whether `now` is the same video, unchanged, with the same settings."""
        return (self.video, self.size, self.modified, self.settings) == (
            now.video,
            now.size,
            now.modified,
            now.settings,
        )


LINES, SUBTITLES, PICTURES = "dialogue.jsonl", "dialogue.srt", "frames"


class VideoFolder:
    """Holds the lines of one video. Output of an older run is removed when the first line has been read.

    With a `resume_point`, lines are appended to the kept ones after the last of these were read again unchanged.
    """

    wants_partials = False

    def __init__(self, path: Path, state: VideoState, resume_point: ResumePoint | None = None) -> None:
        self.path = path
        self.state = state
        self.count = 0
        """The number of lines in it."""
        self.choices = 0
        """The number of menus in it."""
        self.has_lines = False
        """Whether lines have been written, or the video is known to have none."""
        self.is_damaged: Callable[[], bool] = lambda: False
        """Returns whether damage has been found in the video so far."""
        self._resume_point = resume_point
        self._rereading = RepeatedReading(resume_point) if resume_point is not None else None
        self._log: LineLog | None = None
        self._lock: LogLock | None = None

    def check(self) -> None:
        """Create and lock the folder. Raises LogHeldError if another run uses it, LogError."""
        try:
            private_files.make_inner_folder(self.path)
            self._lock = LogLock.acquire(self.path.resolve() / NOTE_NAME)
        except LogHeldError as error:
            raise LogHeldError(
                f"{self.path}: another run is writing this: wait for it, or choose another folder with --output-dir"
            ) from error
        except OSError as error:
            raise self._cannot_be_written(error) from error

    async def write(self, line: Entry, replaces: PendingLine | None = None) -> PendingLine:
        """Write a line. Raises LogError, ResumeMismatchError if a kept line was read differently."""
        line = PendingLine(line, replaces).to_write()
        if self.state.pictures and isinstance(line, Line | Choice):
            line = replace(line, picture=PICTURES)
        kept = self._rereading.kept(line) if self._rereading is not None else None
        if kept is not None:
            return PendingLine.of(kept)
        return PendingLine.of(await asyncio.to_thread(self._append, line))

    def publish_partial(self, partial: Partial) -> None:
        """Partials are not written to files."""

    def set_status(self, status: Status) -> None:
        """Statuses are not reported here."""

    async def finish(self) -> None:
        """Note that the whole video has been read, even if it has no lines."""
        if self._rereading is not None and not self._rereading.is_checked:
            raise ResumeMismatchError
        await asyncio.to_thread(self._opened)

    def close(self) -> None:
        """Close the file of lines."""
        if self._log is not None:
            self._log.close()
            self._log = None

    def release(self) -> None:
        """Unlock the folder."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def complete(self, *, damage: str | None) -> None:
        """Note that the video is done, even if damage cut it short. Raises LogError."""
        self._write(
            lambda: self._note("damaged" if damage else "done", lines=self.count, choices=self.choices, error=damage)
        )

    def fail(self, error: str) -> None:
        """Note that nothing could be read. Raises LogError."""
        self._write(lambda: self._note("failed", error=error))

    def entries(self) -> list[Entry]:
        """The written lines and choices, in order. Raises LogError."""
        return read_entries(self.path)

    def clear_pictures(self) -> Path:
        """Create an empty folder for pictures, removing earlier ones. Raises LogError."""
        self._write(self._remove_pictures)
        return self.path / PICTURES

    def write_subtitles(self) -> None:
        """Write the subtitles of the lines so far. Raises LogError."""
        text = "".join(subtitles(read_lines(self.path)))
        self._write(lambda: private_files.write(self.path / SUBTITLES, text.encode("utf-8", "replace")))

    def _append(self, line: Entry) -> Entry:
        log = self._opened()
        if self.is_damaged() and not self.state.faults:
            # A run that continues after this line wouldn't see it.
            self._write(lambda: self._note("begun", faults=True))
        written = log.append(line)
        self._count(written)
        return written

    def _count(self, entry: Entry) -> None:
        self.count += isinstance(entry, Line)
        self.choices += isinstance(entry, Choice)

    def _opened(self) -> LineLog:
        if self._log is None:
            if self._resume_point is None:
                self._write(self._empty)
            else:
                kept = self._resume_point.entries
                self._write(lambda: self._keep(kept))
            self._log = LineLog.open(self.path / LINES, alone=True)
            self.has_lines = True
        return self._log

    def _empty(self) -> None:
        self._note("emptied")
        for name in (LINES, f"{LINES}.lock", SUBTITLES):
            (self.path / name).unlink(missing_ok=True)
        self._remove_pictures()
        self._note("begun")

    def _remove_pictures(self) -> None:
        private_files.refuse_link(self.path / PICTURES)
        if (self.path / PICTURES).is_dir():
            shutil.rmtree(self.path / PICTURES)

    def _keep(self, kept: Sequence[Entry]) -> None:
        """Truncate the file after the lines and choices that are kept."""
        (self.path / f"{LINES}.lock").unlink(missing_ok=True)
        private_files.begin(self.path / LINES)
        with (self.path / LINES).open("rb+") as file:
            for _ in kept:
                file.readline()
            file.truncate()
        self.count = self.choices = 0
        for entry in kept:
            self._count(entry)

    def _note(self, stage: Stage, **changes: object) -> None:
        self.state = self.state.write(self.path, stage, **changes)

    def _write(self, write: Callable[[], None]) -> None:
        try:
            write()
        except OSError as error:
            raise self._cannot_be_written(error) from error

    def _cannot_be_written(self, error: OSError) -> LogError:
        return LogError(
            f"{error.filename or self.path}: can't be written: {error.strerror}: make room or give permission, "
            "or choose another folder with --output-dir"
        )


def read_lines(folder: Path) -> list[Line]:
    """The lines in a video's folder, in order, up to the first damaged record. Raises LogError."""
    return [entry for entry in read_entries(folder) if isinstance(entry, Line)]


def read_entries(folder: Path) -> list[Entry]:
    """The lines and choices in a video's folder, in order, up to the first damaged one. Raises LogError."""
    entries: list[Entry] = []
    try:
        with (folder / LINES).open("rb") as file:
            for record in scan.records(file):
                if isinstance(record, scan.Damage):
                    break
                entries.append(record)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise LogError(f"{folder / LINES}: can't be read: {error.strerror}") from error
    return entries
