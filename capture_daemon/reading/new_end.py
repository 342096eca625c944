"""New end: of a row that was typed on only what came is read, where all before it was read surely and still stands.

A recogniser takes time for every letter, and a player waits for the last one. What came is read from a gap between two
words on that lies well before the row's old end: what is read there must begin as the row went on before.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from capture_daemon.common.letters import is_wide
from capture_daemon.frames import Box, ColourImage, GreyImage
from capture_daemon.ocr.engine import Character, RowImage, RowText
from capture_daemon.reading.ink import Ink
from capture_daemon.reading.parameters import FollowParameters
from capture_daemon.reading.row import Row
from capture_daemon.reading.row_picture import row_picture
from capture_daemon.reading.row_readings import SURE_LETTER, Reading
from capture_daemon.reading.wording import letters

OVERLAP = 4
"""Letters at the row's old end that are read again, at least; 3 to 6. The last of them may have been half drawn."""
LEVEL = 0.35
"""How far a row's box may differ from the one before but for its end, in its height; 0.2 to 0.5: g and h make it
higher."""
WORTH = 3.0
"""Heights of a row that must be spared for it to be worth it; 2 to 5: about six letters."""
WORD_GAP = 0.18
"""Width of a gap between two words, in a row's height, at least; 0.15 to 0.22. Between two letters it is half."""
LETTERS = 15
"""Letters of a row from which the spaces between its words are known; 10 to 20: fewer don't tell how wide one is."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """The beginning of a row, as it was read.

    `end` is the column of the region at which it ends, in a gap. `text` is what it says, with the space behind it, and
    `characters` are the same with their columns in the region. `overlap` is what stood behind it.
    """

    end: int
    text: str
    characters: tuple[tuple[str, float], ...]
    overlap: str
    confidence: float

    def picture_of_rest(self, colour: ColourImage, row: Box) -> RowImage:
        """The picture of what stands behind it; `row` is the box of the whole row, in pixels of the region."""
        rest = row_picture(colour, Box(self.end, row.top, row.right - self.end, row.height))
        before = rest.row.left
        pixels = np.ascontiguousarray(rest.pixels[:, before:])
        return RowImage(pixels, rest.row.shifted(-before, 0))

    def with_rest(self, rest: RowText, left: float, least: float) -> RowText | None:
        """All of the row, in a picture that begins at column `left` of the region.

        None if what was read behind the beginning isn't as sure as `least`, or doesn't begin as it did before.
        """
        known, again = letters(self.overlap)[:-1], letters(rest.text)
        if rest.confidence < least or not again.startswith(known):
            return None
        # How sure the first ones were is known of all of them only.
        before = [Character(text, place - left, max(SURE_LETTER, self.confidence)) for text, place in self.characters]
        after = [Character(one.text, one.place + self.end - left, one.probability) for one in rest.characters]
        share = len(letters(self.text)) / max(1, len(letters(self.text)) + len(again))
        confidence = round(share * self.confidence + (1 - share) * rest.confidence, 4)
        # An engine may not say where characters stand.
        return RowText(self.text + rest.text, confidence, (*before, *after) if after else ())


def known_beginning(row: Row, box: Box, luma: GreyImage, parameters: FollowParameters) -> Beginning | None:
    """The longest beginning of a row that needn't be read again; `box` is where all of it stands now.

    None if it has not been typed on, or is in any doubt.
    """
    last = row.readings[-1]
    if row.ink is None or row.contradiction is not None or row.pending is not None:
        return None
    if last.confidence < parameters.beyond_doubt or letters(last.text) != letters(row.text):
        return None
    slack = LEVEL * row.box.height
    apart = (box.left - row.box.left, box.top - row.box.top, box.bottom - row.box.bottom)
    if box.right <= row.box.right or max(map(abs, apart)) > slack:
        return None
    found = _longest_beginning(last, row.box, row.ink)
    if found is None or row.ink.share_within(luma, row.box.left, found.end) < parameters.certain:
        return None
    return found


def _longest_beginning(reading: Reading, box: Box, ink: Ink) -> Beginning | None:
    """The longest beginning of a row that ends in a gap; None if there is none, or too little is known."""
    places = [one for one in reading.places if not one[0].isspace()]
    columns = [number for number, letter in enumerate(reading.text) if not letter.isspace()]
    if len(columns) != len(places):
        # It was mended: which of its characters stands where isn't known.
        return None
    if len(columns) < LETTERS and not all(map(is_wide, filter(str.isalnum, reading.text))):
        return None
    sure_to = min(reading.unsure, default=math.inf)
    for number in range(len(columns) - OVERLAP, 0, -1):
        if places[number - 1][1] >= sure_to:
            continue
        start = columns[number]
        overlap = reading.text[start:]
        if sum(map(str.isalnum, overlap)) < OVERLAP or places[number][1] < box.left + WORTH * box.height:
            continue
        spaced = reading.text[start - 1].isspace()
        if not spaced and not all(is_wide(one) and one.isalnum() for one in reading.text[start - 1 : start + 1]):
            continue
        end = _gap(ink, places[number - 1][1], places[number][1], WORD_GAP * box.height if spaced else 1)
        if end is not None:
            before = tuple(one for one in reading.places if one[1] < places[number][1])
            return Beginning(end, reading.text[:start], before, overlap, reading.confidence)
    return None


def _gap(ink: Ink, left: float, right: float, least: float) -> int | None:
    """The middle of the widest gap in the ink between two columns of the region, if it is `least` columns wide."""
    first = max(0, round(left) - ink.box.left)
    inked = ink.mask[:, first : max(first, round(right) - ink.box.left)].any(axis=0)
    edges = np.flatnonzero(np.concatenate(([True], inked, [True])))
    widths = np.diff(edges) - 1
    widest = int(np.argmax(widths))
    if widths[widest] < least:
        return None
    return int(ink.box.left + first + edges[widest] + widths[widest] // 2)
