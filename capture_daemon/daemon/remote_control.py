"""Requests that clients may send to a running daemon: pause, show a frame, change regions."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from capture_daemon.common import time_limit
from capture_daemon.config.regions import CHOICES, written_at
from capture_daemon.config.source import ConfigSource
from capture_daemon.errors import ConfigurationError, RegionError, SourceError
from capture_daemon.frames import DIALOGUE, SPEAKER, Box, ColourImage, Region, Regions, Size
from capture_daemon.pipeline.region_check import complaints_of
from capture_daemon.pipeline.session import CaptureSession
from capture_daemon.pipeline.snapshot import texts_in
from capture_daemon.server.control_interface import CapturedFrame, Corners, Form, FramePicture, PictureRequest
from capture_daemon.server.feed import Feed
from capture_daemon.tracing.recent_decisions import Recent

REMOVABLE = (SPEAKER, CHOICES)
"""Regions that a client may take away, and put anywhere if there is none yet."""
_ENDINGS: dict[Form, str] = {"png": ".png", "jpeg": ".jpg"}
KEEP_LIMIT = 2.0
"""Seconds that keeping a region may take, 1 to 2: the daemon, which ends within three, waits for it."""
READ_LIMIT = 20.0
"""Seconds that reading the rows of a region that was set may take."""

logger = logging.getLogger(__name__)


class RemoteControl:
    """Controls one capture session; implements the server's `Controls`."""

    def __init__(  # noqa: PLR0913, PLR0917 - what it controls, and what it shows
        self,
        capture: CaptureSession,
        feed: Feed,
        version: str,
        config_source: ConfigSource | None,
        recent: Recent,
        numbers: Callable[[], dict[str, Any]] = dict,
    ) -> None:
        """`config_source` is where regions are kept, None if nothing can be; `recent` is what was decided last.

        `numbers` are more keys for the status.
        """
        self.config_source = config_source
        self._capture = capture
        self._feed = feed
        self._version = version
        self._recent = recent
        self._numbers = numbers
        self._turn = asyncio.Lock()

    async def pause(self) -> None:
        """Finish the current line, then stop capturing until `resume`. Does nothing if already paused."""
        logger.info("paused")
        await self._capture.pause()

    async def resume(self) -> None:
        """Resume capturing. Does nothing if not paused."""
        logger.info("resumed")
        self._capture.resume()

    def status(self) -> dict[str, Any]:
        """How the daemon is doing, fit for JSON and without text from the screen."""
        return {
            "paused": self._capture.paused,
            "statuses": [status.to_dict() for status in self._feed.statuses],
            "lines": self._capture.stats().lines,
            "latest": self._feed.latest,
            "stream": self._feed.stream,
            "source": self._capture.source.name,
            "version": self._version,
            **self._numbers(),
        }

    async def frame(self) -> CapturedFrame:
        """The current frame; raises SourceError if there is none."""
        return TakenFrame(await self._capture.source.whole(), self._capture.regions)

    async def set_region(self, name: str, box: str, save: bool) -> dict[str, Any]:
        """Look at `box`, written as in the configuration, for the region of that name, from the next frame on.

        An empty box takes a speaker's or the choices' away. With `save` it is written to the configuration file
        first. Returns what was set, what is read there now, and warnings if that can't work. Raises RegionError if the
        box is malformed or outside the frame, SourceError if there is no frame, ConfigurationError if it can't be kept;
        then everything is as before.
        """
        before = self._capture.regions
        speakers = [f"{one.name}.{SPEAKER}" for one in before.others if one.kind == "text"]
        names = list(dict.fromkeys((before.name, SPEAKER, CHOICES, *(one.name for one in before.others), *speakers)))
        if name not in names:
            raise ConfigurationError(f"there is no region {name!r} to set: it may be {' or '.join(names)}")
        region = None if name in (*REMOVABLE, *speakers) and not box else Region.parse(box)
        async with self._turn:
            picture = await self._capture.source.whole()
            place = None if region is None else region.resolve(Size(picture.shape[1], picture.shape[0]), name)
            if save:
                await self._keep(name, region)
            changed = self._capture.regions.moved(name, region)
            await self._capture.look_at(changed)
        known = "gone" if region is None else region
        logger.info("the %s region is %s%s", name, known, " from now on" if save else " until the next start")
        if place is None:
            return {"region": name, "box": None, "rows": [], "warnings": [], "saved": save}
        rows, warnings = await self._rows(picture, place), await self._warnings(name, picture, changed)
        return {"region": name, "box": list(place), "rows": rows, "warnings": warnings, "saved": save}

    def trace(self) -> list[dict[str, Any]]:
        """What was decided in the last half minute, and why; raises ConfigurationError if that isn't kept."""
        if not self._recent.on:
            raise ConfigurationError(
                "no trace is kept: set reading.trace = true in the daemon's configuration, then reload or restart it"
            )
        return self._recent.records(live=self._capture.source.live)

    async def _rows(self, picture: ColourImage, place: Box) -> list[str]:
        """What is read there; nothing if OCR is down just now."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(READ_LIMIT):
                return await texts_in(picture, place, self._capture)
        return []

    async def _warnings(self, name: str, picture: ColourImage, regions: Regions) -> list[str]:
        """Why a region of text, or its speaker's, can't work, where that can be seen."""
        owner, _, part = name.partition(".")
        other = next((one for one in regions.others if one.name == owner), None)
        if other is not None and other.kind == "choices":
            return []
        kind = SPEAKER if SPEAKER in (name, part) else DIALOGUE
        looked_at = regions if other is None else regions.of(other)
        boxes = looked_at.resolve(Size(picture.shape[1], picture.shape[0]))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(READ_LIMIT):
                complaints = await complaints_of(kind, boxes, picture, self._capture, looked_at.name)
                return [str(complaint) for complaint in complaints]
        return []

    async def _keep(self, name: str, region: Region | None) -> None:
        if self.config_source is None:
            raise ConfigurationError("no configuration file to save the region in: set it without saving")
        config_source, value = self.config_source, str(region) if region else None
        table, key = written_at(name, self._capture.configuration.regions, self._capture.configuration.region)

        def keep() -> Path:
            if table == "regions":
                return config_source.keep(table, key, value)
            return config_source.keep_named(table, key, value)

        try:
            await asyncio.to_thread(time_limit.run, "keep", KEEP_LIMIT, keep)
        except TimeoutError:
            raise ConfigurationError(
                f"{config_source.file}: not written within {KEEP_LIMIT:g} s: check whether its drive responds; "
                "the region is not used, but may be written there later"
            ) from None
        self.config_source = self.config_source.without(f"regions.{name}")


class TakenFrame:
    """A frame that was taken, and the regions at that time: a `CapturedFrame`."""

    def __init__(self, pixels: ColourImage, regions: Regions) -> None:
        self._pixels = pixels
        self._regions = regions

    def picture(self, wanted: PictureRequest) -> FramePicture:
        """A picture of it; raises RegionError if a part isn't in it, SourceError if it can't be encoded."""
        pixels = self._pixels
        size = Size(pixels.shape[1], pixels.shape[0])
        box = Box(0, 0, *size) if wanted.box is None else Region.parse(wanted.box).resolve(size, "box")
        part = pixels[box.top : box.bottom, box.left : box.right, :3]
        if wanted.scale < 1:
            width, height = (max(1, round(length * wanted.scale)) for length in (box.width, box.height))
            part = np.asarray(cv2.resize(part, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
        try:
            _, data = cv2.imencode(_ENDINGS[wanted.form], part)
        except cv2.error as error:  # a JPEG of more than 65,500 pixels in a row, above all
            raise SourceError(f"the frame can't be made a {wanted.form.upper()}: ask for a part, or smaller") from error
        regions = self._regions
        places = {regions.name: regions.dialogue, SPEAKER: regions.speaker, CHOICES: None}
        for one in regions.others:
            places[one.name] = one.place
            if one.kind == "text":
                places[f"{one.name}.{SPEAKER}"] = one.speaker
        corners = {name: _place(region, size) for name, region in places.items()}
        return FramePicture(data.tobytes(), size, list(box), corners)


def _place(region: Region | None, size: Size) -> Corners | None:
    try:
        return None if region is None else list(region.resolve(size))
    except RegionError:
        # The frame has become smaller, and the user is about to choose another region.
        return None
