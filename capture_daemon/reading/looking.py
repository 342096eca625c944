"""Looking: when the region is looked at, and which part of it."""

from __future__ import annotations

import cv2
import numpy as np

from capture_daemon.frames import Box, ColourImage
from capture_daemon.reading.moment import Moment
from capture_daemon.reading.parameters import FOLLOW, LOOK, WATCH
from capture_daemon.reading.row import Row
from capture_daemon.reading.scene import Scene
from capture_daemon.reading.scrolling import rose
from capture_daemon.reading.standing import has_changed_round

PARTIAL_SECONDS = 0.25
"""Time between two partial texts."""
LEFT = 0.7
"""Seconds for which looks at rows that move, or at other places, may leave what else is new, 0.3 to 0.8: well under the
promised second."""
SECOND_LOOK = 0.6
"""Seconds after its first look within which what may be text has its second, 0.4 to 0.8, whatever is looked at
elsewhere: a mark that blinks puts it off again and again, and short texts stand for little more than a second."""
AGAIN_ANYWAY = 0.15
"""Seconds after which a look that is taken for something else is the second at what may be text, 0.1 to 0.3: short
texts go before there is another."""
ROUND_NEWS, ROUND_MARK = 1.2, 0.4
"""How much is looked at round what is new, in heights of a letter: 1 to 1.5; where a mark is known 0.3 to 0.6."""


class Looking:
    """Decides by what has changed, and by what is in doubt, when it is worth a look."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._coloured_at = -1.0
        self._looked_colour: ColourImage | None = None
        self._second_look_at = -1.0

    def is_due(self, now: Moment) -> bool:
        """Whether the region is looked at in this frame."""
        watch = self._scene.watch
        if self._scene.looked_at < 0:
            return True
        since = now.time - self._scene.looked_at
        losing = self._scene.losing
        if losing is not None and losing[1] - losing[0] >= LEFT and watch.news.any():
            # Looks at a row that moves don't put off a look at what comes under it.
            return True
        if self._is_put_off(now):
            self._second_look_at = now.time
            return True
        if not watch.news.any():
            # Looks that bring nothing new are further and further apart.
            idle = max(1, self._scene.idle_looks)
            return (
                (since >= min(LOOK.longest, LOOK.rest * idle) and self._has_unread(now))
                or self._differs_in_colour(now)
                or (since >= min(LOOK.longest, LOOK.again * idle) and self._has_doubts(now))
                or (since >= LOOK.again and bool(self._scene.unfound.any()))
            )
        interval = self._interval(now)
        # Looks at what goes beside a text, again and again, don't put off the one at the text.
        return since >= interval or watch.left_for(now.time) >= max(LEFT, interval)

    def _interval(self, now: Moment) -> float:
        """Seconds from the last look after which what has changed since is looked at."""
        watch = self._scene.watch
        rest = self._rest()
        if any(line.rest.marked and line.rest.spotted > self._scene.looked_at for line in self._scene.dialogue.open):
            # Its mark has come, so all of the line is there.
            return rest
        if self._has_unread(now):
            # The next row is being typed, mostly.
            return rest
        usual = min(LOOK.longest, self._scene.settings.max_age)
        if self._scene.settings.early and self._scene.pace.rest is not None:
            # Little is left to be read when the last letter comes.
            usual = min(usual, LOOK.typed)
        unhurried = self._is_unhurried(now)
        resting = watch.resting(now.time, rest)
        if not watch.is_moving and resting.any() and (resting & ~watch.being_typed(now.time, rest)).any():
            # Where looks find nothing, a picture that moves now and then need not be looked at each time it stops.
            usual = min(LOOK.longest if unhurried else LOOK.patience, rest * self._scene.idle_looks)
        elif watch.is_moving or (watch.news & watch.busy).any():
            usual = self._cadence(now)
        if self._scene.left_next:
            usual = min(usual, LOOK.again)
        return min(usual, PARTIAL_SECONDS) if self._scene.wants_partials else usual

    def _rest(self) -> float:
        """Seconds of calm after which a change is looked at."""
        if not self._scene.settings.early:
            return LOOK.rest_recorded
        if (rest := self._scene.pace.rest) is not None:
            return rest
        # Where looks have come between two letters, those stand further apart than usual.
        return LOOK.rest_typed if any(row.steps for row in self._scene.follow.rows) else LOOK.rest

    def _is_unhurried(self, now: Moment) -> bool:
        """Whether all text in a recording is beyond doubt: it is looked at when it goes, and nobody waits for more."""
        rows = self._scene.follow.rows
        return (
            not self._scene.settings.early
            and bool(rows)
            and all(
                row.is_text(FOLLOW) and not row.is_doubted and now.time - row.looked_for_at >= LOOK.longest
                for row in rows
            )
        )

    def _has_unread(self, now: Moment) -> bool:
        """Whether more of a row was seen than has been read, and it isn't being typed any more."""
        return any(row.stale and not self.is_typed_on(row, now) for row in self._scene.follow.rows)

    def _has_doubts(self, now: Moment) -> bool:
        """Whether a row, or what may be one, was read only once and not surely: then it is looked at again."""
        if any(row.misses and has_changed_round(row, now.luma, FOLLOW) for row in self._scene.follow.rows):
            # Its box went, and what was behind it may have ink where its letters were.
            return True
        rows = self._scene.follow.rows
        if self._scene.blanks.waiting or any(row.unsettled or rose(row, now.time) for row in rows):
            return True
        return bool(self._scene.follow.left_out) or any(self._is_unsure(row, now) for row in rows)

    def _is_unsure(self, row: Row, now: Moment, again: float = LOOK.again) -> bool:
        """Whether a row may be text, by a look `again` seconds ago or more, and another look may say so."""
        looks = len(row.readings) + row.unread
        return not row.is_text(FOLLOW) and now.time - row.read_at >= again and looks < FOLLOW.looks

    def _is_put_off(self, now: Moment) -> bool:
        """Whether what may be text has waited too long for its second look."""
        return now.time - self._second_look_at >= SECOND_LOOK and any(
            self._is_unsure(row, now) and now.time - row.read_at >= SECOND_LOOK for row in self._scene.follow.rows
        )

    def _cadence(self, now: Moment) -> float:
        """Seconds between two looks while the picture changes: what is large is looked at less often."""
        area = self.area_of_news(now)
        box = area if area is not None else Box(0, 0, 1, 1)
        scale = self._scene.scale(box)
        size = box.width * box.height * scale * scale
        usual = LOOK.cadence * max(1.0, size / 60_000)
        typed = any(row.stale for row in self._scene.follow.rows)
        if self._is_unhurried(now) or not (self._scene.watch.is_moving or typed):
            usual *= 1 + 0.5 * self._scene.idle_looks
        return min(LOOK.longest, usual)

    def _differs_in_colour(self, now: Moment) -> bool:
        """Whether colours changed where luma did not: text may differ from its background in colour alone."""
        if now.time - self._coloured_at < LOOK.colour or self._looked_colour is None:
            return False
        self._coloured_at = now.time
        if self._looked_colour.shape != now.colour.shape:
            return True
        before = np.ascontiguousarray(self._looked_colour[::3, ::3, :3])
        apart = cv2.absdiff(np.ascontiguousarray(now.colour[::3, ::3, :3]), before).max(axis=2)
        return int((apart > 2 * WATCH.change).sum()) > 12

    def note_colour(self, now: Moment, area: Box) -> None:
        """Keep the colours of what was looked at."""
        if area == self._scene.whole or self._looked_colour is None or self._looked_colour.shape != now.colour.shape:
            self._looked_colour = now.colour.copy()
            return
        inside = slice(area.top, area.bottom), slice(area.left, area.right)
        self._looked_colour[inside] = now.colour[inside]

    def area_of_news(self, now: Moment) -> Box | None:
        """The box round what has changed since the last look, with a row's height added; None for the whole region."""
        watch = self._scene.watch
        news = watch.bounds(watch.news)
        tight = watch.tight(now.luma, news) if news is not None else None
        mark = tight is not None and self._scene.blanks.covers(tight)
        if mark:
            news = tight
        if news is None:
            news = watch.bounds(self._scene.unfound)
        unsure = [
            row.seen
            for row in self._scene.follow.rows
            if row.is_unfinished or rose(row, now.time) or self._is_unsure(row, now, AGAIN_ANYWAY)
        ]
        for place in (*unsure, *self._scene.blanks.waiting, *self._scene.follow.left_out):
            news = place if news is None else news.union(place)
        return self.area_round(news, ROUND_MARK if mark else ROUND_NEWS) if news is not None else None

    def area_round(self, news: Box, share: float = ROUND_NEWS) -> Box | None:
        """A place with `share` heights of a letter round it, and all of each row in it; None for the whole region."""
        whole = self._scene.whole
        margin = round(share * self._scene.letters.height) if self._scene.letters.height else whole.height
        area = self._scene.with_whole_rows(news.grown(2 * margin, margin))
        inside = area.intersection(whole)
        if inside is None or inside.width * inside.height > 0.7 * whole.width * whole.height:
            return None
        return inside

    def is_typed(self, row: Box, now: Moment) -> bool:
        """Whether a row is being typed: its end moved just now, and more of it is seen than before."""
        watch = self._scene.watch
        if not watch.is_moving and not watch.stirs(_end_of(row), now.time, LOOK.rest):
            return False
        return self._scene.follow.is_growing(row, now.luma, now.time, FOLLOW.postponed)

    def is_typed_on(self, row: Row, now: Moment, box: Box | None = None) -> bool:
        """Whether a row of which more is there than was read is still being typed: between two letters all is calm.

        `box` is all of it, if the detector hasn't seen that.
        """
        end = _end_of(box or row.seen)
        return now.time - row.read_at < FOLLOW.postponed and self._scene.watch.stirs(end, now.time, self._rest())


def _end_of(row: Box) -> Box:
    """Where the last letters of a row stand, and where the next would."""
    return Box(row.right - 2 * row.height, row.top, 4 * row.height, row.height)
