"""ffmpeg serving a live stream to one client at a time, that can be killed, stalled and started again."""

from __future__ import annotations

import signal
import socket
import subprocess
from types import TracebackType
from typing import Self

from tests.listening import wait_until_serving
from tests.needs import needs

FORMATS = {
    "tcp": ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "30", "-f", "mpegts"],
    "udp": ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "60", "-f", "mpegts"],
    "http": ["-c:v", "mjpeg", "-q:v", "5", "-f", "mpjpeg"],
}
RATE = 30


class StreamServer:
    """A plain white picture whose right half is black, 30 times a second."""

    def __init__(self, scheme: str, size: str = "320x240") -> None:
        self._program = needs("ffmpeg", package="ffmpeg")
        self._scheme = scheme
        self._process: subprocess.Popen[bytes] | None = None
        with socket.socket(type=socket.SOCK_DGRAM if scheme == "udp" else socket.SOCK_STREAM) as free:
            free.bind(("127.0.0.1", 0))
            self._port: int = free.getsockname()[1]
        self.address = f"{scheme}://127.0.0.1:{self._port}"
        self.start(size)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def start(self, size: str = "320x240") -> None:
        """Begin to serve, and wait until the port is listened on."""
        target = {
            "tcp": [f"{self.address}?listen=1"],
            "udp": [f"{self.address}?pkt_size=1316"],
            "http": ["-listen", "1", self.address],
        }[self._scheme]
        picture = f"color=white:size={size}:rate={RATE},drawbox=x=iw/2:w=iw/2:h=ih:color=black:t=fill,format=yuv420p"
        command = [self._program, "-v", "quiet", "-nostdin", "-re", "-f", "lavfi", "-i", picture]
        self._process = subprocess.Popen(
            [*command, *FORMATS[self._scheme], *target], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        if self._scheme != "udp":
            wait_until_serving(self._process, self._port)

    def kill(self) -> None:
        """Kill it, as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None

    def stall(self) -> None:
        """Send nothing more, without closing the connection."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Send again after `stall`."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)
