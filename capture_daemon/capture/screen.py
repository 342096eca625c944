"""The screen: all monitors, or one of them."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import closing

from capture_daemon.capture.base import SourceSettings, StatusCallback
from capture_daemon.capture.desktops import open_monitor
from capture_daemon.capture.display import Display
from capture_daemon.capture.limits import check_size
from capture_daemon.capture.polled import PolledSource
from capture_daemon.errors import SourceError
from capture_daemon.frames import Box, Frame, Regions, Size

LAYOUT_INTERVAL = 2.0
"""Seconds between two looks at the monitors' sizes; one costs about 0.4 ms."""


class ScreenSource(PolledSource):
    """Looks at all monitors or at one, and every two seconds at whether they are as they were."""

    def __init__(
        self, monitor: int, regions: Regions | None, settings: SourceSettings, on_status: StatusCallback
    ) -> None:
        """`monitor` counts from 1; 0 stands for all of them."""
        super().__init__(f"screen:{monitor}" if monitor else "screen", regions, settings, on_status)
        self._monitor = monitor

    def _session(self) -> Generator[Frame, None, None]:
        pixels = open_monitor(self._monitor) if self._monitor else None
        if pixels is None:
            yield from self._of_display()
            return
        with closing(pixels):
            check_size(self.name, pixels.size, self._settings.max_pixels)
            yield from self._polled(pixels.size, pixels.grab)

    def _of_display(self) -> Generator[Frame, None, None]:
        with Display() as display:
            monitors = display.monitors
            area = self._area(monitors)
            look_again = time.monotonic() + LAYOUT_INTERVAL
            size = Size(area.width, area.height)
            check_size(self.name, size, self._settings.max_pixels)
            for frame in self._polled(size, lambda box: display.grab(box.shifted(area.left, area.top))):
                yield frame
                if time.monotonic() >= look_again:
                    # The monitors known to a connection are those it found when it was made.
                    with Display() as fresh:
                        if fresh.monitors != monitors:
                            return
                    look_again = time.monotonic() + LAYOUT_INTERVAL

    def _area(self, monitors: list[Box]) -> Box:
        if self._monitor < len(monitors):
            return monitors[self._monitor]
        there = ", ".join(
            f"screen:{number} ({area.width}x{area.height})" for number, area in enumerate(monitors) if number
        )
        raise SourceError(f"{self.name} is not there: there are {there}, or screen for all together")
