"""What stands on the page, as rows of lines in the making: each row of ink is matched to the row it was before."""

from __future__ import annotations

from capture_daemon.reading.crop import row_image
from capture_daemon.reading.dots import ending_dots, smeared_dots
from capture_daemon.reading.filling import FilledRow, Filling
from capture_daemon.reading.ink import InkFinder
from capture_daemon.reading.page import Page, StandingRow, cut
from capture_daemon.reading.rows import Row, overlap

SAME_ROW = 0.5
"""Share of the smaller of two rows that lies in the other, above which they are one row."""


class Standing:
    """The page, the lines in the making, and which rows of the one belong to which of the others.

    `letter_height` is that of the text read before, in pixels, 0 while nothing has been read; `kept` are the rows that
    stayed of the line before, for the next one.
    """

    def __init__(self, finder: InkFinder) -> None:
        self.page = Page.blank((1, 1))
        self.fillings: list[Filling] = []
        self.kept: list[StandingRow] = []
        self.letter_height = 0
        self._finder = finder
        self._numbers = 0

    @property
    def filling(self) -> Filling | None:
        """The line that stands on the page or is being revealed, or None."""
        return self.fillings[-1] if self.fillings and not self.fillings[-1].closed else None

    @property
    def letter(self) -> int:
        """The height of the letters here in pixels, as read before or as they stand now; 0 where neither is known."""
        return self.letter_height or self.page.letter_height

    def match(self, since: float | None) -> list[Row]:
        """Bring the standing rows up to date with the page's ink; the rows that are new.

        `since` is when new ink appeared, in seconds, or None where none did.
        """
        page = self.page
        unmatched = list(page.rows)
        matched: list[StandingRow] = []
        new: list[Row] = []
        for row in page.found_rows(self.letter_height):
            same = [standing for standing in unmatched if overlap(standing.row, row) > SAME_ROW]
            if same:
                standing = max(same, key=lambda standing: overlap(standing.row, row))
                unmatched.remove(standing)
                self._update(standing, row, since)
                matched.append(standing)
            else:
                new.append(row)
        for standing in unmatched:
            if not standing.filling.closed:
                standing.filling.rows.pop(standing.number, None)
        page.rows = matched
        return new

    def add(self, row: Row, since: float) -> None:
        """Let a new row stand, whose ink appeared at a time in seconds: of the line in hand, or of a new one."""
        filling = self.filling
        if filling is None:
            filling = self._new_filling(since)
        self._numbers += 1
        filled = FilledRow(row.box, came=since, changed=since)
        self._describe(filled, row)
        filling.rows[self._numbers] = filled
        self.page.rows.append(StandingRow(row, filling, filled, self._numbers))
        self.page.rows.sort(key=lambda standing: standing.row.box.top)

    def close(self, time: float | None) -> list[Filling]:
        """Nothing can be added to the lines in hand any more: they were last seen at a time, or when they grew."""
        for standing in self.page.rows:
            self.keep_picture(standing)
        closed = [filling for filling in self.fillings if not filling.closed]
        for filling in closed:
            self.describe(filling)
            filling.close(time if time is not None else filling.grown)
        return closed

    def keep_picture(self, standing: StandingRow) -> None:
        """Keep the picture of a row that goes before it was asked for."""
        filled = standing.filled
        if not standing.filling.closed and filled.asked != filled.version:
            filled.image = row_image(self.page, standing.row, self._finder.polarity)

    def describe(self, filling: Filling) -> None:
        """Note what the line's text looks like while it stands."""
        heights = [standing.row.letter_height for standing in self.page.rows if standing.filling is filling]
        if heights:
            filling.strength, filling.letter_height = self.page.strength, max(heights)

    def _update(self, standing: StandingRow, row: Row, since: float | None) -> None:
        more = row.area > standing.row.area
        standing.row = row
        filled = standing.filled
        self._describe(filled, row)
        if since is not None and more and not standing.filling.closed:
            filled.changed = since
            filled.version += 1
            standing.filling.grown = max(standing.filling.grown, since)

    def _describe(self, filled: FilledRow, row: Row) -> None:
        filled.box, filled.letter_height = row.box, row.letter_height
        letter = max(row.letter_height, self.letter_height)
        if not self._finder.is_shaking:
            filled.dots, filled.dots_alone = ending_dots(row, letter)
        else:
            filled.dots, filled.dots_alone = smeared_dots(cut(self.page.picture, row.box), letter)

    def _new_filling(self, since: float) -> Filling:
        self._numbers += 1
        filling = Filling(self._numbers, started=since, grown=since)
        filling.kept = [standing.filled for standing in self.kept]
        self.fillings.append(filling)
        return filling
