"""OBS Studio on a private X server, with its WebSocket server on; it can be killed and started again."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from capture_daemon.capture.obs_websocket import Obs, RequestError
from capture_daemon.errors import SourceError
from tests.needs import needs
from tests.x_server import XServer

LIMIT = 60.0
PASSWORD = "a-word-of-the-tests"
SCENE = "Scene"

_GLOBAL = """[General]
FirstRun=true
LastVersion=486539266
Pre19Defaults=false
Pre21Defaults=false
Pre23Defaults=false
Pre24.1Defaults=false
EnableAutoUpdates=false
[Basic]
Profile=Untitled
ProfileDir=Untitled
SceneCollection=Untitled
SceneCollectionFile=Untitled
ConfigOnNewProfile=false
[BasicWindow]
PreviewEnabled=false
[OBSWebSocket]
FirstLoad=false
ServerEnabled=true
ServerPort={port}
AlertsEnabled=false
AuthRequired=true
ServerPassword={password}
"""
_PROFILE = """[General]
Name=Untitled
[Video]
BaseCX=640
BaseCY=360
OutputCX=640
OutputCY=360
FPSType=0
FPSCommon=30
"""


class ObsStudio:
    """OBS with one empty scene, as long as it is entered."""

    def __init__(self) -> None:
        self._obs = needs("obs", package="obs-studio")
        self._dbus = needs("dbus-run-session", package="dbus")
        self._stack = ExitStack()
        self._process: subprocess.Popen[bytes] | None = None
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])

    @property
    def address(self) -> str:
        """Where its WebSocket server listens."""
        return f"ws://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        # What OBS started may still write into it for a moment.
        folder = tempfile.TemporaryDirectory(prefix="obs-studio-", ignore_cleanup_errors=True)
        self._folder = Path(self._stack.enter_context(folder))
        self._server = self._stack.enter_context(XServer(800, 600))
        settings = self._folder / ".config" / "obs-studio"
        profile = settings / "basic" / "profiles" / "Untitled"
        profile.mkdir(parents=True)
        (settings / "global.ini").write_text(_GLOBAL.format(port=self.port, password=PASSWORD), encoding="utf-8")
        (profile / "basic.ini").write_text(_PROFILE, encoding="utf-8")
        self._stack.callback(self.kill)
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def start(self) -> None:
        """Start it, and wait until its scene is there."""
        folder = str(self._folder)
        # Among the others is where some builds of cv2 say that Qt's plugins lie, to every program that is started.
        others = ("XDG_", "WAYLAND", "DBUS", "QT_")
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(others)},
            "DISPLAY": self._server.display,
            "HOME": folder,
            "XDG_RUNTIME_DIR": folder,
            "XDG_CONFIG_HOME": f"{folder}/.config",
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "QT_QPA_PLATFORM": "xcb",
        }
        command = [self._dbus, "--", self._obs, "--multi", "--collection", "Untitled", "--profile", "Untitled"]
        self._process = subprocess.Popen(
            [*command, "--minimize-to-tray"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            start_new_session=True,
        )
        limit = time.monotonic() + LIMIT
        while not self._is_ready():
            assert time.monotonic() < limit, "OBS did not start"
            assert self._process.poll() is None, "OBS ended"
            time.sleep(0.1)

    def kill(self) -> None:
        """Kill it, as a crash would."""
        if self._process is not None:
            os.killpg(self._process.pid, 9)
            self._process.wait(LIMIT)
            self._process = None

    def ask(self, request: str, **data: object) -> dict[str, Any]:
        """What it answers to a request."""
        with Obs(self.address, PASSWORD, _nothing) as obs:
            return obs.ask(request, **data)

    def add_colour(self, name: str, colour: tuple[int, int, int], scene: str = SCENE) -> None:
        """Put a source of one colour, red, green and blue, that fills the scene, on top of it."""
        self.ask(
            "CreateInput",
            sceneName=scene,
            inputName=name,
            inputKind="color_source_v3",
            inputSettings={"color": _packed(colour), "width": 640, "height": 360},
        )

    def set_colour(self, name: str, colour: tuple[int, int, int], **settings: int) -> None:
        """Give such a source another colour, and perhaps another `width` and `height`."""
        self.ask("SetInputSettings", inputName=name, inputSettings={"color": _packed(colour), **settings})

    def put_colour(self, name: str, colour: tuple[int, int, int]) -> None:
        """Give such a source a colour, or make it; while OBS loads its scenes neither may work."""
        with suppress(RequestError):
            self.add_colour(name, colour)
        with suppress(RequestError):
            self.set_colour(name, colour)

    def remove(self, name: str) -> None:
        """Remove a source, and wait until it has gone: OBS answers before that."""
        self.ask("RemoveInput", inputName=name)
        limit = time.monotonic() + LIMIT
        while name in {one["inputName"] for one in self.ask("GetInputList")["inputs"]}:
            assert time.monotonic() < limit, f"{name} is still there"
            time.sleep(0.05)

    def _is_ready(self) -> bool:
        try:
            return bool(self.ask("GetSceneList")["scenes"])
        except (SourceError, RequestError):
            return False


def _packed(colour: tuple[int, int, int]) -> int:
    red, green, blue = colour
    return 0xFF000000 | blue << 16 | green << 8 | red


_nothing: Callable[[], None] = lambda: None  # noqa: E731
