"""Placement: where boxes of the region lie in the whole frame."""

from __future__ import annotations

from dataclasses import replace

from capture_daemon.frames import Box
from capture_daemon.reading.direction import Direction
from capture_daemon.reading.trace import Decision, Note, ignore
from capture_daemon.reading.turned import upright_box


class Placement:
    """Knows where the region lies, and whether it is turned. `around` is its box in pixels of the whole frame."""

    def __init__(self, direction: Direction, around: Box) -> None:
        self.around = around
        self._direction = direction

    def in_frame(self, box: Box) -> Box:
        """A box of the region, turned perhaps, in pixels of the whole frame."""
        upright = upright_box(box, self.around.width) if self._direction.vertical else box
        return upright.shifted(self.around.left, self.around.top)

    def placing(self, note: Note) -> Note:
        """A function that passes decisions on to `note`, with boxes of the whole frame: stages know only the region."""
        if note is ignore:
            return ignore

        def placed(decision: Decision) -> None:
            if decision.box is not None:
                decision = replace(decision, box=self.in_frame(decision.box))
            note(decision)

        return placed
