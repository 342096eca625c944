"""macOS, by stand-ins that do what Apple's documentation of ScreenCaptureKit and pyobjc's say."""

from __future__ import annotations

import importlib.util
import sys
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from capture_daemon.capture import desktops, macos_desktop
from capture_daemon.capture.macos_desktop import MacDesktop
from capture_daemon.capture.polled import Hidden, Resized
from capture_daemon.capture.window_name import Window
from capture_daemon.errors import SourceError
from capture_daemon.frames import Box, Size

PADDING = 12
"""Bytes at the end of each row, as images there have."""


def saying(**values: Any) -> Any:
    """An object whose methods give these values."""
    return SimpleNamespace(**{name: (lambda value=value: value) for name, value in values.items()})


class Kit:
    """Stands in for ScreenCaptureKit, Quartz and AppKit: one window of 40x30 points at two pixels a point."""

    def __init__(self) -> None:
        self.size, self.scale, self.on_screen = (40.0, 30.0), 2.0, True
        self.error: Any = None
        self.silent = False
        self.image: tuple[int, int] | None = None
        self.settings: dict[str, Any] = {}
        self.SCShareableContent = self.SCScreenshotManager = self
        self.SCContentFilter = self.SCStreamConfiguration = self
        owner = saying(applicationName="Ren'Py", bundleIdentifier="org.renpy.game", processID=42)
        self.owner = owner
        self.there = True

    def alloc(self) -> Kit:
        return self

    def init(self) -> Any:
        kit = self

        class Configuration:
            def __getattr__(self, name: str) -> Callable[[Any], None]:
                return lambda value: kit.settings.update({name: value})

        return Configuration()

    def getShareableContentExcludingDesktopWindows_onScreenWindowsOnly_completionHandler_(  # noqa: N802
        self, excluding: bool, on_screen: bool, handler: Callable[[Any, Any], None]
    ) -> None:
        assert (excluding, on_screen) == (True, False)
        menu = saying(windowID=1, title="Menu", owningApplication=self.owner, windowLayer=25, isOnScreen=True)
        game = saying(windowID=2, title="Game", owningApplication=self.owner, windowLayer=0, isOnScreen=self.on_screen)
        nameless = saying(windowID=3, title=None, owningApplication=None, windowLayer=0, isOnScreen=True)
        windows = [menu, game, nameless] if self.there else [menu]
        self._answer(handler, saying(windows=windows, displays=["the display"]))

    def initWithDesktopIndependentWindow_(self, window: Any) -> Any:  # noqa: N802
        assert window.windowID() == 2
        return self._filter()

    def initWithDisplay_excludingWindows_(self, display: str, windows: list[Any]) -> Any:  # noqa: N802
        assert (display, windows) == ("the display", [])
        return self._filter()

    def captureImageWithFilter_configuration_completionHandler_(  # noqa: N802
        self, content_filter: Any, configuration: Any, handler: Callable[[Any, Any], None]
    ) -> None:
        width, height = self.image or (self.settings["setWidth_"], self.settings["setHeight_"])
        pixels = np.zeros((height, width * 4 + PADDING), np.uint8)
        pixels[:, : width * 4 : 4] = np.arange(width)
        pixels[:, width * 4 :] = 99
        self._answer(handler, pixels)

    def CGImageGetDataProvider(self, image: Any) -> Any:  # noqa: N802
        return image

    def CGDataProviderCopyData(self, image: Any) -> bytes:  # noqa: N802
        return bytes(image.tobytes())

    def CGImageGetBytesPerRow(self, image: Any) -> int:  # noqa: N802
        return int(image.shape[1])

    def CGImageGetWidth(self, image: Any) -> int:  # noqa: N802
        return (int(image.shape[1]) - PADDING) // 4

    def CGImageGetHeight(self, image: Any) -> int:  # noqa: N802
        return int(image.shape[0])

    def _filter(self) -> Any:
        width, height = self.size
        return saying(
            contentRect=SimpleNamespace(size=SimpleNamespace(width=width, height=height)), pointPixelScale=self.scale
        )

    def _answer(self, handler: Callable[[Any, Any], None], value: Any) -> None:
        if not self.silent:
            answer = (None, self.error) if self.error else (value, None)
            threading.Thread(target=handler, args=answer).start()


@pytest.fixture
def kit(monkeypatch: pytest.MonkeyPatch) -> Kit:
    kit = Kit()
    front = saying(frontmostApplication=saying(processIdentifier=42))
    workspace = SimpleNamespace(NSWorkspace=saying(sharedWorkspace=front))
    for name, module in (("ScreenCaptureKit", kit), ("Quartz", kit), ("AppKit", workspace)):
        monkeypatch.setitem(sys.modules, name, module)
    return kit


def test_windows_are_listed_without_menus(kit: Kit) -> None:
    with MacDesktop() as desktop:
        assert desktop.windows() == [Window(2, "Game", "org.renpy.game", "Ren'Py", 42)]
        assert desktop.focused() == 2
        kit.there = False
        assert desktop.focused() is None


def test_a_window_in_real_pixels_without_the_padding_of_its_rows(kit: Kit) -> None:
    pixels = MacDesktop().pixels(2)
    assert pixels.size == Size(80, 60)
    part = np.frombuffer(pixels.grab(Box(10, 20, 3, 2)), np.uint8).reshape(2, 3, 4)
    assert part[..., 0].tolist() == [[10, 11, 12], [10, 11, 12]]
    assert (kit.settings["setWidth_"], kit.settings["setHeight_"]) == (80, 60)
    assert kit.settings["setShowsCursor_"] is False
    assert kit.settings["setPixelFormat_"] == 1111970369
    pixels.close()


def test_what_can_happen_to_a_window(kit: Kit) -> None:
    pixels = MacDesktop().pixels(2)
    kit.image = (70, 60)
    with pytest.raises(Resized):
        pixels.grab(Box(0, 0, 1, 1))
    kit.size = (50.0, 30.0)
    with pytest.raises(Resized):
        pixels.grab(Box(0, 0, 1, 1))
    kit.on_screen = False
    with pytest.raises(Hidden, match="minimised"):
        pixels.grab(Box(0, 0, 1, 1))
    kit.there = False
    with pytest.raises(SourceError, match="the window was closed"):
        pixels.grab(Box(0, 0, 1, 1))


def test_a_display(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: name)
    display = desktops.open_monitor(1, "darwin")
    assert display is not None
    assert display.size == Size(80, 60)
    assert len(display.grab(Box(0, 0, 80, 60))) == 80 * 60 * 4
    with pytest.raises(SourceError, match="screen:3 is not there: there are screen:1, or screen"):
        desktops.open_monitor(3, "darwin")


def test_permission_and_silence(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    kit.error = saying(code=-3801, localizedDescription="declined")
    with pytest.raises(SourceError, match="allow it in System Settings"):
        MacDesktop().windows()
    kit.error = saying(code=-3815, localizedDescription="no display")
    with pytest.raises(SourceError, match=r"macOS refuses \(no display\)"):
        MacDesktop().windows()
    kit.silent = True
    monkeypatch.setattr(macos_desktop, "ANSWER_LIMIT", 0.01)
    with pytest.raises(SourceError, match=r"no answer within 0\.01 s"):
        MacDesktop().windows()


def test_without_the_extra_or_on_an_older_system(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    del kit.SCScreenshotManager
    with pytest.raises(SourceError, match="macOS 14 or later"):
        MacDesktop()
    monkeypatch.setitem(sys.modules, "ScreenCaptureKit", None)
    with pytest.raises(SourceError, match=r"which can't be loaded .* install"):
        desktops.open_desktop("darwin")
