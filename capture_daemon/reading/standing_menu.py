"""Standing menu: one menu for as long as it stands: whether it still does, and which option is highlighted."""

from __future__ import annotations

from collections import deque

from capture_daemon.frames import Box
from capture_daemon.reading.highlight import (
    FAINT,
    NOT_KNOWN,
    STANDS,
    WHOLE,
    Appearance,
    Baseline,
    Idle,
    OptionPicture,
    idle_of,
    is_dim,
    is_known,
    merged,
    set_apart,
)
from capture_daemon.reading.menu import Option, Options, is_same
from capture_daemon.reading.moment import Moment

LATEST = 0.3
"""Seconds before a menu went within which the last highlight counts; 0.15 to 0.5: people choose what they are on."""
CADENCE = 0.1
"""Seconds between two looks at colours where luma stays as it is; 0.05 to 0.2."""
BLIND = 0.4
"""Seconds from one frame to the next from which the highlight may have moved unseen; 0.3 to 0.5: pointers rest so,
and of slow recordings whole frames come a third of a second apart."""
STAYS = 0.12
"""Seconds for which one option must outlast all others to be the one that was chosen; 0.08 to 0.3: two or more
frames."""
NO_OPTION = 0.6
"""Seconds for which the others must stand on without one of the options for it to be none, 0.4 to 1: the mouse pointer
was read as one, perhaps. Of a menu that goes piece by piece the last are gone by then."""
NO_OPTION_FRAMES = 4
"""Frames in which they must, besides; 3 to 6: on a busy machine two frames may lie as far apart, and one shows a menu
that is just being drawn."""
SURE = 0.8
"""Confidence from which options that were read once are a menu; 0.7 to 0.95."""


class StandingMenu:
    """A menu that stands, or has just gone."""

    def __init__(self, options: Options, now: Moment, since: float, idle: Idle = NOT_KNOWN) -> None:
        """`since` is when it came, in seconds; `idle` how this game's options look that aren't highlighted."""
        self.options = options
        self.came = since
        self.stood = now.time
        """When it was last seen."""
        self.read_at = now.time
        self.alike = 1
        """How many looks have read it alike."""
        self.idle: Idle = NOT_KNOWN
        """How its options look that aren't highlighted, as far as that was seen."""
        # What is behind options, or beside them, changes with the picture.
        self._learned: Idle = idle[0], None, None
        self._pictures = [OptionPicture(now.colour, option.box) for option in options.items]
        self._highlights: deque[tuple[float, int | None]] = deque()
        self._highlighted: set[int] = set()
        self._baseline = Baseline()
        self._measured_at = -1.0
        self._blind_from = -1.0
        self._seen_at = now.time
        self._looks: list[Appearance] = []
        self._lasting = set(range(len(options.items)))
        self._lone: tuple[int, float] | None = None
        self.stayed: int | None = None
        """The option that outlasted all others, counted from 0."""
        self.partly_since: float | None = None
        """Since when some of it, not all, is missing; None while it is whole, or gone."""
        self._partly_frames = 0
        self._taken_off: tuple[Option, ...] = ()
        """What was taken for no option after all."""
        self._measure(now)

    @property
    def is_sure(self) -> bool:
        """Whether it was read alike twice, or surely once."""
        return self.alike > 1 or self.options.confidence >= SURE

    @property
    def was_highlighted(self) -> bool:
        """Whether an option was ever set apart from the others."""
        return bool(self._highlighted)

    def see(self, now: Moment, *, changed: bool) -> bool:
        """Look at it in the next frame, in which its place `changed`, or didn't; returns whether it still stands."""
        if now.time - self._seen_at > BLIND:
            self._blind_from = self._seen_at
        self._seen_at = now.time
        if not changed and now.time - self._measured_at < CADENCE:
            self.stood = now.time if self.partly_since is None else self.stood
            return True
        there = [picture.standing(now.luma) for picture in self._pictures]
        standing = [place for place, (alike, _) in enumerate(there) if alike >= STANDS]
        self._note_lone(standing, now.time)
        if not standing:
            return False
        if len(standing) < len(there):
            self._partly_frames = self._partly_frames + 1 if self.partly_since is not None else 1
            self.partly_since = self.partly_since if self.partly_since is not None else now.time
            return True
        self.partly_since, self.stood = None, now.time
        faint = sum(strength < WHOLE for _, strength in there)
        if faint <= 1 and all(strength >= FAINT for _, strength in there):
            self._measure(now)
        return True

    def take(self, options: Options | None, read: list[Option], now: Moment) -> bool:
        """Take what a look read in its place; returns whether it is still this menu, whole or in part."""
        self.read_at = now.time
        if options is not None and self.options.are_those_of(options):
            self._confirm(options, now)
            return True
        left = [one for one in read if any(is_same(one, option) for option in self.options.items)]
        if options is not None and (self._has_grown(options, now) or self._has_lost_what_was_none(options, now)):
            return True
        if all(
            any(is_same(option, one) and option.box.intersection(one.box) for one in read)
            for option in self.options.items
        ):
            # Something came beside it.
            return True
        return bool(left) and len(left) >= len(read)

    def chosen(self) -> int | None:
        """Which option was highlighted last, or outlasted the others, counted from 0; None if that isn't sure."""
        measured_at = self._highlights[-1][0]
        if self.stayed is not None:
            return self.stayed if self._highlights[-1][1] in (None, self.stayed) else None
        if self._blind_from >= measured_at:
            return None
        # It may fade, or the pointer was seen to leave just as it went.
        recent = [place for time, place in self._highlights if time >= measured_at - LATEST and place is not None]
        return recent[-1] if recent else None

    def covers(self, box: Box) -> bool:
        """Whether a box lies within the place of its options."""
        whole = self.options.box
        return whole.grown(whole.height // 4, whole.height // 8).intersection(box) == box

    def _confirm(self, options: Options, now: Moment) -> None:
        self.alike += 1
        pairs = zip(self.options.items, options.items, strict=True)
        items = tuple(new if _is_better(new, old) else old for old, new in pairs)
        self.options = Options(items, self.options.spaced or options.spaced)
        self.partly_since, self.stood = None, now.time
        for picture in self._pictures:
            picture.look_again(now.luma)
        self._measure(now)

    def _has_grown(self, options: Options, now: Moment) -> bool:
        """Whether it had not come whole: its options are among more, which stand where it stood."""
        known = all(any(is_same(option, one) for one in options.items) for option in self.options.items)
        if not known or len(options.items) <= len(self.options.items):
            return False
        ours = (*self.options.items, *self._taken_off)
        if self.was_highlighted and not all(any(is_same(one, option) for option in ours) for one in options.items):
            return False
        self._begin_with(options, [OptionPicture(now.colour, option.box) for option in options.items])
        self.stood = now.time
        self._measure(now)
        return True

    def _has_lost_what_was_none(self, options: Options, now: Moment) -> bool:
        """Whether it stands on without what was read as an option of it, but was none."""
        places = [
            place
            for place, option in enumerate(self.options.items)
            if any(is_same(option, one) for one in options.items)
        ]
        kept = Options(tuple(self.options.items[place] for place in places), options.spaced)
        gone_for = now.time - self.partly_since if self.partly_since is not None else 0.0
        if gone_for < NO_OPTION or self._partly_frames < NO_OPTION_FRAMES:
            return False
        if len(places) >= len(self.options.items) or not kept.are_those_of(options):
            return False
        self._taken_off += tuple(option for option in self.options.items if option not in kept.items)
        before = [self._looks[place] for place in places]
        self._begin_with(kept, [self._pictures[place] for place in places])
        self.stood = now.time
        # What is highlighted now may not have been then.
        self._take_in(before, now.time)
        self._measure(now)
        return True

    def _begin_with(self, options: Options, pictures: list[OptionPicture]) -> None:
        """It has other options than were known until now."""
        self.options, self.alike, self._pictures = options, 1, pictures
        self._highlights.clear()
        self._highlighted.clear()
        self._baseline = Baseline()
        self._lasting, self._lone = set(range(len(pictures))), None
        self.idle, self.partly_since = NOT_KNOWN, None

    def _measure(self, now: Moment) -> None:
        self._measured_at = now.time
        self._take_in([picture.appearance(now.colour) for picture in self._pictures], now.time)

    def _take_in(self, looks: list[Appearance], time: float) -> None:
        self._looks = looks
        place = set_apart(looks, merged(self.idle, self._learned), self._baseline)
        self._baseline.see(looks, highlighted=place is not None)
        if place is not None and self._is_greyed_out(looks, place):
            place = None
        elif place is None:
            # What all are alike in now: they may have been fading in before.
            self.idle = merged(idle_of(looks, None), self.idle)
        else:
            self._highlighted.add(place)
            if len(self._highlighted) > 1:
                self.idle = merged(self.idle, idle_of(looks, place))
        self._highlights.append((time, place))
        while time - self._highlights[0][0] > 2 * LATEST:
            self._highlights.popleft()

    def _is_greyed_out(self, looks: list[Appearance], place: int) -> bool:
        """Whether an option that is set apart just can't be chosen: it is dim, and never looked like the others."""
        return not is_known(self.idle) and not self._highlighted - {place} and is_dim(looks, place)

    def _note_lone(self, standing: list[int], time: float) -> None:
        self._lasting = self._lasting & set(standing) if len(standing) < len(self._pictures) else set(standing)
        # What comes back when the others have gone did not outlast them.
        if len(standing) != 1 or not self._lasting:
            self._lone = None
            return
        if self._lone is None or self._lone[0] != standing[0]:
            self._lone = standing[0], time
        elif time - self._lone[1] >= STAYS:
            self.stayed = standing[0]


def _is_better(new: Option, old: Option) -> bool:
    """Whether another reading of an option is to be preferred. The mouse pointer may cover letters by now."""
    if old.confidence >= SURE and len(new.text) < len(old.text):
        return False
    return new.confidence > old.confidence
