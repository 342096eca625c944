"""The regions of a new game: the configured ones, checked against its picture, or those that are found."""

from __future__ import annotations

import asyncio

from capture_daemon.capture import open_source
from capture_daemon.capture.waiting import WaitingSource
from capture_daemon.capture.window_name import Window
from capture_daemon.config.models import Configuration
from capture_daemon.config.table import LONGEST_WINDOW_TEXT
from capture_daemon.errors import ConfigurationError, SourceError
from capture_daemon.frames import Box, Region, Regions, Size
from capture_daemon.ocr.worker import OcrWorker
from capture_daemon.pipeline import region_finding
from capture_daemon.pipeline.validation import check_language, source_settings


async def first_regions(configuration: Configuration, limit: float) -> Regions:
    """The configured regions, if they lie in the picture; without a dialogue region, those found in `limit` seconds.

    They are in fractions of the frame. Raises SourceError if the source can't be opened, RegionError if a region lies
    outside the frame, ConfigurationError if no dialogue is found.
    """
    check_language(configuration.ocr)
    table = configuration.source
    source = open_source(table.name, None, source_settings(table), lambda state, detail: None)
    if isinstance(source, WaitingSource) or not source.live:
        raise SourceError(f"{table.name} is nothing to play on: name a window, a screen, a device, OBS or a stream")
    worker = OcrWorker(configuration.ocr, lambda state, detail: None)
    try:
        size = await source.open()
        regions = configuration.regions.regions()
        if regions is None:
            await worker.start()
            try:
                async with asyncio.timeout(limit):
                    found = await region_finding.live(source, worker)
            except TimeoutError as error:
                raise ConfigurationError(
                    f"no dialogue was found in {source.name} within {limit:g} s: play on for a few lines meanwhile, "
                    "or name its region by --region, or draw it by `capture-daemon setup`"
                ) from error
            regions = region_finding.as_regions(found, configuration)
        return in_fractions(regions, size)
    finally:
        await asyncio.gather(source.close(), worker.close())


def in_fractions(regions: Regions, size: Size) -> Regions:
    """The regions in fractions of a frame of that size; raises RegionError if one reaches outside it."""
    boxes = regions.resolve(size)
    return Regions(
        _fractions(boxes.dialogue, size),
        None if boxes.speaker is None else _fractions(boxes.speaker, size),
        tuple(_fractions(box, size) for box in boxes.ignore),
    )


def known_by(window: Window) -> tuple[str | None, str | None]:
    """A window's title and class for a profile's `match`; None for one that can't be written there.

    Raises ConfigurationError if the window has neither.
    """
    title, class_name = (
        text if text.strip() and text.isprintable() and len(text) <= LONGEST_WINDOW_TEXT else None
        for text in (window.title, window.class_name or window.instance)
    )
    if title is None and class_name is None:
        raise ConfigurationError("the window has neither a title nor a class to know it by: name a --source instead")
    return title, class_name


def _fractions(box: Box, size: Size) -> Region:
    across, down = size.width, size.height
    left, top, width, height = box.left / across, box.top / down, box.width / across, box.height / down
    return Region(left, top, width, height, fractions=True)
