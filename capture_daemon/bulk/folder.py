"""The folder of one video: its lines, subtitles and pictures, and a note of how far the work on it got."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Literal, Self

from capture_daemon.common import private_files
from capture_daemon.errors import LogError, LogHeldError
from capture_daemon.linelog import scan
from capture_daemon.linelog.lock import LogLock
from capture_daemon.linelog.log import LineLog
from capture_daemon.linelog.pending import PendingLine
from capture_daemon.pipeline.resume import ResumePoint
from capture_daemon.pipeline.subtitles import subtitles
from capture_daemon.records import Entry, Line, Partial, Status

NOTE_NAME = "extraction.json"
Stage = Literal["emptied", "begun", "done", "damaged", "failed"]
"""`emptied`: lines there may be of an older run; `begun`: they are of this one; `damaged`: read as far as it goes."""


@dataclass(frozen=True, slots=True)
class VideoState:
    """What the note says. `settings` is the fingerprint of what it was read by; `size` in bytes, `modified` in ns."""

    video: str
    size: int
    modified: int
    settings: str
    pictures: bool
    stage: Stage = "emptied"
    faults: bool = False
    lines: int = 0
    error: str | None = None

    @classmethod
    def of(cls, video: Path, settings: str, *, pictures: bool) -> Self:
        """The note for a video as it is now; raises OSError if it can't be looked at."""
        there = video.stat()
        return cls(str(video.resolve()), there.st_size, there.st_mtime_ns, settings, pictures)

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """The note in a folder; None if there is none that can be read."""
        try:
            values = json.loads((folder / NOTE_NAME).read_text(encoding="utf-8"))
            return cls(**{field.name: values[field.name] for field in fields(cls)})
        except (OSError, ValueError, KeyError, TypeError):
            # One that can't be read is as good as none: the video is done again.
            return None

    def write(self, folder: Path, stage: Stage, **changes: object) -> VideoState:
        """Write the note with these changes, all of it or nothing; returns it. Raises OSError."""
        state: VideoState = replace(self, stage=stage, **changes)  # type: ignore[arg-type]
        private_files.write(folder / NOTE_NAME, f"{json.dumps(asdict(state), indent=1)}\n".encode())
        return state

    def is_of_the_same(self, now: VideoState) -> bool:
        """Whether `now` is the same video, unchanged, read by the same settings."""
        return (self.video, self.size, self.modified, self.settings) == (
            now.video,
            now.size,
            now.modified,
            now.settings,
        )


LINES, SUBTITLES, PICTURES = "dialogue.jsonl", "dialogue.srt", "frames"


class ResumeMismatchError(Exception):
    """Lines that were read again came out otherwise: what was read before can't be continued."""


class VideoFolder:
    """Where the lines of one video go. What an older run left there goes when the first line has been read.

    With a `resume_point` it only adds lines to those kept, once the last of these have been read again unchanged.
    """

    wants_partials = False

    def __init__(self, path: Path, state: VideoState, resume_point: ResumePoint | None = None) -> None:
        self.path = path
        self.state = state
        self.count = 0
        """How many lines it holds."""
        self.has_lines = False
        """Whether lines have been written, or it is known that there are none."""
        self.is_damaged: Callable[[], bool] = lambda: False
        """Whether a damaged place of the video has been met so far."""
        self._resume_point = resume_point
        self._to_check = list(resume_point.checked) if resume_point is not None else []
        self._log: LineLog | None = None
        self._lock: LogLock | None = None

    def check(self) -> None:
        """Make the folder and keep others from it; raises LogHeldError if another run has it, LogError."""
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
        """Write a line; raises LogError, and ResumeMismatchError if a line that was kept came out otherwise."""
        line = PendingLine(line, replaces).to_write()
        if self._resume_point is not None and not self._is_new(line, self._resume_point):
            return PendingLine.of(line)
        return PendingLine.of(await asyncio.to_thread(self._append, line))

    def publish_partial(self, partial: Partial) -> None:
        """Partials are not written to files."""

    def set_status(self, status: Status) -> None:
        """Statuses are not reported here."""

    async def finish(self) -> None:
        """The video has been read as far as it goes, if only without a line."""
        if self._to_check:
            raise ResumeMismatchError
        await asyncio.to_thread(self._opened)

    def close(self) -> None:
        """Close the file of lines."""
        if self._log is not None:
            self._log.close()
            self._log = None

    def release(self) -> None:
        """Let others have the folder."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def complete(self, *, damage: str | None) -> None:
        """Note that the work on it is done, however little could be read. Raises LogError."""
        self._write(lambda: self._note("damaged" if damage else "done", lines=self.count, error=damage))

    def fail(self, error: str) -> None:
        """Note that nothing could be read. Raises LogError."""
        self._write(lambda: self._note("failed", error=error))

    def lines(self) -> list[Line]:
        """The lines that have been written, in order; raises LogError."""
        return read_lines(self.path)

    def clear_pictures(self) -> Path:
        """The folder for pictures, without any from before; raises LogError."""
        self._write(self._remove_pictures)
        return self.path / PICTURES

    def write_subtitles(self) -> None:
        """Write the subtitles of the lines so far; raises LogError."""
        text = "".join(subtitles(self.lines()))
        self._write(lambda: private_files.write(self.path / SUBTITLES, text.encode("utf-8", "replace")))

    def _is_new(self, line: Entry, resume_point: ResumePoint) -> bool:
        """Whether the line comes after those kept; checks it where it is one of those that must be the same."""
        assert line.media_started is not None
        if not self._to_check:
            return line.media_started > (resume_point.lines[-1].media_started or 0.0)
        expected = self._to_check[0]
        assert expected.media_started is not None
        if line.media_started < expected.media_started:
            return False
        if replace(line, stream=expected.stream, seq=expected.seq) != expected:
            raise ResumeMismatchError
        del self._to_check[0]
        return False

    def _append(self, line: Entry) -> Entry:
        log = self._opened()
        if self.is_damaged() and not self.state.faults:
            # A run that goes on after it wouldn't see it.
            self._write(lambda: self._note("begun", faults=True))
        written = log.append(line)
        self.count += 1
        return written

    def _opened(self) -> LineLog:
        if self._log is None:
            if self._resume_point is None:
                self._write(self._empty)
            else:
                self._write(lambda: self._keep(len(self._resume_point.lines) if self._resume_point else 0))
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

    def _keep(self, count: int) -> None:
        """Truncate the file after `count` lines."""
        (self.path / f"{LINES}.lock").unlink(missing_ok=True)
        private_files.begin(self.path / LINES)
        with (self.path / LINES).open("rb+") as file:
            for _ in range(count):
                file.readline()
            file.truncate()
        self.count = count

    def _note(self, stage: str, **changes: object) -> None:
        self.state = self.state.write(self.path, stage, **changes)  # type: ignore[arg-type]

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
    """The lines in a video's folder up to the first that is damaged, in order; raises LogError."""
    lines: list[Line] = []
    try:
        with (folder / LINES).open("rb") as file:
            for record in scan.records(file):
                if isinstance(record, scan.Damage):
                    break
                if isinstance(record, Line):
                    lines.append(record)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise LogError(f"{folder / LINES}: can't be read: {error.strerror}") from error
    return lines
