"""A private Wayland desktop: mutter without a screen, PipeWire, the real portal, and a backend that counts dialogs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.needs import needs, needs_file, needs_module

LIMIT = 60.0
ROOT = Path(__file__).resolve().parents[1]
Colour = tuple[int, int, int]
RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
BACKEND = "org.freedesktop.impl.portal.desktop.test"
PORTAL = "org.freedesktop.portal.Desktop"
COMPOSITOR = "org.gnome.Mutter.ScreenCast"

_BUS = """<busconfig>
<type>session</type>
<listen>unix:path={folder}/bus</listen>
<servicedir>{folder}/services</servicedir>
<policy context="default">
<allow send_destination="*" eavesdrop="true"/>
<allow eavesdrop="true"/>
<allow own="*"/>
</policy>
</busconfig>
"""
_SERVICE = "[D-BUS Service]\nName={name}\nExec={command}\n"
_PORTAL_FILE = "[portal]\nDBusName={name}\nInterfaces=org.freedesktop.impl.portal.ScreenCast\nUseIn=test\n"


class GameWindow:
    """A terminal whose window is filled with one colour: red, green and blue, 0 to 255."""

    def __init__(self, process: subprocess.Popen[bytes], pipe: Path) -> None:
        self.process, self._pipe = process, pipe

    def paint(self, colour: Colour) -> None:
        """Fill it with another colour."""
        self.write("\x1b]11;#{:02x}{:02x}{:02x}\a".format(*colour))

    def write(self, text: str) -> None:
        """Have its terminal show a text, with control sequences."""
        self._pipe.write_text(text, encoding="utf-8")

    def close(self) -> None:
        """End its program, as a game that quits does."""
        self.process.kill()
        self.process.wait(LIMIT)


class WaylandDesktop:
    """Runs as long as it is entered. D-Bus starts portal and backend when they are called, also after a kill."""

    def __init__(self, width: int = 1280, height: int = 720) -> None:
        """The monitor has that many pixels."""
        needs_module("jeepney", extra="wayland")
        needs_module("pipewire_capture", extra="wayland")
        self._mutter = needs("mutter", package="mutter")
        self._pipewire = needs("pipewire", package="pipewire-bin")
        self._wireplumber = needs("wireplumber", package="wireplumber")
        self._foot = needs("foot", package="foot")
        self._dbus = needs("dbus-daemon", package="dbus-daemon")
        self._portal = needs_file("/usr/libexec/xdg-desktop-portal", package="xdg-desktop-portal")
        self._store = needs_file("/usr/libexec/xdg-permission-store", package="xdg-desktop-portal")
        self._monitor = f"{width}x{height}"
        self._stack = ExitStack()
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._windows = 0

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            # What D-Bus started ends a moment after it, and may still write there.
            held = tempfile.TemporaryDirectory(prefix="wayland-desktop-", ignore_cleanup_errors=True)
            self.folder = Path(stack.enter_context(held))
            self._configure()
            stack.callback(self._end)
            self._start("dbus", [self._dbus, f"--config-file={self.folder}/bus.conf", "--nofork", "--nopidfile"])
            self._wait((self.folder / "bus").exists)
            self.start_pipewire()
            self.start_compositor()
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    @property
    def environment(self) -> dict[str, str]:
        """What programs need in their environment to use this desktop."""
        return {
            "XDG_RUNTIME_DIR": str(self.folder),
            "XDG_DATA_HOME": f"{self.folder}/data",
            "XDG_STATE_HOME": f"{self.folder}/state",
            "XDG_SESSION_TYPE": "wayland",
            "XDG_CURRENT_DESKTOP": "test",
            "XDG_DESKTOP_PORTAL_DIR": f"{self.folder}/portals",
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={self.folder}/bus",
            "WAYLAND_DISPLAY": "wayland-test",
            "WAYLAND_DESKTOP": str(self.folder),
            "GSETTINGS_BACKEND": "memory",
            "LC_ALL": "C.UTF-8",
        }

    def answer(self, what: str) -> None:
        """What the user says to the next dialogs: `monitor`, `window`, `refuse` or `nothing`."""
        (self.folder / "answer").write_text(what, encoding="ascii")

    @property
    def dialogs(self) -> list[str]:
        """What happened to dialogs so far: `opened`, `dismissed`."""
        return (self.folder / "dialogs").read_text(encoding="ascii").split()

    def wait_for_dialogs(self, *happened: str) -> None:
        """Wait until this, and nothing else, has happened to dialogs."""
        self._wait(lambda: self.dialogs == list(happened))

    def open(self, colour: Colour, *options: str) -> GameWindow:
        """Open a window that fills the screen, or as foot's `options` say, and wait until it is there."""
        self._windows += 1
        pipe, shown = self.folder / f"pipe{self._windows}", self.folder / f"shown{self._windows}"
        os.mkfifo(pipe)
        looks = "colors.background={:02x}{:02x}{:02x}".format(*colour)
        settings = [looks, "pad=0x0", "csd.preferred=none", "cursor.blink=no"]
        program = ["sh", "-c", f"printf '\\033[?25l'; touch '{shown}'; while :; do cat '{pipe}'; done"]
        chosen = [part for setting in settings for part in ("-o", setting)]
        command = [self._foot, *chosen, *(options or ("--fullscreen",)), *program]
        process = self._start(f"foot{self._windows}", command)
        self._wait(shown.exists)
        return GameWindow(process, pipe)

    def start_pipewire(self) -> None:
        """Start PipeWire and its session manager."""
        self._start("pipewire", [self._pipewire])
        self._wait((self.folder / "pipewire-0").exists)
        self._start("wireplumber", [self._wireplumber])

    def kill_pipewire(self) -> None:
        """Kill both, as a crash would."""
        self._kill("wireplumber")
        self._kill("pipewire")
        (self.folder / "pipewire-0").unlink()

    def start_compositor(self) -> None:
        """Start mutter, and wait until it can record."""
        monitor = ["--virtual-monitor", self._monitor]
        self._start(
            "mutter",
            [self._mutter, "--headless", "--wayland", "--no-x11", *monitor, "--wayland-display", "wayland-test"],
        )
        self._wait((self.folder / "wayland-test").exists)
        self._wait(lambda: self.process_of(COMPOSITOR))

    def kill_compositor(self) -> None:
        """Kill mutter, and so every window, as a crash would."""
        self._kill("mutter")
        for name in [name for name in self._running if name.startswith("foot")]:
            self._running.pop(name).wait(LIMIT)
        for left in self.folder.glob("wayland-test*"):
            left.unlink()

    def kill_service(self, name: str) -> None:
        """Kill what has a name on D-Bus, and wait until the bus has noticed."""
        process = self.process_of(name)
        assert process is not None
        os.kill(process, signal.SIGKILL)
        self._wait(lambda: self.process_of(name) != process)

    def remove_service(self, name: str) -> None:
        """Kill what has a name on D-Bus, which doesn't start it again."""
        (self.folder / "services" / f"{name}.service").unlink()
        self.kill_service(name)

    def process_of(self, name: str) -> int | None:
        """The process that has a name on D-Bus."""
        from jeepney import MessageType  # noqa: PLC0415 - an extra
        from jeepney.bus_messages import message_bus  # noqa: PLC0415
        from jeepney.io.blocking import open_dbus_connection  # noqa: PLC0415

        with open_dbus_connection(self.environment["DBUS_SESSION_BUS_ADDRESS"]) as bus:
            reply = bus.send_and_get_reply(message_bus.GetConnectionUnixProcessID(name), timeout=LIMIT)
        return None if reply.header.message_type is MessageType.error else int(reply.body[0])

    def _configure(self) -> None:
        folder = self.folder
        folder.chmod(0o700)
        for name in ("services", "portals", "home"):
            (folder / name).mkdir()
        (folder / "bus.conf").write_text(_BUS.format(folder=folder), encoding="ascii")
        (folder / "portals" / "test.portal").write_text(_PORTAL_FILE.format(name=BACKEND), encoding="ascii")
        services = {
            BACKEND: f"{sys.executable} -m tests.portal_backend",
            PORTAL: str(self._portal),
            "org.freedesktop.impl.portal.PermissionStore": str(self._store),
        }
        for name, command in services.items():
            text = _SERVICE.format(name=name, command=command)
            (folder / "services" / f"{name}.service").write_text(text, encoding="utf-8")
        (folder / "dialogs").touch()
        self.answer("monitor")

    def _start(self, name: str, command: list[str]) -> subprocess.Popen[bytes]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("XDG_", "DBUS_", "QT_", "DISPLAY"))
        }
        changes = {"HOME": f"{self.folder}/home", "PYTHONPATH": str(ROOT), "XDG_CONFIG_HOME": f"{self.folder}/home"}
        with (self.folder / f"{name}.output").open("ab") as output:
            process = subprocess.Popen(
                command,
                env={**kept, **self.environment, **changes},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self.folder,
            )
        self._running[name] = process
        return process

    def _kill(self, name: str) -> None:
        process = self._running.pop(name)
        process.kill()
        process.wait(LIMIT)

    def _end(self) -> None:
        # D-Bus last: what it started ends when it does.
        for name in sorted(self._running, key=lambda name: name == "dbus"):
            self._kill(name)

    def _wait(self, look: Callable[[], object]) -> None:
        limit = time.monotonic() + LIMIT
        while not look():
            assert time.monotonic() < limit, self._outputs()
            time.sleep(0.05)

    def _outputs(self) -> str:
        return "\n".join(
            f"{file.name}: {file.read_text(errors='replace')[-2000:]}" for file in self.folder.glob("*.output")
        )
