"""Which windows programs have on this desktop, and which of them has the focus."""

from __future__ import annotations

from dataclasses import dataclass

from capture_daemon.capture.desktops import open_desktop
from capture_daemon.capture.window_name import Window


@dataclass(frozen=True, slots=True)
class WindowList:
    """Every program's window, the oldest first, and the number of the one that has the focus, where that is known."""

    windows: tuple[Window, ...]
    focused: int | None


def list_windows() -> WindowList:
    """The windows there are now; may block. Raises SourceError saying what was found and what to do."""
    with open_desktop() as desktop:
        return WindowList(tuple(desktop.windows()), desktop.focused())
