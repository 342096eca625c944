"""Correcting a recogniser's errors by evidence from the picture or from neighbouring letters.

Pure functions from the characters with their positions, and the row's ink, to the text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from capture_daemon.common.letters import is_latin
from capture_daemon.ocr.accents import with_accents
from capture_daemon.ocr.brackets import with_closing_bracket
from capture_daemon.ocr.commas import with_commas
from capture_daemon.ocr.ctc import text_of
from capture_daemon.ocr.dots import with_counted_dots, without_raised_dots
from capture_daemon.ocr.engine import Character
from capture_daemon.ocr.exclamation_marks import with_exclamation_marks
from capture_daemon.ocr.lookalikes import with_look_alikes
from capture_daemon.ocr.opening_marks import as_opening_marks, with_opening_marks
from capture_daemon.ocr.prepare import BinarisedRow
from capture_daemon.ocr.spaces import with_spaces

_NARROW = str.maketrans("！？：；，．（）", "!?:;,.()")
"""Chinese and Japanese marks among letters: they differ from the Latin ones only in the space around them."""


def repaired(characters: Sequence[Character], ink: BinarisedRow, parted: BinarisedRow | None = None) -> str:
    """The text of a row, with spaces, punctuation and look-alike letters corrected if the evidence is clear.

    `parted` is its ink in another picture, which shows the gaps between words more clearly.
    """
    if not ink.overflows:
        characters = with_closing_bracket(characters, ink)
        characters = without_raised_dots(with_counted_dots(with_commas(characters, ink), ink), ink)
        characters = with_exclamation_marks(characters, ink)
        characters = with_spaces(with_opening_marks(with_accents(characters, ink), ink), parted or ink)
    text = text_of(characters)
    if is_latin(text):
        text = text.translate(_NARROW)
    return unicodedata.normalize("NFC", with_look_alikes(as_opening_marks(text))).strip()
