"""Choices: a region of menus: which options stood there, and which of them was highlighted when they went."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capture_daemon.frames import Box, Frame, RegionBoxes, Regions, Size
from capture_daemon.ocr.engine import FoundBox, RowText
from capture_daemon.reading.events import Answer, Chosen, Event, FindText, ReadRows, Request, Steps
from capture_daemon.reading.fitness import Fitness
from capture_daemon.reading.highlight import NOT_KNOWN, Idle, is_known
from capture_daemon.reading.layout import rows_of
from capture_daemon.reading.letter_size import LetterSize
from capture_daemon.reading.menu import FEWEST, Option, Options, options_of
from capture_daemon.reading.moment import CLOSEST_FRAMES, Moment
from capture_daemon.reading.parameters import FOLLOW, LOOK, WATCH
from capture_daemon.reading.row_picture import row_picture
from capture_daemon.reading.settings import ReadingSettings
from capture_daemon.reading.standing_menu import StandingMenu
from capture_daemon.reading.text import tidy
from capture_daemon.reading.watch import Watch

REST = 0.1
"""Seconds of calm after which a change is looked at; 0.06 to 0.2."""
LONGEST = 0.6
"""Seconds after which a change is looked at although the picture moves; at most 1, for menus stand for a second."""
AGAIN = 0.3
"""Seconds after which a menu that was read once is read again; 0.2 to 0.6."""
TRIES = 3
"""Looks at rows that make no menu as they are read; 2 to 4: a row may be misread, or something beside them read."""
NEW = 0.3
"""Share of a row's cells that must have changed since the menu came for the row to be of it; 0.2 to 0.5."""
PARTLY = 0.15
"""Seconds for which a part of a menu must be missing to be looked at; 0.1 to 0.3."""
SHORTEST = 0.15
"""Seconds for which a menu must have been seen; 0.1 to 0.4: nobody chooses faster, but frames may be missing."""
HOLD = 0.6
"""Seconds after which a menu of a recording is reported: the line before it, which goes with it, comes first."""
RETURNS = 60.0
"""Seconds within which a menu comes back that was covered, by the game's settings perhaps; 20 to 120."""


@dataclass(frozen=True, slots=True)
class _Reported:
    """A menu that was reported: its number, its options, where they stood, and when they went, in seconds."""

    number: int
    options: Options
    box: Box
    ended: float


class ChoiceReader:
    """Reads the menus in one region; used as `Reader` is."""

    def __init__(self, regions: Regions, settings: ReadingSettings | None = None) -> None:
        """The menus stand in the dialogue region of `regions`."""
        self.wants_partials = False
        self.changes = 0
        """In how many frames the region looked different from the one before."""
        self.events: list[Event] = []
        """What has been chosen, the caller's to empty."""
        self.fitness: tuple[Fitness, ...] = ()
        """Menus come seldom: whether the region can work isn't known."""
        self._regions = regions
        self._settings = settings or ReadingSettings()
        self._seen = -1.0
        self._size: Size | None = None
        self._letters = LetterSize()
        self._menu: StandingMenu | None = None
        self._idle: Idle = NOT_KNOWN
        self._numbers = 0
        self._held: list[Chosen] = []
        self._last: _Reported | None = None

    @property
    def unsaid(self) -> list[float]:
        """When each menu came that stands, or that has gone and isn't reported yet, in seconds."""
        standing = [] if self._menu is None else [self._menu.came]
        return [*(chosen.started for chosen in self._held), *standing]

    def note_line(self) -> None:
        """Record that a line was said in another region: a menu that comes now is another one."""
        self._last = None

    def see(self, frame: Frame) -> Steps:
        """Take in the next frame."""
        if 0 <= frame.time - self._seen < CLOSEST_FRAMES:
            return
        self._seen = frame.time
        if frame.size != self._size:
            self._begin(frame.size)
        now = Moment(frame, self._boxes.around, self._boxes.ignore)
        self._watch.see(now.luma, now.time)
        self.changes += bool(self._watch.moved.any())
        menu = self._menu
        if menu is not None:
            changed = bool(self._watch.moved[self._watch.cells(menu.options.box)].any())
            if not menu.see(now, changed=changed) or self._is_partly_gone(menu, now.time):
                yield from self._look(now)
        if self._is_due(now.time):
            yield from self._look(now)
        self._release(now.time)

    def end(self) -> Steps:
        """No more frames come. A menu that still stands isn't reported: nobody saw what was chosen."""
        self._menu = None
        self._release(float("inf"))
        yield from ()

    def _begin(self, size: Size) -> None:
        """The first frame, or one of another size: nothing that stood before can be compared with it."""
        self._menu, self._size = None, size
        self._boxes: RegionBoxes = self._regions.resolve(size)
        around = self._boxes.around
        self._region = self._boxes.dialogue.shifted(-around.left, -around.top)
        whole = Box(0, 0, around.width, around.height)
        self._watch = Watch((whole.height, whole.width), whole, WATCH)
        self._looked_at = self._since = -1.0
        self._fresh: NDArray[np.bool_] = self._watch.news.copy()
        self._tries = 0

    def _is_partly_gone(self, menu: StandingMenu, time: float) -> bool:
        since = menu.partly_since
        return since is not None and time - since >= PARTLY and time - menu.read_at >= PARTLY

    def _is_due(self, time: float) -> bool:
        """Whether something new stands in the region that has come to rest, or has not been looked at for long."""
        if self._menu is not None and self._menu.alike == 1 and time - self._menu.read_at >= AGAIN:
            return True
        if self._menu is None and 0 < self._tries < TRIES and time - self._looked_at >= AGAIN:
            return True
        if not self._watch.news.any() or time == self._looked_at:
            return False
        if self._menu is not None:
            # The highlight moves. What comes beside it is looked at now and then.
            return self._watch.quiet >= REST and time - self._looked_at >= LOOK.longest and self._has_news_beside()
        return time - self._looked_at >= LONGEST or (
            self._watch.quiet >= REST and time - self._looked_at >= LOOK.cadence
        )

    def _has_news_beside(self) -> bool:
        assert self._menu is not None
        bounds = self._watch.bounds(self._watch.news)
        return bounds is not None and not self._menu.covers(bounds)

    def _look(self, now: Moment) -> Steps:
        """Look at the region, and take what is read there."""
        self._looked_at = now.time
        if self._watch.news_since is not None or not self._tries:
            self._tries, self._since = 0, self._watch.news_since if self._watch.news_since is not None else now.time
        if self._menu is not None:
            self._fresh = self._fresh | self._watch.news
        elif self._watch.news_since is not None:
            self._fresh = self._watch.news.copy()
        rows = yield from self._rows(now)
        if rows is None:
            return
        self._watch.looked(now.luma, Box(0, 0, now.luma.shape[1], now.luma.shape[0]))
        options = options_of(self._new_of(rows), self._settings.min_confidence)
        read = [Option(box, tidy(text.text), text.confidence) for box, text in rows]
        if self._menu is not None:
            if self._menu.take(options, read, now):
                return
            self._finish(self._menu)
            self._menu = None
        if options is not None:
            self._menu = StandingMenu(options, now, min(self._since, now.time), self._idle)
        texts = sum(bool(one.text) for one in read)
        self._tries = self._tries + 1 if options is None and texts >= FEWEST else 0

    def _rows(self, now: Moment) -> Generator[Request, Answer, list[tuple[Box, RowText]] | None]:
        """The rows of text in the region; None if it can't be looked at."""
        whole = Box(0, 0, now.luma.shape[1], now.luma.shape[0])
        assert self._size is not None
        found = yield FindText(now.colour, self._letters.scale(whole, self._size.height))
        if found is None:
            return None
        boxes = rows_of([one.box for one in found if isinstance(one, FoundBox)], FOLLOW)
        inside = [box for box in boxes if self._is_inside(box)]
        answers = (yield ReadRows(tuple(row_picture(now.colour, box) for box in inside))) if inside else []
        if answers is None:
            return None
        rows = [(box, text) for box, text in zip(inside, answers, strict=True) if isinstance(text, RowText)]
        self._letters.learn({box: (text, 0.0) for box, text in rows}, standing=bool(rows))
        return rows

    def _new_of(self, rows: list[tuple[Box, RowText]]) -> list[tuple[Box, RowText]]:
        """Without what stood there before the menu came: it is part of the picture."""
        new = [row for row in rows if float(self._fresh[self._watch.cells(row[0])].mean()) >= NEW]
        return new if len(new) >= FEWEST else rows

    def _is_inside(self, row: Box) -> bool:
        inside = row.intersection(self._region)
        return inside is not None and inside.width * inside.height > 0.5 * row.width * row.height

    def _finish(self, menu: StandingMenu) -> None:
        """Close a menu that has gone."""
        if menu.was_highlighted and is_known(menu.idle):
            self._idle = menu.idle
        shown = menu.was_highlighted or menu.options.spaced
        if not menu.is_sure or menu.stood - menu.came < SHORTEST or not shown:
            return
        self._numbers += 1
        place = menu.chosen()
        box = menu.options.box.shifted(self._boxes.around.left, self._boxes.around.top)
        before = self._last
        back = before is not None and menu.came - before.ended < RETURNS and before.options.are_those_of(menu.options)
        self._held.append(
            Chosen(
                number=self._numbers,
                replaces=before.number if before is not None and back else None,
                options=tuple(option.text for option in menu.options.items),
                chosen=None if place is None else place + 1,
                confidence=round(menu.options.confidence, 4),
                started=menu.came,
                ended=menu.stood,
                box=box,
            )
        )
        self._last = _Reported(self._numbers, menu.options, box, menu.stood)

    def _release(self, time: float) -> None:
        hold = 0.0 if self._settings.early else HOLD
        while self._held and time - self._held[0].ended >= hold:
            self.events.append(self._held.pop(0))
