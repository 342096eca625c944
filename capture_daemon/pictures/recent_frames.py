"""The newest frames of a live source: a line is known to be complete only after a rest."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import replace

from capture_daemon.frames import Frame

SPACING = 0.1
"""Seconds between two frames that are kept, 0.05 to 0.5: text that goes after less is hardly read."""
KEPT = 6.0
"""Seconds for which frames are kept, 4 to 15: a line is said at the latest `reading.max_age` after its last glyph."""
MOST_BYTES = 48 << 20
"""What they may hold together, 16 to 128 MiB: six seconds of a box of 1080p that changes with every frame."""


class RecentFrames:
    """Keeps the frames of the last seconds that differ, within a limit of memory."""

    def __init__(self) -> None:
        self._frames: deque[Frame] = deque()
        self._held = 0

    @property
    def held(self) -> int:
        """Bytes that the frames hold."""
        return self._held

    def add(self, frames: Sequence[Frame]) -> None:
        """Take in frames, in order of time."""
        for frame in frames:
            last = self._frames[-1] if self._frames else None
            if last is not None and (frame.pixels is last.pixels or 0 <= frame.time - last.time < SPACING):
                continue
            if last is not None and frame.time < last.time:
                self.clear()  # another source, with a clock of its own
            # A whole picture is much larger than the part that is read.
            self._frames.append(replace(frame, whole=None))
            self._held += frame.held
        while len(self._frames) > 1 and (self._held > MOST_BYTES or self._is_old(self._frames[1])):
            self._held -= self._frames.popleft().held

    def at(self, time: float) -> Frame | None:
        """The first frame at `time`, on the source's clock, or later, of those kept; None if there is none at all.

        If the picture hasn't changed since an earlier frame, that is the one.
        """
        later = next((frame for frame in self._frames if frame.time >= time), None)
        return later or (self._frames[-1] if self._frames else None)

    def clear(self) -> None:
        """Keep none of them."""
        self._frames.clear()
        self._held = 0

    def _is_old(self, frame: Frame) -> bool:
        """Whether a frame was too long ago; the one before it still says what stood until then."""
        return self._frames[-1].time - frame.time > KEPT
