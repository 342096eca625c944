"""What is asked of Windows itself about its windows, by ctypes. Never tried: it follows Microsoft's documentation."""

from __future__ import annotations

import contextlib
import ctypes
from typing import Any

from capture_daemon.frames import Box

_PER_MONITOR_AWARE = 2
_EXTENDED_FRAME_BOUNDS, _CLOAKED = 9, 14
"""Attributes for DwmGetWindowAttribute: a window's frame without the shadow, and whether it is kept out of sight."""
_LONGEST_CLASS = 256
_FAILED = (OSError, AttributeError)


class _Rectangle(ctypes.Structure):
    _fields_ = (("left", ctypes.c_long), ("top", ctypes.c_long), ("right", ctypes.c_long), ("bottom", ctypes.c_long))


class _Point(ctypes.Structure):
    _fields_ = (("x", ctypes.c_long), ("y", ctypes.c_long))


class Win32:
    """The functions of user32 and dwmapi that are needed, by plain numbers and texts."""

    def __init__(self) -> None:
        """Have coordinates in real pixels, whatever the scale of a monitor."""
        dlls: Any = ctypes
        self._user32, self._dwmapi = dlls.windll.user32, dlls.windll.dwmapi
        with contextlib.suppress(*_FAILED):  # set already, or older than Windows 8.1
            dlls.windll.shcore.SetProcessDpiAwareness(_PER_MONITOR_AWARE)

    def window_handles(self) -> list[int]:
        """The top-level windows that are visible, in the order of what lies over what."""
        handles: list[int] = []
        kinds: Any = ctypes
        function = kinds.WINFUNCTYPE(ctypes.c_bool, ctypes.c_void_p, ctypes.c_void_p)

        def take(handle: int, _: int) -> bool:
            if self._user32.IsWindowVisible(ctypes.c_void_p(handle)) and not self._is_cloaked(handle):
                handles.append(handle)
            return True

        self._user32.EnumWindows(function(take), None)
        return handles

    def title(self, handle: int) -> str:
        """A window's title."""
        length = int(self._user32.GetWindowTextLengthW(ctypes.c_void_p(handle)))
        buffer = ctypes.create_unicode_buffer(length + 1)
        self._user32.GetWindowTextW(ctypes.c_void_p(handle), buffer, length + 1)
        return buffer.value

    def class_name(self, handle: int) -> str:
        """The name of a window's class."""
        buffer = ctypes.create_unicode_buffer(_LONGEST_CLASS)
        self._user32.GetClassNameW(ctypes.c_void_p(handle), buffer, _LONGEST_CLASS)
        return buffer.value

    def process(self, handle: int) -> int:
        """The process of a window, 0 if it has gone."""
        number = ctypes.c_ulong(0)
        self._user32.GetWindowThreadProcessId(ctypes.c_void_p(handle), ctypes.byref(number))
        return number.value

    def foreground(self) -> int:
        """The window that has the focus, 0 if there is none."""
        return int(self._user32.GetForegroundWindow() or 0)

    def exists(self, handle: int) -> bool:
        """Whether it is still a window."""
        return bool(self._user32.IsWindow(ctypes.c_void_p(handle)))

    def is_minimised(self, handle: int) -> bool:
        """Whether a window is minimised."""
        return bool(self._user32.IsIconic(ctypes.c_void_p(handle)))

    def client_area(self, handle: int) -> Box | None:
        """The client area of a window on the screen; None if it has gone."""
        rectangle, corner = _Rectangle(), _Point()
        window = ctypes.c_void_p(handle)
        if not self._user32.GetClientRect(window, ctypes.byref(rectangle)):
            return None
        if not self._user32.ClientToScreen(window, ctypes.byref(corner)):
            return None
        return Box(corner.x, corner.y, rectangle.right - rectangle.left, rectangle.bottom - rectangle.top)

    def frame(self, handle: int) -> Box | None:
        """The whole window on the screen, without its shadow; None if it has gone."""
        rectangle = _Rectangle()
        size = ctypes.sizeof(rectangle)
        window = ctypes.c_void_p(handle)
        if self._dwmapi.DwmGetWindowAttribute(window, _EXTENDED_FRAME_BOUNDS, ctypes.byref(rectangle), size):
            return None
        return Box(rectangle.left, rectangle.top, rectangle.right - rectangle.left, rectangle.bottom - rectangle.top)

    def _is_cloaked(self, handle: int) -> bool:
        """Whether a window is there in name only, as those of sleeping store apps are."""
        cloaked = ctypes.c_int(0)
        size = ctypes.sizeof(cloaked)
        window = ctypes.c_void_p(handle)
        failed = self._dwmapi.DwmGetWindowAttribute(window, _CLOAKED, ctypes.byref(cloaked), size)
        return not failed and cloaked.value != 0
