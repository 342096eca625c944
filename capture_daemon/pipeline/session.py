"""One run from a source to records: the source, the worker and the pipeline, and who they hand records to."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from capture_daemon.capture import Source, SourceSettings, open_source
from capture_daemon.config.models import Configuration, RegionsTable
from capture_daemon.errors import ConfigurationError
from capture_daemon.frames import ColourImage, Regions, Size
from capture_daemon.ocr.engine import FoundBox, RowImage, RowText
from capture_daemon.ocr.worker import OcrWorker
from capture_daemon.pipeline import region_finding
from capture_daemon.pipeline.observer import Observer
from capture_daemon.pipeline.pipeline import Pipeline
from capture_daemon.pipeline.record_builder import LineMaker
from capture_daemon.pipeline.region_check import RegionCheck
from capture_daemon.pipeline.resume import Earlier
from capture_daemon.pipeline.sink import Sink
from capture_daemon.pipeline.stats import Figures, Meter
from capture_daemon.pipeline.stitching import Seam
from capture_daemon.pipeline.validation import check_language, needed_regions
from capture_daemon.reading.events import Event, Said
from capture_daemon.reading.finding import FoundRegions
from capture_daemon.reading.reader import Reader
from capture_daemon.reading.settings import ReadingSettings
from capture_daemon.reading.trace import Note, ignore
from capture_daemon.records import Status, StatusState, StatusSubject

_TROUBLE: dict[StatusSubject, tuple[StatusState, ...]] = {"source": ("lost", "waiting"), "ocr": ("degraded",)}
"""The states from which coming back is worth a word in the log."""

logger = logging.getLogger(__name__)


class Capture:
    """One source, read to its end or until `stop`. `load` and `open` may run side by side, then `run`, then `close`.

    With `realtime` a recording is played at its own pace and read as a screen would be. While it runs it may be paused
    and given another configuration; each time the line in hand is said first.
    """

    def __init__(  # noqa: PLR0913 - the ways in which a source can be read
        self,
        configuration: Configuration,
        *,
        realtime: bool = False,
        observer: Observer | None = None,
        every: int = 1,
        earlier: Earlier | None = None,
        note: Note = ignore,
    ) -> None:
        """With `every`, only every so many-th picture of a recording is looked at; with `earlier` it is gone on with.

        `note` is told, in a thread, what reading decides and why.
        Raises ConfigurationError where a region is missing, SourceError where the source's name is malformed.
        """
        self.configuration = configuration
        """What it goes by now."""
        self.paused = False
        """Whether nothing is looked at, because somebody asked for that."""
        self._realtime = realtime
        self._every = every
        self._earlier = earlier
        self._note = note
        self._observer = observer or Observer()
        self.regions = configuration.regions.regions() or region_finding.EVERYWHERE
        """Where it looks now; everywhere while the dialogue is being looked for."""
        self.source: Source = self._source_of(configuration, self.regions)
        self._search = region_finding.Search()
        self._line_said = asyncio.Event()
        self._check = RegionCheck(self._whole)
        self.shown_at = 0.0
        """When the line that was handed on last was complete on screen, by `time.monotonic`."""
        self.searched = 0.0
        """Up to which second a recording has been looked through for its dialogue."""
        if not region_finding.is_wanted(configuration.regions, live=self.source.live):
            needed_regions(configuration)
        check_language(configuration.ocr)
        self.worker = self._worker_of(configuration, self.source)
        self._loaded = asyncio.Event()
        self._statuses: dict[StatusSubject, Status] = {}
        self._source_status: Status | None = None
        self._sink: Sink | None = None
        self._lines: LineMaker | None = None
        self._pipeline: Pipeline | None = None
        self._seam = Seam()
        self._holds = 0
        self._let_go = asyncio.Event()
        self._at_rest = asyncio.Event()
        self._at_rest.set()
        self._stopped = False
        self._meter: Meter | None = None
        self._began = self._search_seconds = 0.0
        self._said = self._corrected = self._rows = self._passes = 0

    @property
    def position(self) -> float:
        """How far the source has been read, in seconds on its own clock."""
        return self._pipeline.position if self._pipeline is not None else 0.0

    async def load(self) -> None:
        """Start the worker with its model; raises ModelError or ConfigurationError.

        Where frames don't wait, a worker that dies or hangs meanwhile is replaced until one is ready.
        """
        self._on_ocr("waiting", "the engine is being loaded")
        await self.worker.start(patient=self.source.live or self._realtime)
        self._meter = Meter(self.worker.process_id)
        self._on_ocr("capturing", None)
        self._loaded.set()

    async def open(self) -> Size:
        """Open the source; returns the size of its frames. Raises what `Source.open` raises.

        The region of a recording is looked for first, where none is named; raises ConfigurationError where none is
        found. That takes a worker that has been, or is being, loaded.
        """
        table = self.configuration.regions
        if not self.source.live and region_finding.is_wanted(table, live=False):
            await self._loaded.wait()
            self._began = time.monotonic()
            found = await region_finding.in_recording(
                self.source.name, self.worker, self._note_search, max_pixels=self.configuration.source.max_pixels
            )
            self.regions = region_finding.as_regions(found, table)
            self.source.look_at(self.regions)
            self._search_seconds = time.monotonic() - self._began
        size = await self.source.open()
        self._began = self._began or time.monotonic()
        # Taken as late as this so that on a recording in real time `session` + `media_time` is the time of day.
        self._lines = self._line_maker()
        return size

    async def run(self, sink: Sink) -> None:
        """Read the source to its end, or until `stop`. Raises as `Pipeline.run` does."""
        self._sink = sink
        for status in self._statuses.values():
            sink.set_status(status)
        try:
            await self._find_live()
            while not self._stopped:
                if self._holds:
                    self._let_go.clear()
                    await self._let_go.wait()
                    continue
                self._at_rest.clear()
                self._pipeline = self._next_pipeline(sink)
                if await self._pipeline.run():
                    break
                self._seam.cut(self._pipeline.position, same_picture=True)
                self._at_rest.set()
        finally:
            self._at_rest.set()

    def stop(self) -> bool:
        """Say the line in hand and end `run`; False where nothing is running yet, so that there is nothing to say."""
        if self._sink is None:
            return False
        self._stopped = True
        self._search.end()
        self._let_go.set()
        if self._pipeline is not None:
            self._pipeline.stop()
        return True

    async def pause(self) -> None:
        """Say the line in hand, then look at nothing until `resume`; nothing happens where it is paused already."""
        if not self.paused:
            self.paused = True
            self.source.hold()
            self._hold()
        await self._at_rest.wait()
        self._tell_source()

    def resume(self) -> None:
        """Look again; nothing happens where nothing was paused."""
        if self.paused:
            self.paused = False
            self.source.release()
            self._release()
            self._tell_source()

    @asynccontextmanager
    async def at_rest(self) -> AsyncIterator[None]:
        """Within it nothing is looked at, and what was seen before has been said."""
        self._hold()
        try:
            await self._at_rest.wait()
            yield
        finally:
            self._release()

    async def look_at(self, regions: Regions) -> None:
        """Look at other regions from the next frame on; they must lie in the frame."""
        table = RegionsTable(dialogue=regions.dialogue, speaker=regions.speaker, ignore=regions.ignore)
        self._search.end()
        async with self.at_rest():
            self.configuration, self.regions = self.configuration.model_copy(update={"regions": table}), regions
            self.source.look_at(regions)

    async def apply(self, configuration: Configuration, first: Callable[[], Awaitable[None]]) -> None:
        """Go by another configuration's source, regions, reading and OCR from the next frame on.

        `first` is awaited when all is ready and nothing is looked at; what it raises keeps everything as it was.
        Raises CaptureDaemonError where it can't be used; then everything is as before. Another source is opened, and
        another engine loaded, before the one in use is let go.
        """
        await self._loaded.wait()
        regions = self._regions_of(configuration)
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
        """Let go of the source and the worker, within two seconds."""
        self._search.end()
        await asyncio.gather(self.source.close(), self.worker.close())

    def figures(self) -> Figures:
        """What has come of it so far; to be asked before `close`."""
        return Figures(
            lines=self._said - self._corrected,
            corrected=self._corrected,
            rows=self._rows,
            passes=self._passes + self.worker.passes,
            seconds=time.monotonic() - self._began,
            search=self._search_seconds,
            shown=self.position,
            processor=self._meter.share() if self._meter is not None else None,
        )

    async def find(self, picture: ColourImage, scale: float | None = None) -> list[FoundBox] | None:
        """Where text stands in a picture, by the worker in use; waits for its model."""
        await self._loaded.wait()
        return await self.worker.find(picture, scale)

    async def read(self, rows: Sequence[RowImage]) -> list[RowText]:
        """What stands in each row, in order, by the worker in use; waits for its model."""
        await self._loaded.wait()
        return await self.worker.read(rows)

    async def _pass_on(self, event: Event) -> None:
        assert self._lines is not None
        assert self._sink is not None
        assert self._pipeline is not None
        if not isinstance(event, Said):
            if self._seam.is_news(event):
                self._sink.publish_partial(self._lines.partial(event))
            return
        said = self._seam.join(event, self._pipeline.began or 0.0)
        if said is None:
            return
        replaces = self._lines.replaced(said)
        line = self._lines.line(said)
        self.shown_at = self._lines.shown_at(said)
        self._lines.note(said, await self._sink.take(line, replaces))
        self._said += 1
        self._rows += len(line.rows)
        self._line_said.set()
        self._corrected += replaces is not None

    def _turn_to(self, source: Source, worker: OcrWorker) -> None:
        """Use these from now on, as the configuration that holds now wants them; at rest."""
        assert self._lines is not None
        if source is self.source:
            source.look_at(self.regions)
            source.set_up(self._settings_of(self.configuration))
            self._lines.set_language(self.configuration.ocr.language)
        else:
            self._search.end()
            self._seam.cut(self.position, same_picture=False)
            self.source = source
            self._lines = self._line_maker()
            if self.paused:
                source.hold()
            self._on_source("capturing", None)
        if worker is not self.worker:
            self._passes += self.worker.passes
            self.worker = worker
            self._on_ocr("capturing", None)

    async def _find_live(self) -> None:
        """Look for the dialogue where its region isn't named, until it is found, set by somebody, or all is over."""
        table = self.configuration.regions
        if self._stopped or not self.source.live or not region_finding.is_wanted(table, live=True):
            return
        status = self._source_status
        self._on_source("waiting", "the dialogue is looked for: it takes a few lines")
        found = await self._search.run(self.source, self)
        if found is not None:
            self.regions = region_finding.as_regions(found, table)
            self.source.look_at(self.regions)
            if self.regions.speaker is None:
                self._search.go_on(found, self._line_said, self._widen)
        self._on_source("capturing", status.detail if status is not None and status.state == "capturing" else None)

    async def _widen(self, found: FoundRegions) -> None:
        """More of the dialogue was found than its region holds, or its speaker's place."""
        async with self.at_rest():
            self.regions = region_finding.as_regions(found, self.configuration.regions)
            self.source.look_at(self.regions)

    async def _whole(self) -> ColourImage:
        return await self.source.whole()

    def _note_search(self, seconds: float) -> None:
        self.searched = seconds

    def _regions_of(self, configuration: Configuration) -> Regions:
        """Where to look by a configuration that takes this one's place; raises ConfigurationError."""
        table = configuration.regions
        if not table.automatic:
            return needed_regions(configuration)
        if not self.configuration.regions.automatic:
            raise ConfigurationError('regions.dialogue can become "auto" only at the next start')
        return self.regions

    def _source_of(self, configuration: Configuration, regions: Regions) -> Source:
        settings = self._settings_of(configuration)

        def tell(state: StatusState, detail: str | None) -> None:
            if self.source is source:
                self._on_source(state, detail)

        source = open_source(configuration.source.name, regions, settings, tell)
        return source

    def _settings_of(self, configuration: Configuration) -> SourceSettings:
        table = configuration.source
        return SourceSettings(
            table.fps,
            table.width,
            table.height,
            table.pixel_format,
            self._realtime,
            every=self._every,
            start=self._earlier.start if self._earlier is not None else 0.0,
            max_pixels=table.max_pixels,
        )

    def _worker_of(self, configuration: Configuration, source: Source) -> OcrWorker:
        def tell(state: StatusState, detail: str | None) -> None:
            if self.worker is worker:
                self._on_ocr(state, detail)

        hurried = not (source.live or self._realtime)
        worker = OcrWorker(configuration.ocr, tell, self._observer.read, hurried=hurried)
        return worker

    def _line_maker(self) -> LineMaker:
        language = self.configuration.ocr.language
        earlier = self._earlier
        # To the millisecond, as it is written: who goes on with these lines later must count from the same moment.
        session = earlier.session if earlier is not None else round(time.time(), 3)
        lines = LineMaker(self.source.name, session, language, media_clock=not self.source.live)
        if earlier is not None:
            lines.learn(earlier.before)
        return lines

    def _next_pipeline(self, sink: Sink) -> Pipeline:
        live = self.source.live or self._realtime
        table = self.configuration.reading
        settings = ReadingSettings(table.min_confidence, table.settle, table.max_age, early=live)
        pipeline = Pipeline(
            self.source,
            Reader(self.regions, settings, self._earlier.names if self._earlier is not None else (), self._note),
            self,
            self._pass_on,
            live=live,
            wants_partials=lambda: sink.wants_partials,
            observer=self._observer,
            check=self._check,
        )
        pipeline.position = self.position
        return pipeline

    def _hold(self) -> None:
        self._holds += 1
        if self._pipeline is not None:
            self._pipeline.leave()

    def _release(self) -> None:
        self._holds -= 1
        if not self._holds:
            self._let_go.set()

    def _on_source(self, state: StatusState, detail: str | None) -> None:
        self._source_status = Status(what="source", state=state, detail=detail)
        self._tell_source()
        if state in _TROUBLE["source"] and self._pipeline is not None and self._pipeline.began is not None:
            # No frame may come for long that shows the line in hand at rest: it is said now.
            self._pipeline.leave()

    def _tell_source(self) -> None:
        """How the source is doing; where it is paused on purpose, only that."""
        status = Status(what="source", state="paused") if self.paused else self._source_status
        if status is not None:
            self._set_status(status)

    def _on_ocr(self, state: StatusState, detail: str | None) -> None:
        self._set_status(Status(what="ocr", state=state, detail=detail))

    def _set_status(self, status: Status) -> None:
        before = self._statuses.get(status.what)
        self._statuses[status.what] = status
        if status.state == "capturing" and before is not None and before.state in _TROUBLE[status.what]:
            logger.info("%s: capturing again", self.source.name if status.what == "source" else "OCR")
        if self._sink is not None:
            self._sink.set_status(status)
