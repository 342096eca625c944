"""One connection to the screen by mss: its monitors, grabbing a box, and clear errors."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import Self

import mss
from mss.exception import ScreenShotError

from capture_daemon.errors import SourceError
from capture_daemon.frames import Box

_FAILURES = (ScreenShotError, AssertionError, ValueError, OSError)
"""What mss raises where the display is gone: on X11 a bare AssertionError, under `python -O` a ValueError."""


class Display:
    """A connection to the screen, for one thread at a time. Once it has failed it stays dead: close it, make another.

    `monitors` holds the rectangle of all monitors together, then each one's, in pixels of the whole screen.
    """

    def __init__(self) -> None:
        """Connect; raises SourceError if there is no display, or it can't be used."""
        _refuse_wayland()
        try:
            self._mss: mss.MSS | None = mss.MSS()
        except _FAILURES as error:
            raise SourceError(_why_not(error)) from error
        try:
            found = [Box(area["left"], area["top"], area["width"], area["height"]) for area in self._mss.monitors]
        except _FAILURES as error:
            self.close()
            raise SourceError(_why_not(error)) from error
        # An X server that names no monitors of its own is one monitor.
        self.monitors = found if len(found) > 1 else [found[0], found[0]]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def grab(self, box: Box) -> bytearray:
        """The pixels of a box of the whole screen: blue, green, red and one unused byte each, row by row.

        Raises SourceError if the display has gone away or no longer holds the box.
        """
        if self._mss is None:
            raise SourceError("the display is closed")
        try:
            shot = self._mss.grab({"left": box.left, "top": box.top, "width": box.width, "height": box.height})
        except _FAILURES as error:
            raise SourceError(f"the display went away or changed ({_reason(error)})") from error
        return shot.raw

    def close(self) -> None:
        """Disconnect; a second call does nothing."""
        # A dead connection raises when it is closed, and a second close of one aborts the process.
        connection, self._mss = self._mss, None
        if connection is not None:
            with contextlib.suppress(*_FAILURES):
                connection.close()


def wayland_session() -> str | None:
    """How the Wayland session is described in which this program runs; None if it runs in none.

    Its screen can't be seen by way of X11: XWayland shows only black.
    """
    wayland = os.environ.get("WAYLAND_DISPLAY")
    if not wayland or not sys.platform.startswith("linux"):
        return None
    display = os.environ.get("DISPLAY")
    escape = f"; where DISPLAY={display} is an X server of its own, unset WAYLAND_DISPLAY" if display else ""
    return f"found a Wayland session, WAYLAND_DISPLAY={wayland}{escape}"


def _refuse_wayland() -> None:
    found = wayland_session()
    if found is not None:
        raise SourceError(f"the screen can't be captured: {found}: take --source wayland")


def _why_not(error: BaseException) -> str:
    if not sys.platform.startswith("linux"):
        return f"the screen can't be captured ({_reason(error)}): allow this program to record the screen"
    display = os.environ.get("DISPLAY")
    if not display:
        return (
            "the screen can't be captured: found no display (neither DISPLAY nor WAYLAND_DISPLAY is set): "
            "start in a graphical session, or set DISPLAY to that of the game, perhaps :0"
        )
    return (
        f"the screen can't be captured: can't connect to the X server at DISPLAY={display} ({_reason(error)}): "
        "see whether it runs, and whether this user may use it (XAUTHORITY)"
    )


def _reason(error: BaseException) -> str:
    text = " ".join(str(error).split()).rstrip(".")
    if not text:
        return "it no longer answers"
    return text if text[1:2].isupper() else text[0].lower() + text[1:]
