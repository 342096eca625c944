"""Running one job in its process: lines, subtitles, pictures and the note about the outcome."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from pathlib import Path

from capture_daemon.bulk import line_pictures
from capture_daemon.bulk.job import Doing, End, Job, JobOutcome, Progress, fingerprint
from capture_daemon.bulk.video_folder import VideoFolder, VideoState, read_entries
from capture_daemon.daemon.extraction import Extraction
from capture_daemon.errors import CaptureDaemonError, RegionError, SourceError
from capture_daemon.frames import MOST_PIXELS
from capture_daemon.pipeline.resume import ResumeMismatchError, ResumePoint

INTERVAL = 0.25
"""Seconds between two progress messages."""


class Work:
    """Runs one job; `report` is called with its progress, on the event loop or in a thread."""

    def __init__(self, job: Job, report: Callable[[Progress], None]) -> None:
        self._job = job
        self._report = report
        self._began = time.monotonic()
        self._stopped = threading.Event()
        self._extraction: Extraction | None = None
        self._duration: float | None = None

    def stop(self) -> None:
        """End soon, and keep the lines so far. Call this on the event loop."""
        self._stopped.set()
        if self._extraction is not None:
            self._extraction.stop()

    async def run(self) -> JobOutcome:
        """Run the job; every expected error is in the outcome."""
        try:
            state = self._look()
            resume_point = self._resume_point(state)
            outcome = await self._attempt(state, resume_point)
            if outcome is None:
                outcome = await self._attempt(state, None)
            assert outcome is not None
        except CaptureDaemonError as error:
            return self._outcome("failed", error=error)
        return outcome

    def _look(self) -> VideoState:
        try:
            return VideoState.of(Path(self._job.video), fingerprint(self._job.settings), pictures=self._job.pictures)
        except FileNotFoundError as error:
            raise SourceError(f"there is no file {self._job.video}") from error
        except OSError as error:
            reason = (error.strerror or "unknown reason").lower()
            raise SourceError(f"{self._job.video} can't be read: {reason}") from error

    def _resume_point(self, now: VideoState) -> ResumePoint | None:
        before = VideoState.read(Path(self._job.folder)) if self._job.resume else None
        if before is None or before.stage != "begun" or before.faults or not before.is_of_the_same(now):
            return None
        return ResumePoint.of(read_entries(Path(self._job.folder)))

    async def _attempt(self, state: VideoState, resume_point: ResumePoint | None) -> JobOutcome | None:
        """Read the video; None if it can't be resumed at `resume_point` and must be read from the start."""
        folder = VideoFolder(Path(self._job.folder), state, resume_point)
        extraction = Extraction(self._job.configuration(), folder, resume_point=resume_point)
        folder.is_damaged = lambda: extraction.damaged
        try:
            if self._stopped.is_set():
                return self._outcome("interrupted")
            self._extraction = extraction
            watching = asyncio.create_task(self._watch(extraction), name="progress")
            try:
                damage = await self._read(extraction)
            finally:
                watching.cancel()
            if resume_point is not None and not folder.has_lines and not extraction.interrupted:
                return None
            if folder.has_lines:
                await asyncio.to_thread(folder.write_subtitles)
            if extraction.interrupted:
                return self._outcome("interrupted", folder, extraction, resume_point)
            if damage is not None and not folder.has_lines:
                folder.fail(str(damage))
                return self._outcome("failed", error=damage)
            if self._job.pictures:
                await asyncio.to_thread(self._save_pictures, folder)
            if self._stopped.is_set():
                return self._outcome("interrupted", folder, extraction, resume_point)
            folder.complete(damage=None if damage is None else str(damage))
            end: End = "done" if damage is None else "damaged"
            return self._outcome(end, folder, extraction, resume_point, error=damage)
        finally:
            folder.release()

    async def _read(self, extraction: Extraction) -> CaptureDaemonError | None:
        """Read to the end; returns the error if the video is faulty, or if something ended the reading early."""
        try:
            await extraction.run()
        except (SourceError, RegionError) as error:
            return error
        except ResumeMismatchError:
            return None
        return None

    async def _watch(self, extraction: Extraction) -> None:
        while True:
            self._duration = extraction.duration
            if extraction.position:
                self._say("reading", extraction.position)
            elif extraction.searched:
                self._say("searching", extraction.searched)
            else:
                self._say("opening", 0.0)
            # A progress report at a steady pace: nothing to wait for, and cancelled with the extraction.
            await asyncio.sleep(INTERVAL)

    def _save_pictures(self, folder: VideoFolder) -> None:
        said = 0.0

        def moved(position: float) -> bool:
            nonlocal said
            if time.monotonic() - said > INTERVAL:
                said = time.monotonic()
                self._say("pictures", position)
            return not self._stopped.is_set()

        most = self._job.settings.get("source", {}).get("max_pixels", MOST_PIXELS)
        line_pictures.save(self._job.video, folder.entries(), folder.clear_pictures(), moved, max_pixels=most)

    def _say(self, doing: Doing, position: float) -> None:
        self._report(Progress(doing, round(position, 2), self._duration))

    def _outcome(
        self,
        end: End,
        folder: VideoFolder | None = None,
        extraction: Extraction | None = None,
        resume_point: ResumePoint | None = None,
        *,
        error: CaptureDaemonError | None = None,
    ) -> JobOutcome:
        begun = resume_point.start if resume_point is not None else 0.0
        stats = None if extraction is None else extraction.stats
        return JobOutcome(
            end,
            error=None if error is None else str(error),
            kind=None if error is None else type(error).__name__,
            lines=0 if folder is None else folder.count,
            choices=0 if folder is None else folder.choices,
            shown=0.0 if extraction is None else max(0.0, extraction.position - begun),
            seconds=time.monotonic() - self._began,
            loading=0.0 if stats is None else stats.loading,
            search=0.0 if stats is None else stats.search,
        )
