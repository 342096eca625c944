"""What the control door can have done: by the daemon, whom this room doesn't know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

Corners = list[int]
"""Left, top, width and height, in pixels of the whole frame."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A whole frame as PNG, its width and height in pixels, and the regions in it by name; None for one not set."""

    png: bytes
    size: tuple[int, int]
    regions: dict[str, Corners | None]


class Controls(Protocol):
    """The daemon, as far as clients may steer it.

    Each may raise CaptureDaemonError; its text is told to the client. All are called on the feed's event loop, also
    while another call is being answered.
    """

    async def pause(self) -> None:
        """Say the line in hand, then look at nothing until `resume`; nothing happens where it is paused already."""
        ...

    async def resume(self) -> None:
        """Look again; nothing happens where nothing was paused."""
        ...

    def status(self) -> dict[str, Any]:
        """How the daemon is doing, fit for JSON and without text from the screen."""
        ...

    async def frame(self) -> Picture:
        """The whole current frame."""
        ...

    async def set_region(self, name: str, box: str, save: bool) -> dict[str, Any]:
        """Look at `box`, written as in the configuration, for "dialogue" or "speaker", from the next frame on.

        An empty box takes the speaker's away. With `save` it is written to the configuration, too. Returns what was
        set, what is read there now, and warnings where the region can't work.
        """
        ...

    def trace(self) -> list[dict[str, Any]]:
        """What was decided in the last half minute, and why, fit for JSON; refused where that isn't kept."""
        ...
