"""Loss: which of the ink on a page is gone, and what that means."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from capture_daemon.frames import GreyImage
from capture_daemon.reading.ink import smeared
from capture_daemon.reading.marks import cluster
from capture_daemon.reading.page import Page, StandingRow, cut
from capture_daemon.reading.rows import Shape

SHAPE_SHARE = 0.5
"""A shape is gone when this share of its ink is."""
ROW_SHARE = 0.25
"""A row is gone, or has changed, when this share of its ink is in shapes that are gone."""
SHAKEN_SHARE = 0.12
"""Share of what is gone that may be nowhere near, where text shakes; other text in its place leaves far more."""
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
    from the end of a row that otherwise stands, or from outside all rows.
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
        lost, cv2.compare(current, cv2.subtract(page.level, cv2.multiply(page.allowance, 2)), cv2.CMP_LT)
    )
    if cv2.countNonZero(deep) < DEEP_SHARE * count:
        return False
    return cv2.countNonZero(page.lost(smeared(current))) < SHAKEN_SHARE * count


def find_loss(page: Page, current: GreyImage) -> Loss:
    """Compare the page with a frame (in which ink is light)."""
    lost = page.lost(current)
    count = cv2.countNonZero(lost)
    total = cv2.countNonZero(page.mask)
    if page.labels is None or count < max(4, 0.01 * total):
        return NOTHING
    per_label = np.bincount(page.labels[lost > 0], minlength=len(page.shapes) + 1)
    gone = {shape.label: shape for shape in page.shapes if per_label[shape.label] > SHAPE_SHARE * shape.area}
    if not gone:
        return Loss(any=count > 0.1 * total)
    rows, touched, fading, kept = [], [], [], []
    trailing = dict(gone)
    letter = page.letter_height
    for standing in page.rows:
        own = [shape for shape in standing.row.shapes if shape.label in gone]
        share = sum(shape.area for shape in own) / max(1, standing.row.area)
        if own and (_is_tail(own, standing, letter) or _is_lone_mark(standing, page, letter)):
            kept.append(standing)
            continue
        for shape in own:
            trailing.pop(shape.label, None)
        if share >= ROW_SHARE:
            rows.append(standing)
        elif own:
            touched.append(standing)
        elif cv2.countNonZero(cut(lost, standing.row.box)) > WHOLE_SHARE * standing.row.area:
            fading.append(standing)
        else:
            kept.append(standing)
    if rows:
        # Where other rows went, what is only dimmer is on its way too.
        rows += fading
    if rows or touched:
        trailing = {}
    return Loss(
        any=True,
        most=sum(shape.area for shape in gone.values()) >= MOST * total and bool(rows),
        rows=tuple(rows),
        touched=tuple(touched),
        kept=tuple(kept),
        trailing=tuple(trailing.values()),
    )


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
    if not others or max(box.width, box.height) > 1.7 * max(letter, 6):
        return False
    return all(shape.box.left + shape.box.width / 2 < box.left for shape in others)
