"""ffmpeg playing a recording as a live stream to one client at a time, that can be killed and started again."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.listening import wait_until_serving
from tests.needs import needs


class Broadcast:
    """Plays a recording over TCP, from any second on, to its end; the last picture is then repeated."""

    def __init__(self, recording: Path) -> None:
        self._program = needs("ffmpeg", package="ffmpeg")
        self._recording = recording
        self._process: subprocess.Popen[bytes] | None = None
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port: int = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def start(self, at: float) -> None:
        """Play from that second on; what is shown begins when a client has come."""
        shown = ["-re", "-ss", f"{at:g}", "-i", str(self._recording), "-vf", "tpad=stop=-1:stop_mode=clone", "-an"]
        coded = ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-crf", "18", "-g", "15"]
        self._process = subprocess.Popen(
            [self._program, "-v", "quiet", "-nostdin", *shown, *coded, "-f", "mpegts", f"{self.address}?listen=1"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_until_serving(self._process, self._port)

    def kill(self) -> None:
        """Kill it, as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None
