"""The frames of lines and choices, as JPEG files: a second pass over the recording, which only decodes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from capture_daemon.common import private_files
from capture_daemon.errors import LogError
from capture_daemon.frames import MOST_PIXELS, Box
from capture_daemon.pictures.encoding import to_jpeg
from capture_daemon.pictures.recorded import RecordedFrame, RecordedFrames
from capture_daemon.records import Entry, Line, picture_name

Naming = Callable[[Entry, RecordedFrame], str]
"""Gives the name of the file of a picture."""


@dataclass(frozen=True, slots=True)
class SavedFrame:
    """A saved frame: its number in the recording, from 0, its media time in seconds, and its file."""

    number: int
    time: float
    file: Path


def by_entry(entry: Entry, frame: RecordedFrame) -> str:
    """A file for each line and choice, as its record names it."""
    return picture_name(entry.stream, entry.seq)


def by_frame(entry: Entry, frame: RecordedFrame) -> str:
    """A file for each frame, which several entries may have in common."""
    return f"frame_{frame.number:06}_t{frame.time:.2f}s.jpg"


def save(  # noqa: PLR0913 - what one pass may differ in
    video: str,
    entries: Sequence[Entry],
    folder: Path,
    moved: Callable[[float], bool] = lambda time: True,
    *,
    naming: Naming = by_entry,
    exact: bool = False,
    max_pixels: int = MOST_PIXELS,
) -> list[SavedFrame | None]:
    """Save for each line a frame in which it is just complete, for each choice the last in which its menu stands.

    With `exact` it is the first frame at the entry's time, without a full stop that comes later.

    Gives None in place of one without such a frame. Entries must be of this recording. `moved` is called with the
    position in seconds and returns whether to continue. Raises SourceError if the recording can't be opened, LogError
    if a file can't be written.
    """
    saved: list[SavedFrame | None] = [None] * len(entries)
    written: dict[str, SavedFrame] = {}
    frames = RecordedFrames(video, max_pixels=max_pixels, in_order=True)
    try:
        for place, entry in sorted(enumerate(entries), key=lambda one: one[1].media_time or 0.0):
            time = entry.media_time or 0.0
            # A menu has gone a moment later.
            text = Box(*entry.box) if isinstance(entry, Line) and not exact else None
            frame = frames.at(time, moved) if text is None else frames.settled(time, text, moved)
            if frame is None:
                break
            name = naming(entry, frame)
            if name not in written:
                written[name] = SavedFrame(frame.number, frame.time, _write(frame, folder / name))
            saved[place] = written[name]
    finally:
        frames.close()
    return saved


def _write(frame: RecordedFrame, file: Path) -> Path:
    data = to_jpeg(frame.in_colour())
    try:
        private_files.make_folder(file.parent)
        private_files.write(file, data)
    except OSError as error:
        raise LogError(f"{file}: can't be written: {error.strerror}: make room or give permission") from error
    return file
