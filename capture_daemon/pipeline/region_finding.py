"""Finding the regions of a source automatically: reading whole frames until it is clear where the dialogue is."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace

from capture_daemon.capture import Source, SourceSettings, open_source
from capture_daemon.config.models import Configuration
from capture_daemon.errors import ConfigurationError, SourceError
from capture_daemon.frames import MOST_PIXELS, Box, Region, Regions, Size
from capture_daemon.pipeline.driving import OcrBackend
from capture_daemon.pipeline.glances import Glances
from capture_daemon.reading.finding import FoundRegions
from capture_daemon.reading.finding_columns import TextFinder
from capture_daemon.records import StatusState

INTERVAL, UNHURRIED = 1.0, 2.0
"""Seconds from one look to the next, and in a recording once the dialogue is known and names may still be missing; 0.5
to 3: enough for a text to have become another, or to have grown."""
LONGEST = 300.0
"""Seconds of a recording after which the search is given up, or ends with what was found."""
SAMPLES, SAMPLE_SECONDS = 12, 20.0
"""Moments at most at which the rest of a recording is looked at, and the least seconds from one to the next."""
LATER_LINES = 100
"""Lines on a live source after which names are looked for no longer."""
EVERYWHERE = Regions(Region.parse("0.0,0.0,1.0,1.0"))
"""The region while none is known."""
SEARCHING = "searching for the dialogue box (needs a few lines)"
"""The reason given for the state `waiting` while a source is searched."""
_CONSIDER = 5
"""Looks after which all looks so far are evaluated together."""

logger = logging.getLogger(__name__)


def is_wanted(configuration: Configuration, *, live: bool) -> bool:
    """Whether the dialogue's region is to be found: if that is asked for, and in a recording without one."""
    return configuration.regions.automatic or (configuration.all_regions is None and not live)


def everywhere(configuration: Configuration) -> Regions:
    """The regions to read until the dialogue's is known: the whole frame."""
    return replace(EVERYWHERE, others=configuration.other_regions)


def is_everywhere(regions: Regions) -> bool:
    """Whether these are the regions that `everywhere` gives."""
    return regions.dialogue is EVERYWHERE.dialogue


async def in_recording(
    name: str,
    ocr: OcrBackend,
    on_progress: Callable[[float], None] = lambda seconds: None,
    *,
    max_pixels: int = MOST_PIXELS,
) -> FoundRegions:
    """The regions in the recording of that name.

    Its first minutes are looked through until the dialogue is clear, then moments all over the rest of it: later text
    may need more room, and names may come late. `on_progress` is called with the seconds searched so far.
    Raises what opening the source raises, and ConfigurationError if there is too little text.
    """
    source = _whole(name, max_pixels)
    logger.info("%s: searching for the dialogue", name)
    glances = Glances(ocr)
    try:
        finder = TextFinder(await source.open())
        searched = await _search(source, glances, finder, on_progress)
        length = source.duration
    finally:
        await source.close()
    if length is not None:
        await _sample(name, glances, finder, _moments(searched, length), max_pixels)
    found = await asyncio.to_thread(finder.found)
    if found is None:
        raise ConfigurationError(_nothing(source.name, searched, finder))
    return found


def _whole(name: str, max_pixels: int, start: float = 0.0) -> Source:
    return open_source(name, None, SourceSettings(start=start, max_pixels=max_pixels), lambda state, detail: None)


def _nothing(name: str, searched: float, finder: TextFinder) -> str:
    if finder.unread > finder.read:
        return (
            f"no dialogue was found in the first {searched:.0f} s of {name}: there is writing that can't be read: "
            "name its language by --language, or the dialogue's region by --region"
        )
    return (
        f"no dialogue was found in the first {searched:.0f} s of {name}: choose its region on the "
        "picture that `capture-daemon snapshot -o frame.png` saves, then name it by --region or regions.dialogue"
    )


def _moments(searched: float, length: float) -> list[float]:
    """Moments spread over what hasn't been looked through, in seconds; none if that is little."""
    rest = length - searched
    count = min(SAMPLES, int(rest / SAMPLE_SECONDS))
    return [searched + rest * (number + 0.5) / count for number in range(count)]


async def _search(source: Source, glances: Glances, finder: TextFinder, on_progress: Callable[[float], None]) -> float:
    """Show the finder a recording until it has seen enough; for how many seconds of it that was."""
    due = 0.0
    looks = 0
    interval = INTERVAL
    try:
        while due < LONGEST and (frames := await source.frames()):
            for frame in frames:
                if frame.time >= due:
                    due = frame.time + interval
                    finder.see(await glances.at(frame.in_colour(), finder.row_height, finder.place))
                    looks += 1
                    on_progress(frame.time)
            if looks >= _CONSIDER:
                looks = 0
                if await asyncio.to_thread(lambda: finder.enough):
                    break
                if await asyncio.to_thread(finder.found) is not None:
                    interval = UNHURRIED
    except SourceError as error:
        # The recording ends in damage, which is reported when it is read; up to there it can be searched.
        logger.debug("the search for the dialogue ended: %s", error)
    return min(LONGEST, due)


async def _sample(name: str, glances: Glances, finder: TextFinder, moments: Iterable[float], max_pixels: int) -> None:
    """Show the finder single moments of a recording."""
    for moment in moments:
        source = _whole(name, max_pixels, moment)
        try:
            await source.open()
            if frames := await source.frames():
                finder.see(await glances.at(frames[0].in_colour(), finder.row_height, finder.place))
        except SourceError as error:
            logger.debug("no picture at %.0f s to search for the dialogue: %s", moment, error)
        finally:
            await source.close()


class LiveSearch:
    """Searches an open live source for its dialogue, at intervals."""

    def __init__(self, source: Source, ocr: OcrBackend) -> None:
        self._source = source
        self._glances = Glances(ocr)
        self._finder: TextFinder | None = None

    async def look(self) -> None:
        """Look at the current picture."""
        try:
            picture = await self._source.whole()
        except SourceError as error:
            logger.debug("no picture to search for the dialogue: %s", error)
            return
        size = Size(picture.shape[1], picture.shape[0])
        if self._finder is None or self._finder.size != size:
            self._finder = TextFinder(size)
        self._finder.see(await self._glances.at(picture, self._finder.row_height, self._finder.place))

    async def found(self) -> FoundRegions | None:
        """What is known by now."""
        return None if self._finder is None else await asyncio.to_thread(self._finder.found)

    async def until_found(self) -> FoundRegions:
        """Look every second until the dialogue is found, after its first few lines, as long as it takes."""
        logger.info("%s: searching for the dialogue", self._source.name)
        loop = asyncio.get_running_loop()
        looks = 0
        while True:
            began = loop.time()
            await self.look()
            looks += 1
            if looks % _CONSIDER == 0 and (found := await self.found()) is not None:
                return found
            await asyncio.sleep(max(0.0, began + INTERVAL - loop.time()))


async def live(source: Source, ocr: OcrBackend) -> FoundRegions:
    """The regions of a live source that is open; waits for its first few lines."""
    return await LiveSearch(source, ocr).until_found()


class Search:
    """A search of a live source that somebody else may end."""

    def __init__(self) -> None:
        self._task: asyncio.Task[FoundRegions] | None = None
        self._later: asyncio.Task[None] | None = None
        self._looking: LiveSearch | None = None

    async def run(self, source: Source, ocr: OcrBackend) -> FoundRegions | None:
        """What is found in the source, which is open; None if `end` was called first."""
        self._looking = LiveSearch(source, ocr)
        self._task = asyncio.create_task(self._looking.until_found(), name="look for the dialogue")
        try:
            await asyncio.wait((self._task,))
            return None if self._task.cancelled() else self._task.result()
        finally:
            self._task.cancel()

    def standing(self, state: StatusState, detail: str | None) -> tuple[StatusState, str | None]:
        """The state to report of the source, which says this of itself: while it is searched, it waits for that."""
        searching = self._task is not None and not self._task.done()
        return ("waiting", SEARCHING) if searching and state == "capturing" else (state, detail)

    def go_on(self, found: FoundRegions, line: asyncio.Event, move: Callable[[FoundRegions], Awaitable[None]]) -> None:
        """After something was found without a speaker's place, look on, once for each line, until that is seen as well.

        `line` is set when a line was said. `move` is awaited when names are found, or text that needs more room.
        """
        assert self._looking is not None
        self._later = asyncio.create_task(self._look_on(self._looking, found, line, move), name="look for names")

    def end(self) -> None:
        """End the search; does nothing if none runs."""
        for task in (self._task, self._later):
            if task is not None and task is not asyncio.current_task():
                task.cancel()

    @staticmethod
    async def _look_on(
        looking: LiveSearch, known: FoundRegions, line: asyncio.Event, move: Callable[[FoundRegions], Awaitable[None]]
    ) -> None:
        for _ in range(LATER_LINES):
            line.clear()
            await line.wait()
            await looking.look()
            found = await looking.found()
            if found is None:
                continue
            if found.speaker is not None or found.dialogue.intersection(known.dialogue) != found.dialogue:
                known = found
                await move(found)
            if found.speaker is not None:
                return


def as_regions(found: FoundRegions, configuration: Configuration) -> Regions:
    """The regions as a user would write them, in pixels; configured ones stay. Logs what was found."""
    table = configuration.regions
    speaker = table.speaker or (_region(found.speaker) if found.speaker is not None else None)
    regions = Regions(_region(found.dialogue), speaker, table.ignore, others=configuration.other_regions)
    option = f" --speaker-region {speaker}" if speaker is not None else ""
    logger.info("the dialogue was found: --region %s%s", regions.dialogue, option)
    return regions


def _region(box: Box) -> Region:
    return Region(*box, fractions=False)
