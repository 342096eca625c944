"""Typed row: where a row that is typed letter by letter has come to, as the picture shows it without a detector."""

from __future__ import annotations

from capture_daemon.frames import Box
from capture_daemon.ocr.engine import RowText
from capture_daemon.reading.moment import Moment
from capture_daemon.reading.parameters import FOLLOW
from capture_daemon.reading.row import Row
from capture_daemon.reading.scene import Scene
from capture_daemon.reading.wording import goes_on_but_for_last, same_words

LAST_LETTER = 1.5
"""How far before its end a row may have changed, in its height: its last letter was half drawn; 1 to 2."""
LEVEL = 0.1
"""How far over or under a row what comes to it may stand, in its height; 0.05 to 0.2."""
WORD_GAP = 0.6
"""How far from one another two letters that come may be, in the row's height; 0.4 to 0.8: a mark stands apart."""
MARGIN = 0.12
"""What a detector's box has round the letters, in the row's height; 0.1 to 0.2."""


def typed_on(scene: Scene, now: Moment) -> tuple[Row, Box] | None:
    """The row to whose end something came since it was seen, and the box of all of it, if nothing else is new.

    The box is in pixels of the region.
    """
    watch, follow = scene.watch, scene.follow
    place = watch.bounds(watch.news)
    if place is None or watch.is_moving or scene.vertical or scene.blanks.waiting:
        return None
    came = watch.tight(now.luma, place)
    if came is None:
        return None
    row = next((row for row in follow.rows if _goes_on(row.seen, came)), None)
    if row is None or any(other.unsettled or other.misses for other in follow.rows if other is not row):
        return None
    box = _whole(scene, now, row, came)
    return (row, box) if box is not None else None


def typed_to(scene: Scene, now: Moment, row: Row) -> Box | None:
    """The box of all of a row to whose end something came since it was seen, whatever is new elsewhere.

    The box is in pixels of the region. None if nothing came there, or the row may not stand.
    """
    watch, seen, level = scene.watch, row.seen, round(LEVEL * row.seen.height)
    left = seen.right - round(LAST_LETTER * seen.height)
    beside = Box(left, seen.top - level, scene.whole.right - left, seen.height + 2 * level).intersection(scene.whole)
    # Single pixels of a recording change everywhere.
    news = watch.bounds(watch.news_in(beside)) if beside is not None else None
    place = news.intersection(beside) if news is not None and beside is not None else None
    came = watch.tight(now.luma, place) if place is not None else None
    return _whole(scene, now, row, came) if came is not None and _goes_on(seen, came) else None


def _whole(scene: Scene, now: Moment, row: Row, came: Box) -> Box | None:
    """The box of a row with what came to its end; None if the row may not stand, or that is more than letters."""
    if row.ink is None or not row.is_text(FOLLOW) or row.contradiction is not None:
        return None
    if row.ink.share(now.luma) < FOLLOW.stands:
        return None
    if not scene.watch.is_one_piece(now.luma, came, WORD_GAP * row.seen.height):
        return None
    return row.seen.union(came.grown(round(MARGIN * row.seen.height), 0)).intersection(scene.whole) or row.seen


def reads_on(row: Row, text: RowText) -> bool:
    """Whether what was read where a row stands is surely that row, perhaps with more behind."""
    again = same_words(row.text, text.text)
    return text.confidence >= FOLLOW.sure and (again or goes_on_but_for_last(row.text, text.text))


def _goes_on(row: Box, came: Box) -> bool:
    """Whether what came stands at the end of a row, or right behind it."""
    level = LEVEL * row.height
    return (
        row.top - level <= came.top
        and came.bottom <= row.bottom + level
        and row.right - LAST_LETTER * row.height <= came.left <= row.right + WORD_GAP * row.height
        and came.right > row.right
    )
