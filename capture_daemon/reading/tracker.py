"""The tracker: sees text being revealed, come to rest, and go, and keeps the fillings that this makes up.

Typing only adds ink: what stood before still stands. So ink that is new belongs to the line on screen, and ink that
goes ends it. Nothing here compares texts.
"""

from __future__ import annotations

import cv2
import numpy as np

from capture_daemon.frames import GreyImage
from capture_daemon.reading.afterglow import Afterglow
from capture_daemon.reading.beginning import Beginning, Verdict
from capture_daemon.reading.filling import Filling
from capture_daemon.reading.growth import Growth, sort_growth
from capture_daemon.reading.ink import SHAKE, Ink, InkFinder, Mask, empty_mask, grown
from capture_daemon.reading.last_stop import last_stop
from capture_daemon.reading.loss import Loss, find_loss, is_shaken
from capture_daemon.reading.marks import Marks, cluster
from capture_daemon.reading.pace import Pace
from capture_daemon.reading.page import Page, cut
from capture_daemon.reading.returned import Returned
from capture_daemon.reading.rows import Shape, overlap
from capture_daemon.reading.standing import Standing
from capture_daemon.reading.surface import Surface
from capture_daemon.reading.suspects import Suspects

NEW_PARAGRAPH_SECONDS = 1.0
"""Text on a new row after a rest longer than this is a new line (docs/protocol.md, "A line")."""
STILL_FRAMES = 10
"""Frames after which text that shook counts as standing still."""
COMING_SECONDS = 0.5
"""For how long what seems to come keeps a text from being at rest: it may be the picture behind that moves."""
SHORTEST_LINE = 0.35
"""What stood for a shorter time than this, in seconds, was no line that could come back."""
MANY_LETTERS, TEXT_SECONDS = 10, 0.6
"""So many shapes, in rows, that stood for so long until they went are text, and no details of a picture."""
LEAST_INK = 4
"""Pixels of new ink under which there is nothing new."""
WEAK = 1.8
"""Ink this many times as strong as what stood before is another thing."""


class Tracker:
    """Follows the text in one region, frame by frame."""

    def __init__(self) -> None:
        self.finder = InkFinder()
        self.marks = Marks()
        self._standing = Standing(self.finder)
        self._ground: Mask = empty_mask((1, 1))
        self._surface = Surface()
        self._returned = Returned()
        self._afterglow: Afterglow | None = None
        self._suspects = Suspects(self.marks)
        self._beginning = Beginning()
        self._partly_lost = 0
        self._still_for = 0
        self._coming = False
        self._seen: Ink | None = None
        self._pace = Pace()

    @property
    def page(self) -> Page:
        """What stands in the region."""
        return self._standing.page

    @property
    def fillings(self) -> list[Filling]:
        """The lines in the making, oldest first; the caller's to empty."""
        return self._standing.fillings

    @property
    def filling(self) -> Filling | None:
        """The line that stands on the page or is being revealed, or None."""
        return self._standing.filling

    @property
    def usual_gap(self) -> float:
        """The usual time between two steps of revealing text, in seconds."""
        return self._pace.usual_gap()

    def rest(self, changed: float, time: float) -> float:
        """For how long, in seconds, what last changed at a time has been at rest now; 0 while more text is coming."""
        since = time - changed
        return 0.0 if (self._coming or self._suspects.any) and since < COMING_SECONDS else since

    def see(self, picture: GreyImage, time: float) -> None:
        """Take in the region's picture (uint8, luma) at a time in seconds."""
        if self.page.mask.shape != picture.shape:
            self._start_over(picture, time)
        ink = self.finder.add(picture, time)
        current = self.finder.current
        self._returned.watch(current, time)
        if not self.page.is_empty and self._notice_loss(current, time):
            return
        self._seen = ink
        if ink is not None:
            self._notice_growth(ink)

    def end(self) -> None:
        """No more frames come: what stands is all that was said."""
        self._take_back_unsaid()
        self._close_filling()

    def take_back(self, filling: Filling) -> bool:
        """Whether the filling is an old line that came back with its box; it then goes on as that."""
        if self._seen is None:
            return False
        old = self._returned.find(self.page, self._seen.still, shaking=self.finder.is_shaking)
        if old is None:
            return False
        for standing in self.page.rows:
            same = max(old, key=lambda other: overlap(other.row, standing.row))
            standing.filling, standing.filled, standing.number = same.filling, same.filled, same.number
        newest = max((standing.filling for standing in old), key=lambda other: other.number)
        self.fillings[:] = [other for other in self.fillings if other.closed and other is not filling]
        newest.closed, newest.went = False, 0.0
        self.fillings.append(newest)
        return True

    def _take_back_unsaid(self) -> None:
        """A line that goes before it was said may be an old one that was back for a moment."""
        filling = self.filling
        if filling is not None and filling.said is None:
            self.take_back(filling)

    def learn(self, filling: Filling) -> None:
        """The filling was text: look for ink of its strength from now on."""
        if filling.learnt:
            return
        filling.learnt = filling.closed
        if not filling.closed:
            self._standing.describe(filling)
        if filling.strength:
            self.finder.learn(filling.strength)
            self._standing.letter_height = filling.letter_height

    def put_to_ground(self, filling: Filling) -> None:
        """What stands there turned out not to be text: leave it alone from now on."""
        rows = [standing for standing in self.page.rows if standing.filling is filling]
        shapes = [shape for standing in rows for shape in standing.row.shapes]
        filling.rows.clear()
        for shape in shapes:
            cut(self._ground, shape.box)[:] |= self.page.shape_mask(shape)
        self.page.rows = [standing for standing in self.page.rows if standing.filling is not filling]
        self.page.remove(shapes)
        self._match_rows(None)

    def _start_over(self, picture: GreyImage, time: float) -> None:
        self._close_filling()
        shape = (picture.shape[0], picture.shape[1])
        self._standing.page = Page.blank(shape)
        self._ground = empty_mask(shape)
        self._afterglow = None
        self._suspects.forget()

    # Ink that goes

    def _notice_loss(self, current: GreyImage, time: float) -> bool:
        """Look for ink that has gone; whether the page is another one now, of which this frame's ink says nothing."""
        loss = find_loss(self.page, current, outlined=self.finder.is_outlined)
        if not loss.any:
            self._partly_lost = 0
            return False
        if loss.rows and not self.finder.is_shaking and (up := self.page.scrolled_by(current)):
            self._scroll(up)
            return True
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
            self._scroll(up)
        else:
            self._clear(loss, time)
        return True

    def _scroll(self, up: int) -> None:
        """The page's text has moved up by so many pixels; rows that leave it are still to be read."""
        page = self.page
        for standing in page.rows:
            if standing.row.box.top < up:
                self._standing.keep_picture(standing)
        for filling in {standing.filling.number: standing.filling for standing in page.rows}.values():
            for filled in filling.rows.values():
                filled.box = filled.box.shifted(0, -up)
        page.shift(up)
        self._partly_lost = 0
        self.finder.restart()
        self._match_rows(None)

    def _follow_shaking(self, shaking: bool) -> None:
        """From now on look at the text smeared, because it shakes, or as it is, because it stands still again."""
        page, filling = self.page, self.filling
        self.finder.shake(shaking)
        self._still_for = 0
        if not page.stand_anew(self.finder.now(), SHAKE):
            return
        self._match_rows(filling.grown if filling is not None else None)

    def _watch_shaking(self, ink: Ink) -> None:
        """Text that shook may come to rest."""
        self._still_for = 0 if self.finder.has_moved(self.page.mask) else self._still_for + 1
        if self._still_for > STILL_FRAMES:
            self._follow_shaking(False)

    def _drop_marks(self, shapes: list[Shape]) -> None:
        box = cluster(shapes)
        self.marks.remember(cut(self.page.mask, box), self._standing.letter)
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
        self._take_last_letter()
        self._afterglow = Afterglow(page, time)
        self._take_back_unsaid()
        if self.filling is not None and time - self.filling.started > SHORTEST_LINE:
            self._returned.remember(page, self._surface, time)
        self._close_filling()
        page.keep(list(loss.kept))
        self._standing.kept = list(loss.kept)
        self._match_rows(None)
        self._partly_lost = 0
        self._suspects.forget()
        self.finder.restart()

    def _take_last_letter(self) -> None:
        """A letter that was held back when the page went belongs to it after all."""
        letter = self._suspects.letter
        if letter is None or self._seen is None:
            return
        new = empty_mask(self.page.mask.shape)
        cut(new, letter.box)[:] = letter.picture
        self.page.add(new, self._seen)
        self._match_rows(letter.since)

    def _close_filling(self) -> None:
        for filling in self._standing.close(self._seen.time if self._seen is not None else None):
            if self._is_text(filling):
                # From a recording the answers come late.
                self.learn(filling)

    def _is_text(self, filling: Filling) -> bool:
        """Whether the filling is text in any case, whatever will be read in it."""
        letters = sum(len(standing.row.shapes) for standing in self.page.rows if standing.filling is filling)
        stood = self._seen.time - filling.started if self._seen is not None else 0.0
        return letters >= MANY_LETTERS and stood > TEXT_SECONDS

    # Ink that comes

    def _notice_growth(self, ink: Ink) -> None:
        page = self.page
        if not page.is_empty:
            page.brighten(ink)
            self._coming = page.coming(ink)
        cv2.bitwise_and(self._ground, grown(ink.mask, 2), self._ground)
        blocked = grown(page.mask | self._ground, 1)
        fresh = self._fresh(ink, blocked)
        stop = None if self.finder.is_shaking else last_stop(ink, page, self._ground, self._afterglow)
        if stop is not None:
            cut(fresh, stop.box)[:] |= stop.mask
        area = cv2.countNonZero(fresh)
        if area < LEAST_INK and stop is None:
            self._suspects.lift(self._standing.letter)
            self._keep_still(ink)
            self._beginning.forget()
            return
        if page.is_empty:
            if not self._begins(ink, area):
                return
            # It's known now what the text looks like.
            ink = self.finder.now()
            fresh = self._fresh(ink, blocked)
        marks = None if self.finder.is_shaking else self.marks
        hint = self._standing.letter_height
        growth = sort_growth(fresh, ink, page, marks, hint, stop=None if stop is None else stop.box)
        self._ground_marks(growth.marks, growth)
        for corner in growth.corners:
            cut(self._ground, corner.box)[:] |= growth.shape_mask(corner)
        rested = ink.since - self.filling.grown if self.filling is not None else None
        self._ground_marks(self._suspects.sift(growth, ink, page, rested, self.usual_gap, height_hint=hint), growth)
        if not growth.shapes:
            self._keep_still(ink)
            return
        if self._leaves_weak_ink(growth, ink):
            return
        started = growth.since
        begun = self._beginning.take()
        if begun is not None:
            started, growth.since = begun
        self._accept(growth, ink, started)

    def _fresh(self, ink: Ink, blocked: Mask) -> Mask:
        """The ink that is new, but for the remains of what has just gone."""
        fresh = cv2.bitwise_and(ink.mask, cv2.bitwise_not(blocked)).astype(np.uint8, copy=False)
        if self._afterglow is not None:
            self._afterglow = None if self._afterglow.is_over(ink) else self._afterglow
        if self._afterglow is not None:
            self._afterglow.remove_from(fresh, ink)
        return fresh

    def _begins(self, ink: Ink, area: int) -> bool:
        verdict = self._beginning.judge(ink, area, self.finder, self._ground)
        if verdict is Verdict.TURN:
            self._afterglow = None
            self._ground[:] = 0
        return verdict is Verdict.BEGIN

    def _leaves_weak_ink(self, growth: Growth, ink: Ink) -> bool:
        """What stood alone until now is far weaker than the text that comes: it was grain, or a picture's details.

        Whether it stood outside all rows: then the text only begins, with the next frame.
        """
        filling = self.filling
        if self.page.is_empty or (filling is not None and (filling.said is not None or self._is_text(filling))):
            return False
        if growth.strength(ink) <= WEAK * self.page.strength:
            return False
        in_rows = bool(self.page.rows)
        # What was kept of a line that has gone belongs to that still, which may be waiting to be read.
        for standing in [standing for standing in self.page.rows if not standing.filling.closed]:
            standing.filling.closed = True
            standing.filling.rows.clear()
        for shape in self.page.shapes:
            cut(self._ground, shape.box)[:] |= self.page.shape_mask(shape)
        self.page.keep([])
        return not in_rows

    def _ground_marks(self, shapes: list[Shape], growth: Growth) -> None:
        for shape in shapes:
            picture = growth.shape_mask(shape)
            self.marks.remember(picture, self._standing.letter)
            cut(self._ground, shape.box)[:] |= picture

    def _accept(self, growth: Growth, ink: Ink, started: float) -> None:
        page, filling, since = self.page, self.filling, growth.since
        new = growth.mask()
        page.add(new, ink)
        page.picture = ink.raw if self.finder.is_shaking else ink.still.copy()
        if filling is not None:
            self._pace.note(since - filling.grown)
        else:
            # It was watched for a while before it was taken for text: whether more comes is seen in the next frame.
            self._coming = True
        self._match_rows(since)
        if self.filling is not None and self.filling is not filling:
            self.filling.started = min(started, since)
            self._surface = Surface()

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
                self._trim(ink)
            self._surface.note(ink.current, page.mask, ink.time)

    def _trim(self, ink: Ink) -> None:
        """Let go of what was taken for ink while a box or a picture was still changing behind the text."""
        if self.page.trim(ink):
            self._match_rows(None)
            if self.filling is not None:
                self.filling.rested = False

    # Rows

    def _match_rows(self, since: float | None) -> None:
        """Bring the standing rows up to date with the page's ink; `since` is when new ink appeared, if any did."""
        new = self._standing.match(since)
        if since is None:
            return
        for row in new:
            filling = self.filling
            if filling is not None and since - filling.grown > NEW_PARAGRAPH_SECONDS:
                self._close_filling()
            self._standing.add(row, since)
