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
from capture_daemon.reading.dots import ending_dots
from capture_daemon.reading.filling import FilledRow, Filling
from capture_daemon.reading.growth import Growth, Suspicion, sort_growth
from capture_daemon.reading.ink import SHAKE, WINDOW_SECONDS, Ink, InkFinder, Mask, empty_mask, grown
from capture_daemon.reading.loss import Loss, find_loss, is_shaken
from capture_daemon.reading.marks import Marks, cluster
from capture_daemon.reading.page import Page, StandingRow, cut
from capture_daemon.reading.polarity import better_polarity
from capture_daemon.reading.returned import Returned
from capture_daemon.reading.rows import Row, Shape, could_be_text, find_shapes
from capture_daemon.reading.surface import Surface

NEW_PARAGRAPH_SECONDS = 1.0
"""Text on a new row after a rest longer than this is a new line (docs/protocol.md, "A line")."""
AFTERGLOW_SECONDS = 1.2
"""For how long after a line went its fading remains are not taken for new text."""
JOIN_SECONDS = 0.35
"""Rows that stayed when others of their line went belong to the new line if it begins within this time."""
SUSPECT_SECONDS = 1.0
"""A lone shape that appears after a rest, and still stands after this time, was text."""
WATCH_SECONDS = 1.0
"""For how long after a line went its box is looked for."""
STILL_FRAMES = 10
"""Frames after which text that shook counts as standing still."""
COMING_SECONDS = 0.5
"""For how long what seems to come keeps a text from being at rest: it may be the picture behind that moves."""
SUDDENLY = 4
"""Ink so many times as much as a frame before is another thing: a box has come, or the picture has changed."""
WEAK = 1.8
"""Ink this many times as strong as what stood before is another thing."""


@dataclass(slots=True, eq=False)
class _Afterglow:
    mask: Mask
    floor: GreyImage
    until: float


@dataclass(slots=True)
class _Beginning:
    """Ink on an empty page that is about to be taken for text: when it first and last grew, and its pixels."""

    started: float
    grown: float
    area: int


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
        self._beginning: _Beginning | None = None
        self._partly_lost = 0
        self._still_for = 0
        self._coming = False
        self._watch_until = -1.0
        self._pace = _Pace()
        self._numbers = 0
        self._letter_height = 0

    @property
    def filling(self) -> Filling | None:
        """The line that stands on the page or is being revealed, or None."""
        return self.fillings[-1] if self.fillings and not self.fillings[-1].closed else None

    @property
    def _letter(self) -> int:
        """The height of the letters here in pixels, as read before or as they stand now; 0 where neither is known."""
        return self._letter_height or self.page.letter_height

    @property
    def usual_gap(self) -> float:
        """The usual time between two steps of revealing text, in seconds."""
        return self._pace.usual_gap()

    def rest(self, changed: float, time: float) -> float:
        """For how long, in seconds, what last changed at a time has been at rest now; 0 while more text is coming."""
        since = time - changed
        return 0.0 if (self._coming or self._suspicion is not None) and since < COMING_SECONDS else since

    def see(self, picture: GreyImage, time: float) -> None:
        """Take in the region's picture (uint8, luma) at a time in seconds."""
        if self.page.mask.shape != picture.shape:
            self._start_over(picture, time)
        ink = self.finder.add(picture, time)
        current = self.finder.current
        if time < self._watch_until:
            self._returned.watch(current)
        if not self.page.is_empty and self._notice_loss(current, time):
            return
        if ink is not None:
            self._notice_growth(ink)

    def end(self) -> None:
        """No more frames come: what stands is all that was said."""
        self._close_filling()

    def take_back(self, filling: Filling) -> bool:
        """Whether the filling is an old line that came back with its box; it then goes on as that."""
        old = self._returned.find(self.page)
        if old is None:
            return False
        for standing in self.page.rows:
            same = max(old, key=lambda other: _overlap(other.row, standing.row))
            standing.filling, standing.filled, standing.number = same.filling, same.filled, same.number
        newest = max((standing.filling for standing in old), key=lambda other: other.number)
        self.fillings = [other for other in self.fillings if other.closed and other is not filling]
        newest.closed = False
        self.fillings.append(newest)
        return True

    def learn(self, filling: Filling) -> None:
        """The filling was text: look for ink of its strength from now on."""
        if not filling.closed:
            self._describe_filling(filling)
        if filling.strength:
            self.finder.learn(filling.strength)
            self._letter_height = filling.letter_height

    def put_to_ground(self, filling: Filling) -> None:
        """What stands there turned out not to be text: leave it alone from now on."""
        rows = [standing for standing in self.page.rows if standing.filling is filling]
        shapes = [shape for standing in rows for shape in standing.row.shapes]
        for shape in shapes:
            cut(self._ground, shape.box)[:] |= self.page.shape_mask(shape)
        self.page.rows = [standing for standing in self.page.rows if standing.filling is not filling]
        self.page.remove(shapes)
        self._match_rows(None)

    def _start_over(self, picture: GreyImage, time: float) -> None:
        self._close_filling()
        shape = (picture.shape[0], picture.shape[1])
        self.page = Page.blank(shape)
        self._ground = empty_mask(shape)
        self._afterglow = None
        self._suspicion = None

    # Ink that goes

    def _notice_loss(self, current: GreyImage, time: float) -> bool:
        """Look for ink that has gone; whether the page is another one now, of which this frame's ink says nothing."""
        loss = find_loss(self.page, current)
        if not loss.any:
            self._partly_lost = 0
            return False
        if not self.finder.is_shaking and is_shaken(self.page, current):
            self._follow_shaking(True)
            return True
        if loss.trailing:
            self._drop_marks(list(loss.trailing))
            return False
        self._partly_lost += 1
        patience = 1 if loss.most else 2 if loss.rows else 4
        if self._partly_lost < patience or not (loss.rows or (loss.touched and not self.finder.is_shaking)):
            return False
        up = self.page.scrolled_by(current)
        if up:
            self.page.shift(up)
            self.finder.restart()
            self._match_rows(None)
        else:
            self._clear(loss, time)
        return True

    def _follow_shaking(self, shaking: bool) -> None:
        """From now on look at the text smeared, because it shakes, or as it is, because it stands still again."""
        page, filling = self.page, self.filling
        self.finder.shake(shaking)
        self._still_for = 0
        ink = self.finder.now()
        bands = [standing.row.box for standing in page.rows]
        labels, shapes = find_shapes(ink.mask)
        mask = empty_mask(ink.mask.shape)
        for shape in shapes:
            middle = shape.box.top + shape.box.height / 2
            if could_be_text(shape) and any(band.top - SHAKE <= middle <= band.bottom + SHAKE for band in bands):
                cut(mask, shape.box)[:] |= ((cut(labels, shape.box) == shape.label) * np.uint8(255)).astype(np.uint8)
        if not cv2.countNonZero(mask):
            return
        page.mask[:] = 0
        page.add(mask, ink)
        page.picture = ink.raw
        self._match_rows(filling.grown if filling is not None else None)

    def _watch_shaking(self, ink: Ink) -> None:
        """Text that shook may come to rest."""
        self._still_for = 0 if self.finder.has_moved(self.page.mask) else self._still_for + 1
        if self._still_for > STILL_FRAMES:
            self._follow_shaking(False)

    def _drop_marks(self, shapes: list[Shape]) -> None:
        box = cluster(shapes)
        self.marks.remember(cut(self.page.mask, box), self._letter)
        touched = [
            standing
            for standing in self.page.rows
            if any(shape.label in {own.label for own in standing.row.shapes} for shape in shapes)
        ]
        self.page.remove(shapes)
        for standing in touched:
            if standing.filled.asked and not standing.filling.closed:
                standing.filled.version += 1
        self._match_rows(None)

    def _clear(self, loss: Loss, time: float) -> None:
        page = self.page
        self._afterglow = _Afterglow(
            page.mask.copy(),
            cv2.subtract(page.level, cv2.convertScaleAbs(page.allowance, alpha=0.5)),
            time + AFTERGLOW_SECONDS,
        )
        if self.filling is not None:
            self._returned.remember(page, self._surface)
        self._close_filling()
        self._watch_until = time + WATCH_SECONDS
        self._kept = list(loss.kept)
        page.keep(self._kept)
        self._match_rows(None)
        self._partly_lost = 0
        self._suspicion = None
        self.finder.restart()

    def _close_filling(self) -> None:
        for standing in self.page.rows:
            filled = standing.filled
            if not standing.filling.closed and filled.asked != filled.version:
                filled.image = row_image(self.page, standing.row, self.finder.polarity)
        for filling in self.fillings:
            if not filling.closed:
                self._describe_filling(filling)
                filling.close()

    # Ink that comes

    def _notice_growth(self, ink: Ink) -> None:
        page = self.page
        if not page.is_empty:
            page.brighten(ink)
            self._coming = page.coming(ink)
        cv2.bitwise_and(self._ground, grown(ink.mask, 2), self._ground)
        blocked = grown(cv2.bitwise_or(page.mask, self._ground), 1)
        fresh = cv2.bitwise_and(ink.mask, cv2.bitwise_not(blocked)).astype(np.uint8, copy=False)
        self._remove_afterglow(fresh, ink)
        if cv2.countNonZero(fresh) < 4:
            self._lift_suspicion()
            self._keep_still(ink)
            self._beginning = None
            return
        if page.is_empty and not self._may_begin(ink, cv2.countNonZero(fresh)):
            return
        growth = sort_growth(fresh, ink, page, None if self.finder.is_shaking else self.marks, self._letter_height)
        self._ground_marks(growth.marks, growth)
        self._hold_suspects(growth, ink)
        if not growth.shapes:
            self._keep_still(ink)
            return
        self._leave_weak_ink(growth, ink)
        beginning, self._beginning = self._beginning, None
        started = beginning.started if beginning is not None else growth.since
        growth.since = beginning.grown if beginning is not None else growth.since
        self._accept(growth, ink, started)

    def _hold_suspects(self, growth: Growth, ink: Ink) -> None:
        """Take out of the growth what may be a mark: one small thing where or when no text is typed."""
        suspicion, letter = self._suspicion, self.page.letter_height
        if suspicion is not None:
            inside = [shape for shape in growth.shapes if suspicion.holds(shape.box)]
            outside = [shape for shape in growth.shapes if not suspicion.holds(shape.box)]
            if any(suspicion.is_beside(shape.box) for shape in outside):
                growth.since = min(growth.since, suspicion.since)
                self._suspicion = None
            elif not inside:
                self._lift_suspicion()
            elif ink.time - suspicion.since < SUSPECT_SECONDS:
                growth.shapes = outside
            elif suspicion.is_astray:
                self._ground_marks(inside, growth)
                growth.shapes = outside
                self._suspicion = None
            else:
                growth.since = suspicion.since
                self._suspicion = None
        elif letter and growth.shapes:
            box = cluster(growth.shapes)
            if max(box.width, box.height) > 1.7 * letter:
                return
            astray = self._is_astray(box, letter)
            filling = self.filling
            rested = filling is not None and ink.since - filling.grown >= max(0.25, 3 * self.usual_gap)
            if astray or rested:
                self._suspicion = Suspicion(box, ink.since, growth.picture(box), astray)
                growth.shapes = []

    def _is_astray(self, box: Box, letter: int) -> bool:
        """Whether something stands under or beside the text where no row of it would begin."""
        rows = [standing.row.box for standing in self.page.rows]
        if any(min(row.bottom, box.bottom) - max(row.top, box.top) > 0.3 * box.height for row in rows):
            return False
        return box.left > min(row.left for row in rows) + 2 * letter if rows else False

    def _leave_weak_ink(self, growth: Growth, ink: Ink) -> None:
        """What stood alone until now is far weaker than the text that comes: it was grain, or a picture's details."""
        filling = self.filling
        if filling is None or filling.said is not None or not self.page.rows:
            return
        if growth.strength(ink) > WEAK * self.page.strength:
            for standing in self.page.rows:
                standing.filling.closed = True
                standing.filling.rows.clear()
            for shape in self.page.shapes:
                cut(self._ground, shape.box)[:] |= self.page.shape_mask(shape)
            self.page.keep([])

    def _may_begin(self, ink: Ink, area: int) -> bool:
        """Whether ink on an empty page may be taken for text yet: once it's told whether it is light or dark.

        What is round dark text looks like light ink a window's time before the text itself is known to stand still.
        """
        beginning = self._beginning
        if beginning is None or area > SUDDENLY * beginning.area:
            self._beginning = _Beginning(ink.since, ink.since, area)
            return False
        if area > 1.05 * beginning.area:
            beginning.grown, beginning.area = ink.since, area
        if ink.since - beginning.started < WINDOW_SECONDS - 1e-3:
            return False
        return not self._turn_polarity()

    def _turn_polarity(self) -> bool:
        both = self.finder.both()
        polarity = better_polarity(*both, self.finder.polarity, self._ground) if both is not None else None
        if polarity is None or polarity is self.finder.polarity:
            return polarity is None
        self.finder.use(polarity)
        self._beginning = None
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

    def _ground_marks(self, shapes: list[Shape], growth: Growth) -> None:
        for shape in shapes:
            picture = growth.shape_mask(shape)
            self.marks.remember(picture, self._letter)
            cut(self._ground, shape.box)[:] |= picture

    def _lift_suspicion(self) -> None:
        """A lone shape that came where or when no text is typed has gone again: it was a mark."""
        if self._suspicion is not None:
            self.marks.remember(self._suspicion.picture, self._letter)
            self._suspicion = None

    def _accept(self, growth: Growth, ink: Ink, started: float) -> None:
        page, filling, since = self.page, self.filling, growth.since
        new = growth.mask()
        page.add(new, ink)
        page.picture = ink.raw if self.finder.is_shaking else ink.still.copy()
        if filling is not None:
            self._pace.note(since - filling.grown)
        self._match_rows(since)
        if self.filling is not None and self.filling is not filling:
            self.filling.started = min(started, since)

    def _keep_still(self, ink: Ink) -> None:
        """Nothing new: the picture to be read gets cleaner the longer the text stands."""
        page = self.page
        if page.is_empty:
            return
        if self._partly_lost == 0:
            if self.finder.is_shaking:
                page.picture = ink.raw
                self._watch_shaking(ink)
            else:
                cv2.min(page.picture, ink.still, page.picture)
            self._surface.note(ink.current, page.mask)

    # Rows

    def _match_rows(self, since: float | None) -> None:
        """Bring the standing rows up to date with the page's ink; `since` is when new ink appeared, if any did."""
        page = self.page
        unmatched = list(page.rows)
        matched: list[StandingRow] = []
        new: list[Row] = []
        for row in page.found_rows(self._letter_height):
            same = [standing for standing in unmatched if _overlap(standing.row, row) > 0.5]
            if same:
                standing = max(same, key=lambda standing: _overlap(standing.row, row))
                unmatched.remove(standing)
                self._update(standing, row, since)
                matched.append(standing)
            else:
                new.append(row)
        for standing in unmatched:
            if not standing.filling.closed:
                standing.filling.rows.pop(standing.number, None)
        page.rows = matched
        if since is not None:
            for row in new:
                page.rows.append(self._new_row(row, since))
            page.rows.sort(key=lambda standing: standing.row.box.top)

    def _update(self, standing: StandingRow, row: Row, since: float | None) -> None:
        more = row.area > standing.row.area
        standing.row = row
        filled = standing.filled
        self._describe(filled, row)
        if since is not None and more and not standing.filling.closed:
            filled.changed = since
            filled.version += 1
            standing.filling.grown = max(standing.filling.grown, since)

    def _new_row(self, row: Row, since: float) -> StandingRow:
        filling = self.filling
        if filling is not None and since - filling.grown > NEW_PARAGRAPH_SECONDS:
            self._close_filling()
            filling = None
        if filling is None:
            filling = self._new_filling(since)
        self._numbers += 1
        filled = FilledRow(row.box, came=since, changed=since)
        self._describe(filled, row)
        filling.rows[self._numbers] = filled
        return StandingRow(row, filling, filled, self._numbers)

    def _describe_filling(self, filling: Filling) -> None:
        heights = [standing.row.letter_height for standing in self.page.rows if standing.filling is filling]
        if heights:
            filling.strength, filling.letter_height = self.page.strength, max(heights)

    def _describe(self, filled: FilledRow, row: Row) -> None:
        filled.box, filled.letter_height = row.box, row.letter_height
        filled.dots, filled.dots_alone = (
            (0, False) if self.finder.is_shaking else ending_dots(row, max(row.letter_height, self._letter_height))
        )

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
