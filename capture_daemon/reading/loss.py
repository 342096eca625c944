"""Loss: which of the ink on a page is gone, and what that means."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from capture_daemon.frames import GreyImage
from capture_daemon.reading.ink import SHAKE, Mask
from capture_daemon.reading.marks import cluster
from capture_daemon.reading.page import STROKES, Page, StandingRow, cut
from capture_daemon.reading.rows import Shape

SHAPE_SHARE = 0.5
"""A shape is gone when this share of its ink is."""
ROW_SHARE = 0.25
"""A row is gone, or has changed, when this share of its ink is in shapes that are gone."""
SHAKEN_LETTERS = 3
"""Letters that must stand for text to shake: one or two things that move are snow, or sparks."""
SHAKEN_SHARE = 0.7
"""Share of the ink that must be in shapes which stand whole a few pixels away, where text shakes."""
SHAKEN_FIT = 0.8
"""Share of such a shape's ink that is lit there: of another letter in its place at most half is, wherever it's laid."""
LETTER_SHARE = 0.5
"""Share of the letters' height under which a shape is too small to be known a few pixels away."""
DEEP_SHARE = 0.25
"""Share of what is gone that has lost nearly all its contrast: less where text only fades."""
WHOLE_SHARE = 0.08
"""Share of a row's ink that may be missing while it still stands."""
MOST = 0.5
"""The page was cleared when this share of its ink is gone."""


@dataclass(frozen=True, slots=True, eq=False)
class Loss:
    """What is gone in one frame.

    `any` says whether anything worth noticing is. `most` says that the page was cleared. `rows` are gone or have
    changed, `touched` have lost a few shapes from their middle, `kept` still stand. `trailing` are shapes that went
    from the end of a row that otherwise stands, or from outside all rows, or that were too weak to be its letters.
    """

    any: bool = False
    most: bool = False
    rows: tuple[StandingRow, ...] = ()
    touched: tuple[StandingRow, ...] = ()
    kept: tuple[StandingRow, ...] = ()
    trailing: tuple[Shape, ...] = ()


NOTHING = Loss()


def is_shaken(page: Page, current: GreyImage) -> bool:
    """Whether what is gone from its place in a frame (in which ink is light) has only moved by a few pixels."""
    lost = page.lost(current)
    count = cv2.countNonZero(lost)
    deep = cv2.bitwise_and(
        lost, cv2.compare(current, cv2.subtract(page.level, cv2.add(page.allowance, page.allowance)), cv2.CMP_LT)
    )
    if cv2.countNonZero(deep) < DEEP_SHARE * count:
        return False
    reach = SHAKE + 1
    contrast = cv2.morphologyEx(current, cv2.MORPH_TOPHAT, STROKES)
    lit = (contrast > 0.5 * page.strength).astype(np.float32)
    lit = np.pad(lit, reach)
    letters = found = total = moved = gone = 0
    per_label = _per_label(page, lost)
    for shape in page.shapes:
        box = shape.box
        if not _is_letter(shape, page.letter_height):
            # A dot finds a place in any letter that has come instead.
            continue
        own = (page.shape_mask(shape) > 0).astype(np.float32)
        around = lit[box.top : box.bottom + 2 * reach, box.left : box.right + 2 * reach]
        own_gone = shape.area if per_label[shape.label] > SHAPE_SHARE * shape.area else 0
        letters += 1
        total += shape.area
        gone += own_gone
        if cv2.matchTemplate(around, own, cv2.TM_CCORR).max() >= SHAKEN_FIT * shape.area:
            found += shape.area
            moved += own_gone
    # Where a mark goes, or a line alike comes, most letters stand; but what went is nowhere.
    return letters >= SHAKEN_LETTERS and gone > 0 and found >= SHAKEN_SHARE * total and moved >= SHAKEN_SHARE * gone


def _is_letter(shape: Shape, letter: int) -> bool:
    """Whether a shape is as large as a letter or a good part of one, beside letters so many pixels high."""
    return max(shape.box.width, shape.box.height) >= LETTER_SHARE * letter


def _per_label(page: Page, lost: Mask) -> NDArray[np.int64]:
    """How many pixels of each shape's ink are lost."""
    assert page.labels is not None
    return np.bincount(page.labels[lost > 0], minlength=len(page.shapes) + 1)


def find_loss(page: Page, current: GreyImage, *, outlined: bool = False) -> Loss:
    """Compare the page with a frame (in which ink is light).

    Where letters are `outlined`, weak ink among them is the picture that shows between them: it may go by itself.
    """
    lost = page.lost(current)
    count = cv2.countNonZero(lost)
    total = cv2.countNonZero(page.mask)
    if page.labels is None or count < max(4, 0.01 * total):
        return NOTHING
    per_label = _per_label(page, lost)
    gone = {shape.label: shape for shape in page.shapes if per_label[shape.label] > SHAPE_SHARE * shape.area}
    if not gone:
        return Loss(any=count > 0.1 * total)
    rows: list[StandingRow] = []
    touched: list[StandingRow] = []
    fading: list[StandingRow] = []
    kept: list[StandingRow] = []
    trailing = dict(gone)
    specks = {shape.label for shape in gone.values() if outlined and page.is_weak(shape)}
    for standing in page.rows:
        own = [shape for shape in standing.row.shapes if shape.label in gone and shape.label not in specks]
        if own and _is_mark(own, standing, page):
            kept.append(standing)
            continue
        for shape in own:
            trailing.pop(shape.label, None)
        if sum(shape.area for shape in own) >= ROW_SHARE * max(1, standing.row.area):
            rows.append(standing)
        elif any(_is_letter(shape, page.letter_height) for shape in own):
            touched.append(standing)
        elif own:
            # A speck between the letters, or a piece of one, which a keyframe of the video draws otherwise.
            kept.append(standing)
        else:
            dim = cv2.countNonZero(cut(lost, standing.row.box)) > WHOLE_SHARE * standing.row.area
            (fading if dim else kept).append(standing)
    # Where other rows went, what is only dimmer is on its way too.
    (rows if rows else kept).extend(fading)
    if not rows and not touched and not trailing:
        return Loss(any=count > 0.1 * total)
    return Loss(
        any=True,
        most=bool(rows) and sum(shape.area for shape in gone.values()) >= MOST * total,
        rows=tuple(rows),
        touched=tuple(touched),
        kept=tuple(kept),
        trailing=() if rows or touched else tuple(trailing.values()),
    )


def _is_mark(own: list[Shape], standing: StandingRow, page: Page) -> bool:
    """Whether what went from a row is a mark, in the row or instead of one."""
    letter = page.letter_height
    return _is_tail(own, standing, letter) or _is_lone_mark(standing, page, letter)


def _is_lone_mark(standing: StandingRow, page: Page, letter: int) -> bool:
    """Whether a row is but one small thing under other rows, not where a row of text begins, as a ▼ in a corner is."""
    box = standing.row.box
    if len(page.rows) < 2 or max(box.width, box.height) > 1.7 * max(letter, 6):
        return False
    others = [other.row.box for other in page.rows if other is not standing]
    return box.left > min(other.left for other in others) + 2 * letter and box.top >= max(o.top for o in others)


def _is_tail(own: list[Shape], standing: StandingRow, letter: int) -> bool:
    """Whether what went is one small thing after the rest of its row, as a ▼ is; never the whole row."""
    box = cluster(own)
    labels = {shape.label for shape in own}
    others = [shape for shape in standing.row.shapes if shape.label not in labels]
    if max(box.width, box.height) > 1.7 * max(letter, 6):
        return False
    # After the first of an ellipsis' dots the others are no mark.
    if not any(_is_letter(shape, letter) for shape in others):
        return False
    return all(shape.box.left + shape.box.width / 2 < box.left for shape in others)
