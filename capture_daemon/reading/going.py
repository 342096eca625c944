"""Going: rows that fade letter by letter, so that looks read less and less of them, and rows that move as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from capture_daemon.frames import Box
from capture_daemon.reading.layout import belong_together, level_share, on_one_level, overlap, same_place
from capture_daemon.reading.parameters import FollowParameters
from capture_daemon.reading.row import Going, Row, Seen
from capture_daemon.reading.row_readings import ALIKE, Reading
from capture_daemon.reading.trailing_marks import ending_as, is_unmarked
from capture_daemon.reading.wording import (
    goes_on,
    goes_on_but_for_last,
    is_but_for_marks,
    is_in,
    letters,
    likeness,
    same_letters,
)

IN_PLACE = 0.5
"""Share of the letters that is left in its place of a row that fades, at least, within the row's height; 0.4 to 0.8."""

LEFT_IN_PLACE = 0.5
"""How much of a box what is left in it of a row has in common with that row's; 0.3 to 0.7."""
PIECE_LEVEL, PIECE = 0.7, 0.8
"""Share of its height that a piece has in common with its row, at least, 0.6 to 0.8: rows lie between two others; and
of its width, 0.7 to 0.9."""
MOVED_ALIKE, MOVED_HEIGHT = 0.8, 1.33
"""What a reading of a row that moved has in common with it, at least, 0.7 to 0.9; and how many times as high a detector
draws its box, 1.2 to 1.5."""


def is_remains(row: Row, stood: float, reading: Reading, parameters: FollowParameters) -> bool:
    """Whether part of a row is read so soon after it stood that it may be going, letter by letter."""
    part, whole = letters(reading.text), letters(row.text)
    fewer = len(part) < min(len(whole) - 1, parameters.part * len(whole))
    if is_unmarked(row, reading):
        return False
    lately = 0 <= reading.time - stood < parameters.fades
    name = len(_name_before_both(part, whole))
    if not (fewer and lately and is_in(part[name:] or part, whole[name:])):
        return False
    return _stand_where_they_stood(row, reading, name if name < len(part) else 0)


def _name_before_both(part: str, whole: str) -> str:
    """The name with which two texts begin, as far as its colon; empty if they have none: the next line's may be it."""
    name = whole[: whole.find(":") + 1]
    return name if part.startswith(name) else ""


def is_remains_of_any(went: Iterable[Row], box: Box, reading: Reading, parameters: FollowParameters) -> bool:
    """Whether what was read in a box may be part of one of the rows that went."""
    return any(
        one.gone is not None
        and overlap(one.box, box) > LEFT_IN_PLACE
        and is_remains(one, one.gone, reading, parameters)
        for one in went
    )


def _stand_where_they_stood(row: Row, reading: Reading, name: int) -> bool:
    """Whether most letters are read where the row had them: another text in its place may have the same at its end.

    The first `name` of them, but for spaces, don't count.
    """
    letters_read = [(one, place) for one, place in reading.places if not one.isspace()][name:]
    letters_read = [(one, place) for one, place in letters_read if one.isalnum()]
    before = row.best.places
    if not letters_read or not before:
        return True
    near = sum(
        any(one == other and abs(place - there) <= row.box.height for other, there in before)
        for one, place in letters_read
    )
    return near >= IN_PLACE * len(letters_read)


def seems_going(row: Row, reading: Reading, parameters: FollowParameters) -> bool:
    """Whether a row seems to be going, by what is read of it now, or seemed so in the look before."""
    return row.going is not None or is_remains(row, row.stood, reading, parameters)


def what_stays(row: Row, reading: Reading, parameters: FollowParameters) -> Reading | None:
    """The text without its mark of a row that isn't going, though only part of it was read; None if it may be going."""
    if row.going is None:
        return None
    before = row.going.remains
    if is_but_for_marks(reading.text, before.text):
        return before
    more = len(letters(reading.text)) > len(letters(before.text))
    # What fades would have gone by then.
    return None if more or reading.time - row.going.since <= parameters.fades else reading


def leave_out_mark(row: Row, plain: Reading) -> bool:
    """Leave out of a row's readings what stood behind the text of `plain` for a while; whether that was a mark."""
    if not is_but_for_marks(row.text, plain.text):
        return False
    alike = [one for one in row.readings if likeness(one.text, plain.text) >= ALIKE and one is not plain]
    row.readings, row.blinks = [*(ending_as(one, plain) for one in alike), plain], True
    return True


def take_remains(row: Row, reading: Reading, parameters: FollowParameters) -> bool:
    """Take what may be left of a row that is going; whether it may be: what goes only becomes less."""
    before = row.going
    row.going = Going(reading, before.since if before is not None else reading.time)
    row.note_more(reading.time)
    less = before is None or len(letters(reading.text)) <= len(letters(before.remains.text))
    return less and is_remains(row, row.stood, reading, parameters)


def pieces_of(row: Row, box: Box, rows: Iterable[Row]) -> list[Row]:
    """Those of some rows that are parts of another, which was seen in a box."""
    return [
        one
        for one in rows
        if one is not row
        and on_one_level(one.box, row.box)
        and level_share(one.box, box) >= PIECE_LEVEL
        and one.box.width < box.width + box.height
        and min(overlap(one.box, box), overlap(row.box, box)) > PIECE
    ]


def is_beginning_of(one: Row, row: Row, reading: Reading, time: float, parameters: FollowParameters) -> bool:
    """Whether a row that came and went just now was the beginning of one that is read in its place."""
    if one.gone is None or one.absorbed or max(time - one.gone, one.gone - one.born) > parameters.brief:
        return False
    return overlap(one.box, row.box) > LEFT_IN_PLACE and goes_on(one.text, reading.text)


def was_piece(row: Row, seen: Seen, parameters: FollowParameters) -> bool:
    """Whether a row that came just now, and isn't seen any more, was a piece of one that is read there.

    Of text that slides or fades in, looks may find some words first.
    """
    if seen.time - row.born > parameters.brief or len(row.readings) > 1:
        return False
    return any(
        text is not None
        and len(letters(text.text)) > len(letters(row.text))
        and is_in(letters(row.text), letters(text.text))
        and row.box.grown(0, row.box.height).intersection(box) is not None
        for box, text, _ in seen.rows
    )


def moved_alone(
    lost: Sequence[Row], fresh: Sequence[tuple[Box, Reading]], time: float, parameters: FollowParameters
) -> dict[int, tuple[Box, Reading]]:
    """Of rows that aren't seen in their places, by their identities, what was read elsewhere that they are, moved.

    `fresh` is what was read where no row stood.
    """
    moved: dict[int, tuple[Box, Reading]] = {}
    for row in lost:
        for one in fresh:
            if one not in moved.values() and _may_have_moved(row, *one, time, parameters):
                moved[id(row)] = one
                break
    kept = {}
    for row in (row for row in lost if id(row) in moved):
        near = [one for one in lost if one is row or belong_together(one.box, row.box, parameters)]
        share = sum(id(one) in moved for one in near) / len(near)
        # A page scrolls up by whole rows. A name that now stands elsewhere, over other text, stands there anew.
        scrolls = any(same_place(moved[id(row)][0], one.box) for one in near)
        if share > 0.5 or (share == 0.5 and scrolls):
            kept[id(row)] = moved[id(row)]
    return kept


def _may_have_moved(row: Row, box: Box, reading: Reading, time: float, parameters: FollowParameters) -> bool:
    """Whether what is read somewhere else may be a row that isn't seen in its place, for the first time."""
    if row.misses > 1 or time - row.stood > parameters.moves or len(letters(row.text)) <= 2:
        return False
    if likeness(row.text, reading.text) < MOVED_ALIKE:
        return False
    # Two texts beyond doubt that differ in a letter are two.
    doubted = min(row.best.confidence, reading.confidence) < parameters.beyond_doubt
    same = doubted or same_letters(row.text, reading.text) or goes_on_but_for_last(row.text, reading.text)
    return same and 1 / MOVED_HEIGHT < box.height / row.box.height < MOVED_HEIGHT
