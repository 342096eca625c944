"""Row texts: what is read in rows where they stand; of one that was typed on, in its new end."""

from __future__ import annotations

from collections.abc import Generator

from capture_daemon.frames import Box
from capture_daemon.ocr.engine import RowText
from capture_daemon.reading.events import Answer, ReadRows, Request
from capture_daemon.reading.letter_size import Texts
from capture_daemon.reading.moment import Moment
from capture_daemon.reading.new_end import Beginning, known_beginning
from capture_daemon.reading.parameters import FOLLOW
from capture_daemon.reading.row_picture import around_row, row_picture
from capture_daemon.reading.scene import Scene


def read_rows(scene: Scene, now: Moment, rows: list[Box]) -> Generator[Request, Answer, Texts | None]:
    """What is read in rows, whose boxes are in pixels of the region; None if they can't be read."""
    known = {row: found for row in rows if (found := beginning_of(scene, now, row)) is not None}
    texts: Texts = {}
    if known:
        answers = yield ReadRows(tuple(known[row].picture_of_rest(now.colour, row) for row in known))
        if answers is None:
            return None
        for (row, beginning), rest in zip(known.items(), answers, strict=True):
            left = around_row(now.colour, row).left
            whole = beginning.with_rest(rest, left, FOLLOW.sure) if isinstance(rest, RowText) else None
            if whole is not None:
                texts[row] = whole, float(left)
    vertical, place, usual = scene.vertical, scene.text_place, scene.letters.height
    others = [row for row in rows if row not in texts]
    pictures = tuple(row_picture(now.colour, row, column=vertical) for row in others)
    lefts = [around_row(now.colour, row, column=vertical).left for row in others]
    answers = (yield ReadRows(pictures)) if pictures else []
    if answers is None:
        return None
    for row, left, text in zip(others, lefts, answers, strict=True):
        if isinstance(text, RowText):
            words = text if vertical else place.without_thing_before(text, left, usual or row.height)
            texts[row] = words, float(left)
    return texts


def beginning_of(scene: Scene, now: Moment, box: Box) -> Beginning | None:
    """The beginning, live, of the row in a box that needn't be read again; None if all of it must be, or it is new.

    For a recording nobody waits, and read whole a row depends on nothing that was read before.
    """
    row = scene.follow.at(box) if scene.settings.early and not scene.vertical else None
    return known_beginning(row, box, now.luma, FOLLOW) if row is not None else None
