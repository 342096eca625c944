"""Names: how this game names its speakers, by the lines that were said."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from capture_daemon.common.hangul import has_hangul
from capture_daemon.common.letters import form_of, is_latin
from capture_daemon.reading.korean_rows import Breaks, rooms
from capture_daemon.reading.name_gaps import column_behind
from capture_daemon.reading.row import Row
from capture_daemon.reading.sentences import with_capitals, with_commas_for_stops
from capture_daemon.reading.speaker import dashed_name, rounded_name, split_name
from capture_daemon.reading.text import without_spaces

CAPITALS = 4
"""Lines that began with a capital after which all do, if none began with a small letter; 3 to 8."""
FEW_SMALL = 0.2
"""Share of the lines that may begin with a small letter where sentences begin with a capital; 0.1 to 0.4: some lines go
on from the one before, and some are read without their beginning."""
WRITTEN, VARIED = 8, 0.34
"""Lines whose colour is remembered, 4 to 16, and the share of them that may be of another one than the last, 0 to 0.5:
where each speaker has a colour, colour says nothing."""
OFTEN_ABOVE = 0.4
"""Share of the lines that had a name above them from which that is the game's habit; 0.3 to 0.6."""
FEW_DASHED = 2
"""Lines that began like a name and a dash after which that is a game's form; 2 to 3: some say "Fine - have it"."""
FEW_COLONS = 2
"""Of the last lines that nobody seemed to speak, those that began like a name and a colon after which they did; 2 to 4:
what is told may begin with a place or a day."""
FEW_LINES, INLINE_SHARE = 3, 0.25
"""Lines after which a game's habit is known, and the share of them from which it is one to write names before text."""


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
    beside: str | None = None
    """What stood under the text and beside it: a name, or a label."""
    bracketed: bool = False
    """Whether the speaker's name stood in brackets, over the text."""


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
    rounded: int = 0
    """How many lines began like a name in round brackets, as Japanese captions tell who begins to speak."""
    dashed: int = 0
    """How many lines began like a name and a dash, as that form of `Name: text` does."""
    told: deque[str] = field(default_factory=lambda: deque(maxlen=WRITTEN))
    """How the last lines began that nobody seemed to speak."""
    columns: deque[float] = field(default_factory=lambda: deque(maxlen=WRITTEN))
    """The columns at which text began behind a wide blank, in pixels."""
    bracketed: int = 0
    """How often a name stood in brackets, over the text."""
    below: set[str] = field(default_factory=set)
    """Names, or labels, that stood under the text and beside it."""

    def learn(self, composed: Composed) -> None:
        """Learn from a line that was said."""
        self.lines += 1
        self.wide += without_spaces(composed.rows)
        self.written.append(composed.body[0])
        self.widest = max(self.widest, *(row.box.width for row in composed.body))
        if (behind := column_behind(composed.body[0])) is not None:
            self.columns.append(behind[2])
        first = composed.text[:1]
        if form_of(first.lower()) == first.lower():
            self.capitals += first.isupper()
            self.small += first.islower()
        if has_hangul(composed.text):
            self.breaks.learn(composed.rows, self.rooms(composed.rows, composed.body))
        if composed.speaker is None and len(composed.body) > 1:
            self.unsure[composed.body[0].text] = composed.body[1].text
        if composed.speaker is None:
            self.told.append(composed.rows[0])
        if composed.beside is not None:
            self.below.add(composed.beside)
        self.dashed += dashed_name(composed.body[0].text) is not None
        self.rounded += rounded_name(composed.body[0].text) is not None
        if composed.speaker is not None:
            self.known.add(composed.speaker)
            self.above += composed.above
            self.bracketed += composed.bracketed
            self.inline += not composed.above

    def rooms(self, texts: Sequence[str], rows: Sequence[Row]) -> list[float]:
        """How many more syllables each row of Korean but the last had room for."""
        # A name in a row of its own is no text.
        widths = [float(row.box.width) for row in rows[-len(texts) :]]
        return rooms(texts, widths, max(self.widest, *widths))

    def as_sentences(self, rows: Sequence[str]) -> list[str]:
        """A line's rows with the commas and capitals that they must have where lines here begin with a capital."""
        first = rows[0][:1]
        if self.small > FEW_SMALL * self.lines or not is_latin("".join(filter(str.isalpha, "".join(rows)))):
            return list(rows)
        if self.small == 0 and self.capitals >= CAPITALS and form_of(first) != first:
            rows = [first.upper() + rows[0][1:], *rows[1:]]
        if self.capitals >= CAPITALS:
            rows = with_capitals(rows)
        return with_commas_for_stops(rows) if rows[0][:1].isupper() else list(rows)

    @property
    def are_above(self) -> bool:
        """Whether this game writes names above the text: it has done so, and not only now and then."""
        return self.above >= OFTEN_ABOVE * self.lines > 0

    @property
    def are_dashed(self) -> bool:
        """Whether this game writes names before the text, with a dash: most lines begin so."""
        return self.dashed >= FEW_DASHED and 2 * self.dashed >= self.lines

    @property
    def are_rounded(self) -> bool:
        """Whether this game, or film, writes names in round brackets before the text of whoever begins to speak."""
        return self.rounded >= FEW_DASHED and self.rounded >= INLINE_SHARE * self.lines

    def may_be_inline(self, text: str) -> bool:
        """Whether this game may write the name before a text: it does so often, or hardly anything was said.

        Or it was said so much before anybody spoke that its first lines with a name were taken for what is told.
        """
        if self.lines < FEW_LINES or self.inline >= INLINE_SHARE * self.lines:
            return True
        # A line that stands is composed again and again.
        others = [split_name(one)[0] for one in self.told if not (text.startswith(one) or one.startswith(text))]
        return split_name(text)[0] in others or sum(one is not None for one in others) >= FEW_COLONS
