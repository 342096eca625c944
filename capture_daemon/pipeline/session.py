"""One run from a source to records: owns the source, the OCR worker and the pipelines."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from capture_daemon.capture import Source, SourceSettings, open_source
from capture_daemon.capture.waiting import WaitingSource
from capture_daemon.config.models import Configuration
from capture_daemon.frames import ColourImage, Regions, Size
from capture_daemon.ocr.engine import FoundBox, RowImage, RowText
from capture_daemon.ocr.worker import OcrWorker
from capture_daemon.pipeline import region_finding
from capture_daemon.pipeline.pipeline import Pipeline
from capture_daemon.pipeline.publishing import Publisher
from capture_daemon.pipeline.readers import may_find_menus, reader_of, reading_settings, wants_whole_frames
from capture_daemon.pipeline.record_builder import RecordBuilder
from capture_daemon.pipeline.recording_check import check_recording
from capture_daemon.pipeline.region_check import RegionCheck
from capture_daemon.pipeline.resume import ResumePoint
from capture_daemon.pipeline.sink import Observer, Sink
from capture_daemon.pipeline.stats import CpuMeter, RunStats
from capture_daemon.pipeline.status import StatusBoard
from capture_daemon.pipeline.validation import check_language, needed_regions, next_regions, source_settings
from capture_daemon.reading.events import Event
from capture_daemon.reading.finding import FoundRegions
from capture_daemon.reading.trace import Note, ignore
from capture_daemon.records import StatusState


class CaptureSession:
    """One source, read to its end or until `stop`. `load` and `open` may run concurrently, then `run`, then `close`.

    It can be paused and reconfigured while it runs; the current line is finished first.
    """

    def __init__(  # noqa: PLR0913 - the ways in which a source can be read
        self,
        configuration: Configuration,
        *,
        realtime: bool = False,
        observer: Observer | None = None,
        every: int = 1,
        resume_point: ResumePoint | None = None,
        note: Note = ignore,
    ) -> None:
        """Check the configuration; open nothing yet.

        Args:
            configuration: What to read, and how.
            realtime: Play a recording at its own pace, and read it as a screen would be.
            observer: Told about frames, OCR passes and lines.
            every: Look at every Nth frame of a recording.
            resume_point: Where to continue a recording that was interrupted.
            note: Called, in a thread, with what reading decides and why.

        Raises:
            ConfigurationError: A region is missing.
            SourceError: The source's name is malformed.

        """
        self.configuration = configuration
        """The configuration in use."""
        self._status = StatusBoard(lambda: self.source.name)
        self._realtime = realtime
        self._every = every
        self._resume_point = resume_point
        self._note = note
        self._observer = observer or Observer()
        self.regions = configuration.all_regions or region_finding.everywhere(configuration)
        """The regions in use; the whole frame while searching for the dialogue."""
        self.source: Source = self._source_of(configuration, self.regions)
        self._search = region_finding.Search()
        self.region_check = RegionCheck(lambda: self.source.whole())  # noqa: PLW0108 - the source changes
        self.searched = 0.0
        """How far the search for the dialogue has come, in seconds of the recording."""
        if not region_finding.is_wanted(configuration, live=self.source.live):
            needed_regions(configuration)
        check_language(configuration.ocr)
        self.worker = self._worker_of(configuration, self.source)
        self._loaded = asyncio.Event()
        self._sink: Sink | None = None
        self._publisher = Publisher()
        self._pipeline: Pipeline | None = None
        self._hold_count = 0
        self._let_go = asyncio.Event()
        self._at_rest = asyncio.Event()
        self._at_rest.set()
        self._stopped = False
        self._cpu_meter: CpuMeter | None = None
        self._began = self._search_seconds = 0.0
        self._passes = 0

    @property
    def paused(self) -> bool:
        """Whether capturing is paused on request."""
        return self._status.paused

    @property
    def shown_at(self) -> float:
        """When the last published line was complete on screen, by `time.monotonic`."""
        return self._publisher.shown_at

    @property
    def position(self) -> float:
        """How far the source has been read, in seconds on its own clock."""
        return self._pipeline.position if self._pipeline is not None else 0.0

    async def load(self) -> None:
        """Start the OCR worker with its model; raises ModelError or ConfigurationError.

        For a live source, a worker that dies or hangs meanwhile is replaced until one is ready.
        """
        self._status.set_ocr("waiting", "loading the OCR engine")
        await self.worker.start(retry=self.source.live or self._realtime)
        self._cpu_meter = CpuMeter(self.worker.process_id)
        self._status.set_ocr("capturing", None)
        self._loaded.set()

    async def open(self) -> Size:
        """Open the source, or wait for its picture; returns the size of its frames. Raises what `Source.open` raises.

        If a recording has no region set, search for it first: `load` must be running or done by then. Raises
        ConfigurationError if none is found.
        """
        if not self.source.live and region_finding.is_wanted(self.configuration, live=False):
            await check_recording(self.source.name, max_pixels=self.configuration.source.max_pixels)
            await self._loaded.wait()
            self._began = time.monotonic()
            found = await region_finding.in_recording(
                self.source.name, self.worker, self._note_search, max_pixels=self.configuration.source.max_pixels
            )
            self.regions = region_finding.as_regions(found, self.configuration)
            self.source.look_at(self.regions)
            self._search_seconds = time.monotonic() - self._began
        size = await self.source.open(may_wait=True)
        self._began = self._began or time.monotonic()
        # Not earlier: for a recording in real time, `session` + `media_time` must be the time of day.
        self._publisher.lines = self._record_builder()
        return size

    async def run(self, sink: Sink) -> None:
        """Read the source to its end, or until `stop`. Raises as `Pipeline.run` does."""
        self._sink = sink
        self._status.attach(sink)
        try:
            while not self._stopped:
                if self._hold_count:
                    self._let_go.clear()
                    await self._let_go.wait()
                    continue
                if await self._find_live():
                    continue
                self._at_rest.clear()
                self._pipeline = self._next_pipeline(sink)
                if await self._pipeline.run():
                    break
                self._publisher.cut(self._pipeline.position, same_picture=True)
                self._at_rest.set()
        finally:
            self._at_rest.set()

    def stop(self) -> bool:
        """Finish the current line and end `run`; False if `run` hasn't been called yet."""
        if self._sink is None:
            return False
        self._stopped = True
        self._search.end()
        self._let_go.set()
        if self._pipeline is not None:
            self._pipeline.stop()
        return True

    async def pause(self) -> None:
        """Finish the current line, then stop capturing until `resume`. Does nothing if already paused."""
        if not self.paused:
            self._status.paused = True
            self.source.hold()
            self._hold()
        await self._at_rest.wait()
        self._status.report_source()

    def resume(self) -> None:
        """Resume capturing. Does nothing if not paused."""
        if self.paused:
            self._status.paused = False
            self.source.release()
            self._release()
            self._status.report_source()

    @asynccontextmanager
    async def at_rest(self) -> AsyncIterator[None]:
        """A context in which nothing is captured, and everything seen before has been reported."""
        self._hold()
        try:
            await self._at_rest.wait()
            yield
        finally:
            self._release()

    async def look_at(self, regions: Regions) -> None:
        """Use other regions from the next frame on; they must lie in the frame."""
        self._search.end()
        async with self.at_rest():
            self.configuration, self.regions = self.configuration.with_regions(regions), regions
            self.source.look_at(regions)

    async def apply(self, configuration: Configuration, first: Callable[[], Awaitable[None]]) -> None:
        """Use another configuration's source, regions, reading and OCR from the next frame on.

        A new source is opened, and a new engine loaded, before the old one is closed. `first` is awaited once all is
        ready and nothing is captured. If it raises, or the configuration is not usable (CaptureDaemonError), nothing
        changes.
        """
        await self._loaded.wait()
        regions = next_regions(self.configuration, configuration, self.regions)
        check_language(configuration.ocr)
        source, worker = self.source, self.worker
        unused: list[Source | OcrWorker] = []
        try:
            if configuration.source.name != self.configuration.source.name:
                unused.append(source := self._source_of(configuration, regions))
                await source.open()
            elif source.size is not None:
                regions.resolve(source.size)
            if configuration.ocr != self.configuration.ocr:
                unused.append(worker := self._worker_of(configuration, source))
                await worker.start()
            async with self.at_rest():
                await first()
                unused = [old for old, new in ((self.source, source), (self.worker, worker)) if old is not new]
                self.configuration, self.regions = configuration, regions
                self._turn_to(source, worker)
        finally:
            await asyncio.gather(*(one.close() for one in unused))

    async def close(self) -> None:
        """Close the source and the worker, within two seconds."""
        self._search.end()
        await asyncio.gather(self.source.close(), self.worker.close())

    def stats(self) -> RunStats:
        """Statistics so far; call it before `close`."""
        return RunStats(
            lines=self._publisher.said - self._publisher.corrected,
            corrected=self._publisher.corrected,
            rows=self._publisher.rows,
            choices=self._publisher.chosen,
            options=self._publisher.options,
            passes=self._passes + self.worker.passes,
            seconds=time.monotonic() - self._began,
            search=self._search_seconds,
            shown=self.position,
            processor=self._cpu_meter.share() if self._cpu_meter is not None else None,
        )

    async def find(self, picture: ColourImage, scale: float | None = None) -> list[FoundBox] | None:
        """Where text is in a picture, by the worker in use; waits for its model."""
        await self._loaded.wait()
        return await self.worker.find(picture, scale)

    async def read(self, rows: Sequence[RowImage]) -> list[RowText]:
        """The text of each row, in order, by the worker in use; waits for its model."""
        await self._loaded.wait()
        return await self.worker.read(rows)

    async def _pass_on(self, event: Event) -> None:
        assert self._sink is not None
        assert self._pipeline is not None
        await self._publisher.publish(event, self._pipeline.began or 0.0, self._sink)

    def _turn_to(self, source: Source, worker: OcrWorker) -> None:
        """Switch to this source and worker, set up by the new configuration; only at rest."""
        assert self._publisher.lines is not None
        if source is self.source:
            source.look_at(self.regions)
            source.set_up(self._settings_of(self.configuration))
            self._publisher.lines.set_language(self.configuration.ocr.language)
        else:
            self._search.end()
            self._publisher.cut(self.position, same_picture=False)
            self.source = source
            self._publisher.lines = self._record_builder()
            if self.paused:
                source.hold()
            if isinstance(source, WaitingSource):
                self._on_source("waiting", source.why)
            else:
                self._on_source("capturing", None)
        if worker is not self.worker:
            self._passes += self.worker.passes
            self.worker = worker
            self._status.set_ocr("capturing", None)

    async def _find_live(self) -> bool:
        """If no region is set, search for the dialogue until it is found, set by a client, or `stop` is called.

        Returns whether it searched.
        """
        wanted = self.source.live and region_finding.is_wanted(self.configuration, live=True)
        if not wanted or not region_finding.is_everywhere(self.regions):
            return False
        status = self._status.source
        if status is None or status.state == "capturing":
            self._on_source("waiting", region_finding.SEARCHING)
        found = await self._search.run(self.source, self)
        if found is not None:
            self.regions = region_finding.as_regions(found, self.configuration)
            self.source.look_at(self.regions)
            if self.regions.speaker is None:
                self._search.go_on(found, self._publisher.line_said, self._widen)
        self._on_source("capturing", status.detail if status is not None and status.state == "capturing" else None)
        return True

    async def _widen(self, found: FoundRegions) -> None:
        """Use larger regions: the search found more text, or the speaker's name."""
        async with self.at_rest():
            self.regions = region_finding.as_regions(found, self.configuration)
            self.source.look_at(self.regions)

    def _note_search(self, seconds: float) -> None:
        self.searched = seconds

    def _source_of(self, configuration: Configuration, regions: Regions) -> Source:
        def report(state: StatusState, detail: str | None) -> None:
            if self.source is source:
                self._on_source(*self._search.standing(state, detail))

        settings = self._settings_of(configuration)
        source = open_source(configuration.source.name, regions, settings, report)
        if settings.whole_frames and not (source.live or self._realtime) and configuration.reading.menus != "always":
            # Pictures of a recording are decoded once more.
            source.set_up(replace(settings, whole_frames=False))
        return source

    def _settings_of(self, configuration: Configuration) -> SourceSettings:
        start = self._resume_point.start if self._resume_point is not None else 0.0
        return source_settings(
            configuration.source,
            realtime=self._realtime,
            every=self._every,
            start=start,
            whole_frames=wants_whole_frames(configuration, self.regions),
        )

    def _worker_of(self, configuration: Configuration, source: Source) -> OcrWorker:
        def report(state: StatusState, detail: str | None) -> None:
            if self.worker is worker:
                self._status.set_ocr(state, detail)

        worker = OcrWorker(
            configuration.ocr, report, self._observer.read, batch_mode=not (source.live or self._realtime)
        )
        return worker

    def _record_builder(self) -> RecordBuilder:
        language = self.configuration.ocr.language
        return RecordBuilder.begin(self.source.name, language, self._resume_point, media_clock=not self.source.live)

    def _next_pipeline(self, sink: Sink) -> Pipeline:
        live = self.source.live or self._realtime
        menus = may_find_menus(self.configuration.reading.menus, live=live)
        settings = replace(reading_settings(self.configuration, live=live), menus=menus)
        names = self._resume_point.names if self._resume_point is not None else None
        pipeline = Pipeline(
            self.source,
            reader_of(self.regions, settings, names, self._note),
            self,
            self._pass_on,
            live=live,
            wants_partials=lambda: sink.wants_partials,
            observer=self._observer,
            check=self.region_check,
        )
        pipeline.position = self.position
        return pipeline

    def _hold(self) -> None:
        self._hold_count += 1
        if self._pipeline is not None:
            self._pipeline.leave()

    def _release(self) -> None:
        self._hold_count -= 1
        if not self._hold_count:
            self._let_go.set()

    def _on_source(self, state: StatusState, detail: str | None) -> None:
        if self._status.set_source(state, detail) and self._pipeline is not None and self._pipeline.began is not None:
            # It may be long until a frame shows the current line at rest: report it now.
            self._pipeline.leave()
