"""Windows and displays of macOS, by ScreenCaptureKit (through pyobjc), from macOS 14 on.

Never tried: it follows Apple's and pyobjc's documentation. Please report what happens.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Self

import numpy as np

from capture_daemon.capture.polled import Hidden, Resized
from capture_daemon.capture.window_name import Window
from capture_daemon.common.installing import extra_command
from capture_daemon.errors import SourceError
from capture_daemon.frames import Box, Size

ANSWER_LIMIT = 5.0
"""Seconds that macOS may take for an answer."""
PIXEL_FORMAT = int.from_bytes(b"BGRA", "big")
"""kCVPixelFormatType_32BGRA."""
BYTES = 4
_DECLINED = -3801
"""SCStreamErrorUserDeclined: this program may not record the screen."""
_NORMAL_LAYER = 0


class MacDesktop:
    """The desktop of macOS."""

    def __init__(self) -> None:
        """Raises SourceError if the system or the extra is missing."""
        try:
            import AppKit  # noqa: PLC0415 - an extra
            import Quartz  # noqa: PLC0415
            import ScreenCaptureKit  # noqa: PLC0415
        except ImportError as error:
            raise SourceError(
                f"macOS is asked through pyobjc, which can't be loaded ({error}): {extra_command('window')}"
            ) from error
        self._kit: Any = ScreenCaptureKit
        self._quartz: Any = Quartz
        self._app_kit: Any = AppKit
        if not hasattr(self._kit, "SCScreenshotManager"):
            raise SourceError("macOS 14 or later is needed to capture windows, and this one is older")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is held."""

    def windows(self) -> list[Window]:
        """Every program's window with a title, minimised ones too."""
        found = []
        for window in self._content().windows():
            owner = window.owningApplication()
            if owner is not None and window.windowLayer() == _NORMAL_LAYER and window.title():
                number, title = int(window.windowID()), str(window.title())
                name, bundle = str(owner.applicationName()), str(owner.bundleIdentifier())
                found.append(Window(number, title, bundle, name, int(owner.processID())))
        return found

    def focused(self) -> int | None:
        """A window of the program that is in front, as macOS doesn't say which of its windows has the focus."""
        front = self._app_kit.NSWorkspace.sharedWorkspace().frontmostApplication()
        if front is None:
            return None
        process = int(front.processIdentifier())
        return next((window.number for window in self.windows() if window.process == process), None)

    def pixels(self, number: int) -> MacPixels:
        """The pixels of a window, its title bar included: macOS doesn't say where its content begins."""

        def filter_of_window() -> Any:
            window = next((one for one in self._content().windows() if int(one.windowID()) == number), None)
            if window is None:
                raise SourceError("the window was closed")
            if not window.isOnScreen():
                raise Hidden("the window is minimised, or on another desktop: show it")
            return self._kit.SCContentFilter.alloc().initWithDesktopIndependentWindow_(window)

        return MacPixels(self, filter_of_window)

    def monitor(self, number: int) -> MacPixels:
        """The pixels of a display, counted from 1; raises SourceError if it isn't there."""

        def filter_of_display() -> Any:
            displays = list(self._content().displays())
            if number > len(displays):
                there = ", ".join(f"screen:{one}" for one in range(1, len(displays) + 1))
                raise SourceError(f"screen:{number} is not there: there are {there}, or screen for all together")
            return self._kit.SCContentFilter.alloc().initWithDisplay_excludingWindows_(displays[number - 1], [])

        return MacPixels(self, filter_of_display)

    def shot(self, content_filter: Any, size: Size) -> bytes:
        """A picture of what a filter lets through, in real pixels; its rows have no padding."""
        configuration = self._kit.SCStreamConfiguration.alloc().init()
        configuration.setWidth_(size.width)
        configuration.setHeight_(size.height)
        configuration.setShowsCursor_(False)
        configuration.setPixelFormat_(PIXEL_FORMAT)
        configuration.setIgnoreShadowsSingleWindow_(True)
        image = _answer(
            lambda handler: self._kit.SCScreenshotManager.captureImageWithFilter_configuration_completionHandler_(
                content_filter, configuration, handler
            )
        )
        data = self._quartz.CGDataProviderCopyData(self._quartz.CGImageGetDataProvider(image))
        pitch = int(self._quartz.CGImageGetBytesPerRow(image))
        width, height = int(self._quartz.CGImageGetWidth(image)), int(self._quartz.CGImageGetHeight(image))
        if (width, height) != size:
            raise Resized
        rows = np.frombuffer(bytes(data), np.uint8)[: pitch * height].reshape(height, pitch)
        return rows[:, : width * BYTES].tobytes()

    def _content(self) -> Any:
        """What may be captured now, windows that are out of sight among it."""
        content = self._kit.SCShareableContent
        return _answer(
            lambda handler: content.getShareableContentExcludingDesktopWindows_onScreenWindowsOnly_completionHandler_(
                True, False, handler
            )
        )


class MacPixels:
    """The pixels of a window or a display. Each picture is asked for anew; none is kept that may be out of date."""

    def __init__(self, desktop: MacDesktop, make_filter: Callable[[], Any]) -> None:
        """`make_filter` finds what is captured, and says whether it is still there; raises SourceError, Hidden."""
        self._desktop, self._make_filter = desktop, make_filter
        self.size = _size_of(make_filter())

    def grab(self, box: Box) -> bytes:
        """The pixels of a box; raises Resized, Hidden, SourceError."""
        content_filter = self._make_filter()
        if _size_of(content_filter) != self.size:
            raise Resized
        whole = np.frombuffer(self._desktop.shot(content_filter, self.size), np.uint8)
        picture = whole.reshape(self.size.height, self.size.width, BYTES)
        return picture[box.top : box.bottom, box.left : box.right].tobytes()

    def close(self) -> None:
        """Nothing is held between two pictures."""


def _size_of(content_filter: Any) -> Size:
    """How large it is in real pixels: macOS itself counts in points, of which a Retina display has fewer."""
    area, scale = content_filter.contentRect().size, float(content_filter.pointPixelScale())
    size = Size(round(area.width * scale), round(area.height * scale))
    if not size.width or not size.height:
        raise Hidden("it has no content to show")
    return size


def _answer(ask: Callable[[Callable[[Any, Any], None]], None]) -> Any:
    """What macOS answers, which it does in a thread of its own; raises SourceError saying what to do."""
    answered = threading.Event()
    answer: list[Any] = []

    def handler(value: Any, error: Any) -> None:
        answer[:] = [value, error]
        answered.set()

    ask(handler)
    if not answered.wait(ANSWER_LIMIT):
        raise SourceError(f"macOS gave no answer within {ANSWER_LIMIT:g} s")
    value, error = answer
    if error is not None and int(error.code()) == _DECLINED:
        raise SourceError(
            "macOS doesn't let this program record the screen: allow it in System Settings, Privacy & Security, Screen "
            "Recording, then start it again"
        )
    if error is not None or value is None:
        raise SourceError(
            f"macOS refuses ({error.localizedDescription() if error is not None else 'without a reason'})"
        )
    return value
