"""One window, wherever it is moved and whatever lies over it: of X11, of Windows or of macOS."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import closing

from capture_daemon.capture.base import SourceSettings, StatusCallback
from capture_daemon.capture.desktops import Desktop, open_desktop
from capture_daemon.capture.limits import check_size
from capture_daemon.capture.polled import Hidden, PolledSource
from capture_daemon.capture.window_name import Wanted, Window
from capture_daemon.errors import SourceError
from capture_daemon.frames import Frame, Regions

LIST_INTERVAL = 2.0
"""Seconds between two looks at which other windows there are; one costs about a millisecond."""


class WindowSource(PolledSource):
    """Grabs a window's client area. Regions are parts of that; a window of another size is reopened.

    A window that was captured and closed is found again by its name, else as a new window of the same class.
    """

    def __init__(
        self, wanted: str, regions: Regions | None, settings: SourceSettings, on_status: StatusCallback
    ) -> None:
        """`wanted` is what stands after `window:`; raises SourceError if it is malformed."""
        super().__init__(f"window:{wanted}", regions, settings, on_status)
        self._wanted = Wanted.parse(wanted)
        self._last: Window | None = None
        self._others: set[int] = set()

    def _session(self) -> Generator[Frame, None, None]:
        with open_desktop() as desktop:
            window = self._find(desktop)
            # Before there is a picture, too: it may be closed and opened again while it is hidden.
            self._remember(window, desktop)
            try:
                pixels = desktop.pixels(window.number)
            except Hidden as reason:
                self._hide(str(reason))
                return
            with closing(pixels):
                check_size(self.name, pixels.size, self._settings.max_pixels)
                look_again = time.monotonic() + LIST_INTERVAL
                for frame in self._polled(pixels.size, pixels.grab):
                    yield frame
                    if time.monotonic() >= look_again:
                        self._remember(window, desktop)
                        look_again = time.monotonic() + LIST_INTERVAL

    def _find(self, desktop: Desktop) -> Window:
        windows, focused = desktop.windows(), desktop.focused()
        if self._last is None:
            return self._wanted.choose(windows, focused)
        for window in windows:
            # The same window, which may have another title by now. Numbers are given again, to another program's, too.
            if (window.number, window.class_name) == (self._last.number, self._last.class_name):
                return window
        if self._wanted.matches(windows):
            return self._wanted.choose(windows, focused)
        # Those of its class that were there before are somebody else's.
        self._others &= {window.number for window in windows}
        fresh = [window for window in windows if window.number not in self._others]
        same = Wanted("class", self._last.class_name or self._last.instance)
        if not same.text or not same.matches(fresh):
            raise SourceError("the window was closed: it is waited for")
        return same.choose(fresh, focused)

    def _remember(self, window: Window, desktop: Desktop) -> None:
        self._last = window
        self._others = {other.number for other in desktop.windows()} - {window.number}
