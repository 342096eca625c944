"""A private X server that can be painted on, hung, killed and started again."""

from __future__ import annotations

import mmap
import os
import random
import signal
import struct
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from tests.needs import needs

START_LIMIT = 20.0

DISPLAYS = range(1_000, 50_000)
"""Xvfb left to choose takes the lowest free number, and so that of a server another test has just killed."""


class XServer:
    """Xvfb without a client: its framebuffer lies in a file, so that it is painted on by writing to that."""

    def __init__(self, width: int = 640, height: int = 480) -> None:
        self._program = needs("Xvfb", package="xvfb")
        self._folder = tempfile.TemporaryDirectory(prefix="x-server-")
        self._process: subprocess.Popen[bytes] | None = None
        self.display = f":{random.choice(DISPLAYS)}"
        self.start(width, height)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        self._folder.cleanup()

    def start(self, width: int = 640, height: int = 480) -> None:
        """Start the server, always on the same display, and wait until it takes clients."""
        told, tell = os.pipe()
        command = [self._program, self.display, "-displayfd", str(tell)]
        command += ["-screen", "0", f"{width}x{height}x24", "-noreset", "-nolisten", "tcp", "-fbdir", self._folder.name]
        self._process = subprocess.Popen(command, pass_fds=[tell], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(tell)
        with os.fdopen(told, "rb") as pipe:
            assert pipe.readline().strip(), f"Xvfb did not start on {self.display}"

    def kill(self) -> None:
        """Kill it, as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(START_LIMIT)
            self._process = None

    def hang(self) -> None:
        """Stop it in its tracks: clients wait without an answer until `go_on`."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it run again after `hang`."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def paint(self, left: int, top: int, width: int, height: int, colour: tuple[int, int, int]) -> None:
        """Fill a rectangle with a colour: red, green and blue, 0 to 255."""
        self.show(left, top, np.full((height, width, 3), colour, np.uint8))

    def show(self, left: int, top: int, picture: NDArray[np.uint8]) -> None:
        """Show a picture with its upper left corner there: shape (height, width, 3), red, green and blue."""
        height, width = picture.shape[:2]
        rows = np.zeros((height, width, 4), np.uint8)
        rows[:, :, :3] = picture[:, :, ::-1]
        path = Path(self._folder.name) / "Xvfb_screen0"
        with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as memory:
            # The file is an X window dump: a header of big-endian words, the colour map, then the rows.
            words = struct.unpack(">25I", memory[:100])
            header_size, bytes_per_line, colours = words[0], words[12], words[19]
            for number, row in enumerate(rows):
                start = header_size + 12 * colours + (top + number) * bytes_per_line + 4 * left
                memory[start : start + 4 * width] = row.tobytes()
