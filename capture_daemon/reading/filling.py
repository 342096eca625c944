"""One filling of the dialogue box: its rows, what was read in them, and whether it may be said yet."""

from __future__ import annotations

from dataclasses import dataclass, field

from capture_daemon.frames import Box
from capture_daemon.ocr.engine import RowImage, RowText
from capture_daemon.reading.dots import with_dots
from capture_daemon.reading.ink import Mask
from capture_daemon.reading.text import is_readable, tidy


@dataclass(slots=True, eq=False)
class NamePicture:
    """A name as it looks in the speaker region, and what was read there once it has been read."""

    mask: Mask
    images: list[RowImage]
    asked: bool = False
    answers: dict[int, RowText] = field(default_factory=dict)

    @property
    def is_read(self) -> bool:
        """Whether all its rows have been answered."""
        return len(self.answers) == len(self.images)

    def text(self, min_confidence: float) -> str | None:
        """The name, or None where nothing could be read for sure."""
        parts = []
        for place in range(len(self.images)):
            answer = self.answers[place]
            text = tidy(answer.text)
            if answer.confidence >= min_confidence and is_readable(text):
                parts.append(text)
        return " ".join(parts) or None


@dataclass(slots=True, eq=False)
class FilledRow:
    """A row of a filling as far as it has been asked for and read. Versions count the changes of its ink.

    `image` is its picture, kept when the row goes before it was asked for. `came` and `changed` are when its first and
    its last ink appeared. It ends with so many
    `dots`, and has nothing else where they are `dots_alone`.
    """

    box: Box
    version: int = 1
    asked: int = 0
    answered: int = 0
    answer: RowText | None = None
    image: RowImage | None = None
    came: float = 0.0
    changed: float = 0.0
    letter_height: int = 0
    dots: int = 0
    dots_alone: bool = False


@dataclass(slots=True, eq=False)
class Filling:
    """A line in the making.

    `started` and `grown` are when its first and its last ink appeared, in seconds on the source's clock. `rows` are
    by number, in the order they came to stand, `kept` those that stayed of the line before. It is `closed` when nothing
    can be added to it any more, and `named` when its name is known, or that it has none. `strength` is its ink's usual
    contrast in levels of luma, `letter_height` that of its letters in pixels; 0 while not known. `learnt` says that the
    next text is expected to look like it, `went` when it was last seen, 0 while it is. `heard` is its text while it
    rests, `said` what has been said of it.
    """

    number: int
    started: float
    grown: float
    rows: dict[int, FilledRow] = field(default_factory=dict)
    closed: bool = False
    kept: list[FilledRow] = field(default_factory=list)
    name: NamePicture | None = None
    named: bool = False
    rested: bool = False
    strength: float = 0.0
    letter_height: int = 0
    learnt: bool = False
    went: float = 0.0
    heard: str | None = None
    said: tuple[str | None, str] | None = None
    said_number: int | None = None

    def box(self) -> Box | None:
        """The box round its rows, in pixels of the region."""
        boxes = [row.box for row in self.rows.values()]
        if not boxes:
            return None
        whole = boxes[0]
        for box in boxes[1:]:
            whole = whole.union(box)
        return Box(whole.left, max(0, whole.top), whole.width, whole.bottom - max(0, whole.top))

    def close(self, time: float) -> None:
        """Nothing can be added any more: it was last seen at a time in seconds; rows without a picture go."""
        self.closed = True
        self.went = time
        for number, row in list(self.rows.items()):
            if row.asked != row.version and row.image is None:
                row.version = row.asked
                if not row.asked:
                    del self.rows[number]

    def is_read(self) -> bool:
        """Whether every row has been read as it stands now."""
        return all(row.answered == row.version for row in self.rows.values())

    def is_waiting(self) -> bool:
        """Whether an answer is still to come."""
        return any(row.answered < row.asked for row in self.rows.values())

    def texts(self, min_confidence: float) -> list[tuple[FilledRow, str]]:
        """The rows that say something, top to bottom, with their texts."""
        told = []
        for row in sorted(self.rows.values(), key=lambda row: (row.box.top, row.box.left)):
            if row.answer is None or row.answer.confidence < min_confidence:
                continue
            text = with_dots(tidy(row.answer.text), row.dots)
            if is_readable(text):
                told.append((row, text))
        return told
