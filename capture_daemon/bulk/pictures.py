"""The frames of the lines, as JPEG files: a second pass over the recording, which only decodes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2

from capture_daemon.capture.planes import part_of, size_of
from capture_daemon.capture.recording import DecodedPicture, Recording
from capture_daemon.common import private_files
from capture_daemon.errors import LogError
from capture_daemon.frames import MOST_PIXELS, Box
from capture_daemon.records import Line

QUALITY = 90
_SAME = 0.0006
"""Seconds by which equal media times may differ: they are written to the millisecond."""


@dataclass(frozen=True, slots=True)
class SavedFrame:
    """A saved frame: its number in the recording, from 0, its media time in seconds, and its file."""

    number: int
    time: float
    file: Path


def save(
    video: str,
    lines: Sequence[Line],
    folder: Path,
    moved: Callable[[float], bool] = lambda time: True,
    *,
    max_pixels: int = MOST_PIXELS,
) -> list[SavedFrame | None]:
    """Save for each line the first frame in which it is complete; None for a line without such a frame.

    Lines must be of this recording and in order. `moved` is called with the position in seconds and returns whether to
    continue. Raises SourceError if the recording can't be opened, LogError if a file can't be written.
    """
    saved: list[SavedFrame | None] = []
    left = [line.media_time or 0.0 for line in reversed(lines)]
    with Recording(video, max_pixels=max_pixels) as recording:
        for number, picture in enumerate(recording.pictures()):
            if not left or not moved(picture.time):
                break
            while left and left[-1] <= picture.time + _SAME:
                before = saved[-1] if saved else None
                same = before is not None and before.number == number
                saved.append(before if same else SavedFrame(number, picture.time, _write(picture, number, folder)))
                left.pop()
    return saved + [None] * len(left)


def name_of(number: int, time: float) -> str:
    """The name of a picture's file."""
    return f"frame_{number:06}_t{time:.2f}s.jpg"


def _write(picture: DecodedPicture, number: int, folder: Path) -> Path:
    file = folder / name_of(number, picture.time)
    size = size_of(picture.frame)
    pixels = part_of(picture.frame, Box(0, 0, *size))[1]()
    _, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    try:
        private_files.make_folder(folder)
        private_files.write(file, data.tobytes())
    except OSError as error:
        raise LogError(f"{file}: can't be written: {error.strerror}: make room or give permission") from error
    return file
