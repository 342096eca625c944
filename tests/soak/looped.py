"""The sample clip as a live stream without an end: it is begun again wherever it stops, until it is closed."""

from __future__ import annotations

import socket
import subprocess
from types import TracebackType
from typing import Self

from tests.needs import needs
from tests.program import SAMPLE


class LoopedClip:
    """ffmpeg playing the clip over and over to one client at a time; call `keep` now and then."""

    def __init__(self) -> None:
        self._program = needs("ffmpeg", package="ffmpeg")
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.keep()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def keep(self) -> None:
        """Start it where it doesn't run: it ends when its client goes."""
        if self._process is not None and self._process.poll() is None:
            return
        clip = ["-re", "-stream_loop", "-1", "-i", str(SAMPLE / "sample.mp4"), "-c", "copy", "-an"]
        self._process = subprocess.Popen(
            [self._program, "-v", "quiet", "-nostdin", *clip, "-f", "mpegts", f"{self.address}?listen=1"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def kill(self) -> None:
        """Kill it, as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None
