"""A look at what is captured: one picture, and the rows of text that reading finds in it."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass

from capture_daemon import finding
from capture_daemon.config import Configuration
from capture_daemon.errors import SourceError
from capture_daemon.frames import Box, ColourImage, Frame, RegionBoxes
from capture_daemon.ocr.engine import RowText
from capture_daemon.ocr.worker import OcrWorker
from capture_daemon.reading.events import Said
from capture_daemon.reading.reader import Reader, ReadingSettings
from capture_daemon.sources import Source, SourceSettings, open_source

LOOK_SECONDS = 1.5
"""For how long frames are looked at: text has to stand still before it is taken for text."""
LONGEST_LOOK = 6.0
"""Seconds after which a live source that gives few frames is looked at no longer."""


@dataclass(frozen=True, slots=True, eq=False)
class FoundRow:
    """A row of text: its box in pixels of the whole frame, and what was read in it, or None if nothing was yet."""

    box: Box
    text: RowText | None


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """What was captured: the whole frame in colour, where the regions lie in it, and the rows found.

    `speaker` and `text` are those of the line that the rows make up, where it could be read.
    """

    picture: ColourImage
    regions: RegionBoxes | None
    rows: list[FoundRow]
    speaker: str | None = None
    text: str | None = None


async def take(configuration: Configuration, at: float = 0.0) -> Snapshot:
    """Look at the configured source; at a recording, `at` seconds from its start.

    Raises what opening the source and loading the model raise, and SourceError where a recording ends before `at`.
    """
    regions = configuration.regions.regions()
    table = configuration.source
    settings = SourceSettings(table.fps, table.width, table.height, table.pixel_format)
    source = open_source(table.name, None, settings, lambda state, detail: None)
    worker = OcrWorker(configuration.ocr, lambda state, detail: None)
    try:
        size = await source.open()
        if configuration.regions.automatic:
            await worker.start()
            looking = finding.live(source, worker) if source.live else finding.in_recording(source.name, worker)
            regions = finding.as_regions(await looking, configuration.regions)
        boxes = regions.resolve(size) if regions is not None else None
        if regions is None:
            return Snapshot(await _look(source, None, at), None, [])
        reading = configuration.reading
        reader = Reader(regions, ReadingSettings(reading.min_confidence, reading.settle, reading.max_age))
        picture = await _look(source, reader, at)
        if not configuration.regions.automatic:
            await worker.start()
        return await _read(picture, boxes, reader, worker)
    finally:
        await asyncio.gather(source.close(), worker.close())


async def _look(source: Source, reader: Reader | None, at: float) -> ColourImage:
    """The picture at the end of a look, which the reader has followed."""
    seconds = LOOK_SECONDS if reader is not None else 0.0
    picture: ColourImage | None = None
    first: float | None = None
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LONGEST_LOOK if source.live else None):
            while frames := await source.frames():
                last = frames[-1]
                picture = last.colour() if last.colour is not None else last.pixels
                for frame in frames:
                    _see(reader, frame, at)
                first = first if first is not None else frames[0].time
                if last.time >= (first if source.live else at) + seconds:
                    break
            else:
                last_time = last.time if picture is not None else 0.0
                if last_time < at:
                    raise SourceError(f"{source.name} has no picture at {at:g} s: it ends at {last_time:.1f} s")
    if picture is None:
        raise SourceError(f"{source.name} gave no picture")
    return picture


def _see(reader: Reader | None, frame: Frame, at: float) -> None:
    if reader is not None and frame.time >= at:
        reader.see(frame)


async def _read(picture: ColourImage, boxes: RegionBoxes | None, reader: Reader, worker: OcrWorker) -> Snapshot:
    standing = reader.standing_rows
    # Nothing more comes, so that also what was still being typed is read as far as it stands.
    reader.end()
    while requests := reader.requests:
        reader.requests = []
        texts = await worker.read([request.image for request in requests])
        for request, text in zip(requests, texts, strict=True):
            reader.hear(request.number, text)
    rows = [FoundRow(box, filled.answer) for box, filled in sorted(standing, key=lambda row: row[0].top)]
    said = [event for event in reader.events if isinstance(event, Said)]
    return Snapshot(picture, boxes, rows, said[-1].speaker if said else None, said[-1].text if said else None)
