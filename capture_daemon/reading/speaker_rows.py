"""Speaker rows: the name of who speaks among the rows of a line: over the text, beside it, or before it."""

from __future__ import annotations

from collections.abc import Sequence

from capture_daemon.common.letters import katakana_form_of
from capture_daemon.reading.dialogue_line import DialogueLine, is_other_colour
from capture_daemon.reading.layout import on_one_level
from capture_daemon.reading.name_gaps import letter_pitch, name_and_rank, name_before_column
from capture_daemon.reading.names import Names
from capture_daemon.reading.row import Row
from capture_daemon.reading.speaker import (
    EXCLAMATIONS,
    LATIN_QUOTES,
    SPECKS,
    UNKNOWN,
    as_known,
    as_name,
    begins_sentence,
    bracketed_name,
    dashed_name,
    is_name,
    is_quoted,
    is_titled,
    noted_name,
    rounded_name,
    split_name,
)
from capture_daemon.reading.text import Ending, ending, is_east_asian
from capture_daemon.reading.translations import is_translated
from capture_daemon.reading.typing_pace import TYPED_SECONDS
from capture_daemon.reading.wording import letters, likeness

NAME_CONFIDENCE = 0.75
"""A name read with less confidence than this is no name; 0.6 to 0.9."""
KNOWN_CONFIDENCE = 0.35
"""The same of a name that came before: its letters in its place are hardly chance; 0.3 to 0.5."""
USUAL_CONFIDENCE, SHORT_NAME = 0.7, 8
"""The same where names stand over the text, of one with no more characters than that; 0.68 to 0.75, 6 to 10."""
NEARLY_ALIKE = 0.6
"""Share of a name's characters that all looks at it have in common to be as sure as the surest; 0.55 to 0.7."""
UNKNOWN_CONFIDENCE = 0.6
"""The same of ???, which recognisers are never sure of; 0.5 to 0.7."""
LONGEST_NAME = 0.5
"""Share of a column's room that a name in a column of its own takes at most; 0.4 to 0.6."""
WRAPPED = 0.9
"""Share of the widest row's width that a row and the next word must take for the text to wrap there, 0.85 to 1, as long
as names weren't seen in rows of their own."""
LEAST_ROOM = 0.55
"""Share of the region's width that text surely has before it wraps; 0.4 to 0.7: people draw regions round the text."""
SENTENCE = 3
"""Words from which a row of capitals over capitals is a sentence's beginning rather than a name; 3 to 4."""
SET_ALIKE = 0.5
"""How far edges or middles of rows of one text may lie apart, in heights; 0.4 to 0.7: a full stop is half blank."""
NEAR_ABOVE = 1.5
"""How far above a text a known name stands apart from it at most, in heights of its row; 1 to 2."""
BESIDE = 0.3
"""Heights of a row by which a name under a text, as under a portrait, stands beside it, at least; 0.2 to 0.6."""
SAME_SIZE = 0.25
"""By what share of its height a name's row may differ from a text's to be set in the same type; 0.2 to 0.35."""
CAPITALS = 3
"""Letters of a name in capitals before a dash, at least, to be one at first sight; 3 to 4: I and TV begin texts."""
LONGEST_HEAD = 48
"""Characters of a name with all that belongs to it, at most; 32 to 60."""
SECOND_HEIGHT = 0.8
"""Height of a name in Latin letters under another, in that of the text, at most; 0.7 to 0.9."""
IN_ONE_GO_SECONDS = 0.07
"""Seconds in which a row comes in one go; 0.04 to 0.1: two frames."""
PACE = 1.3
"""How many times as long as it took a row must have taken at the text's pace not to be of the text; 1.2 to 2."""
AT_ONCE_SECONDS = 0.2
"""What took no longer than this to come, in seconds, may have come at once; 0.1 to 0.3."""


def name_above(line: DialogueLine, rows: list[Row], names: Names) -> tuple[str | None, list[Row]]:
    """A name in a row of its own above the text, of this line or standing since the one before.

    Some games write it once more under it, small, in Latin letters.
    """
    name, rest = _name_above(line, rows, names)
    return name, (rest[1:] if name is not None and _is_second_name(name, rest) else rest)


def _is_second_name(name: str, rows: Sequence[Row]) -> bool:
    """Whether the first row under a name is that in Latin letters, or says who it is, smaller and in another colour."""
    if len(rows) < 2 or not is_name(rows[0].text):
        return False
    first, second = rows[0], rows[1]
    if _is_wide(name) and not _is_wide(first.text):
        text = [row for row in rows[1:] if _is_wide(row.text)]
        return bool(text) and first.box.height < SECOND_HEIGHT * text[0].box.height
    if not is_other_colour(first, second):
        return False
    small = first.box.height < SECOND_HEIGHT * second.box.height
    # Boxes round small characters are drawn wider.
    return small or (_is_wide(first.text) and letter_pitch(first) < SECOND_HEIGHT * letter_pitch(second))


def _is_wide(text: str) -> bool:
    return any(is_east_asian(one) for one in text)


def _name_above(line: DialogueLine, rows: list[Row], names: Names) -> tuple[str | None, list[Row]]:
    first = rows[0].box
    near = [row for row in line.beside if first.top - row.box.bottom < NEAR_ABOVE * first.height]
    kept = [row for row in (*line.kept, *near) if row.box.bottom <= first.top + 0.5 * first.height and not row.absorbed]
    if kept:
        above = max(kept, key=lambda row: row.box.top)
        text = as_known(as_name(bracketed_name(above.text) or above.text.rstrip(" :：")), names.known)
        text = name_and_rank(above) or text
        if text in names.known and above.confidence >= KNOWN_CONFIDENCE:
            return text, rows
    if len(rows) > 1 and not on_one_level(rows[0].box, rows[1].box):
        name = _name_of(rows[0], rows[1:], line, names)
        if name is not None:
            return name, rows[1:]
    return None, rows


def _name_of(first: Row, others: Sequence[Row], line: DialogueLine, names: Names) -> str | None:
    """The name in the first row: it has the form of one, and stands apart from the text or isn't part of it."""
    noted, after = noted_name(first.text) or ("", "")
    noted = "" if after else noted
    text = as_known(as_name(bracketed_name(first.text) or first.text.rstrip(" :：")), names.known)
    if text.rstrip(SPECKS) in names.known:
        text = text.rstrip(SPECKS)
    text = noted or name_and_rank(first) or text
    is_long = names.vertical and first.box.width > LONGEST_NAME * names.region_width
    translated = text not in names.known and is_translated(first, others)
    if _confidence_of_name(first) < _sure_of_name(text, names) or is_long or translated:
        return None
    if not is_name(text):
        return text if text in names.known or _heads_texts(text, first, others, names) else None
    second = others[0]
    in_capitals = first.text.isupper() and second.text.isupper() and len(text.split()) >= SENTENCE
    in_capitals = in_capitals and not names.are_above
    marked = noted or katakana_form_of(text) != katakana_form_of(first.text)
    if text in names.known or text in UNKNOWN or marked:
        return text
    goes_on = second.text[:1].islower() and len(text.split()) > 1 and not names.are_above
    if (_stands_apart(first, second, line) and not in_capitals and not goes_on) or is_quoted(
        second.text, others[-1].text
    ):
        return text
    if second.text[:1].islower() or in_capitals or (_are_centred(first, second) and not names.are_above):
        # A sentence goes on, or may, or rows are centred, as subtitles are, and broken where it looks best. What stands
        # over another text, too, is a name.
        return text if names.unsure.get(text, second.text) != second.text else None
    room = max(names.widest, LEAST_ROOM * names.region_width)
    # Where names stand in rows of their own, whatever would have fitted is one.
    share = 1.0 if names.are_above else WRAPPED
    return None if names.vertical or _may_be_wrapped(first, others, room, share) else text


def _heads_texts(text: str, first: Row, others: Sequence[Row], names: Names) -> bool:
    """Whether what hasn't the form of a name is one: it headed another text, or is a name with a title.

    Of those that hadn't a sentence's end, and behind which the text would have had room to go on.
    """
    second = others[0].text
    if (
        len(text) > LONGEST_HEAD
        or begins_sentence(text)
        or ending(text) is not Ending.OPEN
        or not (second[:1].isupper() or _is_wide(second[:1]))
    ):
        return False
    if _may_be_wrapped(first, others, max(names.widest, LEAST_ROOM * names.region_width), 1.0):
        return False
    return names.unsure.get(text, second) != second or (names.are_above and is_titled(text))


def _confidence_of_name(row: Row) -> float:
    """How surely a row is read, if it is a name: that of the surest look, if no look reads much else.

    Of characters with two forms, 遙 and 遥, looks read now one, now the other.
    """
    alike = all(likeness(row.text, one.text) >= NEARLY_ALIKE for one in row.readings)
    return max(one.confidence for one in row.readings) if alike else row.confidence


def _sure_of_name(text: str, names: Names) -> float:
    """How sure a look must be of a text for it to be a name."""
    if text in names.known:
        return KNOWN_CONFIDENCE
    if text in UNKNOWN:
        return UNKNOWN_CONFIDENCE
    return USUAL_CONFIDENCE if names.are_above and len(text) <= SHORT_NAME else NAME_CONFIDENCE


def _are_centred(first: Row, second: Row) -> bool:
    """Whether two rows don't begin at one place: they have their middles, or their ends, in common."""
    return abs(first.box.left - second.box.left) > SET_ALIKE * second.box.height


def _is_set_apart(first: Row, second: Row) -> bool:
    """Whether a row stands where no row of one text with the next would: neither edge nor the middle is in common."""
    left, right = first.box.left - second.box.left, first.box.right - second.box.right
    return min(abs(left), abs(right), abs(left + right) / 2) > SET_ALIKE * second.box.height


def _stands_apart(first: Row, second: Row, line: DialogueLine) -> bool:
    """Whether a row differs from the text under it in colour or place, or stood there whole before that began."""
    if is_other_colour(first, second) or _is_set_apart(first, second):
        return True
    if _came_whole(first, second):
        return True
    came = first.grown - first.born
    came_first = came <= AT_ONCE_SECONDS and second.born > first.grown + 0.08
    indent = abs(first.box.left - second.box.left) > 0.6 * second.box.height
    slower = _time_at_pace_of(second, first) > PACE * max(came, IN_ONE_GO_SECONDS)
    return came_first and first.grown <= line.started + AT_ONCE_SECONDS and (indent or slower)


def _came_whole(first: Row, second: Row) -> bool:
    """Whether a row came in one go while the text under it was typed: so fast that it was not typed before it."""
    together = abs(first.born - second.born) <= IN_ONE_GO_SECONDS and first.grown - first.born <= IN_ONE_GO_SECONDS
    return together and _time_at_pace_of(second, first) > PACE * IN_ONE_GO_SECONDS


def _time_at_pace_of(typed: Row, other: Row) -> float:
    """Seconds that a row would have taken to come at the pace at which another was typed; 0 if that wasn't."""
    seconds = typed.grown - typed.born
    if seconds < TYPED_SECONDS:
        return 0.0
    return seconds * len(letters(other.text)) / max(1, len(letters(typed.text)))


def _may_be_wrapped(first: Row, others: Sequence[Row], room: float, share: float) -> bool:
    """Whether the text may just go on in the next row: the first word there would not have fitted into this one.

    `room` is the least width in pixels that a row surely may have; what takes more than `share` of it may not fit.
    """
    second = others[0]
    word = second.text.split()[0] if " " in second.text.strip() else second.text[:1]
    of_second = (len(word) + 1) / max(1, len(second.text))
    room = max(room, *(row.box.width for row in others))
    return first.box.width + of_second * second.box.width > share * room


def name_beside(line: DialogueLine, rows: list[Row], names: Names) -> tuple[str | None, str | None, list[Row]]:
    """Who speaks, what stands under the text and beside it, as under a portrait, and the rows without that.

    No text goes on there. A label in that place, such as AUTO, is no name: it is the same in all lines, or of another
    size or colour than the text. What stands there apart from the line may be a button: it is a name if another stood
    there before, and it stands alone.
    """
    if len(rows) > 1 and (name := _name_in_place(rows[-1], rows[:-1], names)) is not None:
        is_one = _is_set_like(rows[-1], rows[0]) or name in names.known or bool(names.below - {name})
        return name if is_one else None, name, rows[:-1]
    kept = [row for row in line.kept if not row.absorbed and row not in rows]
    found = {name: row for row in (*kept, *line.beside) if (name := _name_in_place(row, rows, names)) is not None}
    if len(found) != 1:
        return None, None, rows
    [(name, row)] = found.items()
    is_one = (row in kept and _is_set_like(row, rows[0])) or name in names.known or bool(names.below - {name})
    return name if is_one else None, name, rows


def name_in_column(rows: Sequence[Row], names: Names) -> tuple[str, str] | None:
    """The name before a text that has a column of its own, and the rest of its row; None without one."""
    found = name_before_column(rows[0], rows[1:], names.columns)
    return None if found is None else (found[0], found[1])


def _name_in_place(row: Row, text: Sequence[Row], names: Names) -> str | None:
    """What has the form of a name in a row under a text and beside it; None if nothing has."""
    name = as_known(as_name(bracketed_name(row.text) or row.text.rstrip(" :：")), names.known)
    is_one = row.confidence >= _sure_of_name(name, names) and is_name(name) and _is_beside(row, text)
    return name if is_one else None


def _is_set_like(row: Row, text: Row) -> bool:
    """Whether a row is set in the type of a text."""
    height = text.box.height
    return abs(row.box.height - height) <= SAME_SIZE * height and not is_other_colour(row, text)


def _is_beside(row: Row, text: Sequence[Row]) -> bool:
    """Whether a row stands under all of a text, and beside it."""
    apart, box = BESIDE * text[0].box.height, row.box
    right, left = max(one.box.right for one in text), min(one.box.left for one in text)
    beside = box.left > right + apart or box.right < left - apart
    return beside and box.top >= max(one.box.bottom for one in text)


def _is_dashed(dashed: tuple[str, str], names: Names) -> bool:
    """Whether what stands before a dash is a name."""
    quoted = dashed[1][:1] in LATIN_QUOTES
    return dashed[0] in names.known or names.are_dashed or quoted or _is_in_capitals(*dashed)


def _is_in_capitals(name: str, rest: str) -> bool:
    """Whether a name before a dash is written in capitals, and what follows isn't."""
    shouted = name.casefold() in EXCLAMATIONS
    return len(name) >= CAPITALS and name.isupper() and not (rest.isupper() or shouted)


def without_name(texts: list[str], name: str) -> list[str]:
    """A text's rows without the name before it, where that stands over it, too, in a row of nothing else."""
    inner, rest = split_name(texts[0])
    return [rest, *texts[1:]] if inner == name else texts


def name_within(texts: list[str], names: Names) -> tuple[str | None, list[str]]:
    """A name before the text, in the first row."""
    alone = bracketed_name(texts[0])
    if alone is not None and len(texts) > 1:
        return alone, texts[1:]
    dashed = dashed_name(texts[0])
    dashed = dashed if dashed is not None and _is_dashed(dashed, names) else noted_name(texts[0])
    if dashed is not None:
        return dashed[0], [text for text in (dashed[1], *texts[1:]) if text]
    rounded = rounded_name(texts[0])
    if rounded is not None and (rounded[0] in names.known or names.are_rounded):
        return rounded[0], [rounded[1], *texts[1:]]
    name, rest = split_name(texts[0], names.known)
    if name is None:
        return None, texts
    quoted = is_quoted(rest, texts[-1])
    if not (quoted or name in names.known or names.may_be_inline(texts[0]) or name in UNKNOWN):
        return None, texts
    return name, [rest, *texts[1:]]
