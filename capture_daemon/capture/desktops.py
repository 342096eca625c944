"""This system's desktop: its windows, and the pixels of one of them or of a monitor."""

from __future__ import annotations

import importlib.util
import sys
from typing import Protocol, Self

from capture_daemon.capture.window_name import Window
from capture_daemon.capture.x11 import X11
from capture_daemon.capture.x11_pixels import WindowPixels
from capture_daemon.frames import Box, Size


class Pixels(Protocol):
    """What a window or a monitor shows. Once it has failed it stays dead: close it, and its desktop."""

    size: Size

    def grab(self, box: Box) -> bytes | bytearray:
        """The pixels of a box: blue, green, red and one unused byte each, row by row.

        Raises Resized if the picture has another size now, Hidden if there is none for now, SourceError if it
        has gone.
        """
        ...

    def close(self) -> None:
        """Release it; a second call does nothing."""
        ...


class Desktop(Protocol):
    """A desktop, for one thread at a time. Its methods raise SourceError if it doesn't answer."""

    def __enter__(self) -> Self:
        """Itself."""
        ...

    def __exit__(self, *_: object) -> None:
        """Let go of it."""
        ...

    def windows(self) -> list[Window]:
        """Every program's window."""
        ...

    def focused(self) -> int | None:
        """The number of the window that has the focus, where that is known."""
        ...

    def pixels(self, number: int) -> Pixels:
        """The pixels of a window; raises SourceError if it can't be captured, Hidden if it isn't shown now."""
        ...


class _X11Desktop(X11):
    def pixels(self, number: int) -> WindowPixels:
        """The pixels of a window."""
        return WindowPixels(self, number)


def open_desktop(platform: str = sys.platform) -> Desktop:
    """The desktop of this session; raises SourceError if there is none, or its extra is missing."""
    if platform == "win32":
        from capture_daemon.capture.windows_desktop import WindowsDesktop  # noqa: PLC0415 - only there

        return WindowsDesktop()
    if platform == "darwin":
        from capture_daemon.capture.macos_desktop import MacDesktop  # noqa: PLC0415 - only there

        return MacDesktop()
    return _X11Desktop()


def open_monitor(number: int, platform: str = sys.platform) -> Pixels | None:
    """The pixels of a monitor, counted from 1, the system's newer way.

    None if mss is used: everywhere but on Windows and macOS, and where the extra `[window]` is not installed there.
    Raises SourceError if there is no such monitor, or it can't be captured.
    """
    if platform == "win32" and importlib.util.find_spec("windows_capture") is not None:
        from capture_daemon.capture.windows_desktop import WindowsMonitor  # noqa: PLC0415 - only there

        return WindowsMonitor(number)
    if platform == "darwin" and importlib.util.find_spec("ScreenCaptureKit") is not None:
        from capture_daemon.capture.macos_desktop import MacDesktop  # noqa: PLC0415 - only there

        return MacDesktop().monitor(number)
    return None
