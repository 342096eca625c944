"""The tracker: sees text being revealed, come to rest, and go, and keeps the fillings that this makes up.

Typing only adds ink: what stood before still stands. So ink that is new belongs to the line on screen, and ink that
goes ends it. Nothing here compares texts.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import cv2
import numpy as np

from capture_daemon.frames import Box, GreyImage
from capture_daemon.reading.crop import row_image
from capture_daemon.reading.filling import FilledRow, Filling
from capture_daemon.reading.growth import Growth, Suspicion, sort_growth
from capture_daemon.reading.ink import Ink, InkFinder, Mask, empty_mask, grown
from capture_daemon.reading.loss import Loss, find_loss
from capture_daemon.reading.marks import Marks, cluster
from capture_daemon.reading.page import FADE_SHARE, Page, StandingRow, cut
from capture_daemon.reading.polarity import better_polarity
from capture_daemon.reading.returned import Returned
from capture_daemon.reading.rows import Row, Shape, find_shapes
from capture_daemon.reading.surface import Surface

NEW_PARAGRAPH_SECONDS = 1.0
"""Text on a new row after a rest longer than this is a new line (docs/protocol.md, "A line")."""
AFTERGLOW_SECONDS = 1.2
"""For how long after a line went its fading remains are not taken for new text."""
JOIN_SECONDS = 0.35
"""Rows that stayed when others of their line went belong to the new line if it begins within this time."""
SUSPECT_SECONDS = 1.0
"""A lone shape that appears after a rest, and still stands after this time, was text."""


@dataclass(slots=True, eq=False)
class _Afterglow:
    mask: Mask
    floor: GreyImage
    until: float


@dataclass(slots=True)
class _Pace:
    """How fast text is revealed here: the gaps between the moments at which ink was added, in seconds."""

    gaps: deque[float] = field(default_factory=lambda: deque([0.05], maxlen=16))

    def note(self, gap: float) -> None:
        if 0.005 < gap < 0.6:
            self.gaps.append(gap)

    def usual_gap(self) -> float:
        return float(np.percentile(np.asarray(self.gaps), 80))


class Tracker:
    """Follows the text in one region, frame by frame."""

    def __init__(self) -> None:
        self.finder = InkFinder()
        self.marks = Marks()
        self.fillings: list[Filling] = []
        self.page = Page.blank((1, 1))
        self._ground: Mask = empty_mask((1, 1))
        self._surface = Surface()
        self._returned = Returned()
        self._afterglow: _Afterglow | None = None
        self._suspicion: Suspicion | None = None
        self._kept: list[StandingRow] = []
        self._cleared_at = -1.0
        self._partly_lost = 0
        self._pace = _Pace()
        self._numbers = 0
        self._letter_height = 0
        self._still_empty_since = 0.0

    @property
    def filling(self) -> Filling | None:
        """The line that stands on the page or is being revealed, or None."""
        return self.fillings[-1] if self.fillings and not self.fillings[-1].closed else None

    @property
    def usual_gap(self) -> float:
        """The usual time between two steps of revealing text, in seconds."""
        return self._pace.usual_gap()

    def see(self, picture: GreyImage, time: float) -> None:
        """Take in the region's picture (uint8, luma) at a time in seconds."""
        if self.page.mask.shape != picture.shape:
            self._start_over(picture, time)
        ink = self.finder.add(picture, time)
        current = self.finder.current
        if self.page.is_empty:
            self._returned.watch(current)
        else:
            self._notice_loss(current, time)
        if ink is not None:
            self._notice_growth(ink)

    def end(self) -> None:
        """No more frames come: what stands is all that was said."""
        self._close_filling()

    def take_back(self, filling: Filling) -> bool:
        """Whether the filling is an old line that came back with its box; it then goes on as that."""
        if any(standing.filling is not filling for standing in self.page.rows):
            return False
        old = self._returned.find(self.page)
        if old is None:
            return False
        self.fillings.remove(filling)
        numbers = list(old.rows)
        for standing, number in zip(self.page.rows, numbers, strict=False):
            standing.filling, standing.filled, standing.number = old, old.rows[number], number
        old.closed = False
        self.fillings.append(old)
        return True

    def learn(self, filling: Filling) -> None:
        """The filling was text: look for ink of its strength from now on."""
        page = self.page
        if any(standing.filling is filling for standing in page.rows):
            allowances = page.allowance[page.mask > 0]
            if allowances.size:
                self.finder.learn(float(np.median(allowances)) / FADE_SHARE)

    def put_to_ground(self, filling: Filling) -> None:
        """What stands there turned out not to be text: leave it alone from now on."""
        rows = [standing for standing in self.page.rows if standing.filling is filling]
        shapes = [shape for standing in rows for shape in standing.row.shapes]
        for shape in shapes:
            cut(self._ground, shape.box)[:] |= self.page.shape_mask(shape)
        self.page.rows = [standing for standing in self.page.rows if standing.filling is not filling]
        self.page.remove(shapes)

    def _start_over(self, picture: GreyImage, time: float) -> None:
        self._close_filling()
        shape = (picture.shape[0], picture.shape[1])
        self.page = Page.blank(shape)
        self._ground = empty_mask(shape)
        self._afterglow = None
        self._suspicion = None

    # Ink that goes

    def _notice_loss(self, current: GreyImage, time: float) -> None:
        loss = find_loss(self.page, current)
        if not loss.any:
            self._partly_lost = 0
            return
        if loss.trailing:
            self._drop_marks(list(loss.trailing), time)
            return
        self._partly_lost += 1
        patience = 1 if loss.most else 2 if loss.rows else 4
        if self._partly_lost < patience or not (loss.rows or loss.touched):
            return
        up = self.page.scrolled_by(current)
        if up:
            self.page.shift(up)
            self.finder.restart()
            for standing in self.page.rows:
                standing.filled.box = standing.row.box
            return
        self._clear(loss, time)

    def _drop_marks(self, shapes: list[Shape], time: float) -> None:
        box = cluster(shapes)
        self.marks.remember(cut(self.page.mask, box))
        touched = [
            standing
            for standing in self.page.rows
            if any(shape.label in {own.label for own in standing.row.shapes} for shape in shapes)
        ]
        self.page.remove(shapes)
        for standing in touched:
            if standing.filled.asked:
                standing.filled.version += 1
        self._match_rows(None)

    def _clear(self, loss: Loss, time: float) -> None:
        page = self.page
        self._afterglow = _Afterglow(
            page.mask.copy(), cv2.subtract(page.level, cv2.convertScaleAbs(page.allowance, alpha=0.5)), time + AFTERGLOW_SECONDS
        )
        if self.filling is not None:
            self._returned.remember(page, self.filling, self._surface)
        self._close_filling()
        self._kept = list(loss.kept)
        page.keep(self._kept)
        self._cleared_at = time
        self._partly_lost = 0
        self._suspicion = None
        self.finder.restart()

    def _close_filling(self) -> None:
        for standing in self.page.rows:
            filled = standing.filled
            if not standing.filling.closed and filled.asked != filled.version:
                filled.image = row_image(self.page, standing.row, self.finder.polarity)
        for filling in self.fillings:
            filling.closed = True

    # Ink that comes

    def _notice_growth(self, ink: Ink) -> None:
        page = self.page
        cv2.bitwise_and(self._ground, grown(ink.mask, 2), self._ground)
        blocked = grown(cv2.bitwise_or(page.mask, self._ground), 1)
        fresh = cv2.bitwise_and(ink.mask, cv2.bitwise_not(blocked)).astype(np.uint8, copy=False)
        self._remove_afterglow(fresh, ink)
        if cv2.countNonZero(fresh) < 4:
            self._lift_suspicion()
            self._keep_still(ink)
            return
        if page.is_empty and self._turn_polarity():
            return
        growth = sort_growth(fresh, ink, page, self.marks, self._letter_height)
        self._ground_marks(growth, fresh)
        if not growth.shapes:
            self._lift_suspicion()
            self._keep_still(ink)
            return
        since = ink.since
        if self._is_suspect(growth, ink):
            suspicion = self._suspicion
            assert suspicion is not None
            if ink.time - suspicion.since < SUSPECT_SECONDS:
                self._keep_still(ink)
                return
            since = suspicion.since
        self._suspicion = None
        self._accept(growth, ink, since)

    def _turn_polarity(self) -> bool:
        both = self.finder.both()
        if both is None:
            return False
        polarity = better_polarity(*both, self.finder.polarity, self._ground)
        if polarity is self.finder.polarity:
            return False
        self.finder.use(polarity)
        self._afterglow = None
        self._ground[:] = 0
        return True

    def _remove_afterglow(self, fresh: Mask, ink: Ink) -> None:
        glow = self._afterglow
        if glow is None:
            return
        if ink.time > glow.until:
            self._afterglow = None
            return
        dim = cv2.bitwise_and(cv2.compare(ink.still, glow.floor, cv2.CMP_LT), grown(glow.mask, 1))
        cv2.bitwise_and(fresh, cv2.bitwise_not(dim), fresh)

    def _ground_marks(self, growth: Growth, fresh: Mask) -> None:
        for shape in growth.marks:
            picture = cut(fresh, shape.box)
            self.marks.remember(picture)
            cut(self._ground, shape.box)[:] |= picture

    def _is_suspect(self, growth: Growth, ink: Ink) -> bool:
        """Whether this may be a mark that appears after the line is complete: one small thing, after a rest."""
        filling, letter = self.filling, self.page.letter_height
        if filling is None or not letter:
            return False
        box = cluster(growth.shapes)
        if max(box.width, box.height) > 1.7 * letter:
            return False
        if self._suspicion is not None and self._suspicion.box.intersection(box):
            if not self._suspicion.holds(box):
                return False
            return True
        if ink.since - filling.grown < max(0.25, 3 * self.usual_gap):
            return False
        picture = empty_mask((box.height, box.width))
        for shape in growth.shapes:
            inner = shape.box.shifted(-box.left, -box.top)
            cut(picture, inner)[:] |= growth.shape_mask(shape)
        self._suspicion = Suspicion(box, ink.since, picture)
        return True

    def _lift_suspicion(self) -> None:
        """A lone shape that came after the rest has gone again: it was a mark."""
        if self._suspicion is not None:
            self.marks.remember(self._suspicion.picture)
            self._suspicion = None

    def _accept(self, growth: Growth, ink: Ink, since: float) -> None:
        page, filling = self.page, self.filling
        new = growth.mask()
        page.add(new, ink)
        page.picture = ink.still.copy()
        if filling is not None:
            self._pace.note(since - filling.grown)
        before = {id(standing): standing.row.area for standing in page.rows}
        self._match_rows(since)
        grew = [s for s in page.rows if id(s) not in before or s.row.area > before[id(s)]]
        if grew and self.filling is not None:
            self.filling.grown = max(self.filling.grown, since)
        self._letter_height = page.letter_height or self._letter_height

    def _keep_still(self, ink: Ink) -> None:
        """Nothing new: the picture to be read gets cleaner the longer the text stands."""
        page = self.page
        if page.is_empty:
            return
        page.brighten(ink)
        if self._partly_lost == 0:
            cv2.min(page.picture, ink.still, page.picture)
            self._surface.note(ink.current, page.mask)

    # Rows

    def _match_rows(self, since: float | None) -> None:
        """Bring the standing rows up to date with the page's ink; `since` is when new ink appeared, if any did."""
        page = self.page
        found = page.found_rows(self._letter_height)
        unmatched = list(page.rows)
        matched: list[StandingRow] = []
        for row in found:
            same = [standing for standing in unmatched if _overlap(standing.row, row) > 0.5]
            if same:
                standing = max(same, key=lambda standing: _overlap(standing.row, row))
                unmatched.remove(standing)
                self._update(standing, row, since)
            elif since is None:
                continue
            else:
                standing = self._new_row(row, since)
            matched.append(standing)
        for standing in unmatched:
            standing.filling.rows.pop(standing.number, None)
        page.rows = matched

    def _update(self, standing: StandingRow, row: Row, since: float | None) -> None:
        more = row.area > standing.row.area
        standing.row = row
        filled = standing.filled
        filled.box, filled.letter_height = row.box, row.letter_height
        if since is not None and more and standing not in self._kept:
            filled.changed = since
            filled.version += 1
            standing.filling.closed = False
            standing.filling.grown = max(standing.filling.grown, since)

    def _new_row(self, row: Row, since: float) -> StandingRow:
        filling = self.filling
        if filling is not None and since - filling.grown > NEW_PARAGRAPH_SECONDS:
            self._close_filling()
            filling = None
        if filling is None:
            filling = self._new_filling(since)
        self._numbers += 1
        filled = FilledRow(row.box, came=since, changed=since, letter_height=row.letter_height)
        filling.rows[self._numbers] = filled
        return StandingRow(row, filling, filled, self._numbers)

    def _new_filling(self, since: float) -> Filling:
        self._numbers += 1
        filling = Filling(self._numbers, started=since, grown=since)
        filling.kept = [standing.filled for standing in self._kept]
        self.fillings.append(filling)
        self._surface = Surface()
        return filling


def _overlap(one: Row, other: Row) -> float:
    """Share of the lower of two rows' heights that they have in common."""
    common = min(one.box.bottom, other.box.bottom) - max(one.box.top, other.box.top)
    return common / min(one.box.height, other.box.height)
