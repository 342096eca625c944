"""Finding the dialogue's region where its text may run in rows, or in columns from right to left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from capture_daemon.frames import Box, Size
from capture_daemon.reading.finding import FoundRegions, RegionFinder
from capture_daemon.reading.sightings import SeenRow
from capture_daemon.reading.turned import turned_box, upright_box


class TextFinder:
    """Learns from moments, in either direction; pure and without a clock. Columns are rows of the turned frame."""

    def __init__(self, size: Size) -> None:
        self.size = size
        """The size of the frames in which text is seen."""
        self._rows, self._columns = RegionFinder(size), RegionFinder(Size(size.height, size.width))
        self._likelier = self._rows

    def see(self, seen: Sequence[SeenRow]) -> None:
        """One moment: all rows and columns of text in the frame, none perhaps."""
        self._rows.see([one for one in seen if not one.column])
        self._columns.see([replace(one, box=turned_box(one.box, self.size.width)) for one in seen if one.column])

    @property
    def read(self) -> int:
        """How many rows and columns were seen that could be read; letters on their own don't count."""
        return self._rows.read + self._columns.read

    @property
    def unread(self) -> int:
        """How many were seen that could not."""
        return self._rows.unread + self._columns.unread

    @property
    def row_height(self) -> float | None:
        """The height of the dialogue's rows, or its columns' width, at the last evaluation; None if it wasn't known."""
        return self._likelier.row_height

    @property
    def place(self) -> Box | None:
        """The place of the dialogue and its names, with what is near, at the last evaluation; None if unknown."""
        place = self._likelier.place
        return place if place is None or self._likelier is self._rows else self._upright(place)

    @property
    def enough(self) -> bool:
        """Whether looking on would hardly teach more."""
        self._think()
        return self._likelier.enough

    def found(self) -> FoundRegions | None:
        """The regions; None if too little was said so far."""
        self._think()
        found = self._likelier.found()
        if found is None or self._likelier is self._rows:
            return found
        dialogue = self._upright(found.dialogue if found.speaker is None else found.dialogue.union(found.speaker))
        width, text = self._columns.row_height, self._columns.bounds
        names = self._rows.names_over(self._upright(text), width) if width is not None and text is not None else None
        # Who speaks is told among the columns, and over them.
        return FoundRegions(dialogue if names is None else dialogue.union(names), None)

    def _think(self) -> None:
        """Tell in which direction more is said: labels and menus run in rows beside columns, too."""
        self._likelier = self._columns if self._columns.said > self._rows.said else self._rows

    def _upright(self, box: Box) -> Box:
        return upright_box(box, self.size.width)
