"""The pictures of one PipeWire node, which the desktop's portal provides."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any, Self

import numpy as np

from capture_daemon.capture.portal import ServerGoneError
from capture_daemon.common.installing import extra_command
from capture_daemon.errors import SourceError
from capture_daemon.frames import ColourImage

FIRST_LIMIT = 10.0
"""Seconds until the first picture; one comes as soon as the stream runs, also of a screen on which nothing moves."""
FIRST_ROUND = 0.02


class PipeWireStream:
    """A stream that runs from the start to `close`. A screen on which nothing moves sends nothing, and is no stall."""

    def __init__(self, descriptor: int, node: int) -> None:
        """Start it; `descriptor` is the connection to PipeWire, and is closed with the stream, or if that fails."""
        self._descriptor: int | None = descriptor
        self._stream: Any = None
        try:
            # No interval: what is left out might be the last picture before the screen rests.
            self._stream = stream_class()(descriptor, node, 0, 0, 0.0)
            self._stream.start()
        except BaseException:
            # Whatever it was, Ctrl-C too: nobody else has the descriptor yet.
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def first(self, attend: Callable[[], None]) -> ColourImage:
        """Wait for the first picture; `attend` is called meanwhile, and may raise.

        Raises ServerGoneError if the stream ends, or there is none in time.
        """
        end = time.monotonic() + FIRST_LIMIT
        while (picture := self._newest()) is None:
            if time.monotonic() > end:
                raise ServerGoneError(f"PipeWire gave no picture within {FIRST_LIMIT:g} s: does WirePlumber run?")
            attend()
            # In the source's own thread; the library has no way to wait for a picture.
            time.sleep(FIRST_ROUND)
        return picture

    def picture(self) -> ColourImage:
        """The newest picture, in memory of its own: blue, green, red and one unused byte.

        Raises ServerGoneError if the stream has ended.
        """
        picture = self._newest()
        if picture is None:
            raise ServerGoneError("PipeWire gives no picture any more")
        return picture

    def close(self) -> None:
        """End it; a second call does nothing."""
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.stop()
        # Last: a connection that is left open keeps the next stream black.
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    def _newest(self) -> ColourImage | None:
        # After its end the library goes on giving the last picture.
        if self._stream.window_invalid:
            raise ServerGoneError(f"PipeWire ended the stream ({self._stream.error or 'without a reason'})")
        picture = self._stream.get_frame()
        return None if picture is None else np.asarray(picture, np.uint8)


def stream_class() -> Any:
    """The library's class of streams; raises SourceError if the library, or the system's PipeWire, is missing."""
    try:
        from pipewire_capture import CaptureStream  # noqa: PLC0415 - an extra
    except ImportError as error:
        if "libpipewire" in str(error):
            raise SourceError(
                f"pictures of a Wayland session come by PipeWire, whose library is missing ({error}): install it: on "
                "Debian, apt-get install libpipewire-0.3-0"
            ) from error
        raise SourceError(
            f"pictures of a Wayland session are taken by pipewire-capture, which can't be loaded ({error}): "
            f"install it by `{extra_command('wayland')}`"
        ) from error
    return CaptureStream
