"""One run from a source to records: the source, the worker and the pipeline, and who they hand records to."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from typing import Protocol

from capture_daemon.config import Configuration, OcrTable
from capture_daemon.delivery.publication import Publication
from capture_daemon.errors import ConfigurationError
from capture_daemon.figures import Figures, Meter
from capture_daemon.frames import Regions, Size
from capture_daemon.lines import LineMaker
from capture_daemon.observer import Observer
from capture_daemon.ocr.engine import RowImage, RowText
from capture_daemon.ocr.languages import model_for
from capture_daemon.ocr.traineddata import trained_for
from capture_daemon.ocr.worker import OcrWorker
from capture_daemon.pipeline import Pipeline
from capture_daemon.reading.events import Event, Said
from capture_daemon.reading.reader import Reader, ReadingSettings
from capture_daemon.records import Line, Partial, Status, StatusState, StatusSubject
from capture_daemon.sources import Source, SourceSettings, open_source

_TROUBLE: dict[StatusSubject, tuple[StatusState, ...]] = {"source": ("lost", "waiting"), "ocr": ("degraded",)}
"""The states from which coming back is worth a word in the log."""

logger = logging.getLogger(__name__)


class Sink(Protocol):
    """Where records go; `Feed` is one."""

    @property
    def wants_partials(self) -> bool:
        """Whether anyone asks for text still being typed."""
        ...

    async def take(self, line: Line, replaces: Publication | None = None) -> Publication:
        """Keep the line, now or as soon as it can be; `replaces` is the line that it corrects."""
        ...

    def publish_partial(self, partial: Partial) -> None:
        """Hand on text still being typed."""
        ...

    def set_status(self, status: Status) -> None:
        """Hand on how a part of the daemon is doing."""
        ...


def needed_regions(configuration: Configuration) -> Regions:
    """The regions; raises ConfigurationError, saying how to choose one, where there is no dialogue region."""
    regions = configuration.regions.regions()
    if regions is None:
        raise ConfigurationError(
            "no dialogue region is set: choose one on the picture that `capture-daemon snapshot -o frame.png` saves, "
            "then name it by --region or regions.dialogue"
        )
    return regions


def check_language(table: OcrTable) -> None:
    """See that the language is known; raises ConfigurationError, and ModelError where Tesseract's files are missing."""
    if table.engine == "tesseract":
        trained_for(table.language)
    else:
        model_for(table.language)


class Capture:
    """One source, read to its end or until `stop`. `load` and `open` may run side by side, then `run`, then `close`.

    With `realtime` a recording is played at its own pace and read as a screen would be.
    """

    def __init__(
        self, configuration: Configuration, *, realtime: bool = False, observer: Observer | None = None
    ) -> None:
        """Raises ConfigurationError where a region is missing, SourceError where the source's name is malformed."""
        self._configuration = configuration
        self._regions = needed_regions(configuration)
        check_language(configuration.ocr)
        self._realtime = realtime
        self._observer = observer or Observer()
        table = configuration.source
        settings = SourceSettings(table.fps, table.width, table.height, table.pixel_format, realtime)
        self.source: Source = open_source(table.name, self._regions, settings, self._on_source)
        hurried = not (self.source.live or realtime)
        self.worker = OcrWorker(configuration.ocr, self._on_ocr, self._observer.read, hurried=hurried)
        self._loaded = asyncio.Event()
        self._statuses: dict[StatusSubject, Status] = {}
        self._sink: Sink | None = None
        self._lines: LineMaker | None = None
        self._pipeline: Pipeline | None = None
        self._meter: Meter | None = None
        self._began = 0.0
        self._said = self._corrected = self._rows = 0

    @property
    def position(self) -> float:
        """How far the source has been read, in seconds on its own clock."""
        return self._pipeline.position if self._pipeline is not None else 0.0

    async def load(self) -> None:
        """Start the worker with its model; raises ModelError or ConfigurationError."""
        self._on_ocr("waiting", "the engine is being loaded")
        await self.worker.start()
        self._meter = Meter(self.worker.process_id)
        self._on_ocr("capturing", None)
        self._loaded.set()

    async def open(self) -> Size:
        """Open the source; returns the size of its frames. Raises what `Source.open` raises."""
        size = await self.source.open()
        self._began = time.monotonic()
        # Taken as late as this so that on a recording in real time `session` + `media_time` is the time of day.
        self._lines = LineMaker(
            self.source.name, time.time(), self._configuration.ocr.language, media_clock=not self.source.live
        )
        return size

    async def run(self, sink: Sink) -> None:
        """Read the source to its end, or until `stop`. Raises as `Pipeline.run` does."""
        self._sink = sink
        for status in self._statuses.values():
            sink.set_status(status)
        live = self.source.live or self._realtime
        table = self._configuration.reading
        settings = ReadingSettings(table.min_confidence, table.settle, table.max_age, early=live)
        self._pipeline = Pipeline(
            self.source,
            Reader(self._regions, settings),
            self._read,
            self._pass_on,
            live=live,
            wants_partials=lambda: sink.wants_partials,
            observer=self._observer,
        )
        await self._pipeline.run()

    def stop(self) -> bool:
        """Say the line in hand and end `run`; False where nothing is running yet, so that there is nothing to say."""
        if self._pipeline is None:
            return False
        self._pipeline.stop()
        return True

    async def close(self) -> None:
        """Let go of the source and the worker, within two seconds."""
        await asyncio.gather(self.source.close(), self.worker.close())

    def figures(self) -> Figures:
        """What has come of it so far; to be asked before `close`."""
        return Figures(
            lines=self._said - self._corrected,
            corrected=self._corrected,
            rows=self._rows,
            passes=self.worker.passes,
            seconds=time.monotonic() - self._began,
            shown=self.position,
            processor=self._meter.share() if self._meter is not None else None,
        )

    async def _read(self, rows: Sequence[RowImage]) -> list[RowText]:
        await self._loaded.wait()
        return await self.worker.read(rows)

    async def _pass_on(self, event: Event) -> None:
        assert self._lines is not None
        assert self._sink is not None
        if not isinstance(event, Said):
            self._sink.publish_partial(self._lines.partial(event))
            return
        replaces = self._lines.replaced(event)
        line = self._lines.line(event)
        self._lines.note(event, await self._sink.take(line, replaces))
        self._said += 1
        self._rows += len(line.rows)
        self._corrected += replaces is not None

    def _on_source(self, state: StatusState, detail: str | None) -> None:
        self._set_status(Status(what="source", state=state, detail=detail))

    def _on_ocr(self, state: StatusState, detail: str | None) -> None:
        self._set_status(Status(what="ocr", state=state, detail=detail))

    def _set_status(self, status: Status) -> None:
        before = self._statuses.get(status.what)
        self._statuses[status.what] = status
        if status.state == "capturing" and before is not None and before.state in _TROUBLE[status.what]:
            logger.info("%s: capturing again", self.source.name if status.what == "source" else "OCR")
        if self._sink is not None:
            self._sink.set_status(status)
