"""Typed looks: rows that are typed letter by letter are read where the picture shows that they stand."""

from __future__ import annotations

from collections.abc import Generator

from capture_daemon.frames import Box
from capture_daemon.reading.events import Answer, Request
from capture_daemon.reading.looking import Looking
from capture_daemon.reading.moment import Moment
from capture_daemon.reading.parameters import LOOK
from capture_daemon.reading.row import Row
from capture_daemon.reading.row_ends import with_cut_ends
from capture_daemon.reading.row_texts import beginning_of, read_rows
from capture_daemon.reading.scene import Scene
from capture_daemon.reading.taking import note_texts, take_in
from capture_daemon.reading.trace import Decision
from capture_daemon.reading.typed_row import reads_on, typed_on, typed_to


class TypedLooks:
    """The looks at one scene that need no detector, as nothing is new but the ends of rows."""

    def __init__(self, scene: Scene, looking: Looking) -> None:
        self._scene = scene
        self._looking = looking

    def read(self, now: Moment) -> Generator[Request, Answer, bool]:
        """Whether nothing is new but the ends of rows that were typed on, and they read as those rows with more behind.

        While the next row is being typed, that may be new, too.
        """
        scene = self._scene
        typed = typed_on(scene, now)
        if typed is None:
            complete = self._complete_before_next(now)
            if not complete:
                return False
            scene.left_next = True
        else:
            row, box = typed
            complete = self._complete_but_for(row, now)
            comes = self._is_typed_on(row, box, now)
            if scene.wants_partials or not comes or self._is_worth_reading(row, box, now):
                complete[box] = row
        texts = (yield from read_rows(scene, now, list(complete))) if complete else {}
        if texts is None or not all(box in texts and reads_on(row, texts[box][0]) for box, row in complete.items()):
            return False
        note_texts(scene, texts, now)
        for place in complete:
            scene.note(Decision(now.time, "look", "row", "read on", "nothing is new but its end", box=place))
            one = {place: texts[place]}
            wholes = {} if scene.settings.early else (yield from with_cut_ends([place], one, now))
            take_in(scene, now, place.grown(2, 2), [wholes.get(place, place)], one)
            self._looking.note_colour(now, place)
        if complete and scene.plate is not None:
            yield from scene.plate.look(now.time, scene.scale)
        return True

    def _complete_but_for(self, row: Row, now: Moment) -> dict[Box, Row]:
        """The rows other than one that is being typed of which more was seen than read; where each stands."""
        return {
            typed_to(self._scene, now, one) or one.seen: one
            for one in self._scene.follow.rows
            if one.stale and one is not row and not self._looking.is_typed_on(one, now)
        }

    def _complete_before_next(self, now: Moment) -> dict[Box, Row]:
        """The rows that were typed on, live, while letters come elsewhere, in the next row; where all of each stands.

        Never twice without a look at all that is new in between: what comes elsewhere must be found.
        """
        scene = self._scene
        if not scene.settings.early or scene.watch.is_moving or scene.vertical or scene.left_next:
            return {}
        if not (scene.watch.moved_since(now.time - LOOK.rest) & ~scene.watch.busy).any():
            # All is at rest: what is new elsewhere is looked at, too.
            return {}
        typed = {one: typed_to(scene, now, one) for one in scene.follow.rows}
        return {box: one for one, box in typed.items() if box is not None}

    def _is_worth_reading(self, row: Row, box: Box, now: Moment) -> bool:
        """Whether a row to which letters come is read already, live: so that less is left to be read at its end."""
        more = beginning_of(self._scene, now, box) is not None or 2 * row.box.width < box.width
        return self._scene.settings.early and more

    def _is_typed_on(self, row: Row, box: Box, now: Moment) -> bool:
        """Whether letters come to a row all the while: a mark behind it moves, too, but gets no further."""
        stands = self._scene.pace.seconds_at(row, box.right, now.time)
        typed = stands < LOOK.again and self._looking.is_typed_on(row, now, box)
        # Should it go at once, it is read in the frame before.
        if typed:
            # Nothing else is new.
            row.note_more(self._scene.watch.news_since or now.time)
        return typed
