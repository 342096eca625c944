"""Capture devices and network streams, by OpenCV: decoded all the time, so that the newest picture is never old."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import sys
import time
from abc import abstractmethod
from collections.abc import Generator, Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from capture_daemon.capture.base import SourceSettings, StatusCallback
from capture_daemon.capture.limits import check_size
from capture_daemon.capture.live import LiveSource, as_it_came
from capture_daemon.capture.whole_frames import WholeFrames
from capture_daemon.errors import SourceError
from capture_daemon.frames import Box, ColourImage, Frame, GreyImage, Regions, Size

STREAM_SCHEMES = ("tcp", "udp", "http", "https", "rtsp")
STREAM_OPEN_MILLISECONDS = 10_000
STREAM_READ_MILLISECONDS = 5_000
OPTIONS_VARIABLE = "OPENCV_FFMPEG_CAPTURE_OPTIONS"
QUICK = "flags;low_delay|probesize;32768|analyzeduration;0|rtsp_transport;tcp"
"""Options for OpenCV's FFmpeg that show the first picture at once, if the stream begins with a whole one.

`fflags;nobuffer` isn't among them: it throws away the packets looked at when opening, and with them that picture.
"""
THOROUGH = "flags;low_delay|rtsp_transport;tcp"
"""Options for a stream that is joined in the middle: looks for up to some seconds until a whole picture comes."""
EARLY = 0.25
"""Share of an interval by which a picture may come early and still be taken: clocks jitter."""

logger = logging.getLogger(__name__)


class OpenCvSource(LiveSource):
    """What devices and streams share: reading without a pause, in one thread, and taking `fps` pictures a second."""

    def _session(self) -> Generator[Frame, None, None]:
        capture = self._capture()
        try:
            # Before memory is allocated for a picture, if its size is known by then.
            reported = Size(int(capture.get(cv2.CAP_PROP_FRAME_WIDTH)), int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT)))
            check_size(self.name, reported, self._settings.max_pixels)
            yield from self._read(capture)
        except cv2.error as error:
            raise SourceError(f"{self.name} can't be read any more: {error.err or error}") from error
        finally:
            capture.release()

    @abstractmethod
    def _capture(self) -> cv2.VideoCapture:
        """Open the device or stream; raises SourceError."""

    @abstractmethod
    def _lost_why(self) -> str:
        """Say what has happened when no more pictures come."""

    def _read(self, capture: cv2.VideoCapture) -> Generator[Frame, None, None]:
        interval = 1 / self._settings.fps
        due = time.monotonic()
        size: Size | None = None
        box = Box(0, 0, 0, 0)
        regions, wholes = self._regions, WholeFrames()
        while not self._stop.is_set():
            self._step()
            if not capture.grab():
                raise SourceError(self._lost_why())
            now, sequence = time.monotonic(), self._next_sequence()
            if (self._held or now < due - EARLY * interval) and not self._wishes:
                continue
            due = max(due + interval, now)
            found, picture = capture.retrieve()
            if not found:
                raise SourceError(self._lost_why())
            pixels = _coloured(np.asarray(picture, np.uint8))
            seen = Size(pixels.shape[1], pixels.shape[0])
            check_size(self.name, seen, self._settings.max_pixels)
            self._grant(pixels)
            if seen != size or self._regions is not regions:
                regions = self._regions
                size, box = seen, self._box(seen)
            # A copy, so that a frame that waits doesn't keep the whole picture.
            part = np.ascontiguousarray(pixels[box.top : box.bottom, box.left : box.right])
            grey = _grey(part)
            held = grey.nbytes + part.nbytes
            whole = None
            if self._settings.whole_frames and wholes.is_due(now):
                whole = Frame(_grey(pixels), now, sequence, Box(0, 0, *seen), seen, as_it_came(pixels), pixels.nbytes)
                wholes.taken(now)
            yield Frame(grey, now, sequence, box, seen, as_it_came(part), held, whole)


class DeviceSource(OpenCvSource):
    """A capture card or camera, or OBS's virtual camera."""

    def __init__(
        self, device: int | str, regions: Regions | None, settings: SourceSettings, on_status: StatusCallback
    ) -> None:
        """`device` is its number, from 0, or on Linux its path."""
        super().__init__(f"device:{device}", regions, settings, on_status)
        self._device = device

    def _capture(self) -> cv2.VideoCapture:
        _quieten()
        self._look_for_device()
        backend = cv2.CAP_V4L2 if sys.platform.startswith("linux") else cv2.CAP_ANY
        if isinstance(self._device, int):
            capture = cv2.VideoCapture(self._device, backend)
        else:
            capture = cv2.VideoCapture(self._device, backend)
        if not capture.isOpened():
            capture.release()
            raise SourceError(f"{self.name} can't be opened: see whether another program uses it{_devices_there()}")
        self._set_up(capture)
        return capture

    def _look_for_device(self) -> None:
        """Check what Linux knows before the device is opened. Raises SourceError."""
        if not sys.platform.startswith("linux"):
            return
        path = Path(f"/dev/video{self._device}" if isinstance(self._device, int) else self._device)
        try:
            there = path.exists()
        except (OSError, ValueError) as error:
            # A name that is too long, or holds a null character.
            raise SourceError(
                f"{self.name} names no device: write device:0 for the first, or device:/dev/video0"
            ) from error
        if not there:
            raise SourceError(f"{self.name} is not there: there is no {path}{_devices_there()}")
        if not os.access(path, os.R_OK | os.W_OK):
            raise SourceError(f"{self.name} may not be read by this user: add the user to the group of {path}, video")

    def _set_up(self, capture: cv2.VideoCapture) -> None:
        """Ask for format, size and rate, in the order that V4L2 wants, and warn of what the device made of it."""
        wanted: list[tuple[str, int, float]] = []
        if self._settings.pixel_format is not None:
            code = cv2.VideoWriter.fourcc(*self._settings.pixel_format.upper())
            wanted.append(("pixel format", cv2.CAP_PROP_FOURCC, code))
        if self._settings.width is not None:
            wanted.append(("width", cv2.CAP_PROP_FRAME_WIDTH, self._settings.width))
        if self._settings.height is not None:
            wanted.append(("height", cv2.CAP_PROP_FRAME_HEIGHT, self._settings.height))
        wanted.append(("frames per second", cv2.CAP_PROP_FPS, self._settings.fps))
        for _, key, value in wanted:
            capture.set(key, value)
        for what, key, value in wanted:
            given = capture.get(key)
            if given and round(given) != round(value):
                logger.warning("%s gives another %s than it was asked for", self.name, what)

    def _lost_why(self) -> str:
        return f"{self.name} gives no more pictures: see whether it is plugged in and switched on"


class StreamSource(OpenCvSource):
    """A network stream. It need not exist yet when it is opened: it may appear within ten seconds."""

    retries_opening = True
    open_limit = 15.0

    def __init__(
        self, address: str, regions: Regions | None, settings: SourceSettings, on_status: StatusCallback
    ) -> None:
        """`address` begins with one of `STREAM_SCHEMES`."""
        super().__init__(_without_password(address), regions, settings, on_status)
        self._address = address
        self._thorough = False

    def _session(self) -> Generator[Frame, None, None]:
        before = self._sequence
        try:
            yield from super()._session()
        finally:
            self._thorough = self._sequence == before and not self._thorough

    def _capture(self) -> cv2.VideoCapture:
        _quieten()
        settings = {
            cv2.CAP_PROP_OPEN_TIMEOUT_MSEC: STREAM_OPEN_MILLISECONDS,
            cv2.CAP_PROP_READ_TIMEOUT_MSEC: STREAM_READ_MILLISECONDS,
            # More decoding threads would each hold a picture back.
            cv2.CAP_PROP_N_THREADS: 1,
        }
        flat = [number for pair in settings.items() for number in pair]
        with _capture_options(THOROUGH if self._thorough else QUICK):
            capture = cv2.VideoCapture(self._address, cv2.CAP_FFMPEG, flat)
        if not capture.isOpened():
            capture.release()
            raise SourceError(f"{self.name} can't be opened: see whether its server runs and the address is right")
        return capture

    def _lost_why(self) -> str:
        return f"{self.name} has ended, or sent nothing for {STREAM_READ_MILLISECONDS / 1000:g} s"


def _coloured(pixels: NDArray[np.uint8]) -> ColourImage:
    """The picture with three channels; some devices give only one."""
    return pixels if pixels.ndim == 3 else np.asarray(cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR), np.uint8)


def _grey(pixels: ColourImage) -> GreyImage:
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), np.uint8)


@contextlib.contextmanager
def _capture_options(options: str) -> Iterator[None]:
    """Set what OpenCV reads from the environment at each opening, unless the user has set it."""
    if OPTIONS_VARIABLE in os.environ:
        yield
        return
    os.environ[OPTIONS_VARIABLE] = options
    try:
        yield
    finally:
        os.environ.pop(OPTIONS_VARIABLE, None)


def _quieten() -> None:
    """Keep OpenCV and its FFmpeg from writing to standard error; what matters is said by this program."""
    cv2.setLogLevel(0)
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")


def _devices_there() -> str:
    if not sys.platform.startswith("linux"):
        return ""
    there = sorted(str(path) for path in Path("/dev").glob("video*"))
    return f"; there is {', '.join(there)}" if there else "; there is no capture device at all (no /dev/video*)"


def _without_password(address: str) -> str:
    return re.sub(r"(?<=://)[^/?#]*@", "", address)
