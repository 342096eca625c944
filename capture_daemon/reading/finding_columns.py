"""Where dialogue stands that may run in rows, or in columns from right to left."""

from __future__ import annotations

from collections.abc import Sequence

from capture_daemon.frames import Box, Size
from capture_daemon.reading.finding import FoundRegions, RegionFinder
from capture_daemon.reading.turned import turned_box, upright_box


class TextFinder:
    """Learns from moments, in either direction; pure and without a clock."""

    def __init__(self, size: Size) -> None:
        self.size = size
        """That of the frames in which pieces of text are seen."""
        self._rows, self._columns = RegionFinder(size), RegionFinder(Size(size.height, size.width))

    def see(self, pieces: Sequence[Box]) -> None:
        """One moment: the boxes of all pieces of text in the frame, none perhaps."""
        self._rows.see(pieces)
        self._columns.see([turned_box(piece, self.size.width) for piece in pieces])

    @property
    def enough(self) -> bool:
        """Whether looking on would hardly teach more."""
        return self._likelier.enough

    def found(self) -> FoundRegions | None:
        """The regions; None where too little text has changed so far."""
        found = self._likelier.found()
        if found is None or self._likelier is self._rows:
            return found
        dialogue = found.dialogue if found.speaker is None else found.dialogue.union(found.speaker)
        # Who speaks is told among the columns.
        return FoundRegions(upright_box(dialogue, self.size.width), None)

    @property
    def _likelier(self) -> RegionFinder:
        """The finder for the direction in which most text runs: labels and menus run in rows beside columns, too."""
        if self._columns.found() is None:
            return self._rows
        return self._columns if self._rows.found() is None or self._columns.amount > self._rows.amount else self._rows
