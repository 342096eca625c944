"""Keeping a picture of each line while lines are captured; nothing here delays a line or ends the daemon."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from capture_daemon.capture.base import Source
from capture_daemon.common.priority import step_back
from capture_daemon.config.models import LogTable
from capture_daemon.errors import CaptureDaemonError, SourceError
from capture_daemon.frames import MOST_PIXELS, Box, Frame, Regions
from capture_daemon.linelog.log_thread import LogThread
from capture_daemon.pictures import choosing
from capture_daemon.pictures.encoding import to_jpeg
from capture_daemon.pictures.picture_folder import PictureFolder, folder_of
from capture_daemon.pictures.recent_frames import RecentFrames
from capture_daemon.pictures.recorded import SETTLED, RecordedFrames
from capture_daemon.pictures.wholes import WholePicture, WholePictures
from capture_daemon.records import Choice, Entry, Line, picture_name

IN_HAND = 8
"""Pictures that are being made or wait for their line's number, 4 to 16: of 1080p some 66 MB together."""
ROOM_LIMIT = 10.0
"""Seconds that the lines of a recording, which can wait, wait for room, 5 to 30."""
READ_LIMIT = 5.0
"""Seconds for reading a picture that a client asks for."""
READING = 4
"""Pictures that are read for clients at a time; others wait for their turn within the same limit."""
THREAD_LIMIT = 0.5
"""Seconds for a thread to end."""

logger = logging.getLogger(__name__)


class Camera(Protocol):
    """What is captured: a CaptureSession."""

    @property
    def source(self) -> Source:
        """The source in use."""
        ...

    @property
    def regions(self) -> Regions:
        """The regions in use."""
        ...


class Shot:
    """The picture of one line, from the moment when the line is known until it is kept."""

    def __init__(self, line: Line | Choice, frame: Frame | None, whole: WholePicture | None) -> None:
        self.is_choice = isinstance(line, Choice)
        self.box = Box(*line.box)
        self.media_time = line.media_time or 0.0
        self.frame = frame
        """The frame of a live source that was read; None for a recording, whose frame is still to be decoded."""
        self.whole = whole
        """The whole picture of that moment, if it is kept."""
        self.name: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.task: asyncio.Task[None]


class PictureKeeper:
    """Chooses, encodes and writes the pictures of one run. Every method is for one event loop; `close` it."""

    def __init__(
        self, settings: LogTable, log: Path, camera: Camera, *, read_ahead: bool = False, max_pixels: int = MOST_PIXELS
    ) -> None:
        """`log` is the log's path. With `read_ahead`, lines can wait for their pictures: a recording is read ahead."""
        self.on = settings.pictures != "none"
        """Whether pictures are kept; earlier ones are given to clients in any case."""
        self.missed = 0
        """Lines without a picture, because too many were in hand."""
        self._settings = settings
        self._camera = camera
        self._read_ahead = read_ahead
        self._max_pixels = max_pixels
        self._folder = PictureFolder(folder_of(log), most=settings.pictures_size, age=settings.pictures_age)
        self._recent = RecentFrames()
        self._wholes = WholePictures(self._encode)
        self._recorded: tuple[Source, RecordedFrames] | None = None
        self._shots: dict[Shot, None] = {}
        self._room = asyncio.Event()
        self._thread = LogThread("pictures")
        self._readers = LogThread("pictures read")
        self._reading = asyncio.Semaphore(READING)
        self._trouble: str | None = None
        if self.on:
            self._thread.run(step_back)

    @property
    def size(self) -> int:
        """Bytes of all pictures."""
        return self._folder.size

    @property
    def kept(self) -> int:
        """How many bytes of frames are in memory, of which a picture may be made."""
        return self._recent.held

    def saw(self, frames: Sequence[Frame]) -> None:
        """These frames were read."""
        if self.on and self._camera.source.live:
            self._recent.add(frames)
            for frame in frames:
                if frame.whole is not None and self._settings.picture_part == "frame":
                    self._wholes.add(frame, frame.whole)

    async def take(self, line: Line | Choice, completed: float) -> tuple[Line | Choice, Shot | None]:
        """Begin to make the picture of a line that was complete at `completed`, on the source's clock if that is live.

        A choice's picture is the last in which the menu stood. Returns the record as it is to be written, which names
        the folder of its picture; `keep` takes the shot.
        """
        frame = self._recent.at(completed) if self.on else None
        if isinstance(line, Choice):
            whole = self._wholes.until(completed)
        else:
            # With the full stop, which comes after the last letter, as long as the text stands.
            later, settled = self._recent.at(completed + SETTLED), completed
            if frame is not None and later is not None and choosing.still_shows(frame, later, Box(*line.box)):
                frame, settled = later, max(completed, later.time)
            whole = self._wholes.since(settled)
            if whole is None and (last := self._wholes.until(settled)) is not None and last.frame.time >= completed:
                # Nothing has changed since.
                whole = last
        if not self.on or (self._camera.source.live and frame is None) or not await self._has_room():
            return line, None
        shot = Shot(line, frame if self._camera.source.live else None, whole)
        self._shots[shot] = None
        shot.task = asyncio.create_task(self._make(shot), name="picture")
        # While pictures can't be written, no line promises one.
        named = line if self._trouble is not None else replace(line, picture=self._folder.path.name)
        return named, shot

    def keep(self, shot: Shot, written: Entry) -> None:
        """The line has its number: its picture can be written."""
        if not shot.name.done():
            shot.name.set_result(picture_name(written.stream, written.seq))

    async def read(self, stream: str, seq: int) -> bytes | None:
        """The picture of a line, None if it is not kept; raises OSError, TimeoutError if the disk doesn't respond."""
        async with asyncio.timeout(READ_LIMIT), self._reading:
            return await self._readers.run(lambda: self._folder.read(picture_name(stream, seq)))

    async def close(self, limit: float) -> None:
        """Write the queued pictures, for at most the given number of seconds, and end the threads."""
        tasks = [shot.task for shot in self._shots]
        if tasks:
            await asyncio.wait(tasks, timeout=limit)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._recorded is not None:
            self._thread.run(self._recorded[1].close)
        for thread in (self._thread, self._readers):
            await asyncio.to_thread(thread.close, THREAD_LIMIT)

    async def _has_room(self) -> bool:
        """Wait for room, if there is time; else a line that was never written makes room, if there is one."""
        if self._read_ahead:
            try:
                async with asyncio.timeout(ROOM_LIMIT):
                    while len(self._shots) >= IN_HAND:
                        self._room.clear()
                        await self._room.wait()
            except TimeoutError:
                logger.debug("pictures take too long")
        if len(self._shots) < IN_HAND:
            return True
        unnamed = next((shot for shot in self._shots if not shot.name.done()), None)
        if unnamed is None:
            self._miss()
            return False
        self._shots.pop(unnamed)
        unnamed.task.cancel()
        self._miss()
        return True

    def _miss(self) -> None:
        self.missed += 1
        if self.missed == 1:
            logger.warning("pictures take longer than lines: some lines have none")

    async def _make(self, shot: Shot) -> None:
        try:
            data = await self._encoded(shot)
            shot.frame = None
            name = await shot.name
            await self._thread.run(lambda: self._folder.write(name, data))
        except OSError as error:
            self._report(f"{error.filename or self._folder.path}: can't be written: {error.strerror or error}")
        except CaptureDaemonError as error:
            self._report(str(error))
        else:
            if self._trouble is not None:
                logger.info("%s: pictures are kept again", self._folder.path)
            self._trouble = None
        finally:
            self._shots.pop(shot, None)
            self._room.set()

    async def _encoded(self, shot: Shot) -> bytes:
        whole = self._settings.picture_part == "frame"
        if shot.frame is None:
            make = self._of_recording(shot, whole=whole)
        else:
            make = await self._of_live(shot, shot.frame, whole=whole)
        return await self._thread.run(make)

    def _encode(self, whole: Frame) -> asyncio.Future[bytes]:
        making = asyncio.ensure_future(self._thread.run(lambda: to_jpeg(whole.in_colour())))
        making.add_done_callback(lambda made: made.cancelled() or made.exception())
        return making

    async def _of_live(self, shot: Shot, frame: Frame, *, whole: bool) -> Callable[[], bytes]:
        kept = shot.whole
        if kept is not None and (shot.is_choice or choosing.still_shows(frame, kept.frame, shot.box)):
            data = await asyncio.shield(kept.data)
            return lambda: data
        if shot.is_choice:
            return lambda: to_jpeg(frame.in_colour())
        picture = None
        if whole:
            try:
                picture = await self._camera.source.whole()
            except SourceError as error:
                logger.debug("no whole frame: %s", error)
        return lambda: to_jpeg(choosing.best(frame, picture, shot.box))

    def _of_recording(self, shot: Shot, *, whole: bool) -> Callable[[], bytes]:
        source, regions = self._camera.source, None if whole else self._camera.regions
        before = self._recorded
        if before is None or before[0] is not source:
            self._recorded = source, RecordedFrames(source.name, max_pixels=self._max_pixels)
        assert self._recorded is not None
        frames = self._recorded[1]

        def make() -> bytes:
            if before is not None and before[1] is not frames:
                before[1].close()
            found = frames.at(shot.media_time) if shot.is_choice else frames.settled(shot.media_time, shot.box)
            if found is None:
                raise SourceError(f"{source.name}: has no frame at {shot.media_time:.3f} s any more")
            return to_jpeg(found.in_colour(regions))

        return make

    def _report(self, trouble: str) -> None:
        if self._trouble is None:
            logger.warning("%s: lines go on without pictures until they can be kept again", trouble)
        self._trouble = trouble
