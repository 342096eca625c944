"""Fitness: whether a region can work, by what looks saw in it and round it. It judges; others say it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from capture_daemon.frames import DIALOGUE, SPEAKER, Box, RegionBoxes, Size
from capture_daemon.reading.layout import same_place, usual_height

EMPTY_SECONDS = 60.0
"""Seconds without any text after which a region is probably the wrong one; 30 to 120: few scenes are so quiet."""
QUIET_SECONDS = 600.0
"""The same for a region beside the dialogue's in which none was ever seen; 300 to 1200: messages come seldom."""
SMALLEST, SMALLEST_SHARE = 8, 0.012
"""Pixels, and share of the frame's height, that a letter has at least; 6 to 10, and 0.01 to 0.02."""
PARTLY = 0.2
"""Share of a row that must lie in a region for the row to have to do with it; 0.1 to 0.3: boxes touch others."""
MOSTLY = 0.5
"""Share from which a row is read with what reaches over the region's edge, as far as that is looked at."""
CUTS = 3
"""Different rows that must have been cut in one place while a game is watched; 2 to 6: one may be no text."""
LEVEL = 0.2
"""Heights of a row by which rows of a dialogue differ in where they begin and end; 0.1 to 0.3."""
ALIKE = 1.6
"""Ratio of heights up to which what is cut is as high as the text; 1.4 to 2."""
FLAT = 1.5
"""Width, in its height, from which a box is a row of text; 1 to 3."""
FURTHER = 0.25
"""Share of a region's width by which it should be wider where a row goes on past all that is looked at; 0.1 to 0.5."""
ROOM = 0.3
"""Heights of a row that a region should have round it; 0.2 to 0.5."""
SIGN_SECONDS, SIGN_ROWS = 20.0, 4
"""Seconds that writing must have stood, and rows that must have come and gone meanwhile, for it to be part of the
picture: on a page that fills the first row stands for long, but so do the others."""
MISSED = 2
"""Looks one after another by which such writing may be missed; 1 to 3: the detector passes over some."""
MOST_KEPT = 64
"""Rows that are remembered."""

OPTIONS = {DIALOGUE: "--region", SPEAKER: "--speaker-region"}


class Fault(Enum):
    """What is wrong with a region."""

    SMALL = "small"
    EMPTY = "empty"
    CUT = "cut"
    SIGN = "sign"


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong with a region, what was seen, and what to do, in a sentence without text from the screen."""

    fault: Fault
    region: Box
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(slots=True)
class _Standing:
    """Writing in one place: since when, how many looks have missed it, and what came, and went, meanwhile."""

    box: Box
    since: float
    missed: int = 0
    came: list[Box] = field(default_factory=list)
    """The rows that came and stand."""
    went: int = 0
    """How many of those that came have gone."""


@dataclass(slots=True)
class Fitness:
    """Watches what looks find in a region while it is read. Times are in seconds on the source's clock.

    `name` is what the region is called in records.
    """

    boxes: RegionBoxes
    size: Size
    name: str = DIALOGUE
    complaints: list[Complaint] = field(default_factory=list)
    """What is wrong, the caller's to empty."""
    text_seen: bool = False
    """Whether any text has been seen in it."""
    _text_at: float | None = None
    _cut: list[Box] = field(default_factory=list)
    _rows: list[Box] = field(default_factory=list)
    _standing: list[_Standing] = field(default_factory=list)
    _made: set[Fault] = field(default_factory=set)

    def __post_init__(self) -> None:
        small = _too_small(self.name, self.boxes.dialogue, self.size)
        if small is not None:
            self._complain(small)

    def saw(self, time: float, area: Box, found: Sequence[Box], text: Sequence[Box]) -> None:
        """A look at `area` found rows; `text` are those that stand and were read surely. In pixels of the frame."""
        if self._text_at is None or text:
            self._text_at = time
        self.text_seen = self.text_seen or bool(text)
        self._note_cuts(found, usual_height(text))
        self._note_standing(time, area, text)

    def is_empty(self, time: float, patience: float = EMPTY_SECONDS) -> bool:
        """Whether no text has been seen for so long that the whole picture should be compared with what it was."""
        return Fault.EMPTY not in self._made and self.empty_for(time) >= patience

    def empty_for(self, time: float) -> float:
        """For how many seconds no text has been seen."""
        return time - self._text_at if self._text_at is not None else 0.0

    def picture_changed(self) -> None:
        """Record that the picture changed while no text was seen in the region."""
        region = self.boxes.dialogue
        self._complain(
            Complaint(
                Fault.EMPTY,
                region,
                f"no text was seen in the {self.name} region {region} for {_minutes(self.name)}, while the picture "
                f"changed: see where text stands by `capture-daemon snapshot -o frame.png`{_or_found(self.name)}",
            )
        )

    def _note_cuts(self, found: Sequence[Box], height: float) -> None:
        if Fault.CUT in self._made:
            return
        for row in found:
            new = not any(same_place(row, before) for before in self._cut)
            if new and _is_cut(row, self.boxes, self.size):
                self._cut = [*self._cut, row][-MOST_KEPT:]
        # Until text was read it isn't known how high rows are: more is asked for.
        least = CUTS if height else 2 * CUTS
        cut = [row for row in self._cut if self._may_be_text(row, height)]
        again = [row for row in cut if sum(_on_same_lines(row, other) for other in cut) >= least]
        if again:
            around = self.boxes.around
            self._complain(_cut_complaint(self.name, self.boxes.dialogue, again, self.size, around))

    def _may_be_text(self, row: Box, height: float) -> bool:
        """Whether a row is as high as the text; where that isn't known, it must not fill all that is looked at."""
        if height:
            return 1 / ALIKE < row.height / height < ALIKE
        _, above, _, below = _sides_past(row, self.boxes.around, self.size)
        return not (above and below)

    def _note_standing(self, time: float, area: Box, text: Sequence[Box]) -> None:
        if Fault.SIGN in self._made:
            return
        new = [row for row in text if not _is_among(row, self._rows)]
        first = not self._rows
        self._rows = [*self._rows, *new][-MOST_KEPT:]
        if first:
            self._standing = [_Standing(row, time) for row in new]
            return
        for one in self._standing:
            seen = _is_among(one.box, text)
            one.missed = 0 if seen else one.missed + (area.intersection(one.box) == one.box)
            stand = [row for row in one.came if area.intersection(row) != row or _is_among(row, text)]
            one.went += len(one.came) - len(stand)
            one.came = [*stand, *new][-MOST_KEPT:]
            if seen and time - one.since >= SIGN_SECONDS and one.went >= SIGN_ROWS:
                place = one.box.grown(4, 4).intersection(Box(0, 0, *self.size))
                self._complain(
                    Complaint(
                        Fault.SIGN,
                        self.boxes.dialogue,
                        f"writing that never changes stands in the {self.name} region {self.boxes.dialogue}, and can't "
                        f"be told from dialogue by its place: --ignore-region {place} leaves it out",
                    )
                )
                return
        self._standing = [one for one in self._standing if one.missed <= MISSED]

    def _complain(self, complaint: Complaint) -> None:
        if complaint.fault not in self._made:
            self._made.add(complaint.fault)
            self.complaints.append(complaint)


def judge(part: str, boxes: RegionBoxes, rows: Sequence[Box], size: Size, owner: str = DIALOGUE) -> list[Complaint]:
    """What is wrong with the "dialogue" or "speaker" region in one picture; `rows` are all rows of text in it.

    `owner` is what the region is called in records.
    """
    region = boxes.dialogue if part == DIALOGUE else boxes.speaker
    if region is None:
        return []
    name = part if owner == DIALOGUE else owner if part == DIALOGUE else f"{owner}.{part}"
    small = _too_small(name, region, size)
    if small is not None:
        return [small]
    if part == SPEAKER:
        # A row of the dialogue may reach into the place of the name above it.
        rows = [row for row in rows if _share(row, region) > MOSTLY or _share(row, boxes.dialogue) <= MOSTLY]
        boxes = RegionBoxes(dialogue=region, around=region, speaker=None, ignore=boxes.ignore)
    cut = [row for row in rows if _is_cut(row, boxes, size)]
    return [_cut_complaint(name, region, cut, size)] if cut else []


def _is_among(row: Box, others: Sequence[Box]) -> bool:
    """Whether a row stands in the place of one of others."""
    return any(same_place(row, other) for other in others)


def _too_small(name: str, region: Box, size: Size) -> Complaint | None:
    least = max(SMALLEST, round(SMALLEST_SHARE * size.height))
    if min(region.width, region.height) >= least:
        return None
    return Complaint(
        Fault.SMALL,
        region,
        f"the {name} region {region} is smaller than a letter: draw it round all the place that the text can take, "
        "on the picture that `capture-daemon snapshot -o frame.png` saves",
    )


def _on_same_lines(one: Box, other: Box) -> bool:
    """Whether two rows begin and end at the same height, as rows of a dialogue do and what passes by doesn't."""
    slack = LEVEL * max(one.height, other.height)
    return abs(one.top - other.top) <= slack and abs(one.bottom - other.bottom) <= slack


def _is_cut(row: Box, boxes: RegionBoxes, size: Size) -> bool:
    """Whether a row lies in the region, but not so that it can be read whole."""
    inside = row.intersection(boxes.dialogue)
    if inside is None or row.width < FLAT * row.height or any(row.intersection(box) for box in boxes.ignore):
        return False
    if boxes.speaker is not None and _share(row, boxes.speaker) > MOSTLY:
        return False
    share = inside.width * inside.height / (row.width * row.height)
    if share < PARTLY:
        return False
    return share < MOSTLY or any(_sides_past(row, boxes.around, size))


def _sides_past(row: Box, around: Box, size: Size) -> tuple[bool, bool, bool, bool]:
    """Whether a row reaches to what is no longer looked at: left, above, right, below."""
    return (
        row.left <= around.left + 1 and around.left > 0,
        row.top <= around.top + 1 and around.top > 0,
        row.right >= around.right - 1 and around.right < size.width,
        row.bottom >= around.bottom - 1 and around.bottom < size.height,
    )


def _cut_complaint(name: str, region: Box, cut: Sequence[Box], size: Size, around: Box | None = None) -> Complaint:
    """That the region cuts through rows; with `around`, nothing past that was seen."""
    wider = region
    for row in cut:
        room = round(ROOM * row.height)
        left, top, right, bottom = row.left - room, row.top - room, row.right + room, row.bottom + room
        if around is not None:
            past = _sides_past(row, around, size)
            left -= round(FURTHER * region.width) if past[0] else 0
            top -= row.height if past[1] else 0
            right += round(FURTHER * region.width) if past[2] else 0
            bottom += row.height if past[3] else 0
        wider = wider.union(Box(left, top, right - left, bottom - top))
    inside = wider.intersection(Box(0, 0, *size))
    assert inside is not None  # it holds the region, which lies in the frame
    return Complaint(
        Fault.CUT, region, f"the {name} region {region} cuts through text: {_written(name, inside)} would hold it"
    )


def _written(name: str, place: Box) -> str:
    """How another place for the region of that name is written."""
    if name in OPTIONS:
        return f"{OPTIONS[name]} {place}"
    _, _, key = name.partition(".")
    return f'{key or "box"} = "{place}" in its [[region]]'


def _minutes(name: str) -> str:
    return "a minute" if name in OPTIONS else "ten minutes"


def _or_found(name: str) -> str:
    return ", or have it found by --region auto" if name in OPTIONS else ""


def _share(row: Box, box: Box) -> float:
    inside = row.intersection(box)
    return 0.0 if inside is None else inside.width * inside.height / (row.width * row.height)
