"""capture-daemon: what a game's characters say on screen, as a live stream of clean dialogue lines."""

import os
from importlib import import_module
from typing import TYPE_CHECKING

# ONNX Runtime sends telemetry from the moment it is imported, unless this is set before.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

__version__ = "0.1.0"
__all__ = [
    "Choice",
    "Followed",
    "Gap",
    "Line",
    "Partial",
    "Status",
    "Transcript",
    "follow",
    "follow_sync",
    "picture",
    "picture_sync",
]

if TYPE_CHECKING:
    from capture_daemon.client import (
        Choice,
        Followed,
        Gap,
        Line,
        Partial,
        Status,
        Transcript,
        follow,
        follow_sync,
        picture,
        picture_sync,
    )


def __getattr__(name: str) -> object:
    """The public names, imported on first use: the client is slow to import, and commands start without it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("capture_daemon.client"), name)
