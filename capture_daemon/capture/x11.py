"""A connection to an X server: which windows programs have there, and which of them has the focus."""

from __future__ import annotations

import contextlib
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

from capture_daemon.capture.window_name import Window
from capture_daemon.common.installing import extra_command
from capture_daemon.errors import SourceError

MOST_WORDS = 1 << 14
"""Four-byte words of a property that are read: 64 KiB, more than any title."""


class X11:
    """A connection to the X server at DISPLAY, for one thread at a time.

    Its methods raise SourceError if the server has gone away.
    """

    def __init__(self) -> None:
        """Connect; raises SourceError if the server doesn't answer, or the extra is missing."""
        try:
            import xcffib  # noqa: PLC0415 - an extra

            # A connection knows the errors and events of what was imported before it was made.
            from xcffib import composite, shm, xproto  # noqa: F401, PLC0415
        except ImportError as error:
            raise SourceError(
                f"windows are found by xcffib, which can't be loaded ({error}): install it by "
                f"`{extra_command('window')}`"
            ) from error
        display = os.environ.get("DISPLAY")
        if not display:
            raise SourceError(f"windows can't be captured: {_no_display()}")
        self._failures = (xcffib.XcffibException, OSError)
        self._atoms: dict[str, int] = {}
        try:
            self.connection: Any = xcffib.connect(display)
            self.root: int = self.connection.get_setup().roots[0].root
        except self._failures as error:
            raise SourceError(
                f"windows can't be captured: can't connect to the X server at DISPLAY={display}: "
                "see whether it runs, and whether this user may use it (XAUTHORITY)"
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def working(self) -> Iterator[None]:
        """A context in which xcffib's errors become SourceError: the server, or what was asked about, has gone."""
        try:
            yield
        except self._failures as error:
            raise SourceError(f"the X server no longer answers ({type(error).__name__})") from error

    def windows(self) -> list[Window]:
        """Every program's window, the oldest first; minimised ones and those of other desktops, too."""
        with self.working():
            listed = self._numbers(self.root, "_NET_CLIENT_LIST") if self._is_managed() else self._top_level()
            found = [self._described(number) for number in listed]
        return [window for window in found if window is not None]

    def focused(self) -> int | None:
        """The number of the window that has the focus, as far as the window manager says."""
        with self.working():
            active = self._numbers(self.root, "_NET_ACTIVE_WINDOW")
        return active[0] if active and active[0] else None

    def has(self, extension: str) -> bool:
        """Whether the server has an extension of the protocol."""
        with self.working():
            return bool(self.connection.core.QueryExtension(len(extension), extension).reply().present)

    def close(self) -> None:
        """Disconnect; a second call does nothing."""
        with contextlib.suppress(*self._failures):
            self.connection.disconnect()

    def _is_managed(self) -> bool:
        """Whether there is a window manager, which says what is a program's window and what only helps itself."""
        manager = self._numbers(self.root, "_NET_SUPPORTING_WM_CHECK")
        return bool(manager) and self._property(manager[0], "_NET_SUPPORTING_WM_CHECK") is not None

    def _top_level(self) -> list[int]:
        """Without a window manager: what lies on the root and says what it is."""
        children = self.connection.core.QueryTree(self.root).reply().children
        return [number for number in children if self._property(number, "WM_CLASS")]

    def _described(self, number: int) -> Window | None:
        title = self._property(number, "_NET_WM_NAME")
        if title is None:
            return None
        # The older property is Latin-1, but for what programs of old write into it in several codes.
        name = title.decode("utf-8", "replace") or (self._property(number, "WM_NAME") or b"").decode("latin-1")
        names = (self._property(number, "WM_CLASS") or b"").decode("latin-1").split("\0")
        process = self._numbers(number, "_NET_WM_PID")
        return Window(
            number,
            name,
            names[0],
            names[1] if len(names) > 1 else "",
            process[0] if process else None,
        )

    def _numbers(self, window: int, name: str) -> list[int]:
        value = self._property(window, name) or b""
        return list(struct.unpack(f"={len(value) // 4}I", value[: len(value) // 4 * 4]))

    def _property(self, window: int, name: str) -> bytes | None:
        """What a property of a window holds, empty if it has none; None if there is no such window."""
        from xcffib import xproto  # noqa: PLC0415 - an extra

        core = self.connection.core
        if name not in self._atoms:
            self._atoms[name] = core.InternAtom(False, len(name), name).reply().atom
        try:
            reply = core.GetProperty(False, window, self._atoms[name], xproto.Atom.Any, 0, MOST_WORDS).reply()
        except xproto.WindowError:
            return None
        return bytes(reply.value.buf())


def _no_display() -> str:
    if os.environ.get("WAYLAND_DISPLAY"):
        return (
            "found a Wayland session without an X server (DISPLAY is not set), where programs can't see one another's "
            "windows: take --source wayland, and choose the window when the desktop asks"
        )
    return (
        "found no X server (DISPLAY is not set): start in a graphical session, or set DISPLAY to that of the game, "
        "perhaps :0"
    )
