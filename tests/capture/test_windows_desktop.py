"""Windows, by stand-ins that do what the documentation of windows-capture and of Windows says."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from capture_daemon.capture import desktops
from capture_daemon.capture.polled import Hidden, Resized
from capture_daemon.capture.window_name import Window
from capture_daemon.capture.windows_desktop import ClientAreaPixels, GraphicsCapture, WindowsDesktop, WindowsMonitor
from capture_daemon.errors import SourceError
from capture_daemon.frames import Box, ColourImage, Size


class Captures:
    """Stands in for the package: what was asked of it, and pictures that come when the test says so."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.first: ColourImage | None = picture(80, 60)
        self.refusal: str | None = None
        self.stopped = 0
        self._arrived: Callable[[Any, Any], None] = lambda frame, control: None
        self.has_closed: Callable[[], None] = lambda: None
        self.finished = False

    def make(self, **asked: Any) -> Any:
        if self.refusal:
            raise Exception(self.refusal)
        self.asked.append(asked)
        capture = SimpleNamespace(frame_handler=None, closed_handler=None)

        def start_free_threaded() -> Any:
            self._arrived, self.has_closed = capture.frame_handler, capture.closed_handler
            if self.first is not None:
                self.send(self.first)
            return SimpleNamespace(is_finished=lambda: self.finished, stop=self._stop)

        capture.start_free_threaded = start_free_threaded
        return capture

    def send(self, pixels: ColourImage) -> None:
        # The package's memory is used again after the call.
        lent = pixels.copy()
        self._arrived(SimpleNamespace(frame_buffer=lent, width=lent.shape[1], height=lent.shape[0]), None)
        lent[:] = 0

    def _stop(self) -> None:
        self.stopped += 1


class Win32:
    """Stands in for Windows: two windows of 80x60 with a frame of one pixel and a title bar of nine."""

    def __init__(self) -> None:
        self.minimised = self.gone = False
        self.area = Box(101, 210, 78, 50)

    def window_handles(self) -> list[int]:
        return [7, 8, 9]

    def title(self, handle: int) -> str:
        return {7: "Front", 8: "", 9: "The Game"}[handle]

    def class_name(self, handle: int) -> str:
        return "UnityWndClass"

    def process(self, handle: int) -> int:
        return 100 + handle

    def foreground(self) -> int:
        return 0 if self.gone else 7

    def exists(self, handle: int) -> bool:
        return not self.gone

    def is_minimised(self, handle: int) -> bool:
        return self.minimised

    def client_area(self, handle: int) -> Box | None:
        return None if self.gone else self.area

    def frame(self, handle: int) -> Box | None:
        return Box(self.area.left - 1, self.area.top - 9, self.area.width + 2, self.area.height + 10)


def picture(width: int, height: int) -> ColourImage:
    """A picture in which each pixel says where it is."""
    pixels = np.zeros((height, width, 4), np.uint8)
    pixels[..., 0] = np.arange(width)
    pixels[..., 1] = np.arange(height)[:, None]
    return pixels


@pytest.fixture
def captures(monkeypatch: pytest.MonkeyPatch) -> Captures:
    captures = Captures()
    monkeypatch.setitem(sys.modules, "windows_capture", SimpleNamespace(WindowsCapture=captures.make))
    return captures


@pytest.fixture
def win32() -> Any:
    return Win32()


def test_windows_with_a_title_are_listed(win32: Any) -> None:
    with WindowsDesktop(win32) as desktop:
        assert desktop.windows() == [
            Window(9, "The Game", "", "UnityWndClass", 109),
            Window(7, "Front", "", "UnityWndClass", 107),
        ]
        assert desktop.focused() == 7
        win32.gone = True
        assert desktop.focused() is None


def test_the_client_area_is_cut_out_wherever_the_window_is(captures: Captures, win32: Any) -> None:
    pixels = WindowsDesktop(win32).pixels(9)
    assert captures.asked == [{"cursor_capture": False, "draw_border": None, "monitor_index": None, "window_hwnd": 9}]
    assert pixels.size == Size(78, 50)
    win32.area = Box(-30, 5, 78, 50)
    corner = np.frombuffer(pixels.grab(Box(0, 0, 2, 1)), np.uint8).reshape(1, 2, 4)
    assert corner[..., :2].tolist() == [[[1, 9], [2, 9]]]
    # Nothing comes while the picture stands still: the last one is right.
    assert pixels.grab(Box(0, 0, 2, 1)) == corner.tobytes()
    captures.send(picture(80, 60)[:, ::-1])
    assert pixels.grab(Box(0, 0, 1, 1))[0] == 78
    pixels.close()
    pixels.close()
    assert captures.stopped == 1


def test_what_can_happen_to_a_window(captures: Captures, win32: Any) -> None:
    pixels = ClientAreaPixels(win32, 9)
    win32.minimised = True
    with pytest.raises(Hidden, match="minimised"):
        pixels.grab(Box(0, 0, 1, 1))
    with pytest.raises(Hidden, match="minimised"):
        ClientAreaPixels(win32, 9)
    win32.minimised = False
    win32.area = Box(0, 0, 100, 100)
    with pytest.raises(Resized):
        pixels.grab(Box(0, 0, 1, 1))
    with pytest.raises(Hidden, match="no picture of its new size"):
        ClientAreaPixels(win32, 9).grab(Box(0, 0, 1, 1))
    win32.area = Box(101, 210, 78, 50)
    captures.has_closed()
    pixels = ClientAreaPixels(win32, 9)
    captures.has_closed()
    with pytest.raises(SourceError, match="closed"):
        pixels.grab(Box(0, 0, 1, 1))
    win32.gone = True
    with pytest.raises(SourceError, match="the window was closed"):
        ClientAreaPixels(win32, 9)


def test_a_monitor(captures: Captures, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: name)
    monitor = desktops.open_monitor(2, "win32")
    assert isinstance(monitor, WindowsMonitor)
    assert captures.asked[0]["monitor_index"] == 2
    assert monitor.size == Size(80, 60)
    assert len(monitor.grab(Box(0, 0, 80, 60))) == 80 * 60 * 4
    captures.send(picture(100, 60))
    with pytest.raises(Resized):
        monitor.grab(Box(0, 0, 1, 1))
    captures.finished = True
    with pytest.raises(SourceError, match="closed"):
        monitor.grab(Box(0, 0, 1, 1))


def test_without_a_picture_or_the_package(captures: Captures, monkeypatch: pytest.MonkeyPatch) -> None:
    captures.first = None
    capture = GraphicsCapture(monitor=1)
    with pytest.raises(SourceError, match=r"no picture of it within 0\.01 s"):
        capture.newest(0.01)
    captures.refusal = "Monitor not found"
    with pytest.raises(SourceError, match=r"Windows refuses to capture it \(Monitor not found\)"):
        GraphicsCapture(monitor=9)
    monkeypatch.setitem(sys.modules, "windows_capture", None)
    with pytest.raises(SourceError, match=r"which can't be loaded .* install"):
        GraphicsCapture(monitor=1)


def test_elsewhere_mss_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    assert desktops.open_monitor(1, "linux") is None
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert desktops.open_monitor(1, "win32") is None
    assert desktops.open_monitor(1, "darwin") is None
