"""What the control route needs from the daemon, as protocols: the server doesn't import the daemon."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable

Corners = list[int]
"""Left, top, width and height, in pixels of the whole frame."""


Form = Literal["png", "jpeg"]


@dataclass(frozen=True, slots=True)
class PictureRequest:
    """A request for a frame: its format, the part (written as a region; None for all), and the scale, at most 1."""

    form: Form = "png"
    box: str | None = None
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class FramePicture:
    """A picture out of a frame: its bytes, the whole frame's width and height, and which part is shown.

    `regions` are by name, None for one not set. All are in pixels of the whole frame.
    """

    data: bytes = field(repr=False)
    size: tuple[int, int]
    box: Corners
    regions: dict[str, Corners | None]


class CapturedFrame(Protocol):
    """One frame, as it was when it was asked for."""

    def picture(self, wanted: PictureRequest) -> FramePicture:
        """A picture of it; takes long, so it is called in a thread. Raises CaptureDaemonError if that can't be."""
        ...


class Controls(Protocol):
    """What clients may control.

    Every method may raise CaptureDaemonError; its text is sent to the client. All are called on the feed's event loop,
    possibly while another call is running.
    """

    async def pause(self) -> None:
        """Finish the current line, then stop capturing until `resume`. Does nothing if already paused."""
        ...

    async def resume(self) -> None:
        """Resume capturing. Does nothing if not paused."""
        ...

    def status(self) -> dict[str, Any]:
        """How the daemon is doing, fit for JSON and without text from the screen."""
        ...

    async def frame(self) -> CapturedFrame:
        """The current frame."""
        ...

    async def set_region(self, name: str, box: str, save: bool) -> dict[str, Any]:
        """Look at `box`, written as in the configuration, for the region of that name, from the next frame on.

        An empty box takes the speaker's or the choices' away. With `save` it is written to the configuration as well.
        Returns what was set, what is read there now, and warnings where the region can't work.
        """
        ...

    def trace(self) -> list[dict[str, Any]]:
        """What was decided in the last half minute, and why, fit for JSON; refused where that isn't kept."""
        ...


@runtime_checkable
class SetupControls(Protocol):
    """What the page at /setup may do besides."""

    async def setup(self, request: dict[str, Any]) -> dict[str, Any]:
        """Answer one of that page's requests; may raise CaptureDaemonError, whose text is sent to it."""
        ...
