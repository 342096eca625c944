"""Frames of a recording at given times: it is decoded once more, behind the reading."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator
from contextlib import suppress
from dataclasses import dataclass

from capture_daemon.capture.planes import part_of, size_of
from capture_daemon.capture.recording import DecodedPicture, Recording
from capture_daemon.errors import RegionError
from capture_daemon.frames import MOST_PIXELS, Box, ColourImage, GreyImage, Regions
from capture_daemon.pictures import choosing

SAME = 0.0006
"""Seconds: media times are written to the millisecond."""
FAR = 20.0
"""Seconds ahead from which the recording is searched instead of decoded on, 5 to 60: whole pictures by which a search
begins are up to ten apart."""
SETTLED = 0.15
"""Seconds after its last letter within which a line's last mark comes, 0.05 to 0.3: a full stop is too small to count
as one. A slow game types seven letters a second."""
MOST_AHEAD = 12
"""Frames that are decoded ahead at most, 4 to 30: a large one holds 12 MB."""


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

    def luma(self, box: Box) -> GreyImage | None:
        """The luma of a box; None if the box isn't in it."""
        inside = box.intersection(Box(0, 0, *size_of(self.picture.frame)))
        return None if inside is None else part_of(self.picture.frame, inside)[0]


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
        self._ahead: deque[RecordedFrame] = deque()
        self._decoded = 0
        self._begun = 0.0

    def at(self, time: float, moved: Callable[[float], bool] = lambda time: True) -> RecordedFrame | None:
        """The first frame at this media time, in seconds, or later; None if there is none, or `moved` returns False.

        `moved` is called with the time of every frame on the way. Raises SourceError if it can't be read any more.
        """
        if self._pictures is None or (not self._in_order and not -SAME <= time - self._position <= FAR):
            self._open(0.0 if self._in_order else time)
        assert self._pictures is not None
        while self._now is None or self._now.time < time - SAME:
            frame = self._ahead.popleft() if self._ahead else self._decode()
            if frame is None or not moved(frame.time):
                return None
            self._now = frame
        return self._now

    def settled(
        self, time: float, text: Box, moved: Callable[[float], bool] = lambda time: True
    ) -> RecordedFrame | None:
        """The frame that shows a line whose last letter came at this time, in seconds, with the mark behind that.

        It is the last one a moment later in which `text` still stands. None and errors are as for `at`.
        """
        first = self.at(time, moved)
        before = None if first is None else first.luma(text)
        if first is None or before is None:
            return first
        best = first
        for frame in self._frames_ahead(first.time + SETTLED):
            now = frame.luma(text)
            if now is None or not choosing.still_stands(before, now, text):
                break
            best = frame
        return best

    def _frames_ahead(self, end: float) -> Generator[RecordedFrame, None, None]:
        """The frames after the present one, up to a time; they remain to be given by `at`."""
        for place in range(MOST_AHEAD):
            if place == len(self._ahead):
                frame = self._decode()
                if frame is None:
                    return
                self._ahead.append(frame)
            if self._ahead[place].time > end + SAME:
                return
            yield self._ahead[place]

    def _decode(self) -> RecordedFrame | None:
        assert self._pictures is not None
        picture = next(self._pictures, None)
        if picture is None:
            return None
        self._decoded += 1
        return RecordedFrame(picture.time, self._decoded - 1, picture)

    def close(self) -> None:
        """Close the recording."""
        if self._pictures is not None:
            self._pictures.close()
        if self._recording is not None:
            self._recording.close()
        self._recording = self._pictures = self._now = None
        self._ahead.clear()
        self._decoded = 0

    @property
    def _position(self) -> float:
        return self._begun if self._now is None else self._now.time

    def _open(self, time: float) -> None:
        self.close()
        self._begun = time
        self._recording = Recording(self._name, time, self._max_pixels)
        self._pictures = self._recording.pictures()
