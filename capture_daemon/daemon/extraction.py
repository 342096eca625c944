"""Extraction: a recording's lines into a file, as fast as they can be read."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from capture_daemon.capture import SourceSettings, open_source
from capture_daemon.config.models import Configuration
from capture_daemon.daemon.daemon import PICTURES_LIMIT, STOPPED_PICTURES_LIMIT, single_error
from capture_daemon.daemon.tee import Tee
from capture_daemon.errors import ConfigurationError, LogError, OutputExistsError, RegionError, SourceError
from capture_daemon.linelog.lock import LogLock
from capture_daemon.linelog.log import LineLog
from capture_daemon.linelog.pending import PendingLine
from capture_daemon.pictures.keeper import PictureKeeper
from capture_daemon.pipeline.resume import ResumePoint
from capture_daemon.pipeline.session import CaptureSession
from capture_daemon.pipeline.sink import Sink
from capture_daemon.pipeline.stats import RunStats
from capture_daemon.records import Entry, Partial, Status


class ExtractionSink(Sink, Protocol):
    """Where the lines of a recording go; `OutputFile` is one."""

    @property
    def has_lines(self) -> bool:
        """Whether a line has been written."""
        ...

    def check(self) -> None:
        """Check that lines can be written; raises CaptureDaemonError."""
        ...

    async def finish(self) -> None:
        """No more lines come: the recording was read to its end, or to where it is damaged."""
        ...

    def close(self) -> None:
        """Release resources, however it ended."""
        ...


class Extraction:
    """Reads one recording, and hands its lines to a destination; runs once."""

    def __init__(
        self,
        configuration: Configuration,
        output: ExtractionSink,
        *,
        every: int = 1,
        resume_point: ResumePoint | None = None,
        pictures_beside: Path | None = None,
    ) -> None:
        """`every`: read only every Nth frame; `resume_point` is what was read of the recording before.

        If `log.pictures` is set, pictures are kept beside the file of lines `pictures_beside`, as beside a log.

        Raises ConfigurationError or SourceError if the configuration can't be used. Nothing is opened yet.
        """
        # Before anything else that may be wrong: a region for it would be chosen in vain.
        if open_source(configuration.source.name, None, SourceSettings(), lambda state, detail: None).live:
            raise ConfigurationError(
                f"{configuration.source.name} is a live source: extract reads recordings; use `capture-daemon run`"
            )
        self._capture = CaptureSession(configuration, every=every, resume_point=resume_point)
        self._output = output
        self._pictures_beside = pictures_beside if configuration.log.pictures != "none" else None
        self._pictures: PictureKeeper | None = None
        self._task: asyncio.Task[object] | None = None
        self.stats: RunStats | None = None
        """What it came to, also where it ended in an error; None before its end."""
        self.interrupted = False
        """Whether it was stopped before the recording's end; the lines up to there are kept."""

    @property
    def duration(self) -> float | None:
        """The recording's length in seconds, where its container says it; known once it is being read."""
        return self._capture.source.duration

    @property
    def damaged(self) -> bool:
        """Whether a damaged place has been met so far."""
        return self._capture.source.damaged

    @property
    def position(self) -> float:
        """How far it has been read, in seconds from its start."""
        return self._capture.position

    @property
    def searched(self) -> float:
        """Up to which second it has been looked through for its dialogue, where its region isn't named."""
        return self._capture.searched

    async def run(self) -> RunStats:
        """Read it all. Raises one CaptureDaemonError; one for damage once the lines before it are kept."""
        self._task = asyncio.current_task()
        self._output.check()
        began = time.monotonic()
        try:
            async with asyncio.TaskGroup() as group:
                loading = group.create_task(self._capture.load(), name="load the model")
                await self._capture.open()
                await self._capture.run(self._with_pictures())
                loading.cancel()
            await self._output.finish()
        except BaseExceptionGroup as group_error:
            error = single_error(group_error)
            if isinstance(error, SourceError | RegionError) and self._output.has_lines:
                await self._output.finish()
            raise error from group_error
        except asyncio.CancelledError:
            if not self.interrupted or self._task is None:
                raise
            self._task.uncancel()
        finally:
            # Its own seconds begin when the model is loaded.
            seconds = time.monotonic() - began
            load_seconds = min(self._capture.worker.load_seconds, seconds)
            self.stats = replace(self._capture.stats(), seconds=seconds, loading=load_seconds)
            await self._capture.close()
            if self._pictures is not None:
                await self._pictures.close(STOPPED_PICTURES_LIMIT if self.interrupted else PICTURES_LIMIT)
            self._output.close()
        return self.stats

    def _with_pictures(self) -> Sink:
        """What takes the lines: the output, and what keeps their pictures, if they are wanted."""
        if self._pictures_beside is None:
            return self._output
        configuration, file = self._capture.configuration, self._pictures_beside.resolve()
        most = configuration.source.max_pixels
        self._pictures = PictureKeeper(configuration.log, file, self._capture, read_ahead=True, max_pixels=most)
        return Tee(self._output, self._pictures, lambda line, shown_at: None, lambda: self._capture.shown_at)

    def stop(self) -> None:
        """Finish the current line and let `run` return, within three seconds."""
        if self.interrupted:
            return
        self.interrupted = True
        if not self._capture.stop() and self._task is not None:
            self._task.cancel()


class OutputFile:
    """A file of lines, created with its first line; it replaces an older one only when it is complete."""

    wants_partials = False

    def __init__(self, path: Path, *, overwrite: bool) -> None:
        self._path = path
        self._overwrite = overwrite
        self._replaces = False
        self._log: LineLog | None = None
        self._lock: LogLock | None = None

    def check(self) -> None:
        """Check that the file can be written, without leaving a trace.

        Raises OutputExistsError if it exists and must not be overwritten, LogHeldError if a daemon is writing
        it, LogError if it can't be written.
        """
        try:
            if self._path.is_symlink():
                raise LogError(
                    f"{self._path}: is a symbolic link, which may point anywhere: name the file itself with --output"
                )
            self._path = self._path.resolve()
            if self._path.exists():
                if not self._overwrite:
                    raise OutputExistsError(
                        f"{self._path}: already exists: choose another file with --output, or give --overwrite"
                    )
                if not self._path.is_file():
                    raise LogError(f"{self._path}: is not a file: choose another with --output")
                self._replaces = True
                self._lock = LogLock.acquire(self._path)
            folder = next(folder for folder in self._path.parents if folder.exists())
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            raise LogError(
                f"{self._path}: can't be written: {error.strerror}: choose another file with --output"
            ) from error

    @property
    def has_lines(self) -> bool:
        """Whether a line has been written."""
        return self._log is not None

    async def write(self, line: Entry, replaces: PendingLine | None = None) -> PendingLine:
        """Write a line; raises LogError."""
        return PendingLine.of(await asyncio.to_thread(self._append, PendingLine(line, replaces).to_write()))

    def publish_partial(self, partial: Partial) -> None:
        """Partials are not written to files."""

    def set_status(self, status: Status) -> None:
        """Statuses are not reported here."""

    async def finish(self) -> None:
        """The file is complete, if only with no line: let it take the older one's place."""
        await asyncio.to_thread(self._finish)

    def close(self) -> None:
        """Close the file. One that isn't complete and would have replaced an older one is dropped."""
        if self._log is not None:
            self._log.close()
            if self._replaces:
                self._being_made.unlink(missing_ok=True)
        if self._lock is not None:
            self._lock.release()

    @property
    def _being_made(self) -> Path:
        return self._path.with_name(f".{self._path.name}.{os.getpid()}") if self._replaces else self._path

    def _append(self, line: Entry) -> Entry:
        return self._opened().append(line)

    def _opened(self) -> LineLog:
        if self._log is None:
            self._log = LineLog.open(self._being_made, alone=True)
        return self._log

    def _finish(self) -> None:
        made = self._opened()
        if not self._replaces:
            return
        made.close()
        try:
            self._being_made.replace(self._path)
        except OSError as error:
            raise LogError(f"{self._path}: can't be replaced: {error.strerror}: its lines are lost") from error
