"""What this session can show: the X11 display, a Wayland desktop's portal, windows, OBS."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

from capture_daemon.cli.findings import Finding, lacking
from capture_daemon.common.installing import package_command
from capture_daemon.config.models import Configuration
from capture_daemon.errors import CaptureDaemonError, SourceError


def examine(configuration: Configuration) -> Iterator[Finding]:
    """Everything that shows pictures, but for devices."""
    try:
        from capture_daemon.capture.display import wayland_session  # noqa: PLC0415 - its packages may be missing
    except ImportError as error:
        yield Finding("display", "fault", f"capturing can't be loaded: {error}", package_command("mss"))
        return
    kind = configuration.source.name.partition(":")[0]
    session = wayland_session()
    if session is None:
        yield _display(needed=kind == "screen")
    if session is not None or kind == "wayland":
        yield from _wayland(configuration, session, needed=kind in ("screen", "wayland"))
    if sys.platform.startswith("linux"):
        yield _windows(needed=kind == "window")
    yield _obs(configuration, needed=kind == "obs")


def _display(*, needed: bool) -> Finding:
    from capture_daemon.capture.display import Display  # noqa: PLC0415

    try:
        with Display() as display:
            monitors = [f"screen:{number} {box.width}x{box.height}" for number, box in enumerate(display.monitors)]
    except SourceError as error:
        return Finding("display", lacking(needed), str(error))
    server = f"X11 at {os.environ['DISPLAY']}: " if sys.platform.startswith("linux") else ""
    return Finding("display", "good", server + ", ".join(monitors[1:]))


def _wayland(configuration: Configuration, session: str | None, *, needed: bool) -> Iterator[Finding]:
    from capture_daemon.capture import pipewire_stream, screen_choice  # noqa: PLC0415
    from capture_daemon.capture.portal import WINDOW, Portal  # noqa: PLC0415

    found = session or "found no Wayland session (WAYLAND_DISPLAY is not set)"
    try:
        with Portal(lambda: None) as portal:
            can = portal.abilities()
            portal.require(())
        pipewire_stream.stream_class()
    except SourceError as error:
        yield Finding("wayland", lacking(needed), f"{found}: {error}")
        return
    what = "screens and windows" if can.kinds & WINDOW else "screens"
    keeps = "and keeps what was chosen" if can.remembers else "but keeps no choice: choose at each start, on a terminal"
    yield Finding("wayland", "good", f"{found}: its portal shows {what}, {keeps}")
    try:
        choice = screen_choice.read(configuration.source.screen_choice_file)
    except CaptureDaemonError as error:
        yield Finding("wayland", lacking(needed), str(error))
        return
    if choice is None:
        yield Finding("wayland", "note", "no screen or window was chosen", f"choose one: {screen_choice.COMMAND}")
    else:
        yield Finding("wayland", "good", f"{'a window' if choice.window else 'a screen'} was chosen")


def _windows(*, needed: bool) -> Finding:
    from capture_daemon.capture.x11 import X11  # noqa: PLC0415

    try:
        with X11() as x11:
            number = len(x11.windows())
    except SourceError as error:
        return Finding("windows", lacking(needed), str(error))
    return Finding("windows", "good", f"{number} at X11 display {os.environ['DISPLAY']}: see `capture-daemon windows`")


def _obs(configuration: Configuration, *, needed: bool) -> Finding:
    from capture_daemon.capture.obs import password  # noqa: PLC0415
    from capture_daemon.capture.obs_websocket import Obs, RequestError  # noqa: PLC0415

    source = configuration.source
    try:
        with Obs(source.obs_address, password(source.obs_password_file), lambda: None) as obs:
            scene = obs.ask("GetCurrentProgramScene").get("currentProgramSceneName")
    except (CaptureDaemonError, RequestError) as error:
        return Finding("OBS", lacking(needed), str(error))
    return Finding("OBS", "good", f"answers at {source.obs_address}; its program scene is {scene!r}")
