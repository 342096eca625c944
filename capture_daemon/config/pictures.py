"""The keys of `[log]` that say which pictures are kept beside the log."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from capture_daemon.config.table import Table


class PictureKeys(Table):
    """Whether pictures of lines are kept, of what, and how many: sizes in megabytes, ages in days."""

    pictures: Literal["none", "jpeg"] = "none"
    picture_part: Literal["frame", "region"] = "frame"
    pictures_size: float = Field(default=1000.0, gt=0)
    pictures_age: float = Field(default=30.0, gt=0)
