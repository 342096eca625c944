"""Reading a piece of a recording while keeping every decision."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from functools import partial

from capture_daemon.capture import Source, SourceSettings, open_source
from capture_daemon.config.models import Configuration
from capture_daemon.errors import ConfigurationError, SourceDamagedError, SourceError
from capture_daemon.frames import DIALOGUE, Frame, RegionBoxes, Regions, Size
from capture_daemon.ocr.worker import OcrWorker
from capture_daemon.pipeline import region_finding
from capture_daemon.pipeline.driving import OcrBackend, answer_to, drive
from capture_daemon.pipeline.readers import reading_settings
from capture_daemon.pipeline.recording_check import check_recording
from capture_daemon.reading.reader import Reader
from capture_daemon.tracing.recorder import Recorder, TraceRecording

LEAD = 20.0
"""Seconds before the piece at which reading begins, because it learns as it goes."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a recording, in seconds from its beginning. If `live`, lines are reported at rest, as on a screen."""

    start: float
    end: float
    live: bool = False

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ConfigurationError(
                f"--to {self.end:g} lies before --from {self.start:g}: both are seconds from the recording's beginning"
            )


@dataclass(frozen=True, slots=True)
class Traced:
    """The data kept of a piece, with the regions in pixels of frames of `size`."""

    kept: TraceRecording
    boxes: RegionBoxes
    size: Size


async def regions_of(configuration: Configuration, ocr: OcrWorker, name: str | None = None) -> Regions:
    """The dialogue's configured regions, or those found in the recording if none are configured.

    With `name`, those of the further region of that name.
    """
    regions, most = configuration.all_regions, configuration.source.max_pixels
    other = next((one for one in configuration.other_regions if one.name == name), None)
    if other is not None:
        table = configuration.regions
        return (regions or Regions(other.place, ignore=table.ignore)).of(other)
    if regions is not None:
        return replace(regions, others=())
    found = await region_finding.in_recording(configuration.source.name, ocr, max_pixels=most)
    return replace(region_finding.as_regions(found, configuration), others=())


def check_region(configuration: Configuration, name: str | None) -> None:
    """Check that there is a region of text of that name; None is the dialogue's. Raises ConfigurationError."""
    regions = configuration.all_regions
    own = regions.name if regions is not None else DIALOGUE
    others = {one.name: one for one in configuration.other_regions}
    kinds = {own: "text", **{one.name: one.kind for one in others.values()}}
    if name is None or kinds.get(name) == "text":
        return
    if name in others:
        raise ConfigurationError(
            f"the region {name} holds menus, which have no trace: `capture-daemon snapshot --source VIDEO --at SECONDS "
            f"--region {others[name].place}` shows what is read there"
        )
    known = " or ".join(name for name, kind in kinds.items() if kind == "text")
    raise ConfigurationError(f"there is no region {name!r}: --region-name may be {known}")


async def check_source(configuration: Configuration) -> None:
    """Check, before loading a model, that the source is a recording that opens. Raises as `trace` does."""
    source = open_source(configuration.source.name, None, SourceSettings(), lambda state, detail: None)
    if source.live:
        raise ConfigurationError(f"{source.name} is a live source: name a recording")
    await check_recording(source.name, max_pixels=configuration.source.max_pixels)


async def trace(
    configuration: Configuration, piece: Piece, *, pictures: bool = True, region: str | None = None
) -> Traced:
    """Read a piece of the configured recording; the region of that name, or the dialogue's.

    Raises the errors of opening it and loading the model, and SourceError if it ends before the piece begins.
    """
    check_region(configuration, region)
    await check_source(configuration)
    worker = OcrWorker(configuration.ocr, lambda state, detail: None, batch_mode=True)
    await worker.start()
    try:
        regions = await regions_of(configuration, worker, region)
        return await _read(configuration, regions, piece, worker, Recorder(piece.start, piece.end, pictures=pictures))
    finally:
        await worker.close()


async def _read(
    configuration: Configuration, regions: Regions, piece: Piece, ocr: OcrBackend, recorder: Recorder
) -> Traced:
    settings = SourceSettings(start=max(0.0, piece.start - LEAD), max_pixels=configuration.source.max_pixels)
    source = open_source(configuration.source.name, regions, settings, lambda state, detail: None)
    reader = Reader(regions, reading_settings(configuration, live=piece.live), note=recorder.note)
    now = 0.0

    async def after_each() -> None:
        events, reader.events = reader.events, []
        for event in events:
            recorder.said(event, now)

    try:
        size = await source.open()
        ended = True
        async for frame in frames_of(source):
            if frame.time > piece.end:
                ended = False
                break
            now, size = frame.time, frame.size
            await drive(reader.see(frame), partial(answer_to, ocr), after_each)
            recorder.saw(frame, reader.standing_rows)
        if ended:
            await drive(reader.end(), partial(answer_to, ocr), after_each)
        if now < piece.start:
            raise SourceError(f"{source.name} ends at {now:.1f} s, before {piece.start:g} s")
    finally:
        await source.close()
    return Traced(recorder.kept, regions.resolve(size), size)


async def frames_of(source: Source) -> AsyncIterator[Frame]:
    """A recording's frames, up to any damage, which is logged."""
    try:
        while frames := await source.frames():
            for frame in frames:
                yield frame
    except SourceDamagedError as error:
        logger.warning("%s", error)
