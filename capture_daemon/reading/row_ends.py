"""Row ends: rows read further than the detector's boxes reach, which lack the row's last word or its first dash."""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import replace

from capture_daemon.frames import Box
from capture_daemon.ocr.engine import RowText
from capture_daemon.reading.ellipsis import FEWEST, counted_dots
from capture_daemon.reading.events import Answer, ReadRows, Request
from capture_daemon.reading.layout import on_one_level
from capture_daemon.reading.letter_size import Texts
from capture_daemon.reading.moment import Moment
from capture_daemon.reading.parameters import FOLLOW
from capture_daemon.reading.row_picture import around_row, row_picture
from capture_daemon.reading.speaker_dashes import begins_with_dash, is_but_for_dash
from capture_daemon.reading.text import Ending, ending, is_east_asian
from capture_daemon.reading.wording import goes_on_but_for_last, letters

END_NEAR = 0.3
"""How near a row's end lies of which the detector saw nothing, in heights of the row, over it or apart; 0.2 to 0.5."""

DASH_NEAR, DOTS_NEAR = 1.2, 2.0
"""How far before a row its dash begins at most, in heights of the row, 1 to 1.5, and its dots; 1.5 to 2.5."""
GAP = 0.15
"""Heights of a row between its box and the dots before it, at least; 0.1 to 0.2."""
AFTER_NAME = 0.05
"""Heights of a row between the box of a name and the dots behind it, at least; 0 to 0.15."""
BEHIND = 0.55
"""Where a character ends behind its middle, in characters' pitches; 0.5 to 0.6."""
TWO_ELLIPSES = 5
"""Dots from which they are two ellipses, of three each, though one may not be seen."""
_OPENING, _CLOSING = frozenset("「『"), frozenset("」』")
"""Brackets in which Chinese and Japanese games put what is said; detectors leave out the last."""
_MAY_HAVE_DOTS = re.compile(r"\w[…⋯]?$")
_NAME_ALONE = re.compile(r"[^\W\d_][^:：>]*[:：>]|<[^<>]+>|【[^【】]+】|\[[^\[\]]+\]")
_DOTS_FIRST = re.compile(r"\s*(?:\.{3,}|[…‥⋯]+)\s*")


def with_end(rows: list[Box], texts: Texts, end: Box, now: Moment) -> Generator[Request, Answer, dict[Box, Box]]:
    """The row of which `end` is the end that the detector overlooked, with the box of all of it, which is read anew.

    `texts` gets what is read there. Empty where it is no row's end.
    """
    for row in rows:
        if row not in texts or row == end or not _may_be_end(texts[row][0], row, texts[end][0], end):
            continue
        whole = row.union(end)
        read = yield from _read_again([whole], now)
        texts.update(read)
        return {row: whole} if read else {}
    return {}


def with_cut_ends(rows: list[Box], texts: Texts, now: Moment) -> Generator[Request, Answer, dict[Box, Box]]:
    """The rows whose last letter was read past their end, and of which there is more, with the boxes of all of them.

    In `texts` what is read there takes the place of what was read before.
    """
    edge = now.luma.shape[1]
    cut = [row for row in rows if row in texts and row.right < edge and _ends_past(row, *texts[row])]
    if not cut:
        return {}
    further = [Box(row.left, row.top, min(row.width + row.height, edge - row.left), row.height) for row in cut]
    read = yield from _read_again(further, now)
    wholes: dict[Box, Box] = {}
    for row, reached in zip(cut, further, strict=True):
        if reached not in read:
            continue
        before, (text, left) = texts[row][0], read[reached]
        if text.confidence < FOLLOW.sure or not text.characters:
            continue
        if not goes_on_but_for_last(before.text, text.text):
            continue
        end = min(reached.right, round(text.characters[-1].place + left + END_NEAR * row.height))
        wholes[row] = whole = Box(row.left, row.top, max(row.right, end) - row.left, row.height)
        del texts[row]
        texts[whole] = text, left
    return wholes


def with_lost_dashes(rows: list[Box], texts: Texts, now: Moment) -> Generator[Request, Answer, dict[Box, Box]]:
    """The rows whose dash the detector left out, beside one that begins with a dash, with the boxes of all of them.

    In `texts` what is read there takes the place of what was read before.
    """
    read = [row for row in rows if row in texts]
    if not any(begins_with_dash(texts[row][0].text) for row in read):
        return {}
    bare = [row for row in read if texts[row][0].text and not begins_with_dash(texts[row][0].text)]
    further = {
        row: Box(left, row.top, row.right - left, row.height) for row in bare if (left := _before(row)) < row.left
    }
    again = yield from _read_again(list(further.values()), now)
    wholes: dict[Box, Box] = {}
    for row, whole in further.items():
        if whole in again and is_but_for_dash(again[whole][0].text, texts[row][0].text):
            wholes[row] = whole
            del texts[row]
            texts[whole] = again[whole]
    return wholes


def with_lost_brackets(rows: list[Box], texts: Texts, now: Moment) -> Generator[Request, Answer, dict[Box, Box]]:
    """The rows whose first or last bracket the detector left out, where its counterpart was read, with all their box.

    In `texts` what is read there takes the place of what was read before.
    """
    edge = now.luma.shape[1]
    unopened, unclosed = _unmatched([row for row in rows if row in texts], texts)
    further = {
        row: Box(_before(row), row.top, row.right - _before(row), row.height) for row in unopened if row.left > 0
    }
    further |= {
        row: Box(row.left, row.top, min(row.width + row.height, edge - row.left), row.height)
        for row in unclosed
        if row.right < edge
    }
    again = yield from _read_again(list(further.values()), now)
    wholes: dict[Box, Box] = {}
    for row, reached in further.items():
        if reached not in again:
            continue
        (text, left), before = again[reached], texts[row][0].text
        if row in unclosed and text.text[:-1].rstrip() == before and text.text[-1:] in _CLOSING:
            end = round(text.characters[-1].place + left + END_NEAR * row.height) if text.characters else reached.right
            whole = Box(row.left, row.top, min(max(row.right, end), reached.right) - row.left, row.height)
        elif row in unopened and text.text[1:].lstrip() == before and text.text[:1] in _OPENING:
            whole = reached
        else:
            continue
        wholes[row] = whole
        del texts[row]
        texts[whole] = text, left
    return wholes


def _unmatched(rows: list[Box], texts: Texts) -> tuple[list[Box], list[Box]]:
    """The rows that may begin with a bracket, as one is closed that wasn't opened, and those that may end with one.

    The latter end a sentence within brackets; the former are closed, or stand right above that.
    """
    unopened: list[Box] = []
    unclosed: list[Box] = []
    depth = 0
    ordered = sorted(rows, key=lambda row: (row.top, row.left))
    for place, row in enumerate(ordered):
        text = texts[row][0].text
        for one in text:
            depth += (one in _OPENING) - (one in _CLOSING)
            if depth < 0:
                depth = 0
                unopened += ordered[max(0, place - 1) : place + 1]
        if depth and ending(text) is Ending.FINAL:
            unclosed.append(row)
    return unopened, unclosed


def with_lost_dots(rows: list[Box], texts: Texts, now: Moment) -> Generator[Request, Answer, dict[Box, Box]]:
    """The rows before which the picture shows dots that the detector left out, or behind a name, with their boxes.

    In `texts` what is read there takes the place of what was read before.
    """
    _count_dots_behind(rows, texts, now)
    wholes = _with_dots_behind_names(rows, texts, now)
    bare = [row for row in rows if row in texts and _without_dots(texts[row][0].text)[:1].isalnum()]
    further = {row: whole for row in bare if (whole := _with_dots_before(row, now)) is not None}
    again = yield from _read_again(list(further.values()), now)
    for row, whole in further.items():
        dots = _DOTS_FIRST.match(again[whole][0].text) if whole in again else None
        said = letters(_without_dots(texts[row][0].text))
        if dots is not None and letters(again[whole][0].text[dots.end() :]) == said:
            wholes[row] = whole
            del texts[row]
            texts[whole] = again[whole]
    return wholes


def _without_dots(text: str) -> str:
    """A text without the dots before it, of which the detector may have seen some."""
    return _DOTS_FIRST.sub("", text, count=1) if _DOTS_FIRST.match(text) else text.lstrip(".")


def _count_dots_behind(rows: list[Box], texts: Texts, now: Moment) -> None:
    """Put …… in `texts` behind rows where … or nothing was read and the picture shows as many dots.

    Recognisers merge two, and detectors leave out those that stand in the middle of the row's height.
    """
    for row in rows:
        if row not in texts or _MAY_HAVE_DOTS.search(texts[row][0].text) is None:
            continue
        text, left = texts[row]
        written = [one.place for one in text.characters if one.text.isalnum()]
        if len(written) < 2 or not is_east_asian(text.text.rstrip("…⋯")[-1]):
            continue
        pitch = written[-1] - written[-2]
        start = round(left + written[-1] + BEHIND * pitch)
        end = min(round(max(row.right + pitch, start + DOTS_NEAR * row.height)), now.luma.shape[1])
        place = Box(start, row.top, end - start, row.height)
        if place.width > 0 and counted_dots(now.luma, place, row.height, alone=False) >= TWO_ELLIPSES:
            texts[row] = replace(text, text=text.text.rstrip("…⋯") + "……"), left


def _with_dots_behind_names(rows: list[Box], texts: Texts, now: Moment) -> dict[Box, Box]:
    """The rows that are a name and its mark, behind which there is nothing but dots, with the boxes of both."""
    wholes: dict[Box, Box] = {}
    for row in rows:
        if row not in texts or _NAME_ALONE.fullmatch(texts[row][0].text.strip()) is None:
            continue
        left = row.right + round(AFTER_NAME * row.height)
        place = Box(left, row.top, round(DOTS_NEAR * row.height), row.height)
        if (count := counted_dots(now.luma, place, row.height)) >= FEWEST:
            right = min(place.right, now.luma.shape[1])
            wholes[row] = whole = Box(row.left, row.top, right - row.left, row.height)
            text, column = texts.pop(row)
            texts[whole] = RowText(f"{text.text.strip()} {'.' * count}", text.confidence), column
    return wholes


def _with_dots_before(row: Box, now: Moment) -> Box | None:
    """A row with the dots right before it; None if there are none, or anything else."""
    left = max(0, row.left - round(DOTS_NEAR * row.height))
    # What is counted in is a little wider than its place.
    right = row.left - round(GAP * row.height)
    place = Box(left, row.top + row.height // 4, right - left, row.height - row.height // 4)
    if place.width <= 0 or counted_dots(now.luma, place, row.height) < FEWEST:
        return None
    return Box(left, row.top, row.right - left, row.height)


def _before(row: Box) -> int:
    """The column from which on a dash before a row would be seen."""
    return max(0, row.left - round(DASH_NEAR * row.height))


def _read_again(boxes: list[Box], now: Moment) -> Generator[Request, Answer, Texts]:
    """What is read in boxes; nothing of those that can't be read."""
    if not boxes:
        return {}
    answers = yield ReadRows(tuple(row_picture(now.colour, box) for box in boxes))
    return {
        box: (text, float(around_row(now.colour, box).left))
        for box, text in zip(boxes, answers or (), strict=False)
        if isinstance(text, RowText)
    }


def _may_be_end(text: RowText, row: Box, more: RowText, end: Box) -> bool:
    """Whether something overlooked right behind a row is the end of it: words surely read, or the mark it lacks."""
    gap = (end.left - row.right) / row.height
    if not on_one_level(row, end) or not -END_NEAR < gap < END_NEAR:
        return False
    if ending(text.text) not in (Ending.OPEN, Ending.PAUSE):
        return False
    words = sum(character.isalnum() for character in more.text) > 1 and more.confidence >= FOLLOW.sure
    return words or (more.text.strip() in (".", "!", "?") and any(one.isalnum() for one in text.text))


def _ends_past(row: Box, text: RowText, left: float) -> bool:
    """Whether the last of a row's characters, surely read, stands past its box, in a picture that begins at `left`."""
    if text.confidence < FOLLOW.sure or not text.characters:
        return False
    return text.characters[-1].place + left > row.right
