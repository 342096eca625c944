"""Compose: from a line's rows to its speaker and its text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from capture_daemon.common.hangul import has_hangul
from capture_daemon.frames import Box
from capture_daemon.reading.blocks import is_menu
from capture_daemon.reading.controls import is_clock, is_prompt, is_short, without_controls
from capture_daemon.reading.dialogue_line import DialogueLine, in_order, is_other_colour, same_hue
from capture_daemon.reading.korean_rows import joined
from capture_daemon.reading.name_gaps import letter_pitch, name_and_rank
from capture_daemon.reading.names import FEW_LINES, VARIED, Composed, Names
from capture_daemon.reading.row import Row
from capture_daemon.reading.speaker import bracketed_name, is_name
from capture_daemon.reading.speaker_dashes import with_speaker_dashes
from capture_daemon.reading.speaker_rows import name_above, name_beside, name_in_column, name_within, without_name
from capture_daemon.reading.text import (
    Ending,
    ending,
    is_east_asian,
    join_rows,
    with_matching_brackets,
    with_one_ellipsis,
    with_third_dot,
)
from capture_daemon.reading.translations import without_translation
from capture_daemon.reading.wording import letters, same_letters

RUBY = 0.62
"""A row of kana at most this share as high as the row right under it is how that is pronounced; 0.5 to 0.7."""
RUBY_IN_COLUMNS = 0.72
"""The same beside a column; 0.65 to 0.78: boxes round a few small characters are drawn wider."""
RUBY_PITCH = 0.72
"""How far apart its characters are, in the distance of the others', at most; 0.65 to 0.8: half as far, usually."""
LABEL_HEIGHT = 0.8
"""Height of a label at most, as a share of the text's; 0.7 to 0.9."""
EDGE, SLIDE_SECONDS = 1, 0.5
"""Pixels from the region's edge at which a row is cut by it, 0 to 2; seconds in which text slides in, 0.3 to 0.7."""
KOREAN_ENDINGS = frozenset("다요까죠네")
"""What Korean sentences end with: nearly all do, and no noun that is enumerated last."""
PART = 0.5
"""How much of a row of dots lies within another to be no row of its own, at least; 0.4 to 0.8."""
LONE_LETTER = 0.85
"""Confidence from which a single letter or digit, with its marks, is a line; 0.75 to 0.95: pictures look like one."""


def compose(  # noqa: PLR0913 - the line, and all that is known of it
    line: DialogueLine,
    min_confidence: float,
    names: Names,
    speaker: str | None,
    *,
    region: bool,
    language: str = "auto",
) -> Composed | None:
    """What the line says; None if nothing in it can be said.

    `speaker` is what was read in the speaker's region; `region` says that there is one. `language` is the code of the
    language that was chosen, in which a text is said that stands there in two.
    """
    past = line.outlived >= 2 or (line.outlived and line.from_start)
    if past or line.is_answer or _slid_in(line, names.region_width):
        # Writing in the picture, or on the screen, past which the dialogue goes on, or what may be answered.
        return None
    rows = [row for row in in_order(line.rows) if row.confidence >= min_confidence]
    names_row = [row for row in line.stayed if is_name(row.text) and row is rows[0]]
    rows = [row for row in rows if row not in line.stayed or row in names_row]
    rows = [row for row in rows if not is_clock(row.text)]
    rows = [row for row in rows if not (_is_ruby(row, [*rows, *line.among]) or _is_part(row, rows))]
    rows = [row for place, row in enumerate(rows) if not (place and _is_label(row, rows[place - 1]))]
    rows = without_translation(without_controls(rows), language)
    if not rows or _are_none(rows, line, names):
        return None
    above, beside, first = False, None, rows[0]
    if not region:
        speaker, rows = name_above(line, rows, names)
        above = speaker is not None
        if speaker is None:
            speaker, beside, rows = name_beside(line, rows, names)
    if len(rows) == 1 and _is_in_picture(rows[0], names):
        return None
    if len(rows) == 1 and speaker is None and _is_lone_name(rows[0], names):
        # A name whose text has gone, or hasn't come.
        return None
    texts = [*(_before(row, below) for row, below in pairwise(rows)), _ended(rows[-1])]
    texts = with_speaker_dashes(texts, [row.dashed_text for row in rows])
    if not region and speaker is None and (column := name_in_column(rows, names)) is not None:
        speaker, texts[0] = column
    elif not region:
        speaker, texts = name_within(texts, names) if speaker is None else (speaker, without_name(texts, speaker))
    texts = names.as_sentences(with_matching_brackets(texts))
    confidence = min(row.confidence for row in rows)
    text = joined(texts, names.rooms(texts, rows), names.breaks) if has_hangul("".join(texts)) else join_rows(texts)
    text = with_third_dot(with_one_ellipsis(text))
    if names.wide and set(text) == {"."} and len(text) % 3 == 0:
        # As Chinese and Japanese write it.
        text = "…" * (len(text) // 3)
    bracketed = above and bracketed_name(first.text) is not None
    return Composed(speaker, text, tuple(texts), round(confidence, 4), above, tuple(rows), beside, bracketed)


def _is_lone_name(row: Row, names: Names) -> bool:
    """Whether a row is nothing but a name: one that is known, or in brackets, as names are here."""
    if names.bracketed and bracketed_name(row.text) is not None:
        return True
    known = (name_and_rank(row) or row.text.rstrip(" :：")) in names.known
    return known and bool(names.above or names.below)


def _slid_in(line: DialogueLine, width: int) -> bool:
    """Whether a line was seen only for a moment, and cut by an edge of the region: text that comes in from there."""
    cut = width > 0 and all(row.box.left <= EDGE or row.box.right >= width - EDGE for row in line.rows)
    return cut and line.went > 0 and line.went - line.started < SLIDE_SECONDS


def _is_in_picture(row: Row, names: Names) -> bool:
    """Whether all that a line has is one character of another script than this game's, or not surely one of it."""
    other = bool(names.lines) and not names.wide and len(letters(row.text)) == 1
    return other or (row.confidence < LONE_LETTER and _has_one_letter(row.text))


def _has_one_letter(text: str) -> bool:
    """Whether a text has but one letter or digit, of a script in which that is hardly a word."""
    found = [one for one in text if one.isalnum()]
    return len(found) == 1 and not is_east_asian(found[0]) and not has_hangul(found[0])


def _ended(row: Row) -> str:
    """What the last row says, with the full stop that a look read where others read a comma: no text ends with that."""
    if not row.text.endswith(","):
        return row.text
    if row.text[-2:-1] in KOREAN_ENDINGS:
        return f"{row.text[:-1]}."
    stopped = [one for one in row.readings if one.text.endswith(".") and same_letters(one.text, row.text)]
    return max(stopped, key=lambda one: one.confidence, default=row.best).text


def _before(row: Row, below: Row) -> str:
    """What a row says before another, with the comma that a look read where others read a full stop.

    No sentence begins with a small letter.
    """
    if not row.text.endswith(".") or not below.text[:1].islower():
        return row.text
    paused = [one for one in row.readings if one.text.endswith(",") and same_letters(one.text, row.text)]
    return max(paused, key=lambda one: one.confidence, default=row.best).text


def _is_label(row: Row, above: Row) -> bool:
    """Whether a row is something in the picture under a text: that has ended, and this is written otherwise."""
    smaller = row.box.height < LABEL_HEIGHT * above.box.height
    return is_short(row.text) and ending(above.text) is Ending.FINAL and smaller and is_other_colour(row, above)


def _are_none(rows: Sequence[Row], line: DialogueLine, names: Names) -> bool:
    """Whether rows are nothing that is said: labels, a menu, a button."""
    return _are_labels(rows, line, names) or is_menu([row.text for row in rows]) or is_prompt(rows, line)


def _are_labels(rows: Sequence[Row], line: DialogueLine, names: Names) -> bool:
    """Whether rows are labels in the picture: they stood there first, or all text is of another colour."""
    if not is_short(join_rows([row.text for row in rows])):
        return False
    if line.from_start and rows[0].text not in names.known:
        # A map's names, or a menu.
        return True
    return len(rows) == 1 and _differs_from_all(rows[0], names)


def _differs_from_all(row: Row, names: Names) -> bool:
    """Whether a row's colour is none of those that text has here."""
    usual = [one for one in names.written if is_other_colour(row, one) and not _is_stronger(row, one)]
    alike = [one for one in names.written if one not in usual and not _is_other_polarity(row, one)]
    if not all(is_short(one.text) for one in alike):
        # One of those who speak has this colour.
        return False
    if not usual or len(usual) < (1 - VARIED) * len(names.written):
        return False
    if all(_is_other_polarity(row, one) for one in usual):
        # Speakers' colours differ, but not so that one is light on dark and another dark on light.
        return True
    if len(usual) < (1 if names.are_above else FEW_LINES):
        return False
    return sum(is_other_colour(one, usual[-1]) for one in usual) <= VARIED * len(usual)


def _is_stronger(row: Row, other: Row) -> bool:
    """Whether a row has another's colour, but more of it: of that the ink was taken while it faded."""
    if row.ink is None or other.ink is None or not (row.ink.light and other.ink.light):
        return False
    return max(row.ink.colour) >= max(other.ink.colour) and same_hue(row.ink.colour, other.ink.colour)


def _is_other_polarity(one: Row, other: Row) -> bool:
    return one.ink is not None and other.ink is not None and one.ink.light != other.ink.light


def _is_part(row: Row, rows: Sequence[Row]) -> bool:
    """Whether a row of dots stands within another, or mostly: they were read with it later, or are of its ground."""
    shared = [row.box.intersection(other.box) for other in rows if other is not row] if row.says_dots else []
    return any(box is not None and box.height == row.box.height and box.width > PART * row.box.width for box in shared)


def _is_ruby(row: Row, rows: Sequence[Row]) -> bool:
    """Whether a row says how the row under it is pronounced: small kana close above it."""
    if is_ruby(row.box, row.text, [other.box for other in rows]):
        return True
    # Boxes round small characters are drawn wider, and reach down to what they belong to.
    pitch = letter_pitch(row)
    narrow = [other.box for other in rows if pitch <= RUBY_PITCH * letter_pitch(other)]
    return is_ruby(row.box, row.text, narrow, share=1.0)


def is_ruby(box: Box, text: str, others: Iterable[Box], share: float = RUBY) -> bool:
    """Whether a row is kana at most `share` as high as another row close under it."""
    if not all("\u3040" <= one <= "\u30ff" or one.isspace() for one in text):
        return False
    for other in others:
        small = box.height <= share * other.height
        close = -0.6 * box.height < other.top - box.bottom < 0.6 * box.height
        if small and close and other.left - other.height < box.left and box.right < other.right + other.height:
            return True
    return False
