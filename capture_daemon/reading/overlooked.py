"""Overlooked: dots and marks that detectors don't see, where something small came to rest or where lines begin."""

from __future__ import annotations

import re
from collections.abc import Sequence

from capture_daemon.frames import Box, GreyImage
from capture_daemon.ocr.engine import RowText
from capture_daemon.reading.ellipsis import Dots, counted_dots, dots_by_themselves, is_in_own_box
from capture_daemon.reading.layout import on_one_level
from capture_daemon.reading.letter_size import Texts
from capture_daemon.reading.moment import Moment
from capture_daemon.reading.parameters import FOLLOW, LOOK
from capture_daemon.reading.row import Row
from capture_daemon.reading.scene import Scene
from capture_daemon.reading.speaker import UNKNOWN, is_name, says_unknown
from capture_daemon.reading.text import is_readable, tidy
from capture_daemon.reading.text_place import TextPlace
from capture_daemon.reading.watch import SAME_MOMENT
from capture_daemon.reading.wording import letters

MORE = 0.3
"""How much further than their box dots must reach to be more than were read, in the box's height; 0.2 to 0.5."""
LOW = 0.5
"""Height of a row, in a letter's, under which what the detector sees may be some of the dots; 0.4 to 0.6."""
NEAR, OVER = 0.6, 0.2
"""Heights of a row within which text goes on behind dots, or before them, 0.4 to 0.8, and over which boxes may lie."""
SEEN_ONCE = 0.7
"""Confidence of dots over a picture that moves, 0.6 to 0.74: another look must see them."""
NO_DOTS = 0.3
"""Confidence left to dots that stand elsewhere than text does; 0.1 to 0.4: a picture is full of them."""
LIKE_TEXT = 0.5
"""Contrast of dots by themselves in that of text, at least; 0.4 to 0.7: small ones blur."""
_QUOTES = re.compile(r"""\s*([“"‘'「『(（【]).*([”"’'」』)）】])\s*$""", re.S)
_DOTS = frozenset(".…·・‥⋯")
ROW_MARGIN = 0.15
"""How much a box is higher than its row, at either edge, in its height; 0.1 to 0.25: dots may stand in the next row."""


def overlooked_marks(scene: Scene, now: Moment, area: Box, rows: Sequence[Box]) -> Box | None:
    """Where something small came to rest that the detector doesn't see: a few dots, or !?."""
    watch = scene.watch
    if watch.is_moving or not scene.letters.height:
        return None
    # What went changed the picture, too; only what came after that is looked for.
    left = watch.news & watch.resting(now.time, LOOK.rest - SAME_MOMENT) & watch.moved_since(scene.cleared_at)
    for row in [*rows, *(row.box for row in scene.follow.rows)]:
        margin = round(ROW_MARGIN * row.height)
        left[watch.cells(Box(row.left, row.top + margin, row.width, max(1, row.height - 2 * margin)))] = False
    places = watch.pieces(left)
    if len(places) > 1:
        # The picture moves now and then: what comes right under a name is a line all the same.
        places = [place for place in places if any(_is_under(place, row, scene.letters.height) for row in rows)]
    marks = (_mark_in(scene, now, place, area) for place in places)
    return next((mark for mark in marks if mark is not None and not scene.blanks.knows(mark, now.luma)), None)


def _is_under(place: Box, row: Box, letter: float) -> bool:
    """Whether a place begins under a row as the next row of the text does."""
    return abs(place.left - row.left) <= letter and abs(place.top - row.bottom) <= letter


def _mark_in(scene: Scene, now: Moment, place: Box, area: Box) -> Box | None:
    """The box of what came in a place, down to where its row ends; None if it is none of a few dots or marks."""
    inside = place.intersection(scene.region)
    if inside is None or inside.intersection(area) != inside:
        return None
    if inside.height > 2 * scene.letters.height or inside.width > 8 * scene.letters.height:
        return None
    tight = scene.watch.tight(now.luma, inside)
    if tight is None or tight.height > 1.2 * scene.letters.height:
        return None
    # Dots stand at the foot of their row.
    top = min(tight.top, round(tight.bottom - 0.8 * scene.letters.height))
    whole = Box(0, 0, now.luma.shape[1], now.luma.shape[0])
    return Box(tight.left, top, tight.width, tight.bottom - top).intersection(whole)


def overlooked_dots(scene: Scene, now: Moment, rows: Sequence[Box]) -> Dots | None:
    """Dots where lines begin, or by themselves on plain ground: the detector overlooks them."""
    if not scene.watch.news.any():
        return None
    standing = [row for row in scene.follow.rows if scene.follow.standing(row, now.luma) >= FOLLOW.lost]
    # Those that stand may be more by now: they are typed.
    fewer = {row.box: row for row in standing if set(letters(row.text)) == {"."}}
    others = [row for row in rows if row.height >= LOW * scene.letters.height]
    taken = [*others, *(row.box for row in standing if row.box not in fewer)]
    dots = _dots_by_themselves(scene, now, taken) or scene.text_place.dots_in(now.colour, taken)
    if dots is None or not scene.is_inside(dots.box):
        return None
    if any(
        _holds_more(row, dots.box) or goes_on_behind(dots.box, row) or goes_on_behind(row, dots.box) for row in rows
    ):
        return None
    dots = dots._replace(passing=scene.watch.is_moving and not dots.alone)
    end = dots.box.right - MORE * dots.box.height
    known = [box for box, row in fewer.items() if row.is_text(FOLLOW)]
    return None if any(dots.box.intersection(box) is not None and end <= box.right for box in known) else dots


def _dots_by_themselves(scene: Scene, now: Moment, taken: Sequence[Box]) -> Dots | None:
    """Dots round which there is nothing else, that came since something went.

    Where text stands they do so where lines begin or have their middle, or in a box of their own; others are a sign
    that the game waits.
    """
    letter, place = scene.letters.height, scene.text_place
    contrast = place.contrast
    if not letter or not contrast:
        return None
    area = scene.watch.bounds(scene.watch.news)
    area = area.grown(round(letter), round(letter)).intersection(scene.region) if area is not None else None
    if area is None:
        return None
    alone = all(is_name(row.text) for row in scene.follow.rows)
    for dots in dots_by_themselves(now.luma, area, letter, LIKE_TEXT * contrast, sorted(place.light)):
        if any(dots.box.intersection(row) for row in taken):
            continue
        cells = scene.watch.cells(dots.box)
        if not scene.watch.moved_since(scene.cleared_at)[cells].any():
            continue
        if scene.watch.is_moving and scene.watch.moved_since(now.time - LOOK.rest)[cells].any():
            # Lit windows pass by.
            continue
        if alone or place.may_hold(dots.box) or is_in_own_box(now.luma, dots.box, letter):
            return dots
    return None


def _holds_more(row: Box, dots: Box) -> bool:
    """Whether what was found reaches past dots within it: they are part of letters, or stand before them."""
    past = max(dots.left - row.left, row.right - dots.right, dots.top - row.top) > dots.height
    return past and row.intersection(dots) is not None


def goes_on_behind(row: Box, end: Box) -> bool:
    """Whether something stands right behind a row, and is read with it."""
    height = max(row.height, end.height)
    return on_one_level(row, end) and -OVER * height <= end.left - row.right < NEAR * height


def make_surer_of_marks(  # noqa: PLR0913, PLR0917 - what was read, and all that says what dots are
    texts: Texts, dots: Dots | None, luma: GreyImage, letter: float, place: TextPlace, standing: Sequence[Row]
) -> None:
    """Raise the confidence of marks that the picture shows: the recogniser is never sure of them, and miscounts dots.

    `letter` is the height of a row's box in pixels, 0 while it isn't known: then that of what else was read. Dots
    elsewhere than in the `place` of text are the sign that the game waits, or part of the picture, if text is
    `standing`, or came with them.
    """
    surely_read = [(row, text) for row, (text, _) in texts.items() if text.confidence >= FOLLOW.sure]
    others = [*(row.text for row in standing), *(text.text for _, text in surely_read if not says_marks_only(text))]
    alone = all(is_name(other) for other in others)
    letter = letter or max((row.height for row, _ in surely_read), default=0)
    for row, (text, left) in texts.items():
        sure = max(text.confidence, FOLLOW.sure_of_marks)
        says_dots = set(letters(text.text)) <= _DOTS
        count = 0
        if dots is not None and row == dots.box:
            # Where nothing is read, something in the picture only looks like dots.
            read = text.text.strip()
            words = any(character.isalnum() for character in read)
            count = dots.number if dots.alone or (read and not words) else 0
            sure = min(sure, SEEN_ONCE) if dots.passing else sure
        elif text.confidence < FOLLOW.words or says_dots or (row.height <= LOW * letter and says_marks_only(text)):
            said = (says_dots and alone) or place.may_hold(row) or is_in_own_box(luma, row, letter)
            count = counted_dots(luma, row, letter) if said else 0
            if says_dots and not said:
                texts[row] = RowText(text.text, min(text.confidence, NO_DOTS)), left
        if says_unknown(text.text) and text.confidence >= LOOK.least_of_marks:
            # Wide or narrow, three or four, with a colon or without: looks never read it alike.
            texts[row] = RowText(UNKNOWN[0], sure), left
        elif count:
            quotes = _QUOTES.match(text.text) if dots is not None and dots.quoted and row == dots.box else None
            marks = f"{quotes[1]}{'.' * count}{quotes[2]}" if quotes else "." * count
            texts[row] = RowText(text.text if letters(text.text) == letters(marks) else marks, sure), left


def says_marks_only(text: RowText) -> bool:
    """Whether nothing but dots and marks was read: the detector overlooks only those."""
    words = tidy(text.text)
    return is_readable(words) and not any(character.isalnum() for character in words)
