"""Menu finder: menus anywhere on the frame, found by themselves, where no region of menus is set.

A false menu is worse than a missed one. So much must hold: several rows of one kind come at once while the dialogue
rests and most of the picture stays; one of them is highlighted before all go; and then the dialogue goes on.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from capture_daemon.frames import Box, Frame, RegionBoxes, Regions, Size
from capture_daemon.ocr.engine import FoundBox, RowText
from capture_daemon.reading.events import Answer, Chosen, FindText, ReadRows, Request, Said, Steps
from capture_daemon.reading.highlight import NOT_KNOWN, Idle, is_known
from capture_daemon.reading.layout import rows_of, same_place
from capture_daemon.reading.menu import options_of
from capture_daemon.reading.moment import Moment
from capture_daemon.reading.parameters import FOLLOW
from capture_daemon.reading.row_picture import row_picture
from capture_daemon.reading.settings import ReadingSettings
from capture_daemon.reading.standing_menu import StandingMenu
from capture_daemon.reading.wording import likeness

COARSE = 8
"""Pixels to a side of the squares whose means are compared; 6 to 12."""
CHANGE = 5
"""Levels by which such a mean has changed; 3 to 10: a letter's stroke changes it by some ten."""
BUSY, BUSY_SECONDS = 0.35, 1.0
"""Share of frames in which a square changes that is part of a moving picture, 0.2 to 0.5; and the seconds over which
that is taken, 0.5 to 2."""
MOST_CHANGED = 0.2
"""Share of the picture round a menu that may change when it comes; 0.1 to 0.3: another scene, or a page of the game's
own, changes more."""
LEAST_STILL = 0.4
"""Share of the picture that must not move all the time; 0.3 to 0.6: else nobody can tell what came."""
NEW = 0.5
"""Share of a row's squares in which something new must be; 0.3 to 0.7: letters are in most of them."""
SHORTEST_WAIT, LONGEST_WAIT = 0.4, 4.0
"""Seconds between two looks, 0.3 to 1; doubled after each that finds no menu, up to 2 to 6."""
MOST_ROWS = 16
"""New rows at most that are read; 12 to 24: more are a page of text."""
LONGEST_SIDE = 960
"""Pixels to which the picture's longer side is brought for the detector; 640 to 1280."""
SHORTEST = 0.3
"""Seconds for which a menu must have stood; 0.2 to 0.6."""
PARTLY = 1.0
"""Seconds for which a part of a menu may be missing before all of it counts as gone; 0.5 to 2: the chosen option stays
for a moment."""
BACK = 0.8
"""Likeness from which the dialogue is the one from before the menu; 0.7 to 0.9."""
STAYS = 2.0
"""Seconds for which the dialogue must stand on after a menu that was none of the story's; 1 to 3."""
WITHIN = 60.0
"""Seconds within which the dialogue goes on after a menu; 20 to 120: scenes change without words."""
OVERLAP = 0.3
"""Seconds for which a menu may still fade out while the next line is typed; 0.1 to 0.6."""
MOST_HELD = 4
"""Menus without a line between them; 2 to 6."""

Cells = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Held:
    """A menu that has gone, until the dialogue shows what it was: what stood there before, and whether that went."""

    chosen: Chosen
    dialogue: str
    dialogue_went: bool


class MenuFinder:
    """Finds menus on the whole frames that a source gives now and then.

    Iterate over `see` as for `Reader`; `before` gives the menus that went before a line, once that is said.
    """

    def __init__(self, regions: Regions, settings: ReadingSettings, dialogue: Callable[[], str]) -> None:
        """Menus stand outside of what `regions` name; `dialogue` says what stands in the dialogue region now."""
        self._regions = regions
        self._settings = settings
        self._dialogue = dialogue
        self._size: Size | None = None
        self._menu: StandingMenu | None = None
        self._standing = ""
        self._dialogue_went = False
        self._idle: Idle = NOT_KNOWN
        self._held: list[_Held] = []
        self._numbers = 0
        self._lines = 0
        self._line_began = float("-inf")

    @property
    def unsaid(self) -> list[float]:
        """When each menu came that stands, or that waits for the dialogue to show what it was, in seconds."""
        standing = [] if self._menu is None else [self._menu.came]
        return [*(held.chosen.started for held in self._held), *standing]

    def see(self, frame: Frame) -> Steps:
        """Take in the next frame; without a whole picture it says nothing."""
        whole = frame.whole
        if whole is None:
            return
        if whole.size != self._size:
            self._begin(whole)
        self._compare(whole)
        self._drop_the_games_own(whole.time)
        if self._menu is not None:
            self._follow(self._menu, whole)
        elif self._is_due(whole.time):
            yield from self._look(whole)

    def before(self, said: Said) -> list[Chosen]:
        """The menus that went before this line of the dialogue."""
        self._lines += 1
        self._line_began = said.started
        self._wait = SHORTEST_WAIT
        gone = [held for held in self._held if held.chosen.ended <= said.started + OVERLAP]
        self._held = [held for held in self._held if held not in gone]
        return [held.chosen for held in gone if said.started - held.chosen.ended <= WITHIN]

    def _begin(self, whole: Frame) -> None:
        """The first picture, or one of another size."""
        self._size = whole.size
        self._boxes: RegionBoxes = self._regions.resolve(whole.size)
        size = max(1, whole.size.width // COARSE), max(1, whole.size.height // COARSE)
        self._coarse = np.zeros((size[1], size[0]), np.uint8)
        self._activity = np.zeros(self._coarse.shape, np.float64)
        self._looked = self._coarse
        self._counts: Cells = np.ones(self._coarse.shape, np.bool_)
        for box in (self._boxes.dialogue, self._boxes.speaker, *self._boxes.others, *self._boxes.ignore):
            if box is not None:
                self._counts[self._cells(box)] = False
        self._rows: list[Box] = []
        self._time = self._looked_at = whole.time
        self._wait = SHORTEST_WAIT
        self._menu = None
        self._first = True

    def _compare(self, whole: Frame) -> None:
        """See what has changed since the last whole picture, and since the one that was looked at."""
        before = self._coarse
        width, height = before.shape[1], before.shape[0]
        self._coarse = np.asarray(cv2.resize(whole.pixels, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
        self._moved = cv2.absdiff(before, self._coarse) >= CHANGE
        left = math.exp(-max(0.0, whole.time - self._time) / BUSY_SECONDS)
        self._activity *= left
        if not self._first:
            self._activity[self._moved] += 1 - left
        self._time, self._first = whole.time, False
        self._still = self._activity <= BUSY
        news = (cv2.absdiff(self._looked, self._coarse) >= CHANGE) & self._counts & self._still
        if news.any() and self._is_calm:
            self._news: Cells = news
        else:
            self._news = np.zeros_like(self._counts)

    @property
    def _is_calm(self) -> bool:
        """Whether nothing but a moving picture has moved, and the dialogue rests."""
        return not (self._moved & self._still).any()

    def _is_due(self, time: float) -> bool:
        return (
            (bool(self._lines) or bool(self._dialogue()))
            and bool(self._news.any())
            and time - self._looked_at >= self._wait
            and float(self._still.mean()) >= LEAST_STILL
        )

    def _look(self, whole: Frame) -> Steps:
        self._looked_at = whole.time
        now = Moment(whole, whole.box)
        news, self._looked, known = self._news, self._coarse, self._rows
        self._wait = min(LONGEST_WAIT, 2 * self._wait)
        rows = yield from self._new_rows(now, news, known)
        options = options_of(rows, self._settings.min_confidence)
        if options is None or not options.spaced or not self._is_all_that_came(options.box, news):
            return
        self._wait = SHORTEST_WAIT
        self._standing, self._dialogue_went = self._dialogue(), False
        self._menu = StandingMenu(options, now, now.time, self._idle)

    def _new_rows(
        self, now: Moment, news: Cells, known: list[Box]
    ) -> Generator[Request, Answer, list[tuple[Box, RowText]]]:
        """What is read in the rows that came; none if they are too few or too many for a menu."""
        assert self._size is not None
        found = yield FindText(now.colour, min(1.0, LONGEST_SIDE / max(self._size)))
        if found is None:
            return []
        self._rows = rows_of([one.box for one in found if isinstance(one, FoundBox)], FOLLOW)
        new = [
            row
            for row in self._rows
            if float(news[self._cells(row)].mean()) >= NEW
            and bool(self._counts[self._cells(row)].all())
            and not any(same_place(row, one) for one in known)
        ]
        if not 2 <= len(new) <= MOST_ROWS:
            return []
        answers = yield ReadRows(tuple(row_picture(now.colour, row) for row in new))
        return [(row, text) for row, text in zip(new, answers or [], strict=False) if isinstance(text, RowText)]

    def _is_all_that_came(self, menu: Box, news: Cells) -> bool:
        """Whether most of the picture stayed as it was when the menu came."""
        around = self._counts & self._still
        around[self._cells(menu.grown(menu.height // 2, menu.height // 2))] = False
        return not around.any() or float(news[around].mean()) <= MOST_CHANGED

    def _follow(self, menu: StandingMenu, whole: Frame) -> None:
        changed = bool(self._moved[self._cells(menu.options.box)].any())
        if likeness(self._dialogue(), self._standing) < BACK:
            self._dialogue_went = True
        there = menu.see(Moment(whole, whole.box), changed=changed)
        missing = menu.partly_since
        if there and menu.came < self._line_began < whole.time - STAYS:
            # The dialogue has gone on beside it.
            self._menu = None
        elif not there or (missing is not None and whole.time - missing >= PARTLY):
            self._menu = None
            self._looked = self._coarse
            # It may come again.
            self._rows = [row for row in self._rows if menu.options.box.intersection(row) is None]
            self._finish(menu)

    def _finish(self, menu: StandingMenu) -> None:
        if menu.was_highlighted and is_known(menu.idle):
            self._idle = menu.idle
        place = menu.chosen()
        if place is None or not menu.is_sure or menu.stood - menu.came < SHORTEST:
            return
        self._numbers += 1
        chosen = Chosen(
            number=self._numbers,
            replaces=None,
            options=tuple(option.text for option in menu.options.items),
            chosen=place + 1,
            confidence=round(menu.options.confidence, 4),
            started=menu.came,
            ended=menu.stood,
            box=menu.options.box,
        )
        self._held = [*self._held, _Held(chosen, self._standing, self._dialogue_went)][-MOST_HELD:]

    def _drop_the_games_own(self, time: float) -> None:
        """Drop menus after which the dialogue stands as before: the game's own, as to save or to set something."""
        if not self._held or not (now := self._dialogue()):
            return

        def was_none(held: _Held) -> bool:
            back = bool(held.dialogue) and likeness(now, held.dialogue) >= BACK
            return back and (held.dialogue_went or time - held.chosen.ended >= STAYS)

        self._held = [held for held in self._held if not was_none(held)]

    def _cells(self, box: Box) -> tuple[slice, slice]:
        """The squares that a box touches."""
        assert self._size is not None
        across, down = self._coarse.shape[1] / self._size.width, self._coarse.shape[0] / self._size.height
        return (
            slice(max(0, int(box.top * down)), max(0, math.ceil(box.bottom * down))),
            slice(max(0, int(box.left * across)), max(0, math.ceil(box.right * across))),
        )
