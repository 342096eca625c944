"""Compose: from a line's rows to its speaker and its text."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from capture_daemon.common.hangul import has_hangul
from capture_daemon.common.letters import form_of
from capture_daemon.frames import Box
from capture_daemon.reading.dialogue_line import DialogueLine, in_order, is_other_colour
from capture_daemon.reading.korean_rows import Breaks, joined, rooms
from capture_daemon.reading.layout import on_one_level
from capture_daemon.reading.row import Row
from capture_daemon.reading.speaker import UNKNOWN, as_known, as_name, bracketed_name, is_name, is_quoted, split_name
from capture_daemon.reading.speaker_dashes import with_speaker_dashes
from capture_daemon.reading.text import Ending, ending, is_east_asian, join_rows, without_spaces
from capture_daemon.reading.typing_pace import TYPED_SECONDS
from capture_daemon.reading.wording import letters, same_letters

NAME_CONFIDENCE = 0.75
"""A name read with less confidence than this is no name; 0.6 to 0.9."""
UNKNOWN_CONFIDENCE = 0.6
"""The same of ???, which recognisers are never sure of; 0.5 to 0.7."""
RUBY = 0.62
"""A row of kana at most this share as high as the row right under it is how that is pronounced; 0.5 to 0.7."""
RUBY_IN_COLUMNS = 0.72
"""The same beside a column; 0.65 to 0.78: boxes round a few small characters are drawn wider."""
LONGEST_NAME = 0.5
"""Share of a column's room that a name in a column of its own takes at most; 0.4 to 0.6."""
WRAPPED = 0.9
"""Share of the widest row's width that a row and the next word must take for the text to wrap there, 0.85 to 1, as long
as names weren't seen in rows of their own."""
LEAST_ROOM = 0.55
"""Share of the region's width that text surely has before it wraps; 0.4 to 0.7: people draw regions round the text."""
LABEL_WORDS, LABEL_CHARACTERS, LABEL_HEIGHT = 3, 6, 0.8
"""Words of a label at most, 2 to 4; in Chinese and Japanese, characters, 4 to 8; and its height at most, as a share of
the text's, 0.7 to 0.9."""
WRITTEN, VARIED = 8, 0.34
"""Lines whose colour is remembered, 4 to 16, and the share of them that may be of another one than the last, 0 to 0.5:
where each speaker has a colour, colour says nothing."""
EDGE, SLIDE_SECONDS = 1, 0.5
"""Pixels from the region's edge at which a row is cut by it, 0 to 2; seconds in which text slides in, 0.3 to 0.7."""
CAPITALS = 4
"""Lines that began with a capital after which all do, if none began with a small letter; 3 to 8."""
SENTENCE = 3
"""Words from which a row of capitals over capitals is a sentence's beginning rather than a name; 3 to 4."""
LONE_LETTER = 0.85
"""Confidence from which a single letter or digit, with its marks, is a line; 0.75 to 0.95: pictures look like one."""
SET_ALIKE = 0.5
"""How far edges or middles of rows of one text may lie apart, in heights; 0.4 to 0.7: a full stop is half blank."""
OFTEN_ABOVE = 0.4
"""Share of the lines that had a name above them from which that is the game's habit; 0.3 to 0.6."""
FEW_LINES, INLINE_SHARE = 3, 0.25
"""Lines after which a game's habit is known, and the share of them from which it is one to write names before text."""
IN_ONE_GO_SECONDS = 0.07
"""Seconds in which a row comes in one go; 0.04 to 0.1: two frames."""
PACE = 1.3
"""How many times as long as it took a row must have taken at the text's pace not to be of the text; 1.2 to 2."""
AT_ONCE_SECONDS = 0.2
"""What took no longer than this to come, in seconds, may have come at once; 0.1 to 0.3."""


_SPECKS = ",.，、·"
"""What specks behind a name are read as."""


@dataclass(frozen=True, slots=True)
class Composed:
    """What a line says, as far as it has been read. `above` says that the speaker stands in a row over the text."""

    speaker: str | None
    text: str
    rows: tuple[str, ...]
    confidence: float
    above: bool = False
    body: tuple[Row, ...] = ()
    """The rows that the text was read in."""


@dataclass(slots=True)
class Names:
    """What is known of how this game names its speakers."""

    known: set[str]
    """Names that were heard before."""
    above: int = 0
    """How often one stood in a row over the text."""
    inline: int = 0
    """How often one stood before the text, in its row."""
    lines: int = 0
    """How many lines were said."""
    wide: int = 0
    """How many of them in Chinese or Japanese."""
    unsure: dict[str, str] = field(default_factory=dict)
    """What has the form of a name and stood over a text, but may have been its beginning; with that text."""
    vertical: bool = False
    """Whether the text runs in columns: those are broken where it looks best, as subtitles are."""
    written: deque[Row] = field(default_factory=lambda: deque(maxlen=WRITTEN))
    """The first row of the last lines."""
    region_width: int = 0
    """The width of the dialogue's region, in pixels."""
    widest: int = 0
    """The width of the widest row that was said, in pixels."""
    capitals: int = 0
    """How many lines began with a capital that no small letter looks like."""
    small: int = 0
    """How many with such a small letter: sentences go on from line to line."""
    breaks: Breaks = field(default_factory=Breaks)
    """Where rows of Korean are broken."""

    def learn(self, composed: Composed) -> None:
        """Learn from a line that was said."""
        self.lines += 1
        self.wide += without_spaces(composed.rows)
        self.written.append(composed.body[0])
        self.widest = max(self.widest, *(row.box.width for row in composed.body))
        first = composed.text[:1]
        if form_of(first.lower()) == first.lower():
            self.capitals += first.isupper()
            self.small += first.islower()
        if has_hangul(composed.text):
            self.breaks.learn(composed.rows, _rooms(composed.rows, composed.body, self))
        if composed.speaker is None and len(composed.body) > 1:
            self.unsure[composed.body[0].text] = composed.body[1].text
        if composed.speaker is not None:
            self.known.add(composed.speaker)
            self.above += composed.above
            self.inline += not composed.above

    def begun(self, text: str) -> str:
        """A text with a capital, where lines begin with one here and its first letter looks alike small and large."""
        first = text[:1]
        if self.small or self.capitals < CAPITALS or not first.islower() or form_of(first) == first:
            return text
        return first.upper() + text[1:]

    @property
    def are_above(self) -> bool:
        """Whether this game writes names above the text: it has done so, and not only now and then."""
        return self.above >= OFTEN_ABOVE * self.lines > 0

    @property
    def may_be_inline(self) -> bool:
        """Whether this game may write names before the text: it does so often, or hardly anything was said."""
        return self.lines < FEW_LINES or self.inline >= INLINE_SHARE * self.lines


def compose(
    line: DialogueLine, min_confidence: float, names: Names, speaker: str | None, *, region: bool
) -> Composed | None:
    """What the line says; None if nothing in it can be said.

    `speaker` is what was read in the speaker's region; `region` says that there is one.
    """
    if line.outlived >= 2 or (line.outlived and line.from_start) or _slid_in(line, names.region_width):
        # Writing in the picture, or on the screen, past which the dialogue goes on.
        return None
    rows = [row for row in in_order(line.rows) if row.confidence >= min_confidence]
    names_row = [row for row in line.stayed if is_name(row.text) and row is rows[0]]
    rows = [row for row in rows if row not in line.stayed or row in names_row]
    rows = [row for row in rows if not _is_ruby(row, rows)]
    rows = [row for place, row in enumerate(rows) if not (place and _is_label(row, rows[place - 1]))]
    if not rows or _are_labels(rows, line, names):
        return None
    above = False
    if not region:
        speaker, rows = _name_above(line, rows, names)
        above = speaker is not None
    if names.lines and not names.wide and len(rows) == 1 and len(letters(rows[0].text)) == 1:
        # One character of another script than this game's is something in a picture.
        return None
    if len(rows) == 1 and rows[0].confidence < LONE_LETTER and _has_one_letter(rows[0].text):
        return None
    if names.above and len(rows) == 1 and rows[0].text.rstrip(" :：") in names.known and speaker is None:
        # A name whose text has gone, or hasn't come.
        return None
    texts = with_speaker_dashes([*(row.text for row in rows[:-1]), _ended(rows[-1])])
    if speaker is None and not region:
        speaker, texts = _name_within(texts, names)
    texts[0] = names.begun(texts[0])
    confidence = min(row.confidence for row in rows)
    text = joined(texts, _rooms(texts, rows, names), names.breaks) if has_hangul("".join(texts)) else join_rows(texts)
    if names.wide and set(text) == {"."} and len(text) % 3 == 0:
        # As Chinese and Japanese write it.
        text = "…" * (len(text) // 3)
    return Composed(speaker, text, tuple(texts), round(confidence, 4), above, tuple(rows))


def _slid_in(line: DialogueLine, width: int) -> bool:
    """Whether a line was seen only for a moment, and cut by an edge of the region: text that comes in from there."""
    cut = width > 0 and all(row.box.left <= EDGE or row.box.right >= width - EDGE for row in line.rows)
    return cut and line.went > 0 and line.went - line.started < SLIDE_SECONDS


def _has_one_letter(text: str) -> bool:
    """Whether a text has but one letter or digit, of a script in which that is hardly a word."""
    found = [one for one in text if one.isalnum()]
    return len(found) == 1 and not is_east_asian(found[0]) and not has_hangul(found[0])


def _rooms(texts: Sequence[str], rows: Sequence[Row], names: Names) -> list[float]:
    """How many more syllables each row of Korean but the last had room for."""
    # A name in a row of its own is no text.
    widths = [float(row.box.width) for row in rows[-len(texts) :]]
    return rooms(texts, widths, max(names.widest, *widths))


def _ended(row: Row) -> str:
    """What the last row says, with the full stop that a look read where others read a comma: no text ends with that."""
    if not row.text.endswith(","):
        return row.text
    stopped = [one for one in row.readings if one.text.endswith(".") and same_letters(one.text, row.text)]
    return max(stopped, key=lambda one: one.confidence, default=row.best).text


def _is_short(text: str) -> bool:
    """Whether a text is a word or three without any punctuation: a label, perhaps."""
    wide = without_spaces([text])
    return (
        len(text.split()) <= LABEL_WORDS
        and not (wide and len(text) > LABEL_CHARACTERS)
        and (all(character.isalnum() or character in " '’-" for character in text))
    )


def _is_label(row: Row, above: Row) -> bool:
    """Whether a row is something in the picture under a text: that has ended, and this is written otherwise."""
    smaller = row.box.height < LABEL_HEIGHT * above.box.height
    return _is_short(row.text) and ending(above.text) is Ending.FINAL and smaller and is_other_colour(row, above)


def _are_labels(rows: Sequence[Row], line: DialogueLine, names: Names) -> bool:
    """Whether rows are labels in the picture: they stood there first, or all text is of another colour."""
    if not _is_short(join_rows([row.text for row in rows])):
        return False
    if line.from_start and rows[0].text not in names.known:
        # A map's names, or a menu.
        return True
    return len(rows) == 1 and _differs_from_all(rows[0], names)


def _differs_from_all(row: Row, names: Names) -> bool:
    """Whether a row's colour is none of those that text has here."""
    usual = [one for one in names.written if is_other_colour(row, one)]
    if not usual or len(usual) < (1 - VARIED) * len(names.written):
        return False
    if all(_is_other_polarity(row, one) for one in usual):
        # Speakers' colours differ, but not so that one is light on dark and another dark on light.
        return True
    if len(usual) < (1 if names.are_above else FEW_LINES):
        return False
    return sum(is_other_colour(one, usual[-1]) for one in usual) <= VARIED * len(usual)


def _is_other_polarity(one: Row, other: Row) -> bool:
    return one.ink is not None and other.ink is not None and one.ink.light != other.ink.light


def _is_ruby(row: Row, rows: Sequence[Row]) -> bool:
    """Whether a row says how the row under it is pronounced: small kana close above it."""
    return is_ruby(row.box, row.text, [other.box for other in rows])


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


def _name_above(line: DialogueLine, rows: list[Row], names: Names) -> tuple[str | None, list[Row]]:
    """A name in a row of its own above the text, of this line or standing since the one before."""
    kept = [
        row for row in line.kept if row.box.bottom <= rows[0].box.top + 0.5 * rows[0].box.height and not row.absorbed
    ]
    if kept:
        above = max(kept, key=lambda row: row.box.top)
        text = as_known(as_name(bracketed_name(above.text) or above.text.rstrip(" :：")), names.known)
        if text in names.known and above.confidence >= NAME_CONFIDENCE:
            return text, rows
    if len(rows) > 1 and not on_one_level(rows[0].box, rows[1].box):
        name = _name_of(rows[0], rows[1:], line, names)
        if name is not None:
            return name, rows[1:]
    return None, rows


def _name_of(first: Row, others: Sequence[Row], line: DialogueLine, names: Names) -> str | None:
    """The name in the first row: it has the form of one, and stands apart from the text or isn't part of it."""
    text = as_known(as_name(bracketed_name(first.text) or first.text.rstrip(" :：")), names.known)
    if text.rstrip(_SPECKS) in names.known:
        text = text.rstrip(_SPECKS)
    if first.confidence < (UNKNOWN_CONFIDENCE if text in UNKNOWN else NAME_CONFIDENCE) or not is_name(text):
        return None
    if names.vertical and first.box.width > LONGEST_NAME * names.region_width:
        return None
    second = others[0]
    in_capitals = first.text.isupper() and second.text.isupper() and len(text.split()) >= SENTENCE
    if text in names.known or text in UNKNOWN or text != first.text:
        return text
    if (_stands_apart(first, second, line) and not in_capitals) or is_quoted(second.text, others[-1].text):
        return text
    if second.text[:1].islower() or in_capitals or (_are_centred(first, second) and not names.are_above):
        # A sentence goes on, or may, or rows are centred, as subtitles are, and broken where it looks best. What stands
        # over another text, too, is a name.
        return text if names.unsure.get(text, second.text) != second.text else None
    room = max(names.widest, LEAST_ROOM * names.region_width)
    # Where names stand in rows of their own, whatever would have fitted is one.
    share = 1.0 if names.are_above else WRAPPED
    return None if names.vertical or _may_be_wrapped(first, others, room, share) else text


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


def _name_within(texts: list[str], names: Names) -> tuple[str | None, list[str]]:
    """A name before the text, in the first row."""
    alone = bracketed_name(texts[0])
    if alone is not None and len(texts) > 1:
        return alone, texts[1:]
    name, rest = split_name(texts[0], names.known)
    if name is None:
        return None, texts
    quoted = is_quoted(rest, texts[-1])
    if not (quoted or name in names.known or names.may_be_inline or name in UNKNOWN):
        return None, texts
    return name, [rest, *texts[1:]]
