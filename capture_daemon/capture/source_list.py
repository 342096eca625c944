"""What could be captured here now: screens, windows, devices, and what OBS has."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from capture_daemon.capture.base import SourceSettings
from capture_daemon.capture.desktops import open_desktop
from capture_daemon.capture.display import Display, wayland_session
from capture_daemon.capture.obs import ObsSource
from capture_daemon.capture.window_name import Window
from capture_daemon.errors import CaptureDaemonError


@dataclass(frozen=True, slots=True)
class WindowList:
    """Every program's window, the oldest first, and the number of the one that has the focus, where that is known."""

    windows: tuple[Window, ...]
    focused: int | None


def list_windows() -> WindowList:
    """All windows now. Blocks. Raises SourceError if there is no desktop, or the extra is missing."""
    with open_desktop() as desktop:
        return WindowList(tuple(desktop.windows()), desktop.focused())


SourceKind = Literal["screen", "window", "device", "obs"]
MOST_OF_A_KIND = 100
"""Sources of a kind that are listed."""
DEVICES, ABOUT_DEVICES = Path("/dev"), Path("/sys/class/video4linux")


@dataclass(frozen=True, slots=True)
class ListedSource:
    """A source by its name, what it is called for people, and the window that it is, if it is one."""

    name: str
    kind: SourceKind
    label: str
    window: Window | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class SourceList:
    """The sources there are, and why there are none of a kind."""

    sources: tuple[ListedSource, ...]
    missing: dict[SourceKind, str]

    def find(self, name: str) -> ListedSource | None:
        """The source of that name."""
        return next((source for source in self.sources if source.name == name), None)


def list_sources(settings: SourceSettings) -> SourceList:
    """Look what there is; may block for some seconds, where OBS does."""
    ways: dict[SourceKind, Callable[[], Iterator[ListedSource]]] = {
        "window": _windows,
        "screen": _screens,
        "device": _devices,
        "obs": lambda: _obs(settings),
    }
    found: list[ListedSource] = []
    missing: dict[SourceKind, str] = {}
    for kind, look in ways.items():
        try:
            found += list(look())[:MOST_OF_A_KIND]
        except CaptureDaemonError as error:
            missing[kind] = str(error)
    return SourceList(tuple(found), missing)


def _windows() -> Iterator[ListedSource]:
    there = list_windows()
    # The one that was opened last is the likeliest.
    for window in reversed(there.windows):
        title = window.title.strip() or window.class_name or window.instance or "(no title)"
        yield ListedSource(f"window:id={window.number}", "window", title, window)


def _screens() -> Iterator[ListedSource]:
    if wayland_session() is not None:
        # Which screen or window that is the desktop asks, and keeps to itself.
        yield ListedSource("wayland", "screen", "What `capture-daemon choose-screen` chose")
        return
    with Display() as display:
        for number, box in enumerate(display.monitors[1:], 1):
            yield ListedSource(f"screen:{number}", "screen", f"Screen {number}, {box.width}x{box.height}")


def _devices() -> Iterator[ListedSource]:
    if not sys.platform.startswith("linux"):
        yield ListedSource("device:0", "device", "The first capture device")
        return
    for path in sorted(DEVICES.glob("video*"), key=lambda path: (len(path.name), path.name)):
        if os.access(path, os.R_OK | os.W_OK):
            about = ABOUT_DEVICES / path.name / "name"
            name = about.read_text(encoding="utf-8", errors="replace").strip() if about.exists() else path.name
            yield ListedSource(f"device:{path}", "device", f"{name} ({path})")


def _obs(settings: SourceSettings) -> Iterator[ListedSource]:
    names = ObsSource(None, None, settings, lambda state, detail: None).names()
    yield ListedSource("obs", "obs", "OBS: the program scene")
    for name in names:
        yield ListedSource(f"obs:{name}", "obs", f"OBS: {name}")
