"""If no line comes: after a minute of play, one hint that says what is on screen instead."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence

from capture_daemon.errors import CaptureDaemonError
from capture_daemon.frames import Box, ColourImage, Size
from capture_daemon.pipeline.session import CaptureSession
from capture_daemon.records import Status

PATIENCE = 60.0
"""Seconds of play without a first line after which the hint comes, 30 to 300: a title and a menu may go before."""
STEP = 1.0
"""Seconds between two looks at the clock; only while everything works does time count."""
LOOK_LIMIT = 20.0
"""Seconds that looking at the picture may take."""
FLAT = 3.0
"""Standard deviation of a colour's values in a picture, 0 to 255, up to which it shows nothing; 1 to 6."""

logger = logging.getLogger(__name__)


class SilenceHint:
    """Waits for a run's first line, and gives one hint if none comes."""

    def __init__(
        self,
        capture: CaptureSession,
        said: asyncio.Event,
        states: Callable[[], list[Status]],
        set_status: Callable[[Status], None],
    ) -> None:
        """`said` is set with the first line; `states` is how the parts of the daemon are doing.

        `set_status` has clients see the hint.
        """
        self._set_status = set_status
        self._capture = capture
        self._said = said
        self._states = states

    async def run(self) -> None:
        """Log the hint and show it to clients until a line comes. Does nothing on a recording."""
        if not self._capture.source.live:
            return
        # Both would say much the same of one region.
        self._capture.region_check.hold_back()
        found = await self._hint()
        self._capture.region_check.let_go(None if found is None else found[0])
        if found is None:
            return
        _, hint = found
        logger.warning("%s: %s", self._capture.source.name, hint)
        shown = Status(what="source", state="capturing", detail=hint)
        self._set_status(shown)
        await self._said.wait()
        if shown in self._states():
            self._set_status(Status(what="source", state="capturing"))

    async def _hint(self) -> tuple[Box, str] | None:
        """The dialogue's region and the hint, after a minute of play; None once a line has come.

        Cancelled at the end of the run.
        """
        played = 0.0
        while played < PATIENCE:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(STEP):
                    await self._said.wait()
                    return None
            if all(status.state == "capturing" for status in self._states()):
                played += STEP
        try:
            async with asyncio.timeout(LOOK_LIMIT):
                picture = await self._capture.source.whole()
                found = await self._capture.find(picture)
                size = Size(picture.shape[1], picture.shape[0])
                region = self._capture.regions.resolve(size).dialogue
                said = explain_silence(picture, region, [one.box for one in found or ()])
        except (TimeoutError, CaptureDaemonError) as error:
            logger.debug("no hint: %s", error)
            return None
        return None if self._said.is_set() else (region, f"no line in the first {PATIENCE:.0f} s: {said}")


def explain_silence(picture: ColourImage, region: Box, texts: Sequence[Box]) -> str:
    """What a picture shows, of which no line comes, and what to do. `texts` is where text stands, in pixels."""
    if _is_flat(picture):
        return "the picture is of one colour: is the game covered, minimised, or elsewhere? try another --source"
    inside = [text for text in texts if text.intersection(region) is not None]
    if inside:
        return "text stands in the dialogue region, and isn't read as lines: name its language by --language"
    inner = picture[region.top : region.bottom, region.left : region.right]
    if texts:
        largest = max(texts, key=lambda text: text.width * text.height)
        where = ",".join(map(str, largest))
        return (
            f"the dialogue region holds no text, but there is some at {where}: move the region on the page, "
            "or run with --region auto"
        )
    if _is_flat(inner):
        return "the dialogue region is of one colour, and there is no text elsewhere: does a window cover it?"
    return "there is no text in the picture: go on to where somebody speaks, or try another --source"


def _is_flat(picture: ColourImage) -> bool:
    """Whether it is of one colour, whichever that is."""
    # Every fourth pixel says so as well, and the event loop waits for this.
    part = picture[::4, ::4]
    return bool(part.size) and float(part.std(axis=(0, 1)).max()) <= FLAT
