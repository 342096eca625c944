"""Across: names that stand in rows, in a plate perhaps, over text that runs in columns."""

from __future__ import annotations

from collections.abc import Sequence

from capture_daemon.frames import Box
from capture_daemon.ocr.engine import RowText
from capture_daemon.reading.ink import Patch
from capture_daemon.reading.layout import same_place
from capture_daemon.reading.moment import Moment
from capture_daemon.reading.nameplate import HeardNames
from capture_daemon.reading.parameters import FOLLOW
from capture_daemon.reading.speaker import bracketed_name, is_name
from capture_daemon.reading.speaker_rows import NAME_CONFIDENCE
from capture_daemon.reading.text import tidy
from capture_daemon.reading.wording import letters

LONG, FEWEST = 1.2, 2
"""How many times as long as high a name in a row is at least, 1.1 to 1.5, and how many letters it has: a single one may
be a column."""


class NamesAcross:
    """The names that looks saw across the text's direction. Boxes are in pixels in which the text lies in rows."""

    def __init__(self) -> None:
        self.heard = HeardNames()
        self._seen: tuple[Box, Patch, str] | None = None
        """The last one: its box, what it looked like, and the name."""

    def among_columns(self, pieces: Sequence[Box]) -> bool:
        """Whether some of a look's pieces are columns."""
        return any(piece.height <= LONG * piece.width for piece in pieces)

    def unread(self, pieces: Sequence[Box], now: Moment) -> list[Box]:
        """Those of a look's pieces that may be names, and look different from the last one."""
        return [piece for piece in pieces if piece.height > LONG * piece.width and not self.is_known(piece, now)]

    def is_known(self, piece: Box, now: Moment) -> bool:
        """Whether a piece is the name that was read last, and looks as it did."""
        if self._seen is None:
            return False
        box, patch, _ = self._seen
        # The piece lies across, so its box is compared as it stands.
        return same_place(_upright(piece), _upright(box)) and patch.changed(now.luma, FOLLOW.change) <= FOLLOW.speck

    def take(self, piece: Box, text: RowText, now: Moment) -> bool:
        """Take in what was read in a piece; whether it is a name."""
        words = tidy(text.text)
        name = bracketed_name(words) or words.rstrip(" :：")
        if text.confidence < NAME_CONFIDENCE or len(letters(name)) < FEWEST or not is_name(name):
            return False
        self._seen = (piece, Patch.of(now.luma, piece), name)
        return True

    def note(self, time: float, *, seen: bool) -> None:
        """Record whether a look at the whole region has seen the last name."""
        self.heard.add(time, self._seen[2] if seen and self._seen is not None else None)


def _upright(box: Box) -> Box:
    return Box(box.top, box.left, box.height, box.width)
