"""Waiting until a program serves a port, without being the client that it serves."""

from __future__ import annotations

import subprocess
import time

import psutil

LIMIT = 30.0


def wait_until_serving(process: subprocess.Popen[bytes], port: int) -> None:
    """Wait until the process listens on the TCP port, or has a client there already, and listens no longer."""
    end = time.monotonic() + LIMIT
    program = psutil.Process(process.pid)
    while time.monotonic() < end:
        assert process.poll() is None, f"{process.args!r} has ended with {process.returncode}"
        if any(connection.laddr and connection.laddr.port == port for connection in program.net_connections("tcp")):
            return
        time.sleep(0.02)
    raise AssertionError(f"{process.args!r} does not listen on port {port}")
