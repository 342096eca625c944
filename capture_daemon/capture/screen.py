"""The screen: all monitors, or one of them."""

from __future__ import annotations

import time
from collections.abc import Generator

import cv2
import numpy as np
from numpy.typing import NDArray

from capture_daemon.capture.base import SourceSettings, StatusCallback
from capture_daemon.capture.display import Display
from capture_daemon.capture.limits import check_size
from capture_daemon.capture.live import LOOK_ROUND, LiveSource, as_it_came
from capture_daemon.errors import SourceError
from capture_daemon.frames import Box, ColourImage, Frame, GreyImage, Regions, Size

LAYOUT_INTERVAL = 2.0
"""Seconds between two looks at the monitors' sizes; one costs about 0.4 ms."""
IDLE_AFTER, IDLE_FPS = 1.0, 10.0
"""Seconds without a change after which the screen is looked at less often, and how often then."""
SHORT_PAUSE = 0.05
"""Seconds up to which the thread sleeps without listening for the end, which is more precise on Windows."""


class ScreenSource(LiveSource):
    """Grabs what the regions need, `fps` times a second, and ten times if nothing has changed for a second.

    A picture that is byte for byte the one before shares its `pixels`, so that `is` tells a reader so.
    """

    def __init__(
        self, monitor: int, regions: Regions | None, settings: SourceSettings, on_status: StatusCallback
    ) -> None:
        """`monitor` counts from 1; 0 stands for all of them."""
        super().__init__(f"screen:{monitor}" if monitor else "screen", regions, settings, on_status)
        self._monitor = monitor

    def _session(self) -> Generator[Frame, None, None]:
        with Display() as display:
            monitors = display.monitors
            area = self._area(monitors)
            look_again = time.monotonic() + LAYOUT_INTERVAL
            check_size(self.name, Size(area.width, area.height), self._settings.max_pixels)
            for frame in self._grabs(display, area):
                yield frame
                if time.monotonic() >= look_again:
                    # The monitors known to a connection are those it found when it was made.
                    with Display() as fresh:
                        if fresh.monitors != monitors:
                            return
                    look_again = time.monotonic() + LAYOUT_INTERVAL

    def _grabs(self, display: Display, area: Box) -> Generator[Frame, None, None]:
        size = Size(area.width, area.height)
        self._grant_whole(display, area)
        regions, box = self._regions, self._box(size)
        interval = 1 / self._settings.fps
        due = changed = time.monotonic()
        before = bytearray()
        grey: GreyImage = np.empty((0, 0), np.uint8)
        colour: ColourImage = np.empty((0, 0, 4), np.uint8)
        while True:
            self._step()
            self._grant_whole(display, area)
            if self._held:
                self._idle(LOOK_ROUND)
                if self._stop.is_set():
                    return
                continue
            if self._regions is not regions:
                regions, box, before = self._regions, self._box(size), bytearray()
            taken = time.monotonic()
            raw = display.grab(box.shifted(area.left, area.top))
            if raw != before:
                # Each grab has memory of its own, so that a picture is what it was however long it is kept.
                before, changed = raw, due
                colour = np.frombuffer(raw, np.uint8).reshape(box.height, box.width, 4)
                grey = _grey(colour)
            held = grey.nbytes + colour.nbytes
            yield Frame(grey, taken, self._next_sequence(), box, size, colour=as_it_came(colour), held=held)
            idle = due - changed > IDLE_AFTER
            due = max(due + (max(interval, 1 / IDLE_FPS) if idle else interval), time.monotonic())
            self._pause(due - time.monotonic())

    def _grant_whole(self, display: Display, area: Box) -> None:
        if self._wishes:
            raw = np.frombuffer(display.grab(area), np.uint8)
            self._grant(raw.reshape(area.height, area.width, 4))

    def _area(self, monitors: list[Box]) -> Box:
        if self._monitor < len(monitors):
            return monitors[self._monitor]
        there = ", ".join(
            f"screen:{number} ({area.width}x{area.height})" for number, area in enumerate(monitors) if number
        )
        raise SourceError(f"{self.name} is not there: there are {there}, or screen for all together")

    def _pause(self, seconds: float) -> None:
        if seconds > SHORT_PAUSE:
            self._idle(seconds)
        elif seconds > 0:
            time.sleep(seconds)


def _grey(colour: ColourImage) -> GreyImage:
    grey: NDArray[np.uint8] = cv2.cvtColor(colour, cv2.COLOR_BGRA2GRAY)  # type: ignore[assignment]
    return grey
