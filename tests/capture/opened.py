"""Opening a source in a test, and closing it however the test ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from capture_daemon.capture import Source, SourceSettings, open_source
from capture_daemon.frames import Box, Frame, Region, Regions, Size
from capture_daemon.records import StatusState

LIMIT = 30.0


class Opened:
    """A source that was opened, its whole frame's size, and what it has said of itself since."""

    def __init__(self) -> None:
        self.source: Source
        self.size: Size
        self.statuses: list[tuple[StatusState, str | None]] = []
        self._told = asyncio.Event()

    def on_status(self, state: StatusState, detail: str | None) -> None:
        self.statuses.append((state, detail))
        self._told.set()

    async def told(self, condition: Callable[[], object]) -> None:
        """Wait for a status after which `condition` holds."""
        async with asyncio.timeout(LIMIT):
            while not condition():
                self._told.clear()
                await self._told.wait()

    @property
    def states(self) -> list[StatusState]:
        return [state for state, _ in self.statuses]

    @property
    def state(self) -> StatusState | None:
        """The last it has said, None before."""
        return self.states[-1] if self.statuses else None

    async def frame(self) -> Frame:
        async with asyncio.timeout(LIMIT):
            return (await self.source.frames())[0]

    async def frame_where(self, condition: Callable[[Frame], object]) -> Frame:
        async with asyncio.timeout(LIMIT):
            while not condition(frame := (await self.source.frames())[0]):
                pass
        return frame

    async def rest(self, frames: list[Frame] | None = None) -> list[Frame]:
        """Every frame up to the end, added to `frames`, where they are found if the end is an error."""
        frames = [] if frames is None else frames
        async with asyncio.timeout(LIMIT):
            while batch := await self.source.frames():
                frames += batch
        return frames


def grabbed(size: Size, dialogue: str, speaker: str | None = None) -> Box:
    """The part of a frame of that size that a source hands over: the regions, and a margin round the dialogue's."""
    return Regions(Region.parse(dialogue), Region.parse(speaker) if speaker else None).resolve(size).needed


@asynccontextmanager
async def opened(
    name: object, region: str | None = None, settings: SourceSettings | None = None, *, may_wait: bool = False
) -> AsyncIterator[Opened]:
    """Open a source by name, with a dialogue region or for the whole frame."""
    opened = Opened()
    regions = None if region is None else Regions(Region.parse(region))
    opened.source = open_source(str(name), regions, settings or SourceSettings(), opened.on_status)
    try:
        opened.size = await opened.source.open(may_wait=may_wait)
        yield opened
    finally:
        await opened.source.close()
