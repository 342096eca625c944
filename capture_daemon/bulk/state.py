"""The note beside a video's lines: which video it was, as it was then, and how far the work on it got."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Literal, Self

from capture_daemon.common import private_files

NAME = "extraction.json"
Stage = Literal["emptied", "begun", "done", "damaged", "failed"]
"""`emptied`: lines there may be of an older run; `begun`: they are of this one; `damaged`: read as far as it goes."""


@dataclass(frozen=True, slots=True)
class VideoState:
    """What the note says. `settings` is the fingerprint of what it was read by; `size` in bytes, `modified` in ns."""

    video: str
    size: int
    modified: int
    settings: str
    pictures: bool
    stage: Stage = "emptied"
    faults: bool = False
    lines: int = 0
    error: str | None = None

    @classmethod
    def of(cls, video: Path, settings: str, *, pictures: bool) -> Self:
        """The note for a video as it is now; raises OSError where it can't be looked at."""
        there = video.stat()
        return cls(str(video.resolve()), there.st_size, there.st_mtime_ns, settings, pictures)

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """The note in a folder; None where there is none that can be read."""
        try:
            values = json.loads((folder / NAME).read_text(encoding="utf-8"))
            return cls(**{field.name: values[field.name] for field in fields(cls)})
        except (OSError, ValueError, KeyError, TypeError):
            # One that can't be read is as good as none: the video is done again.
            return None

    def write(self, folder: Path, stage: Stage, **changes: object) -> VideoState:
        """Write the note with these changes, all of it or nothing; returns it. Raises OSError."""
        state: VideoState = replace(self, stage=stage, **changes)  # type: ignore[arg-type]
        private_files.write(folder / NAME, f"{json.dumps(asdict(state), indent=1)}\n".encode())
        return state

    def is_of_the_same(self, now: VideoState) -> bool:
        """Whether `now` is the same video, unchanged, read by the same settings."""
        return (self.video, self.size, self.modified, self.settings) == (
            now.video,
            now.size,
            now.modified,
            now.settings,
        )
