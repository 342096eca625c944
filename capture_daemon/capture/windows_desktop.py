"""Windows and monitors of Windows, by Windows Graphics Capture (the package `windows-capture`).

Never tried: it follows the documentation of that package and of Windows. Please report what happens.
"""

from __future__ import annotations

import threading
import time
from typing import Any, Self

import numpy as np

from capture_daemon.capture.polled import Hidden, Resized
from capture_daemon.capture.win32 import Win32
from capture_daemon.capture.window_name import Window
from capture_daemon.common.installing import extra_command
from capture_daemon.errors import SourceError
from capture_daemon.frames import Box, ColourImage, Size

FIRST_LIMIT = 3.0
"""Seconds that the first picture may take."""


class GraphicsCapture:
    """A capture session of a window, by its handle, or of a monitor, counted from 1.

    Windows sends a picture when something has changed, in a thread of its own: the newest is kept. That a window was
    closed is said by an event, and the picture is no sign of it.
    """

    def __init__(self, *, window: int | None = None, monitor: int | None = None) -> None:
        """Begin; raises SourceError saying what to do."""
        try:
            from windows_capture import WindowsCapture  # noqa: PLC0415 - an extra
        except ImportError as error:
            raise SourceError(
                f"windows are captured by windows-capture, which can't be loaded ({error}): {extra_command('window')}"
            ) from error
        self._lock = threading.Condition()
        self._newest: ColourImage | None = None
        self._closed = False
        try:
            # The border round what is captured can't be left out before Windows 11: asking for that fails there.
            capture: Any = WindowsCapture(
                cursor_capture=False, draw_border=None, monitor_index=monitor, window_hwnd=window
            )
            capture.frame_handler = self._arrived
            capture.closed_handler = self._has_closed
            self._control: Any = capture.start_free_threaded()
        except Exception as error:
            # The library raises nothing more special.
            raise SourceError(f"Windows refuses to capture it ({error})") from error

    def newest(self, limit: float = 0.0) -> ColourImage:
        """The newest whole picture, blue, green, red and one unused; waits up to `limit` seconds for the first.

        Raises SourceError if there is none, or nothing is captured any more.
        """
        end = time.monotonic() + limit
        with self._lock:
            while self._newest is None and not self._closed and (left := end - time.monotonic()) > 0:
                self._lock.wait(left)
            if self._closed or self._control.is_finished():
                raise SourceError("it was closed")
            if self._newest is None:
                raise SourceError(f"Windows gave no picture of it within {limit:g} s")
            return self._newest

    def close(self) -> None:
        """End the session; a second call does nothing."""
        control, self._control = self._control, _Finished()
        if not control.is_finished():
            control.stop()

    def _arrived(self, frame: Any, control: Any) -> None:
        # Its memory is Windows's, and is used again once this returns.
        picture = np.array(frame.frame_buffer, np.uint8, copy=True)
        with self._lock:
            self._newest = picture
            self._lock.notify_all()

    def _has_closed(self) -> None:
        with self._lock:
            self._closed = True
            self._lock.notify_all()


class _Finished:
    """The control of a session that was ended."""

    def is_finished(self) -> bool:
        """It is."""
        return True


class WindowsMonitor:
    """The pixels of a monitor."""

    def __init__(self, number: int) -> None:
        """`number` counts from 1. Raises SourceError."""
        self._capture = GraphicsCapture(monitor=number)
        try:
            self.size = _size(self._capture.newest(FIRST_LIMIT))
        except BaseException:
            self._capture.close()
            raise

    def grab(self, box: Box) -> bytes:
        """The pixels of a box; raises Resized, SourceError."""
        picture = self._capture.newest()
        if _size(picture) != self.size:
            raise Resized
        return _cut(picture, box)

    def close(self) -> None:
        """End the capture."""
        self._capture.close()


class ClientAreaPixels:
    """The pixels of a window's client area: Windows captures its frame and title bar, too, which are cut off."""

    def __init__(self, win32: Win32, handle: int) -> None:
        """Raises SourceError if it can't be captured, Hidden if it is minimised."""
        self._win32, self._handle = win32, handle
        self._area = self._client_area()
        self._capture = GraphicsCapture(window=handle)
        self.size = Size(self._area.width, self._area.height)
        try:
            self._capture.newest(FIRST_LIMIT)
        except BaseException:
            self._capture.close()
            raise

    def grab(self, box: Box) -> bytes:
        """The pixels of a box of the client area; raises Resized, Hidden, SourceError."""
        area = self._client_area()
        if (area.width, area.height) != self.size:
            raise Resized
        picture = self._capture.newest()
        if area.right > picture.shape[1] or area.bottom > picture.shape[0]:
            # The window has its new size before a picture of that comes.
            raise Hidden("no picture of its new size has come yet")
        return _cut(picture, box.shifted(area.left, area.top))

    def close(self) -> None:
        """End the capture."""
        self._capture.close()

    def _client_area(self) -> Box:
        """The client area in the picture of the whole window."""
        if self._win32.is_minimised(self._handle):
            raise Hidden("the window is minimised: show it")
        area, frame = self._win32.client_area(self._handle), self._win32.frame(self._handle)
        if area is None or frame is None or not self._win32.exists(self._handle):
            raise SourceError("the window was closed")
        if not area.width or not area.height:
            raise Hidden("the window has no content to show")
        return area.shifted(-frame.left, -frame.top)


class WindowsDesktop:
    """The desktop of Windows."""

    def __init__(self, win32: Win32 | None = None) -> None:
        self._win32 = win32 or Win32()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is held."""

    def windows(self) -> list[Window]:
        """Every program's window with a title, the one at the back first."""
        found = []
        for handle in reversed(self._win32.window_handles()):
            if title := self._win32.title(handle):
                process = self._win32.process(handle) or None
                found.append(Window(handle, title, "", self._win32.class_name(handle), process))
        return found

    def focused(self) -> int | None:
        """The window that has the focus."""
        return self._win32.foreground() or None

    def pixels(self, number: int) -> ClientAreaPixels:
        """The pixels of a window's client area."""
        return ClientAreaPixels(self._win32, number)


def _size(picture: ColourImage) -> Size:
    return Size(picture.shape[1], picture.shape[0])


def _cut(picture: ColourImage, box: Box) -> bytes:
    return picture[box.top : box.bottom, box.left : box.right].tobytes()
