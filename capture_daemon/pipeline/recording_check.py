"""Whether a recording exists and is a video, checked before a model is loaded."""

from __future__ import annotations

from capture_daemon.capture.recording import Recording
from capture_daemon.errors import SourceError
from capture_daemon.linelog.log_thread import run_within

LIMIT = 30.0
"""Seconds that opening its file may take, 5 to 60: it may lie on a disk that was asleep, or far away."""


async def check_recording(name: str, *, max_pixels: int) -> None:
    """Raises SourceError if there is no such file, it holds no video, or it can't be opened in time."""

    def look() -> None:
        with Recording(name, max_pixels=max_pixels):
            pass

    if not await run_within(LIMIT, look, "check recording"):
        raise SourceError(f"{name} could not be opened within {LIMIT:g} s: check whether its drive responds")
