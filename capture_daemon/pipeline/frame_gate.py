"""Passing over frames of a screen on which nothing has changed for a while: nothing more can come of them."""

from __future__ import annotations

from capture_daemon.frames import Frame

STILL_AFTER = 2.5
"""Seconds without a change after which frames are passed over. Reading has no patience longer than that."""
LOOK_AGAIN = 1.0
"""Seconds after which an unchanged frame is looked at all the same: also the time it tells means something."""


class FrameGate:
    """Chooses from a live source's frames those that are worth looking at.

    A source that finds a picture unchanged hands over the same `pixels` again; one that doesn't is looked at frame by
    frame. The last frame passed over is looked at before the one that is different, so that what appears in that one
    is known not to have been there just before.
    """

    def __init__(self) -> None:
        self._last: Frame | None = None
        self._passed_over: Frame | None = None
        self._changed = self._looked = 0.0

    def select(self, frame: Frame) -> list[Frame]:
        """The frames to look at now that this one has come: none, it, or the one passed over before, and it."""
        last, self._last = self._last, frame
        if last is None or frame.pixels is not last.pixels or frame.size != last.size:
            passed_over, self._passed_over = self._passed_over, None
            self._changed = self._looked = frame.time
            return [frame] if passed_over is None else [passed_over, frame]
        if frame.time - self._changed < STILL_AFTER or not 0 <= frame.time - self._looked < LOOK_AGAIN:
            self._passed_over = None
            self._looked = frame.time
            return [frame]
        self._passed_over = frame
        return []
