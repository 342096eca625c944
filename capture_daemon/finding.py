"""Finding the regions of a source by itself: looking at whole frames until it is clear where the dialogue stands."""

from __future__ import annotations

import asyncio
import logging

from capture_daemon.config import RegionsTable
from capture_daemon.errors import ConfigurationError, SourceError
from capture_daemon.frames import Box, ColourImage, Region, Regions, Size
from capture_daemon.ocr.worker import OcrWorker
from capture_daemon.reading.finding import FoundRegions
from capture_daemon.reading.finding_columns import TextFinder
from capture_daemon.sources import Source, SourceSettings, open_source

INTERVAL = 1.0
"""Seconds from one look to the next: enough for a text to have become another, or to have grown."""
LONGEST = 300.0
"""Seconds of a recording after which the search is given up, or ends with what was found."""
EVERYWHERE = Regions(Region.parse("0.0,0.0,1.0,1.0"))
"""The region while none is known."""
_CONSIDER = 5
"""Looks between two times that all of them are thought over."""

logger = logging.getLogger(__name__)


def is_wanted(table: RegionsTable, *, live: bool) -> bool:
    """Whether the dialogue's region is to be found: where that is asked for, and in a recording without one."""
    return table.automatic or (table.dialogue is None and not live)


async def in_recording(name: str, worker: OcrWorker) -> FoundRegions:
    """The regions in the first minutes of the recording of that name; `worker` has been started.

    Raises what opening the source raises, and ConfigurationError where there is too little text to tell.
    """
    source = open_source(name, None, SourceSettings(), lambda state, detail: None)
    logger.info("%s: the dialogue is looked for", name)
    try:
        finder = TextFinder(await source.open())
        searched = await _search(source, worker, finder)
    finally:
        await source.close()
    found = await asyncio.to_thread(finder.found)
    if found is None:
        raise ConfigurationError(
            f"no dialogue was found in the first {searched:.0f} s of {source.name}: choose its region on the "
            "picture that `capture-daemon snapshot -o frame.png` saves, then name it by --region or regions.dialogue"
        )
    return found


async def _search(source: Source, worker: OcrWorker, finder: TextFinder) -> float:
    """Show the finder a recording until it has seen enough; for how many seconds of it that was."""
    due = 0.0
    looks = 0
    try:
        while due < LONGEST and (frames := await source.frames()):
            for frame in frames:
                if frame.time >= due:
                    due = frame.time + INTERVAL
                    finder.see(await _rows_in(frame.in_colour(), worker))
                    looks += 1
            if looks >= _CONSIDER:
                looks = 0
                if await asyncio.to_thread(lambda: finder.enough):
                    break
    except SourceError as error:
        # The recording ends in damage, which is told when it is read; up to there it can be searched.
        logger.debug("the search for the dialogue ended: %s", error)
    return min(LONGEST, due)


async def _rows_in(picture: ColourImage, worker: OcrWorker) -> list[Box]:
    """Where text stands in a picture; nowhere if it could not be looked at."""
    return [found.box for found in await worker.find(picture) or ()]


async def live(source: Source, worker: OcrWorker) -> FoundRegions:
    """The regions of a live source that is open, after the first few lines; waits for them as long as it takes.

    `worker` has been started.
    """
    logger.info("%s: the dialogue is looked for", source.name)
    loop = asyncio.get_running_loop()
    finder: TextFinder | None = None
    looks = 0
    while True:
        began = loop.time()
        try:
            picture = await source.whole()
        except SourceError as error:
            logger.debug("no picture to search for the dialogue: %s", error)
        else:
            size = Size(picture.shape[1], picture.shape[0])
            if finder is None or finder.size != size:
                finder = TextFinder(size)
            finder.see(await _rows_in(picture, worker))
            looks += 1
        if finder is not None and looks >= _CONSIDER:
            looks = 0
            found = await asyncio.to_thread(finder.found)
            if found is not None:
                return found
        await asyncio.sleep(max(0.0, began + INTERVAL - loop.time()))


class Search:
    """A search of a live source that somebody else may end."""

    def __init__(self) -> None:
        self._task: asyncio.Task[FoundRegions] | None = None

    async def run(self, loaded: asyncio.Event, source: Source, worker: OcrWorker) -> FoundRegions | None:
        """What `live` finds, once the worker is loaded; None where `end` was called first."""
        self._task = asyncio.create_task(self._run(loaded, source, worker), name="look for the dialogue")
        try:
            await asyncio.wait((self._task,))
            return None if self._task.cancelled() else self._task.result()
        finally:
            self.end()

    def end(self) -> None:
        """Search no longer; nothing happens where nothing is being looked for."""
        if self._task is not None:
            self._task.cancel()

    async def _run(self, loaded: asyncio.Event, source: Source, worker: OcrWorker) -> FoundRegions:
        await loaded.wait()
        return await live(source, worker)


def as_regions(found: FoundRegions, table: RegionsTable) -> Regions:
    """The regions as they would be named by the user, in pixels; a speaker's region that is named stays. Tells it."""
    speaker = table.speaker or (_region(found.speaker) if found.speaker is not None else None)
    regions = Regions(_region(found.dialogue), speaker, table.ignore)
    option = f" --speaker-region {speaker}" if speaker is not None else ""
    logger.info("the dialogue was found: --region %s%s", regions.dialogue, option)
    return regions


def _region(box: Box) -> Region:
    return Region(*box, fractions=False)
