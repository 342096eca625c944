"""Where frames come from: a screen, a capture device, a network stream, a recording. `open_source` chooses by name."""

from __future__ import annotations

import logging
import re

from capture_daemon.capture.base import Source, SourceSettings, StatusCallback
from capture_daemon.capture.device import STREAM_SCHEMES, DeviceSource, StreamSource
from capture_daemon.capture.display import wayland_session
from capture_daemon.capture.obs import ObsSource
from capture_daemon.capture.screen import ScreenSource
from capture_daemon.capture.video import VideoSource
from capture_daemon.capture.waiting import WaitingSource
from capture_daemon.capture.wayland import WaylandSource
from capture_daemon.capture.window import WindowSource
from capture_daemon.errors import SourceError
from capture_daemon.frames import Regions

__all__ = ["Source", "SourceSettings", "StatusCallback", "open_source"]

logger = logging.getLogger(__name__)


def open_source(  # noqa: PLR0911 - one for each kind
    name: str, regions: Regions | None, settings: SourceSettings, on_status: StatusCallback
) -> Source:
    """The source called `name`, not yet opened.

    `screen` is all monitors, `screen:2` the second; `wayland`, and these in a Wayland session, is what the user chooses
    in the desktop's dialog; `window:TITLE`, `window:class=…` and `window:pid=…` are one window;
    `obs` is OBS's program scene, `obs:NAME` one of its sources or scenes; `device:0` and `device:/dev/video0` are
    capture devices; `tcp://…`, `udp://…`, `http://…`, `https://…` and `rtsp://…` are network streams; anything else is
    the path of a video. `regions` None stands for the whole frame.

    `game` waits until the window of a known game takes its place. Raises SourceError if the name is malformed.
    """
    kind, colon, rest = name.partition(":")
    if not name.strip():
        raise SourceError("the source has no name: `capture-daemon run --help` lists what it may be")
    if kind == "screen":
        return _screen(name, _number(name, rest) if colon else 0, regions, settings, on_status)
    if kind == "wayland":
        if colon:
            raise SourceError(f"source {name!r} names nothing: write wayland, and choose when the desktop asks")
        return WaylandSource(name, regions, settings, on_status)
    if kind == "obs":
        return ObsSource(_obs(name, rest) if colon else None, regions, settings, on_status)
    if kind == "window" and colon:
        return WindowSource(rest, regions, settings, on_status)
    if kind == "device" and colon:
        return DeviceSource(_device(name, rest), regions, settings, on_status)
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]+)://", name)
    if scheme is not None:
        if scheme[1].lower() not in STREAM_SCHEMES:
            known = ", ".join(f"{known}://" for known in STREAM_SCHEMES)
            raise SourceError(f"source {name}: {scheme[1]}:// is no stream that can be read: there are {known}")
        return StreamSource(name, regions, settings, on_status)
    return (WaitingSource if name == "game" else VideoSource)(name, regions, settings, on_status)


def _screen(
    name: str, monitor: int, regions: Regions | None, settings: SourceSettings, on_status: StatusCallback
) -> Source:
    found = wayland_session()
    if found is None:
        return ScreenSource(monitor, regions, settings, on_status)
    logger.info("%s: %s: the desktop decides what is captured, as with --source wayland", name, found)
    return WaylandSource(name, regions, settings, on_status, hint=found)


def _number(name: str, text: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,3}", text):
        raise SourceError(f"source {name!r} names no monitor: write screen:1 for the first, or screen for all of them")
    return int(text)


def _obs(name: str, text: str) -> str:
    if not text.strip():
        raise SourceError(f"source {name!r} names no source of OBS: write obs:NAME, or obs for the program scene")
    return text


def _device(name: str, text: str) -> int | str:
    if re.fullmatch(r"[0-9]{1,4}", text):
        return int(text)
    if text.startswith("/"):
        return text
    raise SourceError(f"source {name!r} names no device: write device:0 for the first, or device:/dev/video0")
