"""Name plate: the speaker's name in a region of its own."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Sequence

import cv2
import numpy as np

from capture_daemon.frames import Box, Frame
from capture_daemon.ocr.engine import FoundBox, RowText
from capture_daemon.reading.events import Answer, FindText, ReadRows, Request, Steps
from capture_daemon.reading.ink import Ink, ink_of
from capture_daemon.reading.layout import rows_of
from capture_daemon.reading.moment import Moment
from capture_daemon.reading.parameters import FOLLOW, LOOK, WATCH
from capture_daemon.reading.row_picture import row_picture
from capture_daemon.reading.speaker import as_name, bracketed_name, says_unknown
from capture_daemon.reading.speaker_rows import NAME_CONFIDENCE
from capture_daemon.reading.text import is_readable, join_rows, tidy
from capture_daemon.reading.trace import Decision, Note, ignore
from capture_daemon.reading.wording import letters, likeness, same_letters

REMEMBERED = 64
"""Names that are remembered, with when they were read."""
LEAST_SHARE = 1 / 3
"""Share of a line's looks in which its name was read, at least; 0.25 to 0.5: over a picture some overlook it."""
STANDS, REFRESH = 0.92, 1.0
"""Share of a name's ink that must stand for it not to be read again, 0.85 to 0.97, and for how many seconds."""
LEAST_CHANGE = 6
"""Changed pixels that make the plate worth another look; 4 to 20."""
SCALES = (1.0, 0.7)
"""How large it is looked at, until something is found, 0.5 to 1.5: a lone letter is overlooked at some sizes."""
LEAST_CONTRAST = 6.0
"""Levels of luma, standard deviation, from which what seems empty may hold something; 3 to 10: noise has two."""
SPACE = 1.5
"""How many more looks one counts for that read a space within a name; 1 to 2: looks overlook more than they invent."""
WHOLE_PLATE, EDGE = 0.85, 0.2
"""Share of the plate's height from which a row's box has the plate's own edges in it, 0.75 to 0.95, and what share of
it those take at either edge, 0.1 to 0.25."""
QUESTION_MARKS = frozenset(("?", "？", "??", "？？"))
MARKS_APART = 3
"""Heights of a question mark's box within which the others of ??? stand, 2 to 4."""
UNVOTED, LEAST_VOTE = 0.4, 0.0001
"""Confidence at which a reading of a name has no vote, 0.2 to 0.6, and the vote of a look that saw it stand unread."""
BEFORE = 0.25
"""Seconds by which a name may come before its line's first glyph, or after; 0.1 to 0.5."""


def _inner(row: Box) -> Box:
    edge = round(EDGE * row.height)
    return Box(row.left, row.top + edge, row.width, row.height - 2 * edge)


class HeardNames:
    """The names that were read in one place, each with when and how surely."""

    def __init__(self) -> None:
        self._names: deque[tuple[float, str | None, float]] = deque(maxlen=REMEMBERED)
        """The time of each look, the name that stood, and what its reading weighs."""
        self._read: deque[str] = deque(maxlen=REMEMBERED)

    def add(self, time: float, name: str | None, confidence: float = 1.0) -> None:
        """Record that a look read a name, with a confidence from 0 to 1, or saw none."""
        if name is not None:
            self._read.append(name)
        self._names.append((time, name, max(LEAST_VOTE, confidence - UNVOTED)))

    def stands(self, time: float) -> None:
        """Record that a look saw the place unchanged: the name that was read last, or none, still stands there."""
        self._names.append((time, self._names[-1][1] if self._names else None, LEAST_VOTE))

    def at(self, started: float, ended: float) -> str | None:
        """The name that stood there while a line did, mostly, as it was surely read; or the one before it."""
        within = [one for one in self._names if started - BEFORE <= one[0] <= ended + 0.001]
        if not within:
            within = [one for one in self._names if one[0] <= ended][-1:]
        named = [(name, vote) for _, name, vote in within if name is not None]
        if len(named) < LEAST_SHARE * len(within) or not named:
            return None
        names = [name for name, _ in reversed(named)]
        often = max(names, key=lambda name: sum(same_letters(name, one) for one in names))
        alike = [name for name in names if _may_be_misread(name, often)]
        return self._as_mostly_read(max(alike, key=lambda name: self._weight(name, named)))

    def _weight(self, name: str, named: Sequence[tuple[str, float]]) -> float:
        """How much speaks for a name among those of a line, each with its vote: to a tenth, for the last one is surer.

        That a misread name stands on doesn't count for it; that it was read before does.
        """
        votes = sum(vote for one, vote in named if same_letters(name, one))
        return round(votes * self._times_read(name), 1)

    def _times_read(self, name: str) -> int:
        return sum(same_letters(name, one) for one in self._read)

    def _as_mostly_read(self, name: str) -> str:
        """A name in the form in which most looks read it: some overlook a space within it, or take I for l."""
        forms = [one for one in self._read if same_letters(one, name)] or [name]
        return max(forms, key=lambda form: forms.count(form) * (1 + SPACE * form.count(" ")))


def _may_be_misread(name: str, other: str) -> bool:
    """Whether two names may be one of which a letter was misread: Guard 1 and Guard 2 are two."""
    numbers = [[one for one in text if one.isdigit()] for text in (name, other)]
    if all(numbers) and numbers[0] != numbers[1]:
        return False
    letter = len(name) == len(other) > 1 and sum(one != two for one, two in zip(name, other, strict=True)) == 1
    return letter or likeness(name, other) >= FOLLOW.alike


class NamePlate:
    """Reads the speaker's region whenever the dialogue is looked at and it looks different from before."""

    def __init__(self, box: Box, hidden: Sequence[Box], note: Note = ignore) -> None:
        """`box` and `hidden`, what is not to be looked at, are in pixels of the whole frame."""
        self._box = box
        self._hidden = hidden
        self._note = note
        self._now: Moment | None = None
        self._before: Moment | None = None
        self._read: Moment | None = None
        self._ink: Ink | None = None
        self._names = HeardNames()
        self._place: Box | None = None
        """Where the last name of two letters or more stood, in pixels of the plate."""

    def see(self, frame: Frame) -> None:
        """Take in the next frame."""
        self._before, self._now = self._now, Moment(frame, self._box, self._hidden)

    def name_at(self, started: float, ended: float) -> str | None:
        """The name that stood there while a line did."""
        return self._names.at(started, ended)

    def look(self, time: float, scale_of: Callable[[Box], float]) -> Steps:
        """Read the plate in the frame of that time, or note that it shows what it showed."""
        moment = self._before if self._before is not None and self._before.time >= time else self._now
        if moment is None:
            return
        if self._read is not None and not self._differs(moment, self._read, time):
            self._names.stands(moment.time)
            return
        height, width = moment.luma.shape
        whole = Box(0, 0, width, height)
        # A small picture is all letter: some room round it, or the detector sees none.
        margin = max(8, height // 3)
        picture = cv2.copyMakeBorder(
            np.ascontiguousarray(moment.colour), margin, margin, margin, margin, cv2.BORDER_REPLICATE
        )
        boxes: list[Box] = []
        for part in SCALES:
            found = yield FindText(np.asarray(picture, np.uint8), part * max(scale_of(whole), 0.5))
            if found is None:
                return
            boxes = [one.box.shifted(-margin, -margin) for one in found if isinstance(one, FoundBox)]
            if boxes or float(moment.luma.std()) < LEAST_CONTRAST:
                break
        rows = [inside for row in rows_of(boxes, FOLLOW) if (inside := row.intersection(whole)) is not None]
        names: list[str] = []
        named: list[Box] = []
        surest = 0.0
        if rows:
            texts = yield from self._read_rows(moment, rows)
            for row, text in zip(rows, texts, strict=False):
                place = row.shifted(self._box.left, self._box.top)
                read = Decision(time, "look", "name", "read", text.text, text.confidence, NAME_CONFIDENCE, place)
                self._note(read)
                words = tidy(text.text)
                name = as_name(bracketed_name(words) or words.rstrip(" :：,，、;"))
                least = LOOK.least_of_marks if says_unknown(words) else NAME_CONFIDENCE
                if text.confidence >= least and is_readable(words) and self._may_be_name(name, row):
                    names.append(name)
                    named.append(row)
                    surest = max(surest, text.confidence)
        self._read = moment
        self._ink = ink_of(moment.luma, moment.colour, named[0], FOLLOW) if named else None
        self._names.add(moment.time, join_rows(names) or None, surest)

    def _read_rows(self, moment: Moment, rows: Sequence[Box]) -> Generator[Request, Answer, list[RowText]]:
        """What is read in rows; of those as high as the plate, whose edges are in their boxes, the surer of two."""
        high = [row for row in rows if row.height >= WHOLE_PLATE * moment.luma.shape[0]]
        inner = [_inner(row) for row in high]
        answers = yield ReadRows(tuple(row_picture(moment.colour, row) for row in (*rows, *inner)))
        texts = [text for text in answers or () if isinstance(text, RowText)]
        if len(texts) < len(rows) + len(inner):
            return texts[: len(rows)]
        for row, again in zip(high, texts[len(rows) :], strict=True):
            place = rows.index(row)
            texts[place] = max(texts[place], again, key=lambda text: text.confidence)
        return (yield from self._with_all_question_marks(moment, rows, texts[: len(rows)]))

    def _with_all_question_marks(
        self, moment: Moment, rows: Sequence[Box], texts: list[RowText]
    ) -> Generator[Request, Answer, list[RowText]]:
        """What was read, a lone question mark once more with what is beside it: over a picture few of ??? are seen."""
        whole = Box(0, 0, moment.luma.shape[1], moment.luma.shape[0])
        lone = [place for place, text in enumerate(texts) if tidy(text.text) in QUESTION_MARKS]
        marks = [rows[place] for place in lone]
        wider = [row.grown(MARKS_APART * row.height, row.height // 2).intersection(whole) or row for row in marks]
        pictures = tuple(row_picture(moment.colour, row) for row in wider)
        answers = (yield ReadRows(pictures)) if pictures else []
        for place, text in zip(lone, answers or (), strict=False):
            if isinstance(text, RowText) and says_unknown(text.text):
                texts[place] = text
        return texts

    def _may_be_name(self, name: str, row: Box) -> bool:
        """Whether what was read is no thing behind the plate: those look like single letters, here and there."""
        if len(letters(name)) > 1:
            self._place = row
            return True
        place = self._place
        return name.isalpha() and (place is None or (row.left < place.right and place.left < row.right))

    def _differs(self, one: Moment, other: Moment, time: float) -> bool:
        if one.luma.shape != other.luma.shape:
            return True
        if self._ink is not None and time - other.time < REFRESH and self._ink.share(one.luma) > STANDS:
            return False
        difference = cv2.absdiff(one.luma, other.luma)
        return cv2.countNonZero(cv2.threshold(difference, WATCH.change, 255, cv2.THRESH_BINARY)[1]) >= LEAST_CHANGE
