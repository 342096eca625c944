"""Frames of a recording at given times: it is decoded once more, behind the reading."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import suppress
from dataclasses import dataclass

from capture_daemon.capture.planes import part_of, size_of
from capture_daemon.capture.recording import DecodedPicture, Recording
from capture_daemon.errors import RegionError
from capture_daemon.frames import MOST_PIXELS, Box, ColourImage, Regions

SAME = 0.0006
"""Seconds: media times are written to the millisecond."""
FAR = 20.0
"""Seconds ahead from which the recording is searched instead of decoded on, 5 to 60: whole pictures by which a search
begins are up to ten apart."""


@dataclass(frozen=True, slots=True)
class RecordedFrame:
    """A frame of a recording: its media time in seconds, and how many were decoded before it."""

    time: float
    number: int
    picture: DecodedPicture

    def in_colour(self, regions: Regions | None = None) -> ColourImage:
        """The frame in colour; with `regions` the part that holds them, if they lie in it."""
        size = size_of(self.picture.frame)
        box = Box(0, 0, *size)
        if regions is not None:
            with suppress(RegionError):
                box = regions.resolve(size).needed
        return part_of(self.picture.frame, box)[1]()


class RecordedFrames:
    """Gives frames of one recording, for one thread at a time. `close` it."""

    def __init__(self, name: str, *, max_pixels: int = MOST_PIXELS, in_order: bool = False) -> None:
        """`name` is its path. With `in_order` every time is later than the one before, and frames are numbered."""
        self._name = name
        self._max_pixels = max_pixels
        self._in_order = in_order
        self._recording: Recording | None = None
        self._pictures: Generator[DecodedPicture, None, None] | None = None
        self._now: RecordedFrame | None = None
        self._begun = 0.0

    def at(self, time: float, moved: Callable[[float], bool] = lambda time: True) -> RecordedFrame | None:
        """The first frame at this media time, in seconds, or later; None if there is none, or `moved` returns False.

        `moved` is called with the time of every frame on the way. Raises SourceError if it can't be read any more.
        """
        if self._pictures is None or (not self._in_order and not -SAME <= time - self._position <= FAR):
            self._open(0.0 if self._in_order else time)
        assert self._pictures is not None
        while self._now is None or self._now.time < time - SAME:
            picture = next(self._pictures, None)
            if picture is None or not moved(picture.time):
                return None
            self._now = RecordedFrame(picture.time, 0 if self._now is None else self._now.number + 1, picture)
        return self._now

    def close(self) -> None:
        """Close the recording."""
        if self._pictures is not None:
            self._pictures.close()
        if self._recording is not None:
            self._recording.close()
        self._recording = self._pictures = self._now = None

    @property
    def _position(self) -> float:
        return self._begun if self._now is None else self._now.time

    def _open(self, time: float) -> None:
        self.close()
        self._begun = time
        self._recording = Recording(self._name, time, self._max_pixels)
        self._pictures = self._recording.pictures()
