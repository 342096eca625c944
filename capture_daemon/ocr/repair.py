"""What a recogniser gets wrong in ways that the picture or the neighbouring letters give away, put right.

Pure: from the characters with their places, and the row's ink, to the text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from capture_daemon.ocr.accents import with_accents
from capture_daemon.ocr.brackets import with_closing_bracket
from capture_daemon.ocr.commas import with_commas
from capture_daemon.ocr.ctc import text_of
from capture_daemon.ocr.dots import with_counted_dots
from capture_daemon.ocr.engine import Character
from capture_daemon.ocr.lookalikes import with_look_alikes
from capture_daemon.ocr.marks import with_exclamation_marks
from capture_daemon.ocr.opening import as_opening_marks, with_opening_marks
from capture_daemon.ocr.prepare import Ink
from capture_daemon.ocr.scripts import is_latin
from capture_daemon.ocr.spaces import with_spaces

_NARROW = str.maketrans("！？：；，．（）", "!?:;,.()")
"""Chinese and Japanese marks among letters: they look alike but for the room round them."""


def repaired(characters: Sequence[Character], ink: Ink, parted: Ink | None = None) -> str:
    """The text of a row, its spaces, full stops and look-alike letters put right where the evidence is plain.

    `parted` is its ink in another picture, in which gaps between words can be told better.
    """
    if not ink.overflows:
        characters = with_closing_bracket(characters, ink)
        characters = with_exclamation_marks(with_counted_dots(with_commas(characters, ink), ink), ink)
        characters = with_spaces(with_opening_marks(with_accents(characters, ink), ink), parted or ink)
    text = text_of(characters)
    if is_latin(text):
        text = text.translate(_NARROW)
    return unicodedata.normalize("NFC", with_look_alikes(as_opening_marks(text))).strip()
