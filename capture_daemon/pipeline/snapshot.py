"""Reading one picture: what is captured now, or one part of a frame as a preview of a region."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, replace
from functools import partial

import cv2
import numpy as np

from capture_daemon.capture import Source, open_source
from capture_daemon.capture.waiting import WaitingSource
from capture_daemon.config.models import Configuration
from capture_daemon.errors import SourceError
from capture_daemon.frames import Box, ColourImage, Frame, Region, RegionBoxes, Regions, Size
from capture_daemon.ocr.engine import RowText
from capture_daemon.ocr.worker import OcrWorker
from capture_daemon.pipeline import region_finding
from capture_daemon.pipeline.driving import OcrBackend, answer_to, drive, through
from capture_daemon.pipeline.region_check import complaints_of
from capture_daemon.pipeline.validation import source_settings
from capture_daemon.reading.events import Said
from capture_daemon.reading.reader import Reader
from capture_daemon.reading.settings import ReadingSettings
from capture_daemon.reading.text import is_readable, tidy

LOOK_SECONDS = 1.5
"""For how long frames are looked at: long enough for text that is being typed to come to rest, mostly."""
LONGEST_LOOK = 6.0
"""Seconds after which a live source that gives few frames is looked at no longer."""


@dataclass(frozen=True, slots=True, eq=False)
class FoundRow:
    """A row of text: its box in pixels of the whole frame, and what was read in it."""

    box: Box
    text: RowText


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
    warnings: tuple[str, ...] = ()
    """Why a region can't work, as far as one picture shows it."""


async def take(configuration: Configuration, at: float = 0.0) -> Snapshot:
    """Look at the configured source; at a recording, `at` seconds from its start.

    Raises what opening the source and loading the model raise, and SourceError if a recording ends before `at`.
    """
    regions = configuration.all_regions
    table = configuration.source
    source = open_source(table.name, None, source_settings(table), lambda state, detail: None)
    if isinstance(source, WaitingSource):
        raise SourceError(f"source {source.name} is for `run`, which follows known games: name one by --profile")
    worker = OcrWorker(configuration.ocr, lambda state, detail: None)
    try:
        size = await source.open()
        if configuration.regions.automatic:
            await worker.start()
            looking = (
                region_finding.live(source, worker)
                if source.live
                else region_finding.in_recording(source.name, worker, max_pixels=table.max_pixels)
            )
            regions = region_finding.as_regions(await looking, configuration)
        if regions is None:
            return Snapshot(await _look(source, at, None, worker), None, [])
        reading = configuration.reading
        reader = Reader(regions, ReadingSettings(reading.min_confidence, reading.settle, reading.max_age))
        if not configuration.regions.automatic:
            await worker.start()
        picture = await _look(source, at, reader, worker)
        boxes = regions.resolve(size)
        snapshot = await _read(picture, boxes, reader, worker)
        names = ("dialogue", "speaker")
        warnings = [str(one) for name in names for one in await complaints_of(name, boxes, picture, worker)]
        return replace(snapshot, warnings=tuple(warnings))
    finally:
        await asyncio.gather(source.close(), worker.close())


async def _look(source: Source, at: float, reader: Reader | None, worker: OcrWorker) -> ColourImage:
    """The picture at the end of a look, which the reader has followed."""
    seconds = LOOK_SECONDS if reader is not None else 0.0
    last: Frame | None = None
    first: float | None = None
    limit = asyncio.get_running_loop().time() + LONGEST_LOOK if source.live else None
    with contextlib.suppress(TimeoutError):
        while True:
            async with asyncio.timeout_at(limit):
                frames = await source.frames()
            if not frames:
                break
            last = frames[-1]
            first = first if first is not None else frames[0].time
            if reader is not None:
                due = [frame for frame in frames if frame.time >= at]
                await drive(through(reader, due), partial(answer_to, worker))
            if last.time >= (first if source.live else at) + seconds:
                break
    if last is None:
        raise SourceError(f"{source.name} gave no picture")
    if last.time < at:
        raise SourceError(f"{source.name} has no picture at {at:g} s: it ends at {last.time:.1f} s")
    return last.in_colour()


async def _read(picture: ColourImage, boxes: RegionBoxes, reader: Reader, worker: OcrWorker) -> Snapshot:
    standing = reader.standing_rows
    # Nothing more comes, so that also what was still being typed is said as far as it stands.
    await drive(reader.end(), partial(answer_to, worker))
    said = [event for event in reader.events if isinstance(event, Said)]
    rows = [FoundRow(box, text) for box, text in standing]
    return Snapshot(picture, boxes, rows, said[-1].speaker if said else None, said[-1].text if said else None)


_LOOKS = 8
"""How often the picture is shown to the reader, a tenth of a second apart: so it is known to stand."""


async def texts_in(picture: ColourImage, box: Box, ocr: OcrBackend, ignore: tuple[Region, ...] = ()) -> list[str]:
    """The text of each row in `box` of a whole frame, as they are read; rows that say nothing are left out.

    What lies in `ignore` is blanked.

    In one picture dialogue looks like other text, so more may be found than capturing would find.
    """
    reader = Reader(Regions(Region(*box, fractions=False), ignore=ignore))
    await drive(through(reader, _frames(picture, box)), partial(answer_to, ocr))
    standing = reader.standing_rows
    rows = [tidy(text.text) for _, text in standing]
    return [row for row in rows if is_readable(row)]


def _frames(picture: ColourImage, box: Box) -> list[Frame]:
    size = Size(picture.shape[1], picture.shape[0])
    needed = Regions(Region(*box, fractions=False)).resolve(size).needed
    part = np.ascontiguousarray(picture[needed.top : needed.bottom, needed.left : needed.right, :3])
    grey = np.asarray(cv2.cvtColor(part, cv2.COLOR_BGR2GRAY), np.uint8)
    return [Frame(grey, number / 10, number, needed, size, colour=lambda: part) for number in range(_LOOKS)]
