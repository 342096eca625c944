"""A private X11 desktop: an X server, a window manager, and terminals for games, each of one colour."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.needs import needs, needs_module
from tests.x_server import XServer

LIMIT = 30.0
Colour = tuple[int, int, int]
RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


class GameWindow:
    """A terminal whose window is filled with one colour: red, green and blue, 0 to 255."""

    def __init__(self, process: subprocess.Popen[bytes], number: int, pipe: Path) -> None:
        self.process, self.number, self._pipe = process, number, pipe

    def paint(self, colour: Colour) -> None:
        """Fill it with another colour."""
        self._pipe.write_text("\x1b]11;#{:02x}{:02x}{:02x}\a\n".format(*colour), encoding="ascii")

    def write(self, text: str) -> None:
        """Show a text in its upper left corner, and nothing else."""
        self._pipe.write_text(f"\x1b[2J\x1b[H{text}", encoding="utf-8")

    def close(self) -> None:
        """End its program, as a game that quits does."""
        self.process.kill()
        self.process.wait(LIMIT)


class X11Desktop:
    """Xvfb with openbox, at DISPLAY as long as it is entered; `managed` False leaves out the window manager."""

    def __init__(self, *, managed: bool = True) -> None:
        needs_module("xcffib", extra="window")
        self._xterm = needs("xterm", package="xterm")
        self._xdotool = needs("xdotool", package="xdotool")
        self._openbox = needs("openbox", package="openbox") if managed else None
        self._folder = Path(tempfile.mkdtemp(prefix="x11-desktop-"))
        self._stack = ExitStack()
        self._windows = 0

    def __enter__(self) -> Self:
        self._stack.callback(subprocess.run, ["rm", "-rf", str(self._folder)], check=True)
        self.server = self._stack.enter_context(XServer(800, 600))
        if self._openbox is not None:
            self._start([self._openbox, "--sm-disable"])
            self._wait(lambda: self.xdotool("getactivewindow", check=False) or self._has_manager())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def open(
        self,
        title: str,
        colour: Colour,
        class_name: str = "Game",
        place: str = "40x10+50+60",
        options: Sequence[str] = (),
    ) -> GameWindow:
        """Open a window, and wait until it is shown; `options` are the terminal's."""
        self._windows += 1
        pipe = self._folder / f"pipe{self._windows}"
        os.mkfifo(pipe)
        looks = ["-bg", "#{:02x}{:02x}{:02x}".format(*colour), "+sb", "-bw", "0"]
        # The terminal shows what comes through the pipe; no cursor, which would be of another colour.
        program = ["sh", "-c", f"printf '\\033[?25l'; while :; do cat '{pipe}'; done"]
        names = ["-class", class_name, "-title", title, "-geometry", place]
        command = [self._xterm, *names, *looks, *options, "-e", *program]
        process = self._start(command)
        number = self._wait(lambda: self.xdotool("search", "--onlyvisible", "--pid", str(process.pid), check=False))
        return GameWindow(process, int(number.split()[-1]), pipe)

    def xdotool(self, *arguments: str, check: bool = True) -> str:
        """What xdotool prints."""
        done = subprocess.run(
            [self._xdotool, *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=check,
        )
        return done.stdout.strip()

    def rename(self, window: GameWindow, title: str) -> None:
        """Give a window another title, and wait until it has it."""
        self.xdotool("set_window", "--name", title, str(window.number))
        self._wait(lambda: self.xdotool("getwindowname", str(window.number)) == title)

    def size(self, window: GameWindow) -> tuple[int, int]:
        """The width and height of its client area, as the server says."""
        told = dict(
            line.split("=", 1) for line in self.xdotool("getwindowgeometry", "--shell", str(window.number)).splitlines()
        )
        return int(told["WIDTH"]), int(told["HEIGHT"])

    @property
    def environment(self) -> dict[str, str]:
        """The environment of programs that are to use this desktop."""
        kept = {name: value for name, value in os.environ.items() if name != "WAYLAND_DISPLAY"}
        return {**kept, "DISPLAY": self.server.display, "LC_ALL": "C.UTF-8"}

    def _has_manager(self) -> str:
        xprop = needs("xprop", package="x11-utils")
        done = subprocess.run(
            [xprop, "-root", "_NET_SUPPORTING_WM_CHECK"],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout if "window id" in done.stdout else ""

    def _start(self, command: list[str]) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            command, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self._folder
        )
        self._stack.callback(process.wait, LIMIT)
        self._stack.callback(process.kill)
        return process

    def _wait(self, look: Callable[[], object]) -> str:
        limit = time.monotonic() + LIMIT
        while not (found := look()):
            assert time.monotonic() < limit
            time.sleep(0.05)
        return str(found)
