"""The pixels of one X11 window, wherever it is and whatever lies over it: by the Composite extension."""

from __future__ import annotations

import ctypes
import mmap
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from capture_daemon.capture.polled import Hidden, Resized
from capture_daemon.capture.x11 import X11
from capture_daemon.errors import SourceError
from capture_daemon.frames import Box, Size

BYTES = 4
"""Bytes of a pixel in windows of the depths that can be read."""
_DEPTHS = (24, 32)
_ALL_PLANES = 0xFFFFFFFF


class WindowPixels:
    """What a window shows, without borders and title bar, kept by the X server also where it is covered.

    `size` is that of its client area. Once it has failed it stays dead: close it, and its connection.
    """

    def __init__(self, x11: X11, window: int) -> None:
        """Raises SourceError if the window can't be captured, Hidden if it isn't shown now."""
        from xcffib import composite, xproto  # noqa: PLC0415 - an extra

        self._x11, self._window = x11, window
        self._pixmap: int | None = None
        self._memory: _SharedMemory | None = None
        self._mapped = self._gone = False
        with self._known():
            core = x11.connection.core
            if not x11.has("Composite"):
                raise SourceError("the X server has no Composite extension, which keeps what a covered window shows")
            self._composite = x11.connection(composite.key)
            # The server takes requests of this extension only from who has asked for its version.
            self._composite.QueryVersion(0, 4).reply()
            # An event reports that a window was closed.
            mask = [xproto.EventMask.StructureNotify]
            core.ChangeWindowAttributesChecked(window, xproto.CW.EventMask, mask).check()
            self._composite.RedirectWindowChecked(window, composite.Redirect.Automatic).check()
            attributes, shape = core.GetWindowAttributes(window).reply(), core.GetGeometry(window).reply()
        self.size = Size(shape.width, shape.height)
        self._border = shape.border_width
        self._mapped = attributes.map_state == xproto.MapState.Viewable
        if shape.depth not in _DEPTHS:
            raise SourceError(
                f"the window has {shape.depth} bits a pixel, and 24 or 32 can be read: change the screen's"
            )

    def grab(self, box: Box) -> bytes:
        """The pixels of a box of the window: blue, green, red and one unused byte each, row by row.

        Raises Resized or Hidden if the window was resized or hidden since, SourceError if it was closed.
        """
        from xcffib import xproto  # noqa: PLC0415 - an extra

        self._hear()
        if not self._mapped:
            raise Hidden("the window is minimised, or on another desktop: show it")
        with self._known():
            if self._pixmap is None:
                pixmap = self._x11.connection.generate_id()
                self._composite.NameWindowPixmapChecked(self._window, pixmap).check()
                self._pixmap = pixmap
            place = (box.left + self._border, box.top + self._border, box.width, box.height)
            length = box.width * box.height * BYTES
            if self._memory is None:
                self._memory = _SharedMemory(self._x11, self.size.width * self.size.height * BYTES)
            if self._memory.there:
                return self._memory.picture(self._pixmap, place, length)
            reply = self._x11.connection.core.GetImage(
                xproto.ImageFormat.ZPixmap, self._pixmap, *place, _ALL_PLANES
            ).reply()
            return bytes(reply.data.buf())

    def close(self) -> None:
        """Release what this process holds; the server's part ends with the connection."""
        if self._memory is not None:
            self._memory.close()

    def _hear(self) -> None:
        """Take in what the server has said about the window since."""
        from xcffib import xproto  # noqa: PLC0415 - an extra

        resized = False
        with self._known():
            while (event := self._x11.connection.poll_for_event()) is not None:
                if getattr(event, "window", None) != self._window:
                    continue
                if isinstance(event, xproto.ConfigureNotifyEvent):
                    resized = resized or (event.width, event.height) != self.size
                elif isinstance(event, xproto.MapNotifyEvent | xproto.UnmapNotifyEvent):
                    # What was kept for it isn't what it draws on from now on.
                    self._mapped, self._pixmap = isinstance(event, xproto.MapNotifyEvent), None
                elif isinstance(event, xproto.DestroyNotifyEvent):
                    self._gone = True
        if self._gone:
            raise SourceError("the window was closed")
        if resized:
            raise Resized

    @contextmanager
    def _known(self) -> Iterator[None]:
        """A context in which the server's errors about the window mean that it was closed."""
        from xcffib import xproto  # noqa: PLC0415 - an extra

        try:
            with self._x11.working():
                yield
        except SourceError as error:
            if isinstance(error.__cause__, xproto.WindowError | xproto.DrawableError):
                raise SourceError("the window was closed") from error
            if isinstance(error.__cause__, xproto.MatchError):
                # It was hidden or resized between what was heard and what was asked; the event is on its way.
                raise Hidden("the window is not shown") from error
            raise


class _SharedMemory:
    """Memory that the X server writes pictures into; not `there` where it runs on another machine."""

    def __init__(self, x11: X11, length: int) -> None:
        from xcffib import shm  # noqa: PLC0415 - an extra

        self.there = False
        self._memory: mmap.mmap | None = None
        connection = x11.connection
        if not hasattr(os, "memfd_create") or not x11.has("MIT-SHM") or not _is_local(connection):
            return
        self._shm = connection(shm.key)
        version = self._shm.QueryVersion().reply()
        if (version.major_version, version.minor_version) < (1, 2):
            return
        handle = os.memfd_create("capture-daemon")
        os.ftruncate(handle, length)
        self._memory = mmap.mmap(handle, length)
        self._segment = connection.generate_id()
        # A descriptor and not a System V segment: those can't be shared from within a service that has PrivateIPC=.
        # xcffib has no call for it; libxcb sends it along with the next request, and closes it.
        library = ctypes.CDLL("libxcb.so.1")
        library.xcb_send_fd.argtypes = [ctypes.c_void_p, ctypes.c_int]
        library.xcb_send_fd.restype = None
        library.xcb_send_fd(_address(connection), handle)
        self._shm.AttachFdChecked(self._segment, False).check()
        self.there = True

    def picture(self, pixmap: int, place: tuple[int, int, int, int], length: int) -> bytes:
        """Have a box of a pixmap written, and copy it out."""
        from xcffib import xproto  # noqa: PLC0415 - an extra

        assert self._memory is not None
        image = xproto.ImageFormat.ZPixmap
        self._shm.GetImage(pixmap, *place, _ALL_PLANES, image, self._segment, 0).reply()
        return self._memory[:length]

    def close(self) -> None:
        """Let go of the memory."""
        if self._memory is not None:
            self._memory.close()


def _is_local(connection: Any) -> bool:
    with socket.socket(fileno=os.dup(connection.get_file_descriptor())) as there:
        return there.family == socket.AF_UNIX


def _address(connection: Any) -> int:
    """Where libxcb's own structure of a connection lies."""
    from xcffib import ffi  # noqa: PLC0415 - an extra

    return int(ffi.cast("uintptr_t", connection._conn))
