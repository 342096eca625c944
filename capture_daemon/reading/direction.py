"""Direction: whether a region's text runs in rows, or in columns from right to left, as Japanese and Chinese may."""

from __future__ import annotations

from collections.abc import Sequence

from capture_daemon.frames import Box
from capture_daemon.ocr.engine import RowText
from capture_daemon.reading.parameters import DIRECTION
from capture_daemon.reading.text import tidy, without_spaces
from capture_daemon.reading.wording import letters


class Direction:
    """Which way a region's text runs, as far as is known: what is read decides, and may decide otherwise later."""

    def __init__(self) -> None:
        self.vertical = False
        """Whether text is taken to run in columns."""
        self.lines = 0
        """How many lines were said since it last changed."""
        self._since = -DIRECTION.least_seconds
        self._before = ""

    def across(self, pieces: Sequence[Box]) -> list[Box]:
        """Those of a look's pieces of text that seem to run the other way; none if most text runs this way.

        In pixels in which text that runs this way lies in rows.
        """
        long = [piece for piece in pieces if piece.height > DIRECTION.long * piece.width]
        share = sum(map(_area, long)) / max(1, sum(map(_area, pieces)))
        return long if share > DIRECTION.share else []

    def turns(self, texts: Sequence[RowText], standing: int, time: float) -> bool:
        """Whether text runs the other way, by what was read that way in a look.

        `standing` is how many letters stand that were surely read this way.
        """
        sure = [tidy(text.text) for text in texts if text.confidence >= DIRECTION.sure]
        words = [text for text in sure if self.vertical or without_spaces([text])]
        read = "".join(map(letters, words))
        if len(read) <= standing or len(read) < DIRECTION.few or time - self._since < DIRECTION.least_seconds:
            return False
        used = self.lines >= DIRECTION.used and not self.vertical
        if (len(read) >= DIRECTION.enough and not used) or not (self.lines or self.vertical):
            return True
        # So little may be a sign in the picture, or a name over columns; another text, read the same way, is none. What
        # begins as it did is a name of one character, and the first of the text under it.
        before, self._before = self._before, read
        return before not in ("", read) and before[0] != read[0]

    def turn(self, time: float) -> None:
        """Change the direction at this time: text runs the other way."""
        self.vertical = not self.vertical
        self.lines, self._since, self._before = 0, time, ""


def _area(box: Box) -> int:
    return box.width * box.height
