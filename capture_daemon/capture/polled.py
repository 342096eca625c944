"""What screens, windows and OBS share: each is polled at a fixed rate for a picture."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Generator

import cv2
import numpy as np

from capture_daemon.capture.live import LOOK_ROUND, NO_PICTURE, LiveSource, as_it_came
from capture_daemon.capture.whole_frames import WholeFrames
from capture_daemon.errors import SourceError
from capture_daemon.frames import Box, ColourImage, Frame, GreyImage, Size

IDLE_AFTER, IDLE_FPS = 1.0, 10.0
"""Seconds without a change after which a picture is looked at less often, and how often then."""
HIDDEN_ROUND = 0.2
"""Seconds between two looks at something that shows no picture for now."""
SHORT_PAUSE = 0.05
"""Seconds up to which the thread sleeps without listening for the end, which is more precise on Windows."""

Grab = Callable[[Box], bytes | bytearray]
"""Gives the pixels of a box of the whole picture, row by row, in memory of their own."""

logger = logging.getLogger(__name__)


class Resized(Exception):  # noqa: N818 - the session ends, and nothing is wrong
    """Raised by a grab when the picture has another size now: the source is reopened."""


class Hidden(Exception):  # noqa: N818 - it is waited for, and nothing is wrong
    """Raised by a grab when there is no picture for now; the message says why."""


class PolledSource(LiveSource):
    """Grabs what the regions need `fps` times a second; only ten times if nothing has changed for a second.

    A picture that is byte for byte the one before shares its `pixels`, so that a reader can compare by `is`.
    """

    most_fps = math.inf
    """How often it may be looked at, whatever is asked for."""

    def _polled(self, size: Size, grab: Grab, channels: int = 4) -> Generator[Frame, None, None]:
        """Frames of what `grab` gives, a whole picture being of `size` with blue, green and red first of `channels`.

        Ends when the picture is resized. Raises what `grab` raises, but Hidden: then it waits for the picture.
        """
        regions, box = self._regions, self._box(size)
        due = changed = time.monotonic()
        before: bytes | bytearray = b""
        grey: GreyImage = np.empty((0, 0), np.uint8)
        colour: ColourImage = np.empty((0, 0, channels), np.uint8)
        wholes = WholeFrames()
        everything = Box(0, 0, *size)
        while not (self._stop.is_set() or self._renew):
            self._step()
            try:
                if self._wishes:
                    self._grant(_shaped(grab(Box(0, 0, *size)), size, channels))
                if self._held:
                    self._idle(LOOK_ROUND)
                    continue
                if self._regions is not regions:
                    regions, box, before = self._regions, self._box(size), b""
                taken = time.monotonic()
                with_whole = self._settings.whole_frames and wholes.is_due(taken)
                raw = grab(everything if with_whole else box)
            except Resized:
                return
            except Hidden as reason:
                self._hide(str(reason))
                continue
            whole = None
            if with_whole:
                picture = _shaped(raw, size, channels)
                whole = Frame(_grey(picture), taken, 0, everything, size, as_it_came(picture), len(raw))
                raw = picture[box.top : box.bottom, box.left : box.right].tobytes()
                wholes.taken(taken, time.monotonic() - taken)
            if raw != before:
                # Each grab has memory of its own, so that a picture is what it was however long it is kept.
                before, changed = raw, due
                colour = _shaped(raw, Size(box.width, box.height), channels)
                grey = _grey(colour)
            held = grey.nbytes + colour.nbytes
            yield Frame(grey, taken, self._next_sequence(), box, size, as_it_came(colour), held, whole)
            interval = 1 / min(self._settings.fps, self.most_fps)
            if due - changed > IDLE_AFTER:
                interval = max(interval, 1 / IDLE_FPS)
            due = max(due + interval, time.monotonic())
            self._pause(due - time.monotonic())

    def _hide(self, reason: str) -> None:
        """Say that there is nothing to see, and wait a little; raises SourceError if `open` may not wait for it."""
        trouble = f"{self.name}: {reason}"
        if not (self._opened or self._may_wait):
            raise SourceError(trouble)
        if self._trouble != trouble:
            logger.warning("%s", trouble)
            self._trouble = trouble
            self._call(self._set_status, "waiting", trouble)
        if not self._opened:
            self._opened = True
            self._mailbox.put(NO_PICTURE)
        self._idle(HIDDEN_ROUND)

    def _pause(self, seconds: float) -> None:
        if seconds > SHORT_PAUSE:
            self._idle(seconds)
        elif seconds > 0:
            # In the source's own thread, and too short for a close to have to wake it.
            time.sleep(seconds)


def _shaped(raw: bytes | bytearray, size: Size, channels: int) -> ColourImage:
    return np.frombuffer(raw, np.uint8).reshape(size.height, size.width, channels)


def _grey(colour: ColourImage) -> GreyImage:
    code = cv2.COLOR_BGRA2GRAY if colour.shape[2] == 4 else cv2.COLOR_BGR2GRAY
    return np.asarray(cv2.cvtColor(colour, code), np.uint8)
