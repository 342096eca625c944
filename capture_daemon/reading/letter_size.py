"""Letter size: how high this game's letters are, as looks have shown, and the scale at which they are found well."""

from __future__ import annotations

import math
from collections import deque

from capture_daemon.frames import Box
from capture_daemon.ocr.engine import RowText
from capture_daemon.reading.layout import low_height
from capture_daemon.reading.parameters import FOLLOW, LOOK
from capture_daemon.reading.row_readings import LEAST_CONFIDENCE
from capture_daemon.reading.wording import letters

SPEAKING = 3
"""Letters from which a row says how large this game's letters are."""
FEW_UNSURE = 2
"""Looks in a row that read words but not surely after which letters are taken to be looked at too small; 2 to 4."""
HEIGHTS = 24
"""Rows by which it is known how high letters are; 10 to 50."""
SCALE_STEPS = 4
"""Steps in which the scale of a look is doubled; 3 to 6."""
SCALES = (1.0, 1.4, 0.7, 1.8)
"""Factors on the usual scale, tried in turn while no text stands; 0.5 to 2. Larger ones take longer, and the first look
after a line went mostly uses the second."""
SCALES_KNOWN, KNOWN = (1.0, 1.0, 0.7, 1.4), 6
"""The same scales once the height of letters is known from KNOWN rows, 4 to 12."""

Texts = dict[Box, tuple[RowText, float]]
"""What a look read: the text of each row's box, and the column of the region at which the picture of it began."""


class LetterSize:
    """What is learned of the size of letters; `height` is a row's in pixels of the region, 0 while it isn't known."""

    def __init__(self, height: float = 0.0) -> None:
        self.height = height
        self.heights: deque[int] = deque(maxlen=HEIGHTS)
        """Those of the last rows that were surely read."""
        self.tries = 0
        """Looks in a row after which no text stood that says how high letters are."""
        self.unsure = 0
        """Looks in a row that read words, but not surely."""

    def learn(self, texts: Texts, *, standing: bool) -> None:
        """Take in what a look read; `standing` says that text stands which is large enough to judge by."""
        self.unsure = self.unsure + 1 if _are_unsure(texts) else 0
        self.tries = 0 if standing else self.tries + 1
        self.heights.extend(
            row.height
            for row, (text, _) in texts.items()
            if text.confidence >= FOLLOW.sure and len(letters(text.text)) >= SPEAKING
        )
        if standing and self.heights:
            self.height = low_height(self.heights)

    def scale(self, area: Box, frame_height: int) -> float:
        """The factor by which an area is scaled so that letters have the size that the detector finds best; at most 4.

        While no text stands, smaller and larger scales are tried in turn: a wrong height must not make text invisible.

        Args:
            area: The area to look at, in pixels of the region.
            frame_height: The height of the whole frame in pixels, by which the size of letters is guessed at first.
        """
        letter = self.height or LOOK.first_letter * frame_height / 720
        # In steps: where a recording is gone on with, the same rows are to be found as in one go.
        scale = 2.0 ** (round(SCALE_STEPS * math.log2(LOOK.letter / letter)) / SCALE_STEPS)
        if self.unsure >= FEW_UNSURE:
            scale *= (1.8, 1.0)[self.unsure % 2]
        else:
            scales = SCALES_KNOWN if len(self.heights) >= KNOWN else SCALES
            scale *= scales[self.tries % len(scales)]
        most = (LOOK.most_pixels / max(1, area.width * area.height)) ** 0.5
        return float(min(scale, most, 4.0))


def _are_unsure(texts: Texts) -> bool:
    """Whether most rows of words were read, but not surely: they may be looked at too small, or too large."""
    words = [
        text.confidence
        for row, (text, _) in texts.items()
        if row.width >= 2 * row.height and len(letters(text.text)) >= SPEAKING and text.confidence >= LEAST_CONFIDENCE
    ]
    return sum(confidence < FOLLOW.sure for confidence in words) > len(words) / 2
